"""What the desk shows, read in a few queries for all chats at once: never one a row."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import Select

from bot.cases.attachment import File
from bot.cases.case import UNDER_WAY
from bot.cases.conversation import DEV, Author, Handler
from bot.cases.remedy import RemedyState
from bot.errors import NotFound
from bot.store import desk_tables, file_tables, ledger_tables, tables
from bot.store.outbox import DELIVERED, READ, WAITING

Found = dict[str, Any]


class DeskViews:
    """Reads only. Everything comes by conversation or by case, as plain values."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def open_chats(self, newest: int) -> list[Found]:
        """Chats whose case is under way: all that wait for a person, are with one or have an approval waiting, and the newest that
        the assistant has."""
        c, v = tables.cases.c, tables.conversations.c
        with_people = self._rows(_open().where(v.handler.in_([Handler.QUEUE, Handler.AGENT])))
        decided = select(c.conversation_id).join(tables.remedies, tables.remedies.c.case_id == c.id)
        waiting = decided.where(tables.remedies.c.state == RemedyState.NEEDS_APPROVAL)
        assistants = v.handler == Handler.ASSISTANT
        to_decide = self._rows(_open().where(assistants, v.id.in_(waiting)))
        others = self._rows(_open().where(assistants).order_by(c.created_at.desc()).limit(newest))
        return [*{row["conversation"]: row for row in (*others, *to_decide, *with_people)}.values()]

    def chat(self, reference: str) -> Found:
        """One chat by the reference of any of its cases, whatever it stands at. Raises NotFound."""
        found = self._rows(_chats().where(tables.cases.c.reference == reference.strip().upper()))
        if not found:
            raise NotFound(f"There is no case {reference}.")
        return found[0]

    def like(self, text: str, limit: int) -> list[Found]:
        """Chats, ended ones too, by the beginning of a case's reference, by an order's number, or by the customer's name or
        address; the newest first. Chats of developers stay out."""
        c, v, u = tables.cases.c, tables.conversations.c, tables.customers.c
        word = text.strip()
        bare = word.upper().removeprefix("A-")
        is_like = (
            c.reference.startswith(f"A-{bare}", autoescape=True)
            | (c.proven.is_(True) & (c.order_number == word.upper().lstrip("#")))
            | (func.lower(u.email) == word.lower())
            | func.lower(u.name).contains(word.lower(), autoescape=True)
        )
        return self._rows(_chats().where(v.channel != DEV, is_like).order_by(c.created_at.desc()).limit(limit))

    def chat_of(self, conversation_id: str) -> Found:
        """One chat by its conversation. Raises NotFound."""
        v = tables.conversations.c
        found = self._rows(_chats().where(v.id == conversation_id, tables.cases.c.id == v.case_id))
        if not found:
            raise NotFound("There is no such chat.")
        return found[0]

    def escalations(self, case_ids: Sequence[str]) -> dict[str, Found]:
        """The newest of each case that has one."""
        e = tables.escalations.c
        newest = select(func.max(e.id)).where(e.case_id.in_(case_ids)).group_by(e.case_id)
        asked = select(e.case_id, e.reason, e.priority, e.team, e.at, e.due_at, e.answered_at).where(e.id.in_(newest))
        return {row["case_id"]: row for row in self._rows(asked)} if case_ids else {}

    def last_words(self, conversation_ids: Sequence[str]) -> dict[str, Found]:
        """Of each: what the customer or a person here said last, who and when; how many of the customer's messages stand after the
        last answer (`unread`), and since when (`since`)."""
        m = tables.messages.c
        if not conversation_ids:
            return {}
        told = (
            select(m.conversation_id, func.max(m.seq).label("seq"))
            .where(m.conversation_id.in_(conversation_ids), m.author.in_([Author.CUSTOMER, Author.AGENT]))
            .group_by(m.conversation_id)
            .subquery()
        )
        last = select(m.conversation_id, m.author, m.agent, func.substr(m.text, 1, 120).label("text"), m.at, m.seq).join(
            told, (told.c.conversation_id == m.conversation_id) & (told.c.seq == m.seq)
        )
        found = {row["conversation_id"]: row for row in self._rows(last)}
        is_answer = m.author.in_([Author.ASSISTANT, Author.AGENT])
        spoke = (
            select(m.conversation_id, func.max(case((is_answer, m.seq), else_=0)).label("seq"))
            .where(m.conversation_id.in_(conversation_ids))
            .group_by(m.conversation_id)
            .subquery()
        )
        unread = (
            select(m.conversation_id, func.count().label("unread"), func.min(m.at).label("since"))
            .join(spoke, (spoke.c.conversation_id == m.conversation_id) & (m.seq > spoke.c.seq))
            .where(m.author == Author.CUSTOMER)
            .group_by(m.conversation_id)
        )
        for row in self._rows(unread):
            found[row["conversation_id"]] |= {"unread": row["unread"], "since": row["since"]}
        return found

    def deeds(self, case_ids: Sequence[str]) -> dict[str, int]:
        """How long each case's audit is: it grows with everything that is done in it."""
        h = tables.audit_heads.c
        return {row["chain"]: row["length"] for row in self._rows(select(h.chain, h.length).where(h.chain.in_(case_ids)))}

    def arrivals(self, conversation_ids: Sequence[str]) -> dict[str, int]:
        """A number for each that changes as its messages are tried, sent, arrive and are read."""
        o = tables.outbox.c
        tried = case((o.kind == "message", o.attempts), else_=0)
        weight = tried + case((o.state == READ, 5), (o.state == DELIVERED, 3), (o.state == WAITING, 0), else_=1)
        asked = select(o.conversation_id, func.sum(weight).label("weight")).where(o.conversation_id.in_(conversation_ids))
        return {row["conversation_id"]: int(row["weight"]) for row in self._rows(asked.group_by(o.conversation_id))}

    def approvals(self) -> dict[str, int]:
        """How many remedies wait for a person to agree, by conversation."""
        c, r = tables.cases.c, tables.remedies.c
        asked = select(c.conversation_id, func.count().label("count")).join(tables.remedies, r.case_id == c.id)
        waiting = asked.where(r.state == RemedyState.NEEDS_APPROVAL).group_by(c.conversation_id)
        return {row["conversation_id"]: row["count"] for row in self._rows(waiting)}

    def agreed(self) -> int:
        """How many agreements there are at all: one more is a change."""
        return int(self.session.execute(select(func.count()).select_from(ledger_tables.approvals)).scalar() or 0)

    def tags(self, case_ids: Sequence[str]) -> dict[str, list[str]]:
        g = desk_tables.tags.c
        return _lists(self._rows(select(g.case_id, g.tag).where(g.case_id.in_(case_ids)).order_by(g.tag)), "case_id", "tag")

    def looking(self, since: datetime) -> dict[str, list[str]]:
        """Who has which chat on their screen, by conversation."""
        k = desk_tables.looking.c
        return _lists(self._rows(select(k.conversation_id, k.agent).where(k.at >= since).order_by(k.agent)), "conversation_id", "agent")

    def states(self, conversation_id: str) -> dict[str, str]:
        """How the sending of each message went, by its id."""
        o = tables.outbox.c
        asked = select(o.subject_id, o.state).where(o.conversation_id == conversation_id, o.kind == "message")
        return {row["subject_id"]: row["state"] for row in self._rows(asked)}

    def labels(self, conversation_id: str) -> dict[str, Found]:
        """What people have said a message meant, by its id."""
        b, m = desk_tables.message_labels.c, tables.messages.c
        asked = select(b.message_id, b.intent, b.what).join(tables.messages, m.id == b.message_id)
        return {row["message_id"]: row for row in self._rows(asked.where(m.conversation_id == conversation_id))}

    def acts(self, conversation_id: str, acts: Iterable[str]) -> list[Found]:
        """Lines of the audit of a conversation's cases, oldest first."""
        a, c = tables.audit.c, tables.cases.c
        asked = select(a.id, a.at, a.who, a.act, a.detail).join(tables.cases, c.id == a.case_id)
        return self._rows(asked.where(c.conversation_id == conversation_id, a.act.in_([*acts])).order_by(a.id))

    def brought(self, conversation_id: str) -> list[Found]:
        """Every time a person was brought in, oldest first."""
        e, c = tables.escalations.c, tables.cases.c
        asked = select(e.at, e.reason, e.priority, e.team, e.due_at, e.answered_at).join(tables.cases, c.id == e.case_id)
        return self._rows(asked.where(c.conversation_id == conversation_id).order_by(e.id))

    def file(self, file_id: str) -> File:
        """A file whosever it is. Raises NotFound."""
        found: File | None = self.session.execute(select(File).where(file_tables.files.c.id == file_id)).scalar()
        if found is None:
            raise NotFound("There is no such file.")
        return found

    def _rows(self, asked: Select) -> list[Found]:  # type: ignore[type-arg, unused-ignore]
        result = self.session.execute(asked)
        names = [*result.keys()]
        return [dict(zip(names, row, strict=True)) for row in result.all()]  # half the time of row._mapping, at every look


