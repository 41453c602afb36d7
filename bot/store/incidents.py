"""Incidents as rows, the cases they explain, and the notices that tell of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.cases.case import Case
from bot.cases.conversation import DEV
from bot.cases.incident import Incident
from bot.cases.issue import Issue
from bot.errors import Conflict, NotFound
from bot.store import ledger_tables, tables
from bot.store.inserts import insert_into

OPENED_HERE = "-"  # the digest of an incident that no file brought: a file that names it replaces it
CHUNK = 500
WAITING, SENT, FAILED, DROPPED = "waiting", "sent", "failed", "dropped"
Row = dict[str, Any]


def incident_of(row: Any) -> Incident:
    return Incident(
        code=row.code,
        title=row.title,
        fault=row.fault,
        issues=tuple(Issue(one) for one in row.issue_types),
        started_at=row.started_at,
        ended_at=row.ended_at,
        next_update_at=row.next_update_at,
        scope={key: _scope(key, value) for key, value in row.scope.items()},
        explanation=row.explanation,
        action=row.action,
        published=row.published,
        offer=row.offer,
    )


def row_of(incident: Incident) -> Row:
    """All but the digest."""
    return {
        "code": incident.code,
        "title": incident.title,
        "fault": incident.fault,
        "issue_types": [one.value for one in incident.issues],
        "started_at": incident.started_at,
        "ended_at": incident.ended_at,
        "next_update_at": incident.next_update_at,
        "scope": {key: [_plain(one) for one in value] for key, value in incident.scope.items()},  # type: ignore[attr-defined]  # lists all
        "explanation": incident.explanation,
        "action": incident.action,
        "published": incident.published,
        "offer": incident.offer,
    }


def _scope(key: str, value: Any) -> tuple[Any, ...]:
    """Instants lie in JSON as text, always with their offset; the import saw to it."""
    return tuple(datetime.fromisoformat(one) for one in value) if key == "placed_between" else tuple(value)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


class Incidents:
    """By code, with the cases they explain."""

    def __init__(self, session: Session, lock: bool) -> None:
        self.session, self.lock = session, lock

    def get(self, code: str) -> Incident:
        """Locked where it may be changed. Raises NotFound."""
        return self._one(code, self.lock)

    def all(self) -> list[Incident]:
        """The newest first, as they stand this moment."""
        i = tables.incidents
        return [incident_of(row) for row in self.session.execute(select(i).order_by(i.c.started_at.desc(), i.c.code))]

    def read(self, code: str) -> Incident:
        """Without a lock: to tell of it."""
        return self._one(code, lock=False)

    def _one(self, code: str, lock: bool) -> Incident:
        i = tables.incidents
        asked = select(i).where(i.c.code == code.strip())
        row = self.session.execute(asked.with_for_update() if lock else asked).first()
        if row is None:
            raise NotFound(f"There is no incident {code}.")
        return incident_of(row)

    def add(self, incident: Incident) -> None:
        """Raises Conflict where its code is taken."""
        put = insert_into(self.session, tables.incidents).values(**row_of(incident), digest=OPENED_HERE).on_conflict_do_nothing()
        if not self.session.execute(put).rowcount:
            raise Conflict(f"There is an incident {incident.code} already: choose another code, or tell its news.")

    def change(self, incident: Incident) -> None:
        """Replaces what was known. Its digest stays, so that the same line imported again does not bring the old state back."""
        i = tables.incidents
        self.session.execute(update(i).where(i.c.code == incident.code).values(**row_of(incident)))

    def cases(self, code: str, order_numbers: Sequence[str] = (), *, with_noticed: bool = False) -> list[Case]:
        """Cases it explains or that are about one of these orders, oldest first; open or not. Also those with a notice, where asked."""
        c, n = tables.cases.c, ledger_tables.notices.c
        found: dict[str, Case] = {}
        noticed = select(n.subject).where(n.incident_code == code, n.letter.is_(None))
        wheres = [c.incident_code == code, *(c.order_number.in_(some) for some in _chunks(order_numbers))]
        wheres += [c.id.in_(noticed)] if with_noticed else []
        for where in wheres:
            for case in self.session.execute(select(Case).where(where, c.channel != DEV)).scalars():
                found[case.id] = case
        return sorted(found.values(), key=lambda one: (one.created_at, one.id))

    def complaints(self, since: datetime) -> dict[Issue, int]:
        """How many cases of each kind were opened since then that no incident explains."""
        c = tables.cases.c
        asked = select(c.issue, func.count().label("n")).where(
            c.created_at > since, c.issue.is_not(None), c.incident_code.is_(None), c.channel != DEV
        )
        return {row.issue: row.n for row in self.session.execute(asked.group_by(c.issue))}


class Notices:
    """What those an incident touches are told, once each: `subject` is an order's number (by mail) or a case's id (in its chat)."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, code: str, subject: str, kind: str, round_: int, due_at: datetime, now: datetime, letter: str | None = None) -> bool:
        """Queues one; False where it is there already."""
        row = {"incident_code": code, "subject": subject, "kind": kind, "round": round_, "letter": letter}
        put = insert_into(self.session, ledger_tables.notices).values(**row, state=WAITING, due_at=due_at, at=now)
        return bool(self.session.execute(put.on_conflict_do_nothing()).rowcount)

    def told(self, code: str, kind: str) -> dict[str, str]:
        """The state by order number of what is told by mail."""
        n = ledger_tables.notices.c
        asked = select(n.subject, n.state).where(n.incident_code == code, n.kind == kind, n.letter.is_not(None))
        return {row.subject: row.state for row in self.session.execute(asked)}

    def counts(self, code: str) -> dict[tuple[str, str], int]:
        """How many of each kind stand in each state, in chats and by mail."""
        n = ledger_tables.notices.c
        asked = select(n.kind, n.state, func.count().label("n")).where(n.incident_code == code).group_by(n.kind, n.state)
        return {(row.kind, row.state): row.n for row in self.session.execute(asked)}

    def last_round(self, code: str) -> int:
        n = ledger_tables.notices.c
        return int(self.session.execute(select(func.max(n.round)).where(n.incident_code == code)).scalar() or 0)

    def drop_waiting(self, code: str, *, chats_only: bool = False) -> list[str]:
        """What waits is not said any more, since newer words take its place; the letters among it."""
        n = ledger_tables.notices.c
        waiting = [n.incident_code == code, n.state == WAITING, *([n.letter.is_(None)] if chats_only else [])]
        letters = self.session.execute(select(n.letter).where(*waiting, n.letter.is_not(None)).distinct()).scalars().all()
        self.session.execute(update(ledger_tables.notices).where(*waiting).values(state=DROPPED))
        return [str(one) for one in letters]

    def due_in_chats(self, now: datetime, limit: int) -> list[int]:
        n = ledger_tables.notices.c
        asked = select(n.id).where(n.state == WAITING, n.letter.is_(None), n.due_at <= now).order_by(n.due_at, n.id).limit(limit)
        return [*self.session.execute(asked).scalars()]

    def place_of(self, notice_id: int) -> tuple[str, str] | None:
        """The case a notice is for and its conversation, which has to be locked first."""
        n, c = ledger_tables.notices.c, tables.cases.c
        asked = select(c.id, c.conversation_id).join(ledger_tables.notices, n.subject == c.id).where(n.id == notice_id)
        row = self.session.execute(asked).first()
        return (row.id, row.conversation_id) if row else None

    def take(self, notice_id: int) -> Row | None:
        """The row, locked, if it still waits."""
        n = ledger_tables.notices
        row = self.session.execute(select(n).where(n.c.id == notice_id, n.c.state == WAITING).with_for_update()).first()
        return dict(row._mapping) if row else None

    def of_letter(self, letter: str) -> list[Row]:
        n = ledger_tables.notices
        return [dict(row._mapping) for row in self.session.execute(select(n).where(n.c.letter == letter).order_by(n.c.subject))]

    def postpone(self, notice_id: int, due_at: datetime) -> None:
        self.session.execute(update(ledger_tables.notices).where(ledger_tables.notices.c.id == notice_id).values(due_at=due_at))

    def mark(self, state: str, now: datetime, *, notice_id: int | None = None, letter: str | None = None) -> None:
        n = ledger_tables.notices.c
        which = n.id == notice_id if notice_id is not None else n.letter == letter
        self.session.execute(update(ledger_tables.notices).where(which).values(state=state, at=now))


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))
