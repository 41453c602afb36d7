"""The service clocks: what says which of them run, read for many cases at once, and the rows that are kept of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

from bot.cases.case import UNDER_WAY
from bot.cases.clock_facts import SILENCE, WITH_PEOPLE, Brought, Words, seen_of
from bot.cases.conversation import DEV, Author, Handler
from bot.cases.service_clock import ClockName, Kept, Seen, ServiceClock
from bot.store import clock_tables, desk_tables, tables

ANSWERS = (Author.ASSISTANT, Author.AGENT)


class Clocks:
    """Rows are changed under the lock of their conversation."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def watched(self) -> list[str]:
        """Cases that have a clock which has not stopped, or that people have and have none yet. Chats of developers stay out."""
        c, v, e, k = tables.cases.c, tables.conversations.c, tables.escalations.c, clock_tables.clocks.c
        running = select(k.case_id).where(k.stopped_at.is_(None))
        brought = select(e.case_id).join(tables.cases, c.id == e.case_id).where(c.status.in_(UNDER_WAY), c.channel != DEV)
        taken = select(c.id).join(tables.conversations, v.case_id == c.id)
        theirs = taken.where(v.handler.in_(WITH_PEOPLE), c.status.in_(UNDER_WAY), c.channel != DEV)
        return [*self.session.execute(running.union(brought, theirs)).scalars()]

    def seen(self, case_ids: Sequence[str]) -> dict[str, Seen]:
        """What each case says of its clocks."""
        c, v = tables.cases.c, tables.conversations.c
        asked = select(c.id, c.status, v.id.label("chat"), v.handler, v.case_id).join(tables.conversations, v.id == c.conversation_id)
        rows = self.session.execute(asked.where(c.id.in_(case_ids))).all() if case_ids else []
        brought = self.brought(case_ids)
        taken = self.taken([row.id for row in rows if row.id not in brought and row.handler in WITH_PEOPLE])
        chats = [row.chat for row in rows]
        words, snoozes = self.words(chats), self.snoozes(chats)
        return {
            row.id: seen_of(
                row.status,
                row.handler if row.case_id == row.id else Handler.ASSISTANT,
                brought.get(row.id),
                words.get(row.chat, SILENCE),
                snoozes.get(row.chat),
                taken.get(row.id),
            )
            for row in rows
        }

    def brought(self, case_ids: Sequence[str]) -> dict[str, Brought]:
        """By case, of those that have been escalated."""
        e = tables.escalations.c
        asked = select(e.case_id, e.priority, e.team, e.at, e.due_at, e.answered_at).where(e.case_id.in_(case_ids)).order_by(e.id)
        by_case: dict[str, list[Any]] = {}
        for row in self.session.execute(asked) if case_ids else ():
            by_case.setdefault(row.case_id, []).append(row)
        return {key: _brought(rows) for key, rows in by_case.items()}

    def taken(self, case_ids: Sequence[str]) -> dict[str, datetime]:
        """When a person first took each."""
        a = tables.audit.c
        asked = select(a.case_id, func.min(a.at).label("at")).where(a.case_id.in_(case_ids), a.act == "case.taken").group_by(a.case_id)
        return {row.case_id: row.at for row in self.session.execute(asked)} if case_ids else {}

    def words(self, conversation_ids: Sequence[str]) -> dict[str, Words]:
        """By conversation. Our own plain lines are no answer."""
        m = tables.messages.c
        if not conversation_ids:
            return {}
        spoke = (
            select(m.conversation_id, func.max(case((m.author.in_(ANSWERS), m.seq), else_=0)).label("seq"))
            .where(m.conversation_id.in_(conversation_ids))
            .group_by(m.conversation_id)
            .subquery()
        )
        said = and_(m.conversation_id == spoke.c.conversation_id, m.seq == spoke.c.seq)
        has_question = or_(m.text.contains("?"), m.text.contains("؟"), func.length(cast(m.choices, String)) > len("[]"))
        last = select(m.conversation_id, m.at, has_question.label("asks")).join(spoke, said)
        found = {row.conversation_id: Words(None, row.at, bool(row.asks)) for row in self.session.execute(last)}
        waits = (
            select(m.conversation_id, func.min(m.at).label("since"))
            .join(spoke, and_(m.conversation_id == spoke.c.conversation_id, m.seq > spoke.c.seq))
            .where(m.author == Author.CUSTOMER)
            .group_by(m.conversation_id)
        )
        for row in self.session.execute(waits):
            known = found.get(row.conversation_id, SILENCE)
            found[row.conversation_id] = Words(row.since, known.spoke_at, known.is_question)
        return found

    def snoozes(self, conversation_ids: Sequence[str]) -> dict[str, tuple[datetime, datetime]]:
        """(since, until) by conversation; those that are over too."""
        z = desk_tables.snoozes.c
        asked = select(z.conversation_id, z.at, z.until).where(z.conversation_id.in_(conversation_ids))
        return {row.conversation_id: (row.at, row.until) for row in self.session.execute(asked)} if conversation_ids else {}

    def looked_at(self, case_ids: Sequence[str]) -> dict[str, list[ServiceClock]]:
        """Copies of all rows of these cases, to look at."""
        k = clock_tables.clocks.c
        found: dict[str, list[ServiceClock]] = {}
        for row in self.session.execute(select(clock_tables.clocks).where(k.case_id.in_(case_ids))) if case_ids else ():
            found.setdefault(row.case_id, []).append(ServiceClock(**row._mapping))
        return found

    def running(self, case_ids: Sequence[str]) -> dict[str, dict[ClockName, Kept]]:
        """Those that have not stopped, by case: as plain rows, since the board asks several times a second."""
        k = clock_tables.clocks.c
        asked = select(k.case_id, k.clock, k.priority, k.started_at, k.due_at, k.warn_at, k.target_at, k.paused_at, k.paused_s)
        found: dict[str, dict[ClockName, Kept]] = {}
        for row in self.session.execute(asked.where(k.case_id.in_(case_ids), k.stopped_at.is_(None))) if case_ids else ():
            found.setdefault(row.case_id, {})[row.clock] = Kept(*row[1:])
        return found

    def of(self, case_id: str) -> list[ServiceClock]:
        """The rows of a case, to change."""
        return [*self.session.execute(select(ServiceClock).where(clock_tables.clocks.c.case_id == case_id)).scalars()]

    def conversation_of(self, case_id: str) -> str | None:
        """Whose chat it is: what has to be locked before the clocks are."""
        asked = select(tables.cases.c.conversation_id).where(tables.cases.c.id == case_id)
        found: str | None = self.session.execute(asked).scalar()
        return found

    def breached(self) -> int:
        """How many clocks that have not stopped are past their end."""
        k = clock_tables.clocks.c
        asked = select(func.count()).select_from(clock_tables.clocks).where(k.stopped_at.is_(None), k.breached_at.is_not(None))
        return int(self.session.execute(asked).scalar() or 0)

    def breached_since(self, at: datetime) -> Mapping[str, int]:
        """How many clocks of each kind were breached from then on."""
        k = clock_tables.clocks.c
        asked = select(k.clock, func.count().label("count")).where(k.breached_at >= at).group_by(k.clock)
        return {str(row.clock): row.count for row in self.session.execute(asked)}

    def first_replies(self, since: datetime) -> list[tuple[datetime, datetime]]:
        """(brought, answered) of each time that a person answered from then on. Chats of developers stay out."""
        e, c = tables.escalations.c, tables.cases.c
        asked = select(e.at, e.answered_at).join(tables.cases, c.id == e.case_id).where(e.answered_at >= since, c.channel != DEV)
        return [(row.at, row.answered_at) for row in self.session.execute(asked)]


def _brought(rows: Iterable[Any]) -> Brought:
    """`rows`: escalations of one case, oldest first."""
    every = [*rows]
    waiting = [row for row in every if row.answered_at is None]
    answered = [row.answered_at for row in every if row.answered_at]
    return Brought(
        priority=every[-1].priority,
        team=every[-1].team,
        brought_at=every[0].at,
        escalated_at=waiting[0].at if waiting else None,
        promised_at=waiting[-1].due_at if waiting else None,
        answered_at=max(answered) if answered else None,
    )
