"""The measures of a report, by definitions that flatter nobody.

Source of the definitions and traps: recovery research, section F. What cannot be known yet, since its days are not over or an
answer may still come, is left out of a share and counted beside it; silence is never a yes.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from math import ceil
from statistics import median

from bot.cases.case import PromiseState
from bot.cases.follow_up import EASE, HARD, STANDING, STOP, FollowUpState
from bot.cases.measured import DAY_S, Brought, CaseLine, Earlier, Given, ReportPolicy, Round, Word, once
from bot.cases.periods import Period

SATISFIED = 4  # of 5
ASKED = "asked"  # the reason of whoever asked for a person
LEFT_ALONE = frozenset({"grave", "call", STOP})  # why nobody is asked by the assistant


@dataclass(frozen=True)
class Figure:
    """One measure of one period.

    `unit`: share (0 to 1), seconds, mean or count. `of`: how many it is taken over; `hits`: those of them that count.
    `undecided`: too early to say; `left_out`: not to be asked. `high`: what nineteen in twenty stay within. `cases` and `rest`:
    references of those that count and of the others. `before`: the values of earlier periods, the earliest first.
    """

    key: str
    unit: str
    value: float | None
    of: int
    hits: int = 0
    undecided: int = 0
    left_out: int = 0
    high: float | None = None
    cases: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    before: tuple[float | None, ...] = ()


@dataclass
class Happened:
    """What happened in one period, each thing with its case."""

    period: Period
    opened: list[CaseLine] = field(default_factory=list)
    settled: list[CaseLine] = field(default_factory=list)  # first taken to be over
    due: list[tuple[CaseLine, Word]] = field(default_factory=list)
    asked: list[tuple[CaseLine, Round]] = field(default_factory=list)
    brought: list[tuple[CaseLine, Brought]] = field(default_factory=list)
    paid: list[tuple[CaseLine, Given]] = field(default_factory=list)
    decided: list[tuple[CaseLine, Given, str, datetime]] = field(default_factory=list)

    @once
    def complaints(self) -> list[CaseLine]:
        return [one for one in self.opened if one.is_complaint]


def sorted_out(lines: Iterable[CaseLine], periods: Sequence[Period]) -> list[Happened]:
    """Each thing into the period it happened in; the periods follow each other without a gap."""
    found = [Happened(one) for one in periods]
    starts = [one.starts_at for one in periods]
    ends = periods[-1].ends_at

    def at(when: datetime | None) -> Happened | None:
        place = bisect_right(starts, when) - 1 if when and when < ends else -1
        return found[place] if place >= 0 else None

    for line in lines:
        _put(line, at)
    return found


def _put(line: CaseLine, at: Callable[[datetime | None], Happened | None]) -> None:
    if here := at(line.created_at):
        here.opened.append(line)
    if here := at(line.settled_at):
        here.settled.append(line)
    for promise in line.promises:
        if here := at(promise.due_at):
            here.due.append((line, promise))
    for one in line.rounds:
        if here := at(one.asked_at):
            here.asked.append((line, one))
    for brought in line.brought:
        if here := at(brought.at):
            here.brought.append((line, brought))
    _put_remedies(line, at)


def _put_remedies(line: CaseLine, at: Callable[[datetime | None], Happened | None]) -> None:
    for given in line.remedies:
        if here := at(given.settled_at):
            here.paid.append((line, given))
        for verdict, when in given.verdicts:
            if here := at(when):
                here.decided.append((line, given, verdict, when))


# What became of one case.


def is_resolved_alone(line: CaseLine, now: datetime, policy: ReportPolicy) -> bool | None:
    """No person took part, the customer says yes, and did not have to come back; None where it is too early to say."""
    return False if line.had_person else is_resolved_at_once(line, now, policy)


def is_resolved_at_once(line: CaseLine, now: datetime, policy: ReportPolicy) -> bool | None:
    """The customer says yes, and one contact was enough, whoever answered."""
    if line.came_back(policy.soon_days):
        return False
    if line.is_content:
        return True if is_over(line.created_at, policy.soon_days, now) else None
    if line.outcome is not None:
        return False
    return None if line.is_undecided or not is_over(line.created_at, policy.soon_days, now) else False


def came_back(line: CaseLine, days: int, now: datetime) -> bool | None:
    """Whether the customer was in touch again about it; None while the days are not over, lest a share grows with its age."""
    return line.came_back(days) if is_over(line.created_at, days, now) else None


def was_reopened(line: CaseLine, days: int, now: datetime) -> bool | None:
    settled, again = line.settled_at, line.reopened_at
    if settled is None or not is_over(settled, days, now):
        return None
    return again is not None and again <= settled + timedelta(days=days)


def is_over(since: datetime, days: int, now: datetime) -> bool:
    return since <= _so_long_ago(days, now)


@lru_cache(maxsize=64)
def _so_long_ago(days: int, now: datetime) -> datetime:
    """Asked for every case, it is reckoned once."""
    return now - timedelta(days=days)


# Figures of a period.


def share(key: str, judged: Iterable[tuple[str, bool | None]]) -> Figure:
    """How many of those that can be judged count."""
    hits: list[str] = []
    rest: list[str] = []
    undecided = 0
    for reference, is_so in judged:
        if is_so is None:
            undecided += 1
        else:
            (hits if is_so else rest).append(reference)
    of = len(hits) + len(rest)
    return Figure(key, "share", len(hits) / of if of else None, of, len(hits), undecided, cases=_once(hits), rest=_once(rest))


def spans(key: str, waited: Sequence[tuple[str, float]], undecided: int = 0) -> Figure:
    """The middle one of so many seconds, and what nineteen in twenty stay within; `cases`: those that took longer, the longest first."""
    ordered = sorted(seconds for _, seconds in waited)
    if not ordered:
        return Figure(key, "seconds", None, 0, undecided=undecided)
    high = ordered[ceil(0.95 * len(ordered)) - 1]
    slow = [ref for ref, seconds in sorted(waited, key=lambda one: -one[1]) if seconds >= high]
    return Figure(key, "seconds", float(median(ordered)), len(ordered), undecided=undecided, high=high, cases=_once(slow))


def mean(key: str, counted: Sequence[tuple[str, float]], above: float) -> Figure:
    """The mean; `cases`: those above a value."""
    total = sum(value for _, value in counted)
    over = [ref for ref, value in counted if value > above]
    value = total / len(counted) if counted else None
    return Figure(key, "mean", value, len(counted), len(over), cases=_once(over))


def _once(references: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(references))


KEYS = (
    *("resolved_alone", "first_contact", "back_soon", "back_later", "reopened", "contacts", "satisfied", "answered", "effort"),
    *("coverage", "promises_kept", "told_before", "first_reply", "to_person", "person_in_time", "unmet", "known_asks", "apologies"),
)
Measure = Callable[[Happened, datetime, ReportPolicy], Figure]


def _resolved_alone(here: Happened, now: datetime, policy: ReportPolicy) -> Figure:
    return share("resolved_alone", ((one.reference, is_resolved_alone(one, now, policy)) for one in here.complaints))


def _first_contact(here: Happened, now: datetime, policy: ReportPolicy) -> Figure:
    return share("first_contact", ((one.reference, is_resolved_at_once(one, now, policy)) for one in here.complaints))


def _back_soon(here: Happened, now: datetime, policy: ReportPolicy) -> Figure:
    return _back(here, "back_soon", policy.soon_days, now)


def _back_later(here: Happened, now: datetime, policy: ReportPolicy) -> Figure:
    return _back(here, "back_later", policy.later_days, now)


def _back(here: Happened, key: str, days: int, now: datetime) -> Figure:
    """As `came_back`, for very many."""
    until, span = now - timedelta(days=days), days * DAY_S
    judged = ((one.reference, one.first_again is not None and one.first_again <= span, one.created_at) for one in here.complaints)
    return share(key, ((reference, is_so if made <= until else None) for reference, is_so, made in judged))


def _reopened(here: Happened, now: datetime, policy: ReportPolicy) -> Figure:
    return share("reopened", ((one.reference, was_reopened(one, policy.later_days, now)) for one in here.settled))


def _contacts(here: Happened, _now: datetime, _policy: ReportPolicy) -> Figure:
    ended = [(one, one.settled_at) for one in here.settled]
    return mean("contacts", [(one.reference, one.contacts_until(at)) for one, at in ended if at], above=1)


def _promises_kept(here: Happened, now: datetime, _policy: ReportPolicy) -> Figure:
    return share(
        "promises_kept", ((line.reference, is_kept(one, now)) for line, one in here.due if one.state is not PromiseState.WITHDRAWN)
    )


def is_kept(promise: Word, now: datetime) -> bool | None:
    """An open one whose time is over is not kept; None while it may be."""
    if promise.state is PromiseState.OPEN:
        return None if now < promise.due_at else False
    return promise.state is PromiseState.KEPT


def _told_before(here: Happened, now: datetime, _policy: ReportPolicy) -> Figure:
    missed = [(line, one) for line, one in here.due if one.state is not PromiseState.WITHDRAWN and is_kept(one, now) is False]
    return share("told_before", ((line.reference, one.is_told_before) for line, one in missed))


def _known_asks(here: Happened, _now: datetime, _policy: ReportPolicy) -> Figure:
    asks, known = (sum(getattr(one, name) for one in here.opened) for name in ("asks", "known_asks"))
    again = [one.reference for one in here.opened if one.known_asks]
    return Figure("known_asks", "share", known / asks if asks else None, asks, known, cases=_once(again))


def _first_reply(here: Happened, _now: datetime, _policy: ReportPolicy) -> Figure:
    waited = [(one.reference, (one.first_reply_at - one.created_at).total_seconds()) for one in here.complaints if one.first_reply_at]
    return spans("first_reply", [(ref, max(0.0, took)) for ref, took in waited], len(here.complaints) - len(waited))


def _to_person(here: Happened, _now: datetime, _policy: ReportPolicy) -> Figure:
    wanted = [(line, one) for line, one in here.brought if one.reason == ASKED]
    waited = [(line.reference, (one.answered_at - one.at).total_seconds()) for line, one in wanted if one.answered_at]
    return spans("to_person", waited, len(wanted) - len(waited))


def _person_in_time(here: Happened, now: datetime, _policy: ReportPolicy) -> Figure:
    return share("person_in_time", ((line.reference, _is_in_time(one, now)) for line, one in here.brought))


def _is_in_time(brought: Brought, now: datetime) -> bool | None:
    if brought.answered_at is None:
        return None if now < brought.due_at else False
    return brought.answered_at <= brought.due_at


def _unmet(here: Happened, now: datetime, _policy: ReportPolicy) -> Figure:
    wanted = [(line, one) for line, one in here.brought if one.reason == ASKED]
    return share("unmet", ((line.reference, None if _is_waiting(one, now) else one.answered_at is None) for line, one in wanted))


def _is_waiting(brought: Brought, now: datetime) -> bool:
    return brought.answered_at is None and now < brought.due_at


def _apologies(here: Happened, _now: datetime, _policy: ReportPolicy) -> Figure:
    return mean("apologies", [(one.reference, one.apologies) for one in here.complaints if one.issue], above=1)


def _satisfied(here: Happened, _now: datetime, _policy: ReportPolicy) -> Figure:
    scored = ((line.reference, one.satisfaction) for line, one in here.asked if one.satisfaction)
    return share("satisfied", ((ref, score >= SATISFIED) for ref, score in scored))


def _answered(here: Happened, _now: datetime, _policy: ReportPolicy) -> Figure:
    return share("answered", ((line.reference, _has_answered(one)) for line, one in here.asked))


def _has_answered(one: Round) -> bool | None:
    return True if one.outcome else None if one.state in STANDING else False


def _effort(here: Happened, _now: datetime, _policy: ReportPolicy) -> Figure:
    found = mean("effort", [(line.reference, one.effort) for line, one in here.asked if one.effort], above=max(EASE))
    hard = [line.reference for line, one in here.asked if one.effort and one.effort <= HARD]
    return replace(found, hits=len(hard), cases=_once(hard))


def _coverage(here: Happened, _now: datetime, _policy: ReportPolicy) -> Figure:
    """Of those we took to be over, how many were asked; whoever is not to be asked stands beside it."""
    to_ask = [one for one in here.settled if not is_left_alone(one)]
    found = share("coverage", ((one.reference, _was_asked(one)) for one in to_ask))
    return replace(found, left_out=len(here.settled) - len(to_ask))


def is_left_alone(line: CaseLine) -> bool:
    """Nobody asks them: it was too grave, a person calls instead, or they want no such question."""
    return not any(one.asked_at for one in line.rounds) and any(one.why in LEFT_ALONE for one in line.rounds)


def _was_asked(line: CaseLine) -> bool | None:
    if any(one.asked_at for one in line.rounds):
        return True
    return None if any(one.state is FollowUpState.PLANNED for one in line.rounds) else False


MEASURES: tuple[Measure, ...] = (
    _resolved_alone,
    _first_contact,
    _back_soon,
    _back_later,
    _reopened,
    _contacts,
    _satisfied,
    _answered,
    _effort,
    _coverage,
    _promises_kept,
    _told_before,
    _first_reply,
    _to_person,
    _person_in_time,
    _unmet,
    _known_asks,
    _apologies,
)


def figures(here: Happened, earlier: Sequence[Earlier], now: datetime, policy: ReportPolicy) -> tuple[Figure, ...]:
    """All measures of a period, each with its values in those before."""
    found = (measure(here, now, policy) for measure in MEASURES)
    return tuple(replace(one, before=tuple(before.values[place] for before in earlier)) for place, one in enumerate(found))
