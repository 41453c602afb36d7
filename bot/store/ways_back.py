"""Ways back into conversations: whose words are unseen, which links stand, and who wants no such mail."""

from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select, true, update
from sqlalchemy.orm import Session

from bot.cases.conversation import Author
from bot.cases.way_back import WayBack
from bot.store import tables
from bot.store.inserts import insert_into
from bot.store.outbox import READ
from bot.store.way_back_tables import no_mail, ways_back

TOLD_OF = (Author.AGENT, Author.SYSTEM)  # a person's words and news; the assistant answers at once, whoever asked is still there


class WaysBack:
    """Over one session."""

    def __init__(self, session: Session, lock: bool) -> None:
        self.session, self.lock = session, lock

    def find(self, way_id: str) -> WayBack | None:
        found: WayBack | None = self.session.get(WayBack, way_id, with_for_update=self.lock) if way_id else None
        return found

    def unseen(self, since: datetime, until: datetime, now: datetime, limit: int, only: str | None = None) -> list[str]:
        """Website conversations with words of these instants, unseen and told of by no standing mail; `only`: just whether this is one."""
        o, m, w = tables.outbox.c, tables.messages.c, ways_back.c
        before, way = tables.messages.alias(), tables.outbox.alias()
        still_unseen = exists().where(
            *(before.c.conversation_id == w.conversation_id, before.c.seq <= w.up_to, before.c.author.in_(TOLD_OF)),
            *(way.c.subject_id == before.c.id, way.c.kind == "message", way.c.state != READ, ~_answered(before.c)),
        )
        is_open = (w.revoked_at.is_(None), w.used_at.is_(None), w.expires_at > now)
        open_mail = exists().where(w.conversation_id == m.conversation_id, *is_open, still_unseen)
        told = exists().where(w.conversation_id == m.conversation_id, w.up_to >= m.seq)
        found = (
            select(m.conversation_id)
            .select_from(tables.outbox)
            .join(tables.messages, m.id == o.subject_id)
            .where(tables.UNREAD, o.at >= since, o.at <= until, o.due_at <= until)
            .where(m.author.in_(TOLD_OF), ~_answered(m), ~open_mail, ~told)
            .where(m.conversation_id == only if only else true(), ~_erased(m))
            .group_by(m.conversation_id)
            .order_by(func.min(o.id))
            .limit(limit)
        )
        return [*self.session.execute(found).scalars()]

    def newest_unseen(self, conversation_id: str) -> int:
        """The newest such words of a conversation; 0 where all were seen, or the customer has written since."""
        o, m = tables.outbox.c, tables.messages.c
        found = (
            select(func.max(m.seq))
            .select_from(tables.outbox)
            .join(tables.messages, m.id == o.subject_id)
            .where(m.conversation_id == conversation_id, o.kind == "message", o.state != READ, m.author.in_(TOLD_OF), ~_answered(m))
        )
        return int(self.session.execute(found).scalar() or 0)

    def revoke(self, conversation_id: str, now: datetime) -> int:
        """Ends every link into a conversation that is not used; how many."""
        w = ways_back.c
        ended = update(ways_back).where(w.conversation_id == conversation_id, w.revoked_at.is_(None), w.used_at.is_(None))
        return int(self.session.execute(ended.values(revoked_at=now)).rowcount)

    def wants_none(self, address: str) -> bool:
        """Whether whoever reads at this address (a digest) asked for no such mail."""
        return self.session.execute(select(no_mail.c.at).where(no_mail.c.address == address)).first() is not None

    def stop(self, address: str, now: datetime) -> None:
        """No such mail to this address (a digest) any more. Said twice, it is kept once."""
        self.session.execute(insert_into(self.session, no_mail).values(address=address, at=now).on_conflict_do_nothing())


def _erased(message: Any) -> Any:
    """Whether nothing is left of its chat that anybody could come back to."""
    v = tables.conversations.c
    return exists().where(v.id == message.conversation_id, v.erased_at.is_not(None))


def _answered(message: Any) -> Any:
    """Whether the customer has written after this message: then they have seen it."""
    later = tables.messages.alias()
    return exists().where(later.c.conversation_id == message.conversation_id, later.c.seq > message.seq, later.c.author == Author.CUSTOMER)
