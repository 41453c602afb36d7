"""Follow-ups: those of a case, and those whose time has come."""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.cases.conversation import Conversation
from bot.cases.follow_up import STANDING, STOP, WAITS, FollowUp
from bot.store import tables
from bot.store.channel_tables import contacts
from bot.store.follow_up_tables import follow_ups

f = follow_ups.c


class FollowUps:
    """Over one session. The conversation is locked before any of its follow-ups is changed."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def find(self, follow_up_id: str) -> FollowUp | None:
        found: FollowUp | None = self.session.get(FollowUp, follow_up_id)
        return found

    def of(self, case_id: str) -> list[FollowUp]:
        """The rounds of a case, the first first."""
        return [*self.session.execute(select(FollowUp).where(f.case_id == case_id).order_by(f.number)).scalars()]

    def open_in(self, conversation_id: str) -> FollowUp | None:
        """The round that waits for an answer in this conversation."""
        asked = select(FollowUp).where(f.conversation_id == conversation_id, f.state.in_(WAITS)).order_by(f.asked_at.desc())
        found: FollowUp | None = self.session.execute(asked).scalars().first()
        return found

    def due(self, now: datetime, limit: int) -> list[tuple[str, str]]:
        """(conversation, follow-up) of those that go on now, the oldest first."""
        asked = select(f.conversation_id, f.id).where(f.state.in_(STANDING), f.due_at <= now).order_by(f.due_at).limit(limit)
        return [(row.conversation_id, row.id) for row in self.session.execute(asked)]

    def move(self, case_id: str, here: str) -> None:
        """What is still to be asked about a case is asked in this conversation."""
        standing = update(follow_ups).where(f.case_id == case_id, f.state.in_(STANDING))
        self.session.execute(standing.values(conversation_id=here))

    def was_stopped(self, conversation: Conversation) -> bool:
        """Whether this customer has said that they want no such question."""
        v = tables.conversations.c
        same = v.id == conversation.id
        if conversation.customer_id:
            same = or_(same, v.customer_id == conversation.customer_id)
        asked = select(f.id).join(tables.conversations, v.id == f.conversation_id).where(same, f.why == STOP)
        off = select(contacts.c.stopped_at).where(contacts.c.conversation_id == conversation.id, contacts.c.stopped_at.is_not(None))
        return any(self.session.execute(one.limit(1)).first() for one in (asked, off))