def _chats() -> Select:  # type: ignore[type-arg, unused-ignore]
    """A case with its conversation, and what is known of customer and order."""
    c, v, u, o = tables.cases.c, tables.conversations.c, tables.customers.c, tables.orders.c
    columns = (
        v.id.label("conversation"), v.channel, v.handler, v.handler_version, v.agent, v.last_seq, v.version.label("chat_version"),
        v.turn_lease_until, c.id.label("case_id"), c.reference, c.issue, c.severity, c.assignee, c.order_number, c.status, c.created_at,
        c.proven, c.first_reply_at, c.version.label("case_version"), u.name.label("customer"), o.total_minor, o.currency,
    )  # fmt: skip
    named = func.coalesce(v.customer_id, case((c.proven.is_(True), c.customer_id)))  # nobody is named who has not shown who they are
    return (
        select(*columns)
        .join(tables.conversations, v.id == c.conversation_id)
        .outerjoin(tables.customers, u.id == named)
        .outerjoin(tables.orders, o.number == c.order_number)
    )


def _open() -> Select:  # type: ignore[type-arg, unused-ignore]
    """Those whose present case is under way. Chats of developers stay out."""
    c, v = tables.cases.c, tables.conversations.c
    return _chats().where(v.case_id == c.id, v.channel != DEV, c.status.in_(UNDER_WAY))


def _lists(rows: Iterable[Found], key: str, value: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row[key], []).append(row[value])
    return found
