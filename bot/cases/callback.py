"""A call back: when people are there, in a slot the customer can count on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cases.hours import Hours
from bot.cases.issue import Word

SLOT = timedelta(hours=2)
NOTICE = timedelta(minutes=30)  # until somebody can be at the phone


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
            if sum(calls for begins, calls in busy.items() if abs(begins - start) < SLOT) < lines:
                found.append((start, start + SLOT))
            start += SLOT
        if len(found) >= count:
            return found
        at = closes
    return found


def _next_hour(at: datetime) -> datetime:
    whole = at.replace(minute=0, second=0, microsecond=0)
    return whole if whole == at else whole + timedelta(hours=1)
