"""Puts a report together: what the store measured, by the pure definitions, for one period and those before it."""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any

from bot.cases import learning_rules, periods
from bot.cases.measure_tables import DIMENSIONS, causes, costs, decisions, earlier, ends, needs, promises, rows, unusual
from bot.cases.measured import CaseLine, Earlier, ReportPolicy, Watched
from bot.cases.measures import Happened, figures, sorted_out
from bot.cases.periods import BadPeriod, Period, PeriodKind
from bot.cases.report import Count, Improved, Report
from bot.errors import BadInput
from bot.handling.shop import Shop
from bot.ports import Reporter

MOST_CAUSES = 10
MANY = 5_000  # cases to read; fewer take less time than starting a process does
MOST_CASES = 2_000  # of a list at the desk


def period_of(shop: Shop, now: datetime, day: str = "", week: str = "", month: str = "") -> Period:
    """What was asked for; the last full week where nothing was. Raises BadInput, saying how it is written."""
    asked = [(kind, said) for kind, said in zip(PeriodKind, (day, week, month), strict=True) if said]
    zone = shop.policy.hours.zone
    if len(asked) > 1:
        raise BadInput("Ask for one period: a day, a week or a month.")
    try:
        return periods.named(*asked[0], zone, now) if asked else periods.last_full_week(now, zone)
    except BadPeriod as error:
        raise BadInput(str(error)) from None


@contextmanager
def _without_collecting() -> Iterator[None]:
    """All that is made here lives until the end: looking for garbage among it again and again takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_without_collecting()
def report(shop: Shop, period: Period, now: datetime, beside: Reporter | None = None) -> Report:
    """The report of a period as it can be told now. Reads only. Where there is very much to read, `beside` reads the earlier periods."""
    spans = spans_of(shop, period)
    if beside and has_many(shop, period):
        before, last = _shared_out(shop, beside, spans, now)
    else:
        *others, last = _happened(shop, spans)
        before = [earlier(one, now, shop.policy.report) for one in others]
    return told(shop.name, shop.policy.report, last, before, _improvements(shop, spans, now), now)


def spans_of(shop: Shop, period: Period) -> list[Period]:
    """The periods that a report compares, its own last."""
    return [*period.earlier(shop.policy.report.earlier[str(period.kind)]), period]


def has_many(shop: Shop, period: Period) -> bool:
    """Whether there is so much to read that whoever answers customers meanwhile would be held up."""
    spans = spans_of(shop, period)
    with shop.begin(False) as uow:
        return uow.measures.opened(spans[0].starts_at, spans[-1].ends_at) >= MANY


@_without_collecting()
def earlier_of(shop: Shop, period: Period, now: datetime) -> Earlier:
    """What the report of a later period tells of this one."""
    (found,) = _happened(shop, [period], with_costs=False)
    return earlier(found, now, shop.policy.report)


def _shared_out(shop: Shop, beside: Reporter, spans: list[Period], now: datetime) -> tuple[list[Earlier], Happened]:
    """Two read at a time, here and in a process of its own; each takes the next period until none is left."""
    *before, period = spans
    waiting: SimpleQueue[Period] = SimpleQueue()
    for one in before:
        waiting.put(one)
    with beside.helper() as helper, ThreadPoolExecutor(1, "report") as crew:
        theirs = crew.submit(_read_some, waiting, lambda one: helper.earlier(one, now))
        (last,) = _happened(shop, [period])
        ours = _read_some(waiting, lambda one: earlier_of(shop, one, now))
        found = {**ours, **theirs.result()}
    return [found[one.name] for one in before], last


def _read_some(waiting: "SimpleQueue[Period]", read: Callable[[Period], Earlier]) -> dict[str, Earlier]:
    """As many as there are to be had, by their names."""
    found: dict[str, Earlier] = {}
    with suppress(Empty):
        while True:
            period = waiting.get_nowait()
            found[period.name] = read(period)
    return found


def _happened(shop: Shop, spans: Sequence[Period], with_costs: bool = True) -> list[Happened]:
    """What happened in each of these periods. `with_costs`: what was paid in the last one is told too."""
    since, until = spans[0].starts_at, spans[-1].ends_at
    paid_from = spans[-1].starts_at if with_costs else until
    with shop.begin(False) as uow:
        lines = uow.measures.lines(since, until, shop.policy.report.contact_gap, paid_from)
    return sorted_out(lines, spans)


def _improvements(shop: Shop, spans: list[Period], now: datetime) -> tuple[Improved, ...]:
    since, until, period = spans[0].starts_at, spans[-1].ends_at, spans[-1]
    with shop.begin(False) as uow:
        found = uow.measures.improvements(shop.policy.learning.recurrence_days)
    return tuple(_improved(shop, one, period, now) for one in found if _concerns(one, since, until, now))


def cases_of(shop: Shop, references: Sequence[str]) -> list[dict[str, Any]]:
    """Cases behind a figure, in their order: reference, issue, product, status, and the day each was opened by the shop's clock."""
    with shop.begin(False) as uow:
        found = {one["reference"]: one for one in uow.measures.briefly(references[:MOST_CASES])}
    zone = shop.policy.hours.zone
    chosen = [found[ref] for ref in references if ref in found]
    return [{**one, "opened": one["created_at"].astimezone(zone).strftime("%-d %b %Y, %H:%M")} for one in chosen]


