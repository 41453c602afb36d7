"""A mail to people about chats that wait while nobody looks: which chats, and whose mail it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.cases.assignment import answers_for, is_present
from bot.cases.desk import SUPERVISES, Agent
from bot.cases.hours import Hours
from bot.cases.promises import open_time

AT_MOST_EVERY = timedelta(hours=1)  # to one person
URGENT = "urgent"


@dataclass(eq=False)
class Digest:
    """One mail to one person. `cases`: ids of those it was decided to tell of."""

    id: str
    agent: str
    at: datetime
    cases: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Unlooked:
    """A chat that waits for a person. `team`: its key."""

    case_id: str
    reference: str
    reason: str
    priority: str
    team: str | None
    since: datetime

    @property
    def is_urgent(self) -> bool:
        return self.priority == URGENT


def is_overdue(one: Unlooked, people: Iterable[Agent], hours: Hours, after: timedelta, now: datetime) -> bool:
    """Whether it has waited for long enough with nobody of its team at the desk: by the plain clock where it is urgent, else in open
    time and in opening hours."""
    if any(is_present(agent, now) and answers_for(agent, one.team) for agent in people):
        return False
    if one.is_urgent:
        return now - one.since >= after
    return hours.is_open(now) and open_time(hours, one.since, now) >= after


def told(waiting: Sequence[Unlooked], people: Sequence[Agent], hours: Hours, after: timedelta, now: datetime) -> dict[str, list[Unlooked]]:
    """By person, what they are mailed of: their teams' chats, and whoever leads of all that are urgent.

    Whoever is away is left in peace where others of the team are not.
    """
    found: dict[str, list[Unlooked]] = {}
    for one in waiting:
        if not is_overdue(one, people, hours, after, now):
            continue
        team = [agent for agent in people if agent.may_act and answers_for(agent, one.team)]
        whom = {agent.name for agent in team if agent.away_since is None} or {agent.name for agent in team}
        if one.is_urgent:
            whom |= {agent.name for agent in people if agent.may_act and agent.role in SUPERVISES}
        for name in sorted(whom):
            found.setdefault(name, []).append(one)
    return found
