"""Puts a report together: what the store measured, by the pure definitions, for one period and those before it."""

import gc
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from bot.cases import learning_rules, periods
from bot.cases.measure_tables import DIMENSIONS, causes, costs, decisions, ends, needs, promises, rows, unusual
from bot.cases.measured import CaseLine, ReportPolicy, Watched
from bot.cases.measures import figures, sorted_out
from bot.cases.periods import BadPeriod, Period, PeriodKind
from bot.cases.report import Count, Improved, Report
from bot.errors import BadInput
from bot.handling.shop import Shop

MOST_CAUSES = 10
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


def report(shop: Shop, period: Period, now: datetime) -> Report:
    """The report of a period as it can be told now. Reads only."""
    policy = shop.policy.report
    spans = [*period.earlier(policy.earlier[str(period.kind)]), period]
    with _without_collecting():
        return _read(shop, spans, now, policy)


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


def _read(shop: Shop, spans: list[Period], now: datetime, policy: ReportPolicy) -> Report:
    since, until, period = spans[0].starts_at, spans[-1].ends_at, spans[-1]
    with shop.begin(False) as uow:
        lines = uow.measures.lines(since, until, timedelta(days=policy.later_days), policy.contact_gap, spans[-1].starts_at)
        improvements = uow.measures.improvements(shop.policy.learning.recurrence_days)
    improved = tuple(_improved(shop, one, period, now) for one in improvements if _concerns(one, since, until, now))
    return told(shop.name, policy, lines, improved, spans, now)


def cases_of(shop: Shop, references: Sequence[str]) -> list[dict[str, Any]]:
    """Cases behind a figure, in their order: reference, issue, product, status, and the day each was opened by the shop's clock."""
    with shop.begin(False) as uow:
        found = {one["reference"]: one for one in uow.measures.briefly(references[:MOST_CASES])}
    zone = shop.policy.hours.zone
    chosen = [found[ref] for ref in references if ref in found]
    return [{**one, "opened": one["created_at"].astimezone(zone).strftime("%-d %b %Y, %H:%M")} for one in chosen]


def told(
    shop: str, policy: ReportPolicy, lines: Sequence[CaseLine], improved: tuple[Improved, ...], spans: Sequence[Period], now: datetime
) -> Report:
    """From the lines of the periods, which follow each other; the last one is the report's."""
    happened = sorted_out(lines, spans)
    last = happened[-1]
    complaints = last.complaints
    return Report(
        shop=shop,
        period=last.period,
        made_at=now,
        opened=tuple(one.reference for one in complaints),
        enquiries=len(last.opened) - len(complaints),
        counts=tuple(Count(one.period.name, len(one.complaints)) for one in happened),
        ends=_ends(complaints, now, policy),
        figures=figures(happened, now, policy),
        targets=policy.targets,
        rows={dimension: rows(complaints, name, now, policy) for dimension, name in DIMENSIONS.items()},
        causes=causes(happened, policy, MOST_CAUSES),
        unusual=unusual(happened, policy),
        is_compared=any(one.complaints for one in happened[:-1]),
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
