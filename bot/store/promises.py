"""Promises over all cases: which of them the watch must look at, and how they were kept. Chats of developers stay out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.cases.case import Promise, PromiseState
from bot.cases.conversation import DEV
from bot.cases.promises import TAKEN_UP, Watched
from bot.store import tables

AT_ONCE = 5000


class Promises:
    """Read here; each is changed under the lock of its conversation."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def to_watch(self, horizon: datetime, now: datetime) -> list[Watched]:
        """Open ones that are due, or due before the horizon with somebody still to be warned or told; next due first.

        What is left unsettled is not among them: the job that takes it up looks after it.
        """
        p, c, v = tables.promises.c, tables.cases.c, tables.conversations.c
        undone = (p.due_at <= now) | p.warned_at.is_(None) | p.told_at.is_(None)
        asked = (
            select(p.id, p.what, p.created_at, p.due_at, p.warned_at, p.told_at, v.channel, v.time_zone)
            .join(tables.cases, c.id == p.case_id)
            .join(tables.conversations, v.id == c.conversation_id)
            .where(p.state == PromiseState.OPEN, p.due_at <= horizon, undone, p.what != TAKEN_UP, c.channel != DEV)
            .order_by(p.due_at, p.id)
            .limit(AT_ONCE)
        )
        rows = self.session.execute(asked)
        return [Watched(r.id, r.what, r.created_at, r.due_at, bool(r.warned_at), bool(r.told_at), r.channel, r.time_zone) for r in rows]

    def conversation_of(self, promise_id: int) -> str | None:
        """Whose chat it was made in: what has to be locked before the promise is."""
        p, c = tables.promises.c, tables.cases.c
        asked = select(c.conversation_id).join(tables.promises, p.case_id == c.id).where(p.id == promise_id)
        found: str | None = self.session.execute(asked).scalar()
        return found

    def listed(
        self, states: Sequence[PromiseState], since: datetime | None = None, until: datetime | None = None
    ) -> list[tuple[Promise, str]]:
        """Those in these states and due in this span, with their case's reference; next due first."""
        p, c = tables.promises.c, tables.cases.c
        asked = select(Promise, c.reference).join(tables.cases, c.id == p.case_id).where(p.state.in_(states), c.channel != DEV)
        if since is not None:
            asked = asked.where(p.due_at >= since)
        if until is not None:
            asked = asked.where(p.due_at <= until)
        return [(row[0], row[1]) for row in self.session.execute(asked.order_by(p.due_at, p.id))]

    def hand_over(self, agent: str, to: str, case_ids: Sequence[str]) -> int:
        """Gives every open promise of one person to another, and those of these cases that are nobody's own; how many."""
        p = tables.promises.c
        theirs = (p.assignee == agent) | (p.assignee.is_(None) & p.case_id.in_(case_ids))
        moved: Any = self.session.execute(
            update(tables.promises).where(theirs, p.state == PromiseState.OPEN).values(assignee=to),
            execution_options={"synchronize_session": False},
        )
        return int(moved.rowcount)
