"""Offers of waiting chats, who could take one, and who is at the desk."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.cases.assignment import Load, Offer, OfferState
from bot.cases.case import UNDER_WAY
from bot.cases.conversation import DEV, Handler
from bot.cases.desk import Agent
from bot.store import clock_tables, desk_tables, tables


@dataclass(frozen=True)
class InQueue:
    """A chat that waits for a person. `team` is the team's name."""

    conversation_id: str
    case_id: str
    reference: str
    handler_version: int
    assignee: str | None
    reason: str
    priority: str
    team: str
    since: datetime
    due_at: datetime


class Offers:
    """A conversation is locked before its offers are."""

    def __init__(self, session: Session, lock: bool) -> None:
        self.session, self.lock = session, lock

    def waiting(self, now: datetime, conversation_id: str | None = None, *, with_asleep: bool = False) -> list[InQueue]:
        """Chats that wait for a person, the next due first; only this one, where it is given. Those that sleep are among them only
        where asked. Chats of developers stay out."""
        c, v, e, z = tables.cases.c, tables.conversations.c, tables.escalations.c, desk_tables.snoozes.c
        newest = select(func.max(e.id)).group_by(e.case_id)
        asked = (
            select(v.id, c.id.label("case_id"), c.reference, v.handler_version, c.assignee, e.reason, e.priority, e.team, e.at, e.due_at)
            .join(tables.cases, c.id == v.case_id)
            .join(tables.escalations, e.case_id == c.id)
            .where(v.handler == Handler.QUEUE, c.status.in_(UNDER_WAY), c.channel != DEV, e.id.in_(newest))
            .order_by(e.due_at, e.id)
        )
        if not with_asleep:
            asked = asked.where(v.id.not_in(select(z.conversation_id).where(z.until > now)))
        if conversation_id:
            asked = asked.where(v.id == conversation_id)
        return [InQueue(*row) for row in self.session.execute(asked)]

    def people(self) -> list[Load]:
        """Everybody who may act, with how many chats they have or are offered."""
        o, has = clock_tables.offers.c, self.with_people()
        offered = self._counts(select(o.agent, func.count()).where(o.state == OfferState.OFFERED).group_by(o.agent))
        last = self._counts(select(o.agent, func.max(o.at)).where(o.state == OfferState.ACCEPTED).group_by(o.agent))
        everybody = self.session.execute(select(Agent).order_by(desk_tables.agents.c.name)).scalars()
        return [Load(one, has.get(one.name, 0) + offered.get(one.name, 0), last.get(one.name)) for one in everybody if one.may_act]

    def passed(self, conversation_id: str, handler_version: int) -> set[str]:
        """Who had it before them in this wait."""
        o = clock_tables.offers.c
        asked = select(o.agent).where(o.conversation_id == conversation_id, o.handler_version == handler_version)
        return {*self.session.execute(asked).scalars()}

    def open_of(self, conversation_id: str) -> Offer | None:
        """The one that stands, to change."""
        o = clock_tables.offers.c
        asked = select(Offer).where(o.conversation_id == conversation_id, o.state == OfferState.OFFERED)
        found: Offer | None = self.session.execute(asked.with_for_update() if self.lock else asked).scalar()
        return found

    def open(self) -> dict[str, tuple[str, datetime, int]]:
        """(agent, until, handler_version) of those that stand, by conversation."""
        o = clock_tables.offers.c
        asked = select(o.conversation_id, o.agent, o.until, o.handler_version).where(o.state == OfferState.OFFERED)
        return {row.conversation_id: (row.agent, row.until, row.handler_version) for row in self.session.execute(asked)}

    def with_people(self) -> dict[str, int]:
        """How many chats each person answers now."""
        v = tables.conversations.c
        found: dict[str, int] = self._counts(select(v.agent, func.count()).where(v.handler == Handler.AGENT).group_by(v.agent))
        return found

    def _counts(self, asked: Any) -> dict[str, Any]:
        return {row[0]: row[1] for row in self.session.execute(asked)}
