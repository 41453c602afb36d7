"""The queue: who waits for a person, who is with one, by when an answer is due, and which of it all somebody may see."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.cases.case import CaseStatus
from bot.cases.conversation import Handler
from bot.cases.desk import SEES_ALL, Agent
from bot.cases.hours import due_within
from bot.cases.money import Money
from bot.errors import NotAllowed
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

LOOKS_FOR = timedelta(minutes=1)  # a sign of having a chat on the screen means so for as long
NEWEST = 200  # chats of the assistant that a lead sees at once
LEAST_WARNING = timedelta(minutes=5)  # and a quarter of the time there was: from then on it is nearly due
Found = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One chat of the queue. `shown` is what a page gets; the rest decides who may see it."""

    ref: str
    handler: Handler
    agent: str | None
    assignee: str | None
    team: str | None  # its name, of those who were brought in
    approvals: int
    shown: Mapping[str, Any]

    @cached_property
    def text(self) -> str:
        """`shown` as JSON, written once however many pages get it."""
        return json.dumps(self.shown, ensure_ascii=False)

    def is_for(self, agent: Agent, teams: Mapping[str, str]) -> bool:
        """Whether it stands in this person's queue. `teams`: names by key."""
        with_people = self.handler in (Handler.QUEUE, Handler.AGENT) or self.approvals > 0
        return agent.role in SEES_ALL or (with_people and self.may_be_seen(agent, teams))

    def may_be_seen(self, agent: Agent, teams: Mapping[str, str]) -> bool:
        """Whether this person may open it: what waits, what is theirs, what is their teams'; whoever sees all, all."""
        if agent.role in SEES_ALL or self.handler is Handler.QUEUE or agent.name in (self.agent, self.assignee):
            return True
        return self.team is not None and (not agent.teams or self.team in [teams.get(key) for key in agent.teams])


@dataclass
class Board:
    """The whole queue as it stood at one look. `said` is kept from look to look: what was said in a chat is read again only when
    something was."""

    rows: dict[str, Row] = field(default_factory=dict)
    said: dict[str, tuple[int, Found]] = field(default_factory=dict)

    def of(self, agent: Agent, teams: Mapping[str, str]) -> list[Row]:
        """This person's queue."""
        return [row for row in self.rows.values() if row.is_for(agent, teams)]


def look(shop: Shop, now: datetime, before: Board | None = None) -> Board:
    """The queue as it stands. A few queries, however many chats; fewer where `before` is the last look."""
    with shop.begin(False) as uow:
        found = uow.desk_views.open_chats(NEWEST)
        said = _said(uow, found, before.said if before else {})
        rows = rows_of(shop, uow, found, {key: value for key, (_, value) in said.items()}, now)
    known = before.rows if before else {}
    kept = {row.ref: known[row.ref] if row.ref in known and known[row.ref] == row else row for row in rows}
    return Board(kept, said)


def may_see(shop: Shop, uow: "UnitOfWork", agent: Agent, found: Found) -> None:
    """Raises NotAllowed where this chat is not for this person's eyes."""
    escalation = uow.desk_views.escalations([found["case_id"]]).get(found["case_id"], {})
    row = Row(found["reference"], found["handler"], found["agent"], found["assignee"], escalation.get("team"), 0, {})
    if not row.may_be_seen(agent, shop.policy.teams):
        raise NotAllowed(f"{row.ref} is not with you or your team. A lead can assign it to you.")


def _said(uow: "UnitOfWork", found: list[Found], before: Mapping[str, tuple[int, Found]]) -> dict[str, tuple[int, Found]]:
    ids = {one["conversation"]: one["last_seq"] for one in found}
    known = {key: before[key] for key, seq in ids.items() if key in before and before[key][0] == seq}
    new = uow.desk_views.last_words([key for key in ids if key not in known])
    return known | {key: (ids[key], value) for key, value in new.items()}


