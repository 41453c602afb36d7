"""The queue: who waits for a person, who is with one, by when an answer is due, and which of it all somebody may see."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.cases.clock_facts import SILENCE, WITH_PEOPLE, seen_of
from bot.cases.conversation import Handler
from bot.cases.desk import SEES_ALL, Agent
from bot.cases.desk_access import Standing, sees, team_keys
from bot.cases.instants import instant
from bot.cases.money import Money
from bot.cases.promises import SILENT_CHANNELS
from bot.cases.service_clock import ClockName, Kept, Seen, standing, started
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

LOOKS_FOR = timedelta(minutes=1)  # a sign of having a chat on the screen means so for as long
SHORTEST_SEARCH, MOST_FOUND = 3, 12  # characters, chats
NEWEST = 200  # chats of the assistant that a lead sees at once
Found = dict[str, Any]
Snooze = tuple[datetime, datetime]  # since when, and until


@dataclass(frozen=True)
class Row:
    """One chat of the queue. `shown` is what a page gets; the rest decides who gets it."""

    ref: str
    standing: Standing
    approvals: int
    shown: Mapping[str, Any]

    @cached_property
    def text(self) -> str:
        """`shown` as JSON, written once however many pages get it."""
        return json.dumps(self.shown, ensure_ascii=False)

    def is_for(self, agent: Agent) -> bool:
        """Whether it stands in this person's queue: with people, or looked after by whoever sees all."""
        with_people = self.standing.handler in WITH_PEOPLE or self.approvals > 0
        return (with_people or agent.role in SEES_ALL) and sees(agent, self.standing)


@dataclass
class Board:
    """The whole queue as it stood at one look. `said` is kept from look to look: what was said in a chat is read again only when
    something was."""

    rows: dict[str, Row] = field(default_factory=dict)
    said: dict[str, tuple[int, Found]] = field(default_factory=dict)

    def of(self, agent: Agent) -> list[Row]:
        """This person's queue."""
        return [row for row in self.rows.values() if row.is_for(agent)]


def look(shop: Shop, now: datetime, before: Board | None = None) -> Board:
    """The queue as it stands. A few queries, however many chats; fewer where `before` is the last look."""
    with shop.begin(False) as uow:
        found = uow.desk_views.open_chats(NEWEST)
        said = _said(uow, found, before.said if before else {})
        rows = rows_of(shop, uow, found, {key: value for key, (_, value) in said.items()}, now)
    known = before.rows if before else {}
    kept = {row.ref: known[row.ref] if row.ref in known and known[row.ref] == row else row for row in rows}
    return Board(kept, said)


def _said(uow: "UnitOfWork", found: list[Found], before: Mapping[str, tuple[int, Found]]) -> dict[str, tuple[int, Found]]:
    ids = {one["conversation"]: one["last_seq"] for one in found}
    known = {key: before[key] for key, seq in ids.items() if key in before and before[key][0] == seq}
    unknown = [key for key in ids if key not in known]
    new, spoken = uow.desk_views.last_words(unknown), uow.clocks.words(unknown)
    return known | {key: (ids[key], value | {"spoken": spoken.get(key, SILENCE)}) for key, value in new.items()}


