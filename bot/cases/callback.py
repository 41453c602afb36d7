"""A call back: when people are there, in a slot the customer can count on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cases.hours import Hours
from bot.cases.issue import Word

SLOT = timedelta(hours=2)
NOTICE = timedelta(minutes=30)  # until somebody can be at the phone
CHOSEN_AT = "at:"  # begins the choice of a slot; seconds since 1970 follow


class CallbackState(Word):
    """Where a call stands."""

    BOOKED = "booked"
    CALLED = "called"
    MISSED = "missed"
    CANCELLED = "cancelled"


@dataclass(eq=False)
class Callback:
    """One call that is owed."""

    id: str
    remedy_id: str
    case_id: str
    phone: str
    starts_at: datetime
    ends_at: datetime
    state: CallbackState = CallbackState.BOOKED
    assignee: str | None = None
    changed_at: datetime | None = None
    version: int = 1


def slots(
    hours: Hours, now: datetime, count: int, taken: "dict[datetime, int] | None" = None, lines: int = 2
) -> list[tuple[datetime, datetime]]:
    """The next free slots within the opening hours, beginning on the hour or at opening; no more than `lines` calls at any time.

    `taken`: how many calls begin when, from one slot's length before `now` on.
    """
    found: list[tuple[datetime, datetime]] = []
    busy, at = taken or {}, now + NOTICE
    for _ in range(366):
        opens, closes = hours.opening(at)
        start = max(opens, _next_hour(at))
        while start + SLOT <= closes and len(found) < count:
            if _has_line(start, busy, lines):
                found.append((start, start + SLOT))
            start += SLOT
        if len(found) >= count:
            return found
        at = closes
    return found


def is_free(hours: Hours, now: datetime, start: datetime, taken: dict[datetime, int], lines: int = 2) -> bool:
    """Whether a slot that was chosen before can still be had."""
    opens, closes = hours.opening(start)
    return start >= now + NOTICE and opens <= start and start + SLOT <= closes and _has_line(start, taken, lines)


def _has_line(start: datetime, taken: dict[datetime, int], lines: int) -> bool:
    return sum(calls for begins, calls in taken.items() if abs(begins - start) < SLOT) < lines


def _next_hour(at: datetime) -> datetime:
    whole = at.replace(minute=0, second=0, microsecond=0)
    return whole if whole == at else whole + timedelta(hours=1)
