"""Whether what customers write about, or how surely it is heard, has changed: this week against the weeks before.

Measures: the population stability index over the shares of the issues (by custom 0.1 is some change and 0.25 much), believed only
where a chi-square test says that chance hardly makes it; for the confidence the difference of the means and its standard error.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import erfc, log, sqrt
from statistics import NormalDist
from typing import Any

from bot.cases.issue import Issue

AGAINST = 4  # weeks before, taken together
FEWEST = 30  # messages in the week and in the weeks before: of fewer nothing is said
SOME, MUCH = 0.1, 0.25  # of the index
BY_CHANCE = 0.01  # how often chance alone may say "changed"
LESS_SURE = 0.03  # of the mean confidence: a smaller fall matters to nobody
FEWEST_EXPECTED = 5.0  # of an issue, for the chi-square test; rarer ones are taken together
ISSUES = tuple(map(str, Issue))


@dataclass(frozen=True)
class Week:
    """What was heard in seven days: messages by intent, and the sum and sum of squares of the confidence."""

    begins: datetime
    counts: Mapping[str, int] = field(default_factory=dict)
    sure: float = 0.0
    squares: float = 0.0

    @property
    def messages(self) -> int:
        return sum(self.counts.values())

    @property
    def complaints(self) -> int:
        return sum(self.counts.get(name, 0) for name in ISSUES)

    @property
    def mean(self) -> float | None:
        return self.sure / self.messages if self.messages else None

    @property
    def spread(self) -> float:
        """The variance of the confidence."""
        return max(self.squares / self.messages - (self.sure / self.messages) ** 2, 0.0) if self.messages else 0.0

    def share(self, issue: str) -> float | None:
        """Of all complaints of the week."""
        return self.counts.get(issue, 0) / self.complaints if self.complaints else None


@dataclass(frozen=True)
class Drift:
    """The weeks, oldest first, and what changed in the last. `index`: None where there is too little to say anything."""

    weeks: tuple[Week, ...]
    before: Week  # the weeks before, as one
    index: float | None = None
    chance: float | None = None  # that it is chance
    moved: tuple[str, ...] = ()  # issues whose share alone is no chance
    surer: float | None = None  # how much the mean confidence rose
    surer_chance: float | None = None

    @property
    def has_shifted(self) -> bool:
        return self.index is not None and self.chance is not None and self.index >= SOME and self.chance < BY_CHANCE

    @property
    def is_less_sure(self) -> bool:
        return self.surer is not None and self.surer <= -LESS_SURE and (self.surer_chance or 0.0) < BY_CHANCE

    def as_json(self) -> dict[str, Any]:
        """For a program to read; shares and confidences are from 0 to 1."""
        return {
            "weeks": [
                {
                    "begins": week.begins.date().isoformat(),
                    "messages": week.messages,
                    "complaints": week.complaints,
                    "confidence": _rounded(week.mean),
                    "shares": {name: _rounded(week.share(name)) for name in ISSUES},
                }
                for week in self.weeks
            ],
            "before": {"confidence": _rounded(self.before.mean), "shares": {name: _rounded(self.before.share(name)) for name in ISSUES}},
            "index": _rounded(self.index),
            "chance": _rounded(self.chance, 4),
            "has_shifted": self.has_shifted,
            "is_much": self.has_shifted and (self.index or 0.0) >= MUCH,
            "moved": [*self.moved],
            "surer": _rounded(self.surer),
            "is_less_sure": self.is_less_sure,
        }


def drift(weeks: Sequence[Week]) -> Drift:
    """The last week against the AGAINST weeks before it."""
    last, before = weeks[-1], together(weeks[-1 - AGAINST : -1])
    found = Drift(tuple(weeks), before)
    if last.complaints < FEWEST or before.complaints < FEWEST:
        return found
    moved = tuple(name for name in ISSUES if _proportion_chance(last, before, name) < BY_CHANCE / len(ISSUES))
    surer = (last.mean or 0.0) - (before.mean or 0.0)
    error = sqrt(last.spread / last.messages + before.spread / before.messages)
    surer_chance = erfc(abs(surer) / error / sqrt(2)) if error else float(surer == 0)
    return Drift(tuple(weeks), before, index(last, before), chi_square_chance(last, before), moved, surer, surer_chance)


def together(weeks: Sequence[Week]) -> Week:
    """Several weeks as one."""
    counts: dict[str, int] = {}
    for week in weeks:
        for name, count in week.counts.items():
            counts[name] = counts.get(name, 0) + count
    return Week(weeks[0].begins, counts, sum(one.sure for one in weeks), sum(one.squares for one in weeks))


def index(now: Week, before: Week) -> float:
    """The population stability index of the issues' shares; half a message is added to each, so that none is nothing."""
    total = 0.0
    for name in ISSUES:
        here = (now.counts.get(name, 0) + 0.5) / (now.complaints + 0.5 * len(ISSUES))
        there = (before.counts.get(name, 0) + 0.5) / (before.complaints + 0.5 * len(ISSUES))
        total += (here - there) * log(here / there)
    return total


def chi_square_chance(now: Week, before: Week) -> float:
    """How likely shares differ at least so much by chance (Pearson's test of homogeneity, by Wilson and Hilferty's approximation)."""
    whole = now.complaints + before.complaints
    pairs = [(now.counts.get(name, 0), before.counts.get(name, 0)) for name in ISSUES]
    is_common = [(a + b) * min(now.complaints, before.complaints) / whole >= FEWEST_EXPECTED for a, b in pairs]
    rare = [pair for pair, common in zip(pairs, is_common, strict=True) if not common]
    cells = [pair for pair, common in zip(pairs, is_common, strict=True) if common]
    if any(a + b for a, b in rare):
        cells.append((sum(a for a, _ in rare), sum(b for _, b in rare)))
    degrees = len(cells) - 1
    if degrees < 1:
        return 1.0
    statistic = 0.0
    for a, b in cells:
        for seen, size in ((a, now.complaints), (b, before.complaints)):
            expected = (a + b) * size / whole
            statistic += (seen - expected) ** 2 / expected
    width = 2 / (9 * degrees)
    return 1 - NormalDist().cdf(((statistic / degrees) ** (1 / 3) - (1 - width)) / sqrt(width))


def _proportion_chance(now: Week, before: Week, name: str) -> float:
    """Of one issue's share alone: the two-sided test of two proportions."""
    a, b, n, m = now.counts.get(name, 0), before.counts.get(name, 0), now.complaints, before.complaints
    both = (a + b) / (n + m)
    error = sqrt(both * (1 - both) * (1 / n + 1 / m))
    return erfc(abs(a / n - b / m) / error / sqrt(2)) if error else 1.0


def _rounded(value: float | None, places: int = 3) -> float | None:
    return None if value is None else round(value, places)
