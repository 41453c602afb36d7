"""Who is offered a waiting chat: by team, language and load; and never twice in one wait."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cases.desk import Agent
from bot.cases.issue import Word

OTHER, ASSISTANTS_OWN = "other", "en"
IN_USE_FOR = timedelta(days=7)  # where nobody has been at the desk for so long, the shop answers by other means
PRESENT_FOR = timedelta(minutes=2)  # since the last sign of life; the desk gives one each minute at least


class OfferState(Word):
    """Where an offer stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"  # the chat waits no more, or its agent went away


class Mode(Word):
    """How chats find their people."""

    PULL = "pull"  # people take them from the queue
    OFFER = "offer"  # each is put before one person at a time, and is in the queue for all besides


@dataclass(frozen=True)
class Assignment:
    """`assignment` in data/policy/escalation.yml."""

    mode: Mode = Mode.PULL
    offer_seconds: int = 60


USUAL = Assignment()


@dataclass(eq=False)
class Offer:
    """A waiting chat put before one person until an instant."""

    id: str
    conversation_id: str
    case_id: str
    agent: str
    handler_version: int
    at: datetime
    until: datetime
    state: OfferState = OfferState.OFFERED
    ended_at: datetime | None = None

    def end(self, state: OfferState, now: datetime) -> None:
        """Once."""
        if self.state is OfferState.OFFERED:
            self.state, self.ended_at = state, now


@dataclass(frozen=True)
class Waiting:
    """As much of a waiting chat as says who fits. `team`: its key; `language`: OTHER where it is not the assistant's own and nobody
    knows which; `assignee`: who had this case before."""

    team: str | None
    language: str | None = None
    assignee: str | None = None


@dataclass(frozen=True)
class Load:
    """A person at the desk, how many chats they have or are offered, and when they last got one."""

    agent: Agent
    chats: int
    last_at: datetime | None = None


def is_present(agent: Agent, now: datetime) -> bool:
    """Signed in, seen a moment ago, not away, and somebody who answers."""
    seen = agent.seen_at
    return agent.may_act and agent.away_since is None and seen is not None and now - seen <= PRESENT_FOR


def is_unattended(agents: Iterable[Agent], team: str | None, now: datetime) -> bool:
    """Whether a team that works at the desk has nobody there now."""
    theirs = [one for one in agents if one.may_act and answers_for(one, team)]
    works_here = any(one.seen_at and now - one.seen_at <= IN_USE_FOR for one in theirs)
    return works_here and not any(is_present(one, now) for one in theirs)


def answers_for(agent: Agent, team: str | None) -> bool:
    """Whether it is a team of theirs. Who has none answers for all."""
    return not agent.teams or team is None or team in agent.teams


def speaks(agent: Agent, language: str | None) -> bool:
    """Whether they can answer in it."""
    theirs = {one.split("-")[0].lower() for one in agent.languages}
    if language == OTHER:
        return bool(theirs - {ASSISTANTS_OWN})
    return language is None or language.split("-")[0].lower() in theirs


def choose(waiting: Waiting, people: Sequence[Load], passed: Collection[str], now: datetime) -> Agent | None:
    """Who is offered it next: present, of its team and language, with room; whoever had the case before, else the least laden for
    what they can carry.

    Among equals, those whose team it is before those who answer for all, then whoever got a chat longest ago. `passed`:
    names of those who had it before them in this wait.
    """

    def order(one: Load) -> tuple[bool, float, bool, float, str]:
        agent, last = one.agent, one.last_at.timestamp() if one.last_at else 0.0
        return agent.name != waiting.assignee, one.chats / agent.capacity, not agent.teams, last, agent.name

    fit = [one for one in people if one.agent.name not in passed and _fits(one, waiting, now)]
    return min(fit, key=order).agent if fit else None


def _fits(one: Load, waiting: Waiting, now: datetime) -> bool:
    agent = one.agent
    has_room = one.chats < agent.capacity
    return has_room and is_present(agent, now) and answers_for(agent, waiting.team) and speaks(agent, waiting.language)
