"""Opening hours, and the safe times for promises that follow from them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

LOOK_AHEAD = 366  # days; a shop that opens on none of them is refused when the policy is read


@dataclass(frozen=True)
class Hours:
    """When people are there: spans by weekday (0 is Monday) in the shop's own zone, less the holidays."""

    zone: ZoneInfo
    weekly: Mapping[int, tuple[tuple[time, time], ...]]
    holidays: frozenset[date] = frozenset()

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """The open spans of a day, in order; in UTC, so that sums with them are right where the clocks change."""
        return [*_spans(self, day)]

    def __hash__(self) -> int:
        """So that what follows from the hours alone can be kept: a board with hundreds of clocks asks for the same days again and again."""
        return hash((str(self.zone), self.holidays))

    def is_open(self, now: datetime) -> bool:
        return any(opens <= now < closes for opens, closes in self.spans(now.astimezone(self.zone).date()))

    def opening(self, now: datetime) -> tuple[datetime, datetime]:
        """The span in which people are there now, or else the next one: when it opens and closes."""
        day = now.astimezone(self.zone).date()
        spans = (span for n in range(LOOK_AHEAD) for span in self.spans(day + timedelta(days=n)))
        return next(span for span in spans if span[1] > now)

    def open_days(self, after: date) -> Iterator[date]:
        """The days after this one on which people are there."""
        days = (after + timedelta(days=n) for n in range(1, 2 * LOOK_AHEAD))  # 60 days of a shop that opens once a week
        return (day for day in days if self.spans(day))


@lru_cache(maxsize=2048)
def _spans(hours: Hours, day: date) -> tuple[tuple[datetime, datetime], ...]:
    if day in hours.holidays:
        return ()
    spans = hours.weekly.get(day.weekday(), ())
    return tuple((_instant(day, opens, hours.zone), _instant(day, closes, hours.zone)) for opens, closes in spans)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(timezone.utc)


def due_within(hours: Hours, now: datetime, minutes: int) -> datetime:
    """The instant when that many open minutes have passed: "in 30 minutes" said at closing time falls tomorrow."""
    return due_after(hours, now, timedelta(minutes=minutes))


@lru_cache(maxsize=4096)
def due_after(hours: Hours, now: datetime, left: timedelta) -> datetime:
    """The instant when so much open time has passed."""
    today = now.astimezone(hours.zone).date()
    for n in range(LOOK_AHEAD):
        for opens, closes in hours.spans(today + timedelta(days=n)):
            start = max(opens, now)
            if start + left <= closes:
                return start + left
            left -= max(closes - start, timedelta())
    raise ValueError("these hours never open")


def business_days_on(hours: Hours, now: datetime, days: int) -> datetime:
    """Closing time of the n-th open day after today."""
    ahead = hours.open_days(now.astimezone(hours.zone).date())
    day = [next(ahead) for _ in range(max(1, days))][-1]
    return hours.spans(day)[-1][1]
