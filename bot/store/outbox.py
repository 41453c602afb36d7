"""What has to go out, written in the same transaction as the change it tells of, and sent afterwards."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.orm import Session

from bot.cases.conversation import Author
from bot.store import tables

WAITING, SENT, DELIVERED, READ, FAILED = "waiting", "sent", "delivered", "read", "failed"
ARRIVED = (DELIVERED, READ)


class Outbox:
    """Rows to send. `dedupe_key` is unique: what is written twice goes out once."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(
        self,
        kind: str,
        channel: str,
        subject_id: str,
        now: datetime,
        conversation_id: str | None = None,
        not_before: datetime | None = None,
    ) -> None:
        """Queues one message or remedy; `not_before`: it goes out then at the earliest."""
        row = {"kind": kind, "channel": channel, "subject_id": subject_id, "conversation_id": conversation_id}
        self.session.execute(
            insert(tables.outbox).values(
                **row, dedupe_key=f"{kind}:{subject_id}", state=WAITING, attempts=0, due_at=max(now, not_before or now), at=now
            )
        )

    def put(self, kind: str, channel: str, subject_id: str, now: datetime) -> None:
        """Queues it, or sends anew what was queued once and then cancelled."""
        if self.state_of(subject_id) is None:
            self.add(kind, channel, subject_id, now)
        else:
            self.again(subject_id, now)

    def last_id(self) -> int:
        return int(self.session.execute(select(func.coalesce(func.max(tables.outbox.c.id), 0))).scalar() or 0)

    def conversations_since(self, row_id: int, channel: str) -> tuple[int, set[str]]:
        """The newest row's number, and the conversations of this channel with rows after the given one."""
        o = tables.outbox.c
        rows = self.session.execute(select(o.id, o.conversation_id).where(o.id > row_id, o.channel == channel)).all()
        return max((row.id for row in rows), default=row_id), {row.conversation_id for row in rows if row.conversation_id}

    def claim_due(self, kind: str, now: datetime, lease: timedelta, limit: int) -> list[dict[str, Any]]:
        """Due rows, reserved for the caller until the lease ends."""
        o = tables.outbox.c
        due = select(tables.outbox).where(o.kind == kind, o.state == WAITING, o.due_at <= now).order_by(o.id).limit(limit)
        rows = [dict(row._mapping) for row in self.session.execute(due.with_for_update(skip_locked=True))]
        for row in rows:
            self.session.execute(update(tables.outbox).where(o.id == row["id"]).values(due_at=now + lease, attempts=o.attempts + 1))
        return rows

    def postpone(self, row_id: int, due_at: datetime) -> None:
        """Tries it again from then on."""
        self.session.execute(update(tables.outbox).where(tables.outbox.c.id == row_id).values(due_at=due_at))

    def again(self, subject_id: str, now: datetime) -> None:
        """Sends anew, from the first try on, what had failed or was cancelled."""
        o = tables.outbox.c
        self.session.execute(
            update(tables.outbox).where(o.subject_id == subject_id).values(state=WAITING, attempts=0, due_at=now, delivered_at=None)
        )

    def mark(self, subject_ids: list[str], state: str, now: datetime) -> None:
        """Notes how sending went; what has arrived has."""
        o = tables.outbox.c
        values: dict[str, Any] = {"state": state, **({"delivered_at": now} if state == DELIVERED else {})}
        self.session.execute(update(tables.outbox).where(o.subject_id.in_(subject_ids), o.state.not_in(ARRIVED)).values(**values))

    def not_arrived(self, subject_ids: list[str]) -> list[str]:
        """Those of these that are still on their way."""
        o = tables.outbox.c
        found = select(o.subject_id).where(o.subject_id.in_(subject_ids), o.state.not_in(ARRIVED))
        return list(self.session.execute(found).scalars()) if subject_ids else []

    def unread(self, conversation_id: str, seq: int) -> list[str]:
        """The messages to the customer, up to this one, that have not been on their screen."""
        o, m = tables.outbox.c, tables.messages.c
        said = select(m.id).where(m.conversation_id == conversation_id, m.seq <= seq, m.author != Author.CUSTOMER)
        found = select(o.subject_id).where(o.kind == "message", o.subject_id.in_(said), o.state != READ)
        return list(self.session.execute(found).scalars())

    def mark_read(self, subject_ids: list[str], now: datetime) -> None:
        """Notes that these were on the customer's screen, and so had arrived."""
        o = tables.outbox.c
        arrived = func.coalesce(o.delivered_at, literal(now, o.delivered_at.type))
        self.session.execute(update(tables.outbox).where(o.subject_id.in_(subject_ids)).values(state=READ, delivered_at=arrived))

    def last_at(self, kind: str, conversation_id: str) -> datetime | None:
        """When something of this kind was last queued for a conversation."""
        o = tables.outbox.c
        found: datetime | None = self.session.execute(
            select(func.max(o.at)).where(o.conversation_id == conversation_id, o.kind == kind)
        ).scalar()
        return found

    def state_of(self, subject_id: str) -> str | None:
        found: str | None = self.session.execute(select(tables.outbox.c.state).where(tables.outbox.c.subject_id == subject_id)).scalar()
        return found
