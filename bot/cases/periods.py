"""Periods of a report: a day, an ISO week or a month in the shop's own time zone, and those before it."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from bot.cases.issue import Word


class PeriodKind(Word):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


WRITTEN = {
    PeriodKind.DAY: "a day such as 2026-03-09",
    PeriodKind.WEEK: "a week such as 2026-W11",
    PeriodKind.MONTH: "a month such as 2026-03",
}


class BadPeriod(ValueError):
    """What was asked for is no period, or has not begun."""


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both included, by the clock of `zone`."""

    kind: PeriodKind
    first: date
    zone: ZoneInfo

    @property
    def after(self) -> date:
        """The day after the last."""
        if self.kind is PeriodKind.MONTH:
            return (self.first.replace(day=28) + timedelta(days=4)).replace(day=1)
        return self.first + timedelta(days=7 if self.kind is PeriodKind.WEEK else 1)

    @property
    def last(self) -> date:
        return self.after - timedelta(days=1)

    @property
    def starts_at(self) -> datetime:
        return _midnight(self.first, self.zone)

    @property
    def ends_at(self) -> datetime:
        """The first instant that is not in it any more."""
        return _midnight(self.after, self.zone)

    def holds(self, at: datetime | None) -> bool:
        return at is not None and self.starts_at <= at < self.ends_at

    def before(self) -> "Period":
        """The one before it."""
        day = self.first - timedelta(days=1)
        return Period(self.kind, _first_of(self.kind, day), self.zone)

    def earlier(self, count: int) -> "list[Period]":
        """So many before it, the earliest first."""
        found = [self]
        for _ in range(count):
            found.append(found[-1].before())
        return found[:0:-1]

    @property
    def name(self) -> str:
        """As it is asked for: 2026-03-09, 2026-W11 or 2026-03."""
        if self.kind is PeriodKind.MONTH:
            return f"{self.first:%Y-%m}"
        year, week, _ = self.first.isocalendar()
        return f"{year}-W{week:02}" if self.kind is PeriodKind.WEEK else self.first.isoformat()

    @property
    def title(self) -> str:
        """As people read it: "March 2026", "9 to 15 March 2026"."""
        if self.kind is PeriodKind.MONTH:
            return f"{self.first:%B %Y}"
        if self.kind is PeriodKind.DAY:
            return f"{self.first:%A} {_told(self.first)}"
        same_month, same_year = self.first.month == self.last.month, self.first.year == self.last.year
        begins = str(self.first.day) if same_month else f"{self.first.day} {self.first:%B}"
        return f"{begins if same_year else _told(self.first)} to {_told(self.last)}"


def _told(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(timezone.utc)


def _first_of(kind: PeriodKind, day: date) -> date:
    if kind is PeriodKind.MONTH:
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if kind is PeriodKind.WEEK else day


def of(kind: PeriodKind, day: date, zone: ZoneInfo) -> Period:
    """The period of this kind that holds the day."""
    return Period(kind, _first_of(kind, day), zone)


def last_full_week(now: datetime, zone: ZoneInfo) -> Period:
    """The week that ended last."""
    return of(PeriodKind.WEEK, now.astimezone(zone).date(), zone).before()


def named(kind: PeriodKind, said: str, zone: ZoneInfo, now: datetime) -> Period:
    """The period that somebody wrote. Raises BadPeriod, saying how it is written, or that it is still to come."""
    found = Period(kind, _read(kind, said.strip()), zone)
    if found.starts_at > now:
        raise BadPeriod(f"{found.name} has not begun yet: ask for one that has.")
    return found


def _read(kind: PeriodKind, said: str) -> date:
    try:
        if kind is PeriodKind.DAY and re.fullmatch(r"\d{4}-\d\d-\d\d", said):
            return date.fromisoformat(said)
        if kind is PeriodKind.MONTH and re.fullmatch(r"\d{4}-\d\d", said):
            return date.fromisoformat(f"{said}-01")
        week = re.fullmatch(r"(\d{4})-?[Ww](\d\d)", said) if kind is PeriodKind.WEEK else None
        if week:
            return date.fromisocalendar(int(week[1]), int(week[2]), 1)
    except ValueError:
        pass
    raise BadPeriod(f"{said!r} is no {kind}: write {WRITTEN[kind]}.")
