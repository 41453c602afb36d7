"""The desk's own records: accounts and sessions; notes, drafts, held replies, tags and who is looking."""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from bot.cases.desk import Agent, DeskSession, Draft, HeldReply, Note
from bot.cases.names import tidy_name
from bot.errors import NotFound
from bot.store import desk_tables as t
from bot.store.inserts import upsert


class Agents:
    """Accounts, and the sessions of their browsers."""

    def __init__(self, session: Session, lock: bool) -> None:
        self.session, self.lock = session, lock

    def find(self, name: str) -> Agent | None:
        found: Agent | None = self.session.get(Agent, name, with_for_update=self.lock) if name else None
        return found

    def get(self, name: str) -> Agent:
        found = self.find(tidy_name(name))
        if found is None:
            raise NotFound(f"There is no account {name!r}: `amends agents list` shows those there are.")
        return found

    def by_sign_in(self, typed: str) -> Agent | None:
        """By name or e-mail address, as people type them."""
        a, word = t.agents.c, tidy_name(typed).lower()
        asked = select(Agent).where((func.lower(a.name) == word) | (func.lower(a.email) == word))
        found: Agent | None = self.session.execute(asked.with_for_update() if self.lock else asked).scalars().first()
        return found

    def all(self) -> list[Agent]:
        """By name."""
        return [*self.session.execute(select(Agent).order_by(t.agents.c.name)).scalars()]

    def signed_in(self, session_id: str) -> DeskSession | None:
        found: DeskSession | None = self.session.get(DeskSession, session_id)
        return found

    def saw(self, session_id: str, name: str, now: datetime) -> None:
        """Notes a sign of life. No version: it is no change that anybody decides on."""
        self.session.execute(update(t.desk_sessions).where(t.desk_sessions.c.id == session_id).values(seen_at=now))
        self.session.execute(update(t.agents).where(t.agents.c.name == name).values(seen_at=now))

    def end_sessions(self, name: str, now: datetime) -> int:
        """Signs somebody out everywhere; how many browsers."""
        s = t.desk_sessions.c
        ended = update(t.desk_sessions).where(s.agent == name, s.ended_at.is_(None)).values(ended_at=now)
        return int(self.session.execute(ended).rowcount)


class Desk:
    """What people write and do beside a chat."""

    def __init__(self, session: Session, lock: bool) -> None:
        self.session, self.lock = session, lock

    def notes(self, conversation_id: str) -> list[Note]:
        """Oldest first."""
        n = t.notes.c
        return [*self.session.execute(select(Note).where(n.conversation_id == conversation_id).order_by(n.at, n.id)).scalars()]

    def draft(self, agent: str, conversation_id: str) -> Draft | None:
        found: Draft | None = self.session.get(Draft, (agent, conversation_id))
        return found

    def keep_draft(self, draft: Draft) -> None:
        """One a person and chat. An empty one is none."""
        if draft.text.strip():
            row = {"mode": draft.mode, "text": draft.text, "at": draft.at}
            upsert(self.session, t.drafts, agent=draft.agent, conversation_id=draft.conversation_id, **row)
        else:
            self.drop_draft(draft.agent, draft.conversation_id)

    def drop_draft(self, agent: str, conversation_id: str) -> None:
        d = t.drafts.c
        self.session.execute(delete(t.drafts).where(d.agent == agent, d.conversation_id == conversation_id))

    def held(self, held_id: str) -> HeldReply:
        found: HeldReply | None = self.session.get(HeldReply, held_id, with_for_update=self.lock)
        if found is None:
            raise NotFound("There is no such reply.")
        return found

    def held_of(self, agent: str, held_id: str) -> HeldReply:
        """This person's own. Raises NotFound, also for another's."""
        found = self.held(held_id)
        if found.agent != agent:
            raise NotFound("There is no such reply.")
        return found

    def held_by_key(self, key: str) -> HeldReply | None:
        found: HeldReply | None = self.session.execute(select(HeldReply).where(t.held_replies.c.key == key)).scalar()
        return found

    def held_in(self, conversation_id: str) -> list[HeldReply]:
        """Those that can still be taken back, the next to go first."""
        h = t.held_replies.c
        asked = select(HeldReply).where(h.conversation_id == conversation_id, h.state == "held").order_by(h.send_at, h.at)
        return [*self.session.execute(asked).scalars()]

    def held_due(self, now: datetime, limit: int) -> list[tuple[str, str]]:
        """(conversation, reply) of those whose seconds are over, oldest first."""
        h = t.held_replies.c
        asked = select(h.conversation_id, h.id).where(h.state == "held", h.send_at <= now).order_by(h.send_at, h.at).limit(limit)
        return [(row.conversation_id, row.id) for row in self.session.execute(asked)]

    def look(self, agent: str, conversation_id: str, now: datetime) -> None:
        """Notes that somebody has the chat on their screen."""
        upsert(self.session, t.looking, agent=agent, conversation_id=conversation_id, at=now)

    def look_away(self, agent: str, conversation_id: str | None = None) -> None:
        c = t.looking.c
        gone = delete(t.looking).where(c.agent == agent)
        self.session.execute(gone.where(c.conversation_id == conversation_id) if conversation_id else gone)

    def snooze(self, conversation_id: str, until: datetime, agent: str, now: datetime) -> None:
        """Puts a chat aside until an instant, in place of any earlier one."""
        upsert(self.session, t.snoozes, conversation_id=conversation_id, until=until, agent=agent, at=now)

    def wake(self, conversation_id: str) -> None:
        """Puts it aside no more."""
        self.session.execute(delete(t.snoozes).where(t.snoozes.c.conversation_id == conversation_id))

    def label(self, message_id: str, agent: str, intent: str | None, what: str, now: datetime) -> None:
        """What a message meant, in place of what was said of it before."""
        upsert(self.session, t.message_labels, message_id=message_id, agent=agent, intent=intent, what=what, at=now)

    def tags(self, case_id: str) -> list[str]:
        return [*self.session.execute(select(t.tags.c.tag).where(t.tags.c.case_id == case_id).order_by(t.tags.c.tag)).scalars()]

    def tag(self, case_id: str, tag: str, agent: str, now: datetime) -> None:
        upsert(self.session, t.tags, case_id=case_id, tag=tag, agent=agent, at=now)

    def untag(self, case_id: str, tag: str) -> None:
        self.session.execute(delete(t.tags).where(t.tags.c.case_id == case_id, t.tags.c.tag == tag))