def rows_of(shop: Shop, uow: "UnitOfWork", found: list[Found], said: Mapping[str, Found], now: datetime) -> list[Row]:
    """The rows of these chats, as `DeskViews` found them."""
    views, cases = uow.desk_views, [one["case_id"] for one in found]
    escalations, deeds, tags = views.escalations(cases), views.deeds(cases), views.tags(cases)
    arrivals = views.arrivals(
        [one["conversation"] for one in found if one["handler"] is Handler.AGENT or one["channel"] not in SILENT_CHANNELS]
    )
    snoozes = uow.clocks.snoozes([one["conversation"] for one in found])
    clocks, offers = _clocks(shop, uow, found, said, snoozes, now), uow.offers.open()
    approvals, agreed, looking = views.approvals(), views.agreed(), views.looking(now - LOOKS_FOR)
    rows = []
    for one in found:
        chat, case_id = one["conversation"], one["case_id"]
        escalation, words = escalations.get(case_id), said.get(chat, {})
        waiting = approvals.get(chat, 0)
        mark = [one["last_seq"], one["handler_version"], one["chat_version"], one["case_version"], deeds.get(case_id, 0)]
        mark += [arrivals.get(chat, 0), waiting, agreed if waiting else 0]
        shown = {
            **_plain(one, escalation, words),
            **clocks[case_id],
            "looking": looking.get(chat, []),
            "tags": tags.get(case_id, []),
            "snoozed_until": _snoozed(snoozes.get(chat), words, now),
            **_offered(offers.get(chat), one["handler_version"], now),
            "approvals": waiting,
            "mark": ".".join(map(str, mark)),
        }
        rows.append(Row(one["reference"], standing_of(shop, one, escalation), waiting, shown))
    return rows


def search(shop: Shop, agent: Agent, text: str) -> list[Found]:
    """The chats that fit what somebody typed and that are theirs to see, ended ones too: {ref, customer, order, status, at}."""
    if len(text.strip()) < SHORTEST_SEARCH:
        return []
    with shop.begin(False) as uow:
        found = uow.desk_views.like(text[:80], MOST_FOUND)
        escalations = uow.desk_views.escalations([one["case_id"] for one in found])
        theirs = [one for one in found if sees(agent, standing_of(shop, one, escalations.get(one["case_id"])))]
    return [
        {
            "ref": one["reference"],
            "customer": one["customer"],
            "order": one["order_number"] if one["proven"] else None,
            "status": str(one["status"]),
            "at": instant(one["created_at"]),
        }
        for one in theirs
    ]


def standing_of(shop: Shop, chat: Found, escalation: Found | None) -> Standing:
    """Of a chat as `DeskViews` found it, and the newest escalation of its case."""
    teams = team_keys(shop.policy.teams, [escalation["team"]] if escalation else [])
    return Standing(chat["channel"], chat["handler"], chat["agent"], chat["assignee"], teams)


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


def _snoozed(snooze: Snooze | None, words: Found, now: datetime) -> str | None:
    """Until when it sleeps; a word of the customer has woken it."""
    begun, until = snooze or (now, now)
    since = words.get("since")
    return instant(until) if until > now and not (since and since > begun) else None


def _clocks(
    shop: Shop, uow: "UnitOfWork", found: list[Found], said: Mapping[str, Found], snoozes: Mapping[str, Snooze], now: datetime
) -> dict[str, Found]:
    """Of each case the clock that ends first, since when and until when, and how it stands (bot.cases.service_clock)."""
    cases = [one["case_id"] for one in found]
    brought, kept = uow.clocks.brought(cases), uow.clocks.running(cases)
    taken = uow.clocks.taken([one["case_id"] for one in found if one["handler"] is Handler.AGENT and one["case_id"] not in brought])
    told = {}
    for one in found:
        case_id, chat = one["case_id"], one["conversation"]
        words = said.get(chat, {}).get("spoken", SILENCE)
        seen = seen_of(one["status"], one["handler"], brought.get(case_id), words, snoozes.get(chat), taken.get(case_id))
        told[case_id] = _clock(shop, seen, kept.get(case_id, {}), now)
    return told


def _clock(shop: Shop, seen: Seen, kept: Mapping[ClockName, Kept], now: datetime) -> Found:
    found = standing(seen, kept, shop.policy.clocks, shop.policy.hours, now)
    since = started(seen).get(found.clock) if found.clock else None
    return {
        "since": instant(since),
        "due_at": instant(found.due_at),
        "clock": found.clock and str(found.clock),
        "breach": str(found.breach),
    }


def _offered(offer: tuple[str, datetime, int] | None, version: int, now: datetime) -> Found:
    """Before whom it is put, and until when; nobody where that is over."""
    agent, until, of_version = offer or (None, now, 0)
    stands = agent is not None and of_version == version and until > now
    return {"offered_to": agent if stands else None, "offered_until": instant(until) if stands else None}
