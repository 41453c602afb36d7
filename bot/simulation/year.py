"""Plays a simulated year into a fresh shop: accounts, what is planted, and case after case, written some hundred at a time."""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.cases.desk import Agent, DeskRole
from bot.cases.incident import Incident
from bot.cases.learning import Improvement
from bot.cases.order import Order
from bot.handling import agents, improvements
from bot.handling.agents import Passwords
from bot.handling.shop import Shop
from bot.simulation.acting import LEADS, Actor
from bot.simulation.memory import MemoryWork
from bot.simulation.stories import Spec, Story, Year

LEAD = LEADS[0]
AT_ONCE = 250  # cases written in one go
PLANNED_BEFORE = timedelta(days=35)  # an improvement is planned so long before it is done


@dataclass(frozen=True)
class Known:
    """The orders of the year, at hand without a look into the store."""

    by_number: Mapping[str, Order]

    def find(self, number: str) -> Order | None:
        return self.by_number.get(number)

    def of_customer(self, customer_id: str) -> tuple[Order, ...]:
        return tuple(one for one in self.by_number.values() if one.buyer.id == customer_id)

    def within(self, incident: Incident) -> tuple[Order, ...]:
        return ()

    def incidents(self) -> tuple[Incident, ...]:
        return ()


def incident_line(year: Year) -> str:
    """The planted incident in the import format."""
    plan, begins = year.spec["planted"]["incident"], year.planted.incident_day
    ends = begins + timedelta(days=plan["days"])
    told = {name: plan[name] for name in ("code", "title", "explanation", "action")}
    times = {"started_at": begins.isoformat(), "ended_at": ends.isoformat(), "next_update_at": None}
    return json.dumps({**told, **times, "fault": "force_majeure", "issue_types": ["late_delivery"], "scope": {"status": ["shipped"]}})


def accounts(shop: Shop, passwords: Passwords, spec: Spec, at: datetime) -> list[Agent]:
    """The people of the year, each with a password that nobody knows."""
    roles = ((DeskRole.AGENT, spec["agents"]["care"]), (DeskRole.LEAD, spec["agents"]["lead"]))
    named = [(role, name) for role, names in roles for name in names]
    return [
        agents.add(shop, passwords, name, f"{name.split()[0].lower()}@example.com", str(role), secrets.token_urlsafe(24), at)
        for role, name in named
    ]


def plan_fix(shop: Shop, year: Year, lead: Agent) -> Improvement:
    """Somebody plans what ends the planted cause."""
    plan, done = year.spec["planted"]["fix"], year.planted.fix_done
    due = (done + timedelta(days=5)).date().isoformat()
    body = {name: plan[name] for name in ("title", "issue", "root_cause", "sku")} | {
        "action": "prevent",
        "assignee": lead.name,
        "due_on": due,
    }
    return improvements.add(shop, lead, body, done - PLANNED_BEFORE)


def finish_fix(shop: Shop, year: Year, lead: Agent, planned: Improvement) -> None:
    """It is done, in the words that customers who asked read."""
    done = year.planted.fix_done
    improvements.done(shop, lead, planned.id, {"what_changed": year.spec["planted"]["fix"]["what_changed"]}, done)


def play(
    shop: Shop, year: Year, stories: Sequence[Story], orders: Mapping[str, Order], people: list[Agent], incident: Incident, now: datetime
) -> "Player":
    """Whoever plays the stories; `chunks` of it does so."""
    return Player(replace(shop, orders=Known(orders)), year, stories, MemoryWork(people, [incident]), now)


@dataclass
class Player:
    """The stories with the memory that they are played in."""

    shop: Shop
    year: Year
    stories: Sequence[Story]
    work: MemoryWork
    now: datetime
    improvement: Improvement | None = None

    def chunks(self) -> Iterator[int]:
        """Plays on, and stops with how many stories are played whenever `work` is to be taken out."""
        shop: Any = replace(self.shop, begin=self.work.begin)  # type: ignore[arg-type]
        if self.improvement:
            self.work.improvements[self.improvement.id] = self.improvement
        words = self.year.spec["words"]
        fix = self.improvement.id if self.improvement else None
        actor = Actor(shop, self.work, words, self.now, len(self.stories), fix)  # type: ignore[arg-type]
        for number, story in enumerate(self.stories, 1):
            actor.act(story)
            self.work.next_chat()
            if number % AT_ONCE == 0 or number == len(self.stories):
                yield number
