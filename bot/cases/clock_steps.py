"""What the worker does to the kept clocks of a case: start, stop, pause, go on, warn, breach. Pure, and the same however often."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cases.hours import Hours
from bot.cases.issue import Word
from bot.cases.promises import open_time
from bot.cases.service_clock import (
    ClockName,
    ClockPolicy,
    Ends,
    Seen,
    ServiceClock,
    ends,
    is_as_kept,
    paused_since,
    started,
)


class Step(Word):
    """What was done to a clock."""

    STARTED = "started"
    STOPPED = "stopped"
    PAUSED = "paused"
    WENT_ON = "went_on"
    MOVED = "moved"  # its end: the promise, the priority or the hours have changed
    WARNED = "warned"
    BREACHED = "breached"


@dataclass(frozen=True)
class Taken:
    """One step that was taken with one clock."""

    step: Step
    row: ServiceClock


def advance(
    case_id: str, seen: Seen, kept: Iterable[ServiceClock], policy: ClockPolicy, hours: Hours, now: datetime, *, afresh: bool = False
) -> list[Taken]:
    """Brings the rows of a case to what it is now; changes them in place and adds those that are new.

    `kept`: all its rows, stopped ones too. `afresh`: every end is worked out anew, as after a change of hours.
    """
    known = {(row.clock, row.started_at): row for row in kept}
    runs = started(seen)
    taken: list[Taken] = []
    for (clock, began), row in known.items():
        if row.stopped_at is None and runs.get(clock) != began:
            taken += _stop(row, seen, hours, now)
    for clock, began in runs.items():
        found = known.get((clock, began))
        if found is None:
            found = _begun(case_id, seen, clock, began, policy, hours, now)
            taken.append(Taken(Step.STARTED, found))
        elif found.stopped_at:
            _revive(found, hours, now)
            taken.append(Taken(Step.STARTED, found))
        taken += _run(found, seen, policy, hours, now, afresh=afresh)
    return taken


def _begun(case_id: str, seen: Seen, clock: ClockName, began: datetime, policy: ClockPolicy, hours: Hours, now: datetime) -> ServiceClock:
    end = ends(seen, clock, None, policy, hours, now)
    return ServiceClock(case_id, clock, seen.priority, began, end.due_at, end.warn_at, end.target_at)


def _revive(row: ServiceClock, hours: Hours, now: datetime) -> None:
    """A case that was settled and is open again: the time in between does not count."""
    if row.stopped_at:
        row.paused_s += _seconds(open_time(hours, row.stopped_at, max(now, row.stopped_at)))
    row.stopped_at = row.paused_at = None


def _run(row: ServiceClock, seen: Seen, policy: ClockPolicy, hours: Hours, now: datetime, *, afresh: bool) -> list[Taken]:
    since = paused_since(seen, row.clock, now)
    if since:
        if row.paused_at:
            return []
        late = _pass(row, max(since, row.started_at))  # what fell due before the pause did
        row.paused_at = max(since, row.started_at)
        return [*late, Taken(Step.PAUSED, row)]
    taken = []
    if row.paused_at:
        until = _ended(row.paused_at, seen, now)
        row.paused_s += _seconds(open_time(hours, row.paused_at, until))
        row.paused_at = None
        taken.append(Taken(Step.WENT_ON, row))
        _set(row, ends(seen, row.clock, row, policy, hours, now), seen)
    elif afresh or not is_as_kept(seen, row):
        end = ends(seen, row.clock, row, policy, hours, now)
        if (end.due_at, end.warn_at, end.target_at, seen.priority) != (row.due_at, row.warn_at, row.target_at, row.priority):
            taken.append(Taken(Step.MOVED, row))
        _set(row, end, seen)
    return [*taken, *_pass(row, now)]


def _set(row: ServiceClock, end: Ends, seen: Seen) -> None:
    row.due_at, row.warn_at, row.target_at, row.priority = end.due_at, end.warn_at, end.target_at, seen.priority


def _pass(row: ServiceClock, at: datetime) -> list[Taken]:
    """What this instant has brought, each once a clock. One that is past its end warns no more."""
    if row.breached_at is None and at >= row.target_at:
        row.breached_at = row.target_at
        return [Taken(Step.BREACHED, row)]
    if row.warned_at is None and row.breached_at is None and at >= row.warn_at:
        row.warned_at = at
        return [Taken(Step.WARNED, row)]
    return []


def _stop(row: ServiceClock, seen: Seen, hours: Hours, now: datetime) -> list[Taken]:
    at = _stopped(row, seen, now)
    late: list[Taken] = []
    if row.paused_at is None and row.breached_at is None and at >= row.target_at:
        late = _pass(row, at)
    if row.paused_at:
        row.paused_s += _seconds(open_time(hours, row.paused_at, max(at, row.paused_at)))
        row.paused_at = None
    row.stopped_at = at
    return [*late, Taken(Step.STOPPED, row)]


def _stopped(row: ServiceClock, seen: Seen, now: datetime) -> datetime:
    """When what it waited for came, which is before anybody looked."""
    came = {ClockName.FIRST_REPLY: seen.answered_at, ClockName.NEXT_REPLY: seen.spoke_at}.get(row.clock)
    return came if came and row.started_at <= came <= now else now


def _ended(paused_at: datetime, seen: Seen, now: datetime) -> datetime:
    """When the pause ended: at the customer's word, or when the snooze was over."""
    ends_at = [one for one in (seen.waiting_since, seen.snoozed_until) if one and paused_at < one <= now]
    return min(ends_at, default=now)


def _seconds(span: timedelta) -> int:
    return round(span.total_seconds())
