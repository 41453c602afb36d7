"""Erasures that are not finished, and chats whose time has come."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from bot.cases.case import UNDER_WAY
from bot.cases.claim import ClaimState
from bot.cases.erasing import Erasure
from bot.cases.follow_up import ON_ITS_WAY, STANDING
from bot.store import desk_tables, file_tables, tables
from bot.store.channel_tables import arrivals
from bot.store.channels import FAILED, WAITING
from bot.store.erasure_tables import erasures
from bot.store.follow_up_tables import follow_ups
from bot.store.ledger_tables import claims
from bot.store.way_back_tables import ways_back

e = erasures.c


class Erasures:
    """Over one session."""

    def __init__(self, session: Session, lock: bool) -> None:
        self.session, self.lock = session, lock

    def due(self, now: datetime) -> int:
        """How many go on now."""
        asked = select(func.count()).select_from(erasures).where(e.finished_at.is_(None), e.due_at <= now)
        return int(self.session.execute(asked).scalar() or 0)

    def unfinished(self) -> list[Erasure]:
        """The oldest first."""
        asked = select(Erasure).where(e.finished_at.is_(None)).order_by(e.at, e.id)
        return [*self.session.execute(asked.with_for_update() if self.lock else asked).scalars()]

    # What the shop's own times (retention.yml) end. Each takes so many rows at most, and says how many.

    def old_chats(self, before: datetime, limit: int) -> list[str]:
        """Chats in which nothing was said since then and nothing is open, the oldest first."""
        v, k, m, f = tables.conversations.c, tables.cases.c, tables.messages.c, follow_ups.c
        last = and_(m.conversation_id == v.id, m.seq == v.last_seq)
        under_way = exists().where(k.conversation_id == v.id, k.status.in_(UNDER_WAY))
        owed = exists().where(k.conversation_id == v.id, tables.remedies.c.case_id == k.id, tables.remedies.c.state.in_(ON_ITS_WAY))
        claimed = exists().where(k.conversation_id == v.id, claims.c.case_id == k.id, claims.c.state == ClaimState.RECEIVED)
        asked = exists().where(f.conversation_id == v.id, f.state.in_(STANDING))
        old = (
            select(v.id)
            .outerjoin(tables.messages, last)
            .where(v.erased_at.is_(None), func.coalesce(m.at, v.created_at) < before, v.created_at < before)
            .where(~under_way, ~owed, ~claimed, ~asked)
            .order_by(v.created_at)
            .limit(limit)
        )
        return [*self.session.execute(old).scalars()]

    def remove_old_files(self, before: datetime, limit: int) -> int:
        """Files of cases that have ended: the bytes and the name."""
        x, content = file_tables.files.c, file_tables.file_contents
        old = [*self.session.execute(select(x.id).where(x.at < before, _is_quiet(x)).order_by(x.at).limit(limit)).scalars()]
        self.session.execute(delete(content).where(content.c.file_id.in_(old)))
        return int(self.session.execute(delete(file_tables.files).where(x.id.in_(old))).rowcount)

    def remove_old_drafts(self, before: datetime, limit: int) -> int:
        """What was typed and never sent, and replies that have gone out or were dropped: the chat has those."""
        d, h = desk_tables.drafts, desk_tables.held_replies
        held = [*self.session.execute(select(h.c.id).where(h.c.state != "held", h.c.at < before, _is_quiet(h.c)).limit(limit)).scalars()]
        gone = self.session.execute(delete(h).where(h.c.id.in_(held))).rowcount
        typed = self.session.execute(select(d.c.agent, d.c.conversation_id).where(d.c.at < before, _is_quiet(d.c)).limit(limit)).all()
        for row in typed:
            self.session.execute(delete(d).where(d.c.agent == row.agent, d.c.conversation_id == row.conversation_id))
        return int(gone) + len(typed)

    def remove_old_ways_back(self, before: datetime, limit: int) -> int:
        """Links that have ended."""
        w = ways_back.c
        old = [*self.session.execute(select(w.id).where(w.expires_at < before, _is_quiet(w)).limit(limit)).scalars()]
        return int(self.session.execute(delete(ways_back).where(w.id.in_(old))).rowcount)

    def remove_old_arrivals(self, before: datetime, limit: int) -> int:
        """What came in on a messaging channel and could never be taken in, or whose channel is not set up any more."""
        a = arrivals.c
        old = select(a.id).where(a.at < before, a.state.in_((WAITING, FAILED))).order_by(a.id).limit(limit)
        return int(self.session.execute(delete(arrivals).where(a.id.in_([*self.session.execute(old).scalars()]))).rowcount)

    def remove_old_sessions(self, before: datetime, limit: int) -> int:
        """Sign-ins of the desk that nobody uses any more."""
        s = desk_tables.desk_sessions.c
        is_old = or_(s.ended_at < before, s.seen_at < before)
        old = [*self.session.execute(select(s.id).where(is_old).limit(limit)).scalars()]
        return int(self.session.execute(delete(desk_tables.desk_sessions).where(s.id.in_(old))).rowcount)


def _is_quiet(columns: Any) -> Any:
    """Whether no case of the chat that the row hangs on is under way."""
    k = tables.cases.c
    return ~exists().where(k.conversation_id == columns.conversation_id, k.status.in_(UNDER_WAY))