def rows_of(shop: Shop, uow: "UnitOfWork", found: list[Found], said: Mapping[str, Found], now: datetime) -> list[Row]:
    """The rows of these chats, as `DeskViews` found them."""
    views, cases = uow.desk_views, [one["case_id"] for one in found]
    escalations, deeds, tags = views.escalations(cases), views.deeds(cases), views.tags(cases)
    arrivals = views.arrivals([one["conversation"] for one in found if one["handler"] is Handler.AGENT])
    approvals, agreed, looking, snoozes = views.approvals(), views.agreed(), views.looking(now - LOOKS_FOR), views.snoozes(now)
    rows = []
    for one in found:
        chat, case_id = one["conversation"], one["case_id"]
        escalation, words = escalations.get(case_id), said.get(chat, {})
        waiting = approvals.get(chat, 0)
        clock = clock_of(shop, one, escalation, words, now)
        mark = [one["last_seq"], one["handler_version"], one["chat_version"], one["case_version"], deeds.get(case_id, 0)]
        mark += [arrivals.get(chat, 0), waiting, agreed if waiting else 0]
        shown = {
            **_plain(one, escalation, words),
            **clock,
            "looking": looking.get(chat, []),
            "tags": tags.get(case_id, []),
            "snoozed_until": _snoozed(snoozes.get(chat), words),
            "offered_to": None,
            "offered_until": None,
            "approvals": waiting,
            "mark": ".".join(map(str, mark)),
        }
        team = escalation["team"] if escalation else None
        rows.append(Row(one["reference"], one["handler"], one["agent"], one["assignee"], team, waiting, shown))
    return rows


def _plain(one: Found, escalation: Found | None, words: Found) -> Found:
    money = Money(one["total_minor"], one["currency"]) if one["currency"] else None
    reason = escalation["reason"] if escalation else None
    return {
        "ref": one["reference"],
        "conversation": one["conversation"],
        "channel": one["channel"],
        "customer": one["customer"],
        "issue": one["issue"] and str(one["issue"]),
        "severity": str(one["severity"]),
        "reason": reason,
        "priority": escalation["priority"] if escalation else "normal",
        "team": escalation["team"] if escalation else None,
        "handler": str(one["handler"]),
        "agent": one["agent"],
        "assignee": one["assignee"],
        "language": "other" if reason == "other_language" else "en",
        "money": f"{money.amount} {money.currency}" if money else None,
        "order": one["order_number"],
        "status": str(one["status"]),
        "last": {"author": str(words["author"]), "agent": words["agent"], "text": words["text"], "at": instant(words["at"])}
        if words
        else None,
        "seq": one["last_seq"],
        "unread": words.get("unread", 0),
        "version": one["handler_version"],
    }


def _snoozed(snooze: Found | None, words: Found) -> str | None:
    """Until when it sleeps; a word of the customer has woken it."""
    since = words.get("since")
    return instant(snooze["until"]) if snooze and not (since and since > snooze["at"]) else None


def clock_of(shop: Shop, one: Found, escalation: Found | None, words: Found, now: datetime) -> Found:
    """Which answer is awaited (`clock`), since when and until when, and how near that is (`breach`). It stands still while the chat
    waits for the customer."""
    since, unread = words.get("since"), words.get("unread", 0)
    if one["handler"] is Handler.QUEUE and escalation:
        begun, due = escalation["at"] if escalation["answered_at"] is None else since or escalation["at"], escalation["due_at"]
        return _clock("next_reply" if one["first_reply_at"] and escalation["answered_at"] else "first_reply", begun, due, now)
    if one["handler"] is Handler.AGENT and escalation and escalation["answered_at"] is None:
        return _clock("first_reply", escalation["at"], escalation["due_at"], now)
    if one["handler"] is Handler.AGENT and unread and since:
        minutes = shop.policy.escalation(escalation["reason"] if escalation else "asked").reply_within
        return _clock("next_reply", since, due_within(shop.policy.hours, since, minutes), now)
    is_theirs = one["handler"] is Handler.AGENT or one["status"] is CaseStatus.PENDING
    return {"since": None, "due_at": None, "clock": None, "breach": "paused" if is_theirs else "ok"}


def _clock(name: str, since: datetime, due: datetime, now: datetime) -> Found:
    warning = max(LEAST_WARNING, (due - since) / 4)
    breach = "breached" if now > due else "warn" if due - now <= warning else "ok"
    return {"since": instant(since), "due_at": instant(due), "clock": name, "breach": breach}


def instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
