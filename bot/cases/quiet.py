"""Quiet hours: when no message that nobody asked for goes out, by the customer's own clock."""

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

Quiet = tuple[time, time]  # from, until; past midnight where the second is the earlier one


def span_at(quiet: Quiet, zone: ZoneInfo, instant: datetime) -> tuple[datetime, datetime] | None:
    """The quiet span that holds this instant, in UTC; None where it holds none. Right where the clocks change."""
    begins, ends = quiet
    today = instant.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        last = day + timedelta(days=1) if ends < begins else day
        start, end = (datetime.combine(*at, zone).astimezone(timezone.utc) for at in ((day, begins), (last, ends)))
        if start <= instant < end:
            return start, end
    return None


def next_loud(quiet: Quiet, zone: ZoneInfo, instant: datetime) -> datetime:
    """The first instant from this one on at which a message may go out."""
    span = span_at(quiet, zone, instant)
    return span[1] if span else instant


def when_to_tell(quiet: Quiet, zone: ZoneInfo, planned: datetime, due: datetime, *, rings: bool) -> datetime:
    """When a warning that must come before `due` goes out. `rings`: it makes somebody's phone ring.

    It waits for the end of a quiet span where that is early enough. Otherwise it goes out as planned where nothing
    rings, and before the quiet begins where something does.
    """
    span = span_at(quiet, zone, planned)
    if span is None:
        return planned
    if span[1] < due:
        return span[1]
    return span[0] - timedelta(minutes=1) if rings else planned