def told(
    shop: str, policy: ReportPolicy, last: Happened, before: Sequence[Earlier], improved: tuple[Improved, ...], now: datetime
) -> Report:
    """From what happened in a period and what is known of those before it."""
    complaints = last.complaints
    return Report(
        shop=shop,
        period=last.period,
        made_at=now,
        opened=tuple(one.reference for one in complaints),
        enquiries=len(last.opened) - len(complaints),
        counts=(*(Count(one.name, one.complaints) for one in before), Count(last.period.name, len(complaints))),
        ends=_ends(complaints, now, policy),
        figures=figures(last, before, now, policy),
        targets=policy.targets,
        rows={dimension: rows(complaints, name, now, policy) for dimension, name in DIMENSIONS.items()},
        causes=causes(last, before, policy, MOST_CAUSES),
        unusual=unusual(last, before, policy),
        is_compared=any(one.complaints for one in before),
        promises=promises(last, now),
        costs=costs(last),
        decisions=decisions(last),
        needs=needs(last),
        improvements=improved,
    )


def _ends(complaints: list[CaseLine], now: datetime, policy: ReportPolicy) -> dict[str, dict[str, int]]:
    by_issue: dict[str, list[CaseLine]] = defaultdict(list)
    for line in complaints:
        by_issue[DIMENSIONS["issue"](line)].append(line)
    often = sorted(by_issue, key=lambda name: (-len(by_issue[name]), name))
    return {"all": ends(complaints, now, policy), **{name: ends(by_issue[name], now, policy) for name in often}}


def _concerns(found: Watched, since: datetime, until: datetime, now: datetime) -> bool:
    """Whether it was begun, due or done not long before the period ended, or is overdue."""
    one = found.improvement
    dates = [at for at in (one.created_at, one.due_at, one.done_at) if at]
    return one.created_at < until and (any(since <= at < until for at in dates) or (one.done_at is None and one.due_at < min(now, until)))


def _improved(shop: Shop, found: Watched, period: Period, now: datetime) -> Improved:
    one, zone = found.improvement, period.zone
    again = learning_rules.recurrence(one, [failure for failure, _ in found.failures], shop.policy.learning.recurrence_days, now)
    return Improved(
        one.id,
        one.title,
        one.issue,
        one.sku,
        one.assignee,
        one.due_at.astimezone(zone).date(),
        one.done_at.astimezone(zone).date() if one.done_at else None,
        one.done_at is None and one.due_at < now,
        again.in_words if again else None,
        bool(again and again.has_ended),
        tuple(reference for failure, reference in found.failures if learning_rules.is_same_cause(one, failure)),
    )
