"""A report: the measures of one period and what stands behind them, as values. Rendering is in `bot.reports`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from bot.cases.instants import instant
from bot.cases.measure_tables import Cause, Cost, Decided, Kept, Need, Row, Unusual
from bot.cases.measures import Figure
from bot.cases.periods import Period

JSON_VERSION = 1  # of the JSON and CSV; it grows when a name in them changes its meaning
Reference = str


@dataclass(frozen=True)
class Improved:
    """An improvement that was due, done or watched in the period. `came_back`: cases of the same cause since it was done."""

    id: str
    title: str
    issue: str | None
    sku: str | None
    assignee: str
    due: date
    done: date | None
    is_overdue: bool
    recurrence: str | None  # such as "no recurrence in 41 of 90 days"
    has_ended: bool
    came_back: tuple[Reference, ...]


@dataclass(frozen=True)
class Count:
    """How many cases were opened in a period."""

    name: str
    cases: int


@dataclass(frozen=True)
class Report:
    """`counts`: of the periods before and this one. `ends`: by issue, and "all" first: how so many cases ended. `targets`: by figure."""

    shop: str
    period: Period
    made_at: datetime
    opened: tuple[Reference, ...]
    enquiries: int  # of those opened: questions about an order, with nothing wrong
    counts: tuple[Count, ...]
    ends: Mapping[str, Mapping[str, int]]
    figures: tuple[Figure, ...]
    targets: Mapping[str, float]
    rows: Mapping[str, tuple[Row, ...]]
    causes: tuple[Cause, ...]
    unusual: tuple[Unusual, ...]
    is_compared: bool  # whether there is anything before it to compare with
    promises: tuple[Kept, ...]
    costs: tuple[Cost, ...]
    decisions: tuple[Decided, ...]
    needs: tuple[Need, ...]
    improvements: tuple[Improved, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all happened."""
        return not (self.opened or self.costs or self.decisions or self.promises or any(one.of for one in self.figures))

    @property
    def is_running(self) -> bool:
        """Whether the period is not over yet."""
        return self.made_at < self.period.ends_at

    def figure(self, key: str) -> Figure:
        return next(one for one in self.figures if one.key == key)

    def lists(self) -> Iterator[tuple[str, tuple[Reference, ...]]]:
        """Every list of cases behind a figure, by the name under which the desk shows it."""
        yield "opened", self.opened
        for one in self.figures:
            yield f"figure:{one.key}", one.cases
            yield f"figure:{one.key}:rest", one.rest
        for dimension, found in self.rows.items():
            yield from ((f"{dimension}:{one.name}", one.cases) for one in found)
        yield from ((f"cause:{place}", one.cases) for place, one in enumerate(self.causes, 1))
        yield from ((f"unusual:{place}", one.cases) for place, one in enumerate(self.unusual, 1))
        yield from ((f"missed:{one.what}", one.missed) for one in self.promises)
        yield from ((f"cost:{one.currency}:{one.kind}", one.cases) for one in self.costs)
        yield from ((f"decision:{place}", one.cases) for place, one in enumerate(self.decisions, 1))
        yield from ((f"need:{place}", one.cases) for place, one in enumerate(self.needs, 1))
        yield from ((f"improvement:{one.id}", one.came_back) for one in self.improvements)


def as_json(report: Report) -> dict[str, Any]:
    """For programs: shares from 0 to 1, times in seconds, money in whole minor units, instants in ISO 8601."""
    told = _plain(report)
    told["period"] = {
        "kind": str(report.period.kind),
        "name": report.period.name,
        "first": report.period.first.isoformat(),
        "last": report.period.last.isoformat(),
        "time_zone": str(report.period.zone),
    }
    return {"version": JSON_VERSION, **told}


_SIMPLE: dict[type, Callable[[Any], Any]] = {datetime: instant, date: date.isoformat, Enum: str}


def _plain(value: Any) -> Any:
    if isinstance(value, Period):
        return None
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    told = next((tell for kind, tell in _SIMPLE.items() if isinstance(value, kind)), None)
    return told(value) if told else value


CSV_HEAD = ("table", "row", "measure", "unit", "value", "of", "hits", "undecided", "cases")


def csv_rows(report: Report) -> Iterator[tuple[str, ...]]:
    """One line a value, under CSV_HEAD; nothing where a value cannot be told."""
    yield CSV_HEAD
    for count in report.counts:
        yield ("opened", count.name, "cases", "count", str(count.cases), "", "", "", "")
    for one in report.figures:
        yield _csv("figures", report.period.name, one)
        for count, value in zip(report.counts[:-1], one.before, strict=True):
            yield ("figures", count.name, one.key, one.unit, _number(value), "", "", "", "")
    for dimension, found in report.rows.items():
        for row in found:
            yield (dimension, row.name, "cases", "count", str(len(row.cases)), "", "", "", " ".join(row.cases))
            yield from (
                _csv(dimension, row.name, one) for one in (row.resolved_alone, row.back, row.with_person, row.satisfied, row.reopened)
            )
    for cause in report.causes:
        name = f"{cause.issue} / {cause.where}"
        yield ("causes", name, "weight", "count", _number(cause.weight), "", "", "", " ".join(cause.cases))
    for cost in report.costs:
        yield ("costs", cost.kind, cost.currency, "minor", str(cost.minor), "", "", "", " ".join(cost.cases))
    for kept in report.promises:
        yield ("promises", kept.what, "kept", "count", str(kept.kept), str(kept.kept + len(kept.missed)), "", "", " ".join(kept.missed))


def _csv(table: str, row: str, one: Figure) -> tuple[str, ...]:
    return (table, row, one.key, one.unit, _number(one.value), str(one.of), str(one.hits), str(one.undecided), " ".join(one.cases))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"
