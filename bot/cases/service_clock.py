"""Service clocks: by when a person answers first, answers next, and has settled the matter.

They count the time in which people are there. The first answer's end is the promise the customer was given
(`Escalation.due_at`), so that the clock never says otherwise, and nothing pauses it. The others stand still on a snooze,
and while it is the customer's turn.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.cases.hours import Hours, due_after
from bot.cases.issue import Word
from bot.cases.promises import moments, open_time

PRIORITIES = ("normal", "high", "urgent")


class ClockName(Word):
    """What is waited for."""

    FIRST_REPLY = "first_reply"
    NEXT_REPLY = "next_reply"
    RESOLUTION = "resolution"


class Breach(Word):
    """How a clock stands."""

    OK = "ok"
    WARN = "warn"
    BREACHED = "breached"
    PAUSED = "paused"


@dataclass(frozen=True)
class ClockPolicy:
    """data/policy/clocks.yml: open minutes by clock and priority; open minutes before the end from which one warns, by clock."""

    minutes: Mapping[ClockName, Mapping[str, int]]
    warn_before: Mapping[ClockName, int]


@dataclass(frozen=True)
class Seen:
    """As much of a case as says which clocks run.

    `brought_at`: when a person was first brought in, or took the chat unasked (None: the assistant has had it alone).
    `escalated_at`: when a person was brought in who has not answered yet, and `promised_at`, by when they do.
    `answered_at`: when the last escalation was answered. `waiting_since`: the customer's oldest message after `spoke_at`,
    the last word of a person or the assistant. `is_asked`: that word was a question, or the case is pending.
    """

    priority: str = "normal"
    with_people: bool = True  # in the queue or with an agent, and about this case
    brought_at: datetime | None = None
    escalated_at: datetime | None = None
    promised_at: datetime | None = None
    answered_at: datetime | None = None
    waiting_since: datetime | None = None
    spoke_at: datetime | None = None
    is_asked: bool = False
    snoozed_at: datetime | None = None
    snoozed_until: datetime | None = None
    is_ended: bool = False  # resolved or closed


@dataclass(eq=False)
class ServiceClock:
    """One clock of one case, as kept: from `warn_at` it warns, at `due_at` it ends.

    Past `target_at` it is breached: of a first answer the earliest end it ever had, so that a promise that is put off
    later on does not hide that the first one was missed.
    """

    case_id: str
    clock: ClockName
    priority: str
    started_at: datetime
    due_at: datetime
    warn_at: datetime
    target_at: datetime
    paused_at: datetime | None = None
    paused_s: int = 0  # open seconds it has stood still for, without the pause it is in
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    stopped_at: datetime | None = None
    id: int | None = None


class Kept(NamedTuple):
    """As much of a kept clock as says how it stands."""

    clock: ClockName
    priority: str
    started_at: datetime
    due_at: datetime
    warn_at: datetime
    target_at: datetime
    paused_at: datetime | None
    paused_s: int


Row = ServiceClock | Kept


@dataclass(frozen=True)
class Standing:
    """What the board shows of a case: the clock that ends first, when, and how it stands. A paused one has no end yet."""

    clock: ClockName | None = None
    due_at: datetime | None = None
    breach: Breach = Breach.OK


def started(seen: Seen) -> dict[ClockName, datetime]:
    """The clocks that run or stand still now, and when each began."""
    if seen.is_ended:
        return {}
    found: dict[ClockName, datetime] = {}
    if seen.escalated_at and seen.promised_at:
        found[ClockName.FIRST_REPLY] = seen.escalated_at
    elif seen.with_people and seen.waiting_since:
        # What was written while the assistant still had it was not said to a person.
        found[ClockName.NEXT_REPLY] = max(seen.waiting_since, seen.brought_at or seen.waiting_since)
    if seen.brought_at:
        found[ClockName.RESOLUTION] = seen.brought_at
    return found


def paused_since(seen: Seen, clock: ClockName, now: datetime) -> datetime | None:
    """Since when it stands still; None where it runs. A customer's new word ends a snooze."""
    if clock is ClockName.FIRST_REPLY:
        return None
    asleep = seen.snoozed_at if seen.snoozed_until and now < seen.snoozed_until else None
    if asleep and seen.waiting_since and seen.waiting_since > asleep:
        asleep = None
    since = [one for one in (asleep, _asked_at(seen)) if one]
    return min(since) if since else None


def _asked_at(seen: Seen) -> datetime | None:
    """Since when it is the customer's turn. The assistant answers at once: while it has the chat, it always is."""
    is_theirs = seen.waiting_since is None and (seen.is_asked or not seen.with_people)
    return seen.spoke_at if is_theirs else None


@dataclass(frozen=True)
class Ends:
    """When a clock that runs warns, ends, and is breached."""

    warn_at: datetime
    due_at: datetime
    target_at: datetime

    def breach(self, now: datetime) -> Breach:
        if now >= self.target_at:
            return Breach.BREACHED
        return Breach.WARN if now >= self.warn_at else Breach.OK


def ends(seen: Seen, clock: ClockName, kept: Row | None, policy: ClockPolicy, hours: Hours, now: datetime) -> Ends:
    """Worked out anew. It warns so long before its end, or at half of its time where that is less."""
    began = started(seen)[clock]
    if clock is ClockName.FIRST_REPLY and seen.promised_at:
        due = seen.promised_at
        target = min(due, kept.target_at) if kept else due
    else:
        still = paused_for(kept, hours, now) if kept else timedelta()
        due = target = due_after(hours, began, timedelta(minutes=policy.minutes[clock][seen.priority]) + still)
    return Ends(moments(hours, began, target, policy.warn_before[clock])[0], due, target)


def is_as_kept(seen: Seen, kept: Row) -> bool:
    """Whether what was worked out and kept still holds of a clock that runs."""
    if kept.clock is ClockName.FIRST_REPLY:
        return kept.due_at == seen.promised_at
    return kept.priority == seen.priority and kept.paused_at is None


def standing(seen: Seen, kept: Mapping[ClockName, Row], policy: ClockPolicy, hours: Hours, now: datetime) -> Standing:
    """What to show: of the clocks that run, the one that ends first; else one that stands still.

    `kept`: the rows of this case that have not stopped. What they do not hold yet is worked out, so that nothing waits
    for the worker.
    """
    running: list[Standing] = []
    still: list[Standing] = []
    for clock, began in started(seen).items():
        if paused_since(seen, clock, now):
            still.append(Standing(clock, None, Breach.PAUSED))
            continue
        row = kept.get(clock)
        mine = row if row and row.started_at == began else None
        known = Ends(mine.warn_at, mine.due_at, mine.target_at) if mine and is_as_kept(seen, mine) else None
        found = known or ends(seen, clock, mine, policy, hours, now)
        running.append(Standing(clock, found.due_at, found.breach(now)))
    return min(running, key=lambda one: (one.due_at or now, str(one.clock)), default=next(iter(still), Standing()))


def paused_for(kept: Row, hours: Hours, now: datetime) -> timedelta:
    """Open time it has stood still for, with the pause it is in."""
    current = open_time(hours, kept.paused_at, max(now, kept.paused_at)) if kept.paused_at else timedelta()
    return timedelta(seconds=kept.paused_s) + current
