"""When a promise is warned of and told of: before it is due, within open hours, and never in somebody's night without need."""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.hours import Hours, due_within
from bot.cases.promises import ANSWER, Due, Watched, asks_for, moments, open_time, open_time_before
from bot.cases.quiet import next_loud, span_at, when_to_tell

PHOENIX, BERLIN, NEW_YORK, LORD_HOWE = (
    ZoneInfo(name) for name in ("America/Phoenix", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
)
WEEK = {day: ((time(8), time(20)),) for day in range(5)} | {5: ((time(9), time(17)),)}
HOURS = Hours(NEW_YORK, WEEK, frozenset({date(2026, 12, 25)}))
QUIET = (time(21), time(8))
FRIDAY_CLOSE = datetime(2026, 11, 27, 20, tzinfo=NEW_YORK)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda one: one.replace(tzinfo=timezone.utc))


def at(zone: ZoneInfo, *parts: int) -> datetime:
    return datetime(*parts, tzinfo=zone).astimezone(timezone.utc)  # type: ignore[arg-type, misc]


def test_warning_comes_so_many_open_minutes_before_and_the_customer_hears_at_half_of_them() -> None:
    made = FRIDAY_CLOSE - timedelta(days=4)
    warn, tell = moments(HOURS, made, FRIDAY_CLOSE, 120)
    assert (warn, tell) == (FRIDAY_CLOSE - timedelta(hours=2), FRIDAY_CLOSE - timedelta(hours=1))


def test_closed_hours_do_not_count() -> None:
    due = datetime(2026, 11, 30, 8, 30, tzinfo=NEW_YORK)  # Monday; Saturday closes at 17:00
    warn, tell = moments(HOURS, due - timedelta(days=7), due, 120)
    assert warn == datetime(2026, 11, 28, 15, 30, tzinfo=NEW_YORK)
    assert tell == datetime(2026, 11, 28, 16, 30, tzinfo=NEW_YORK)


def test_short_promise_is_warned_of_at_half_its_time() -> None:
    made = datetime(2026, 11, 27, 12, tzinfo=NEW_YORK)
    warn, tell = moments(HOURS, made, made + timedelta(minutes=60), 120)
    assert (warn - made, tell - made) == (timedelta(minutes=30), timedelta(minutes=45))


def test_promise_made_for_closed_hours_goes_by_the_plain_clock() -> None:
    made = datetime(2026, 11, 28, 22, tzinfo=NEW_YORK)
    warn, tell = moments(HOURS, made, made + timedelta(hours=2), 120)
    assert (warn - made, tell - made) == (timedelta(hours=1), timedelta(hours=1, minutes=30))


@given(made=INSTANTS, minutes=st.integers(1, 6000), warn_before=st.integers(5, 600))
def test_both_fall_between_the_promise_and_its_time_in_this_order(made: datetime, minutes: int, warn_before: int) -> None:
    due = due_within(HOURS, made, minutes)
    warn, tell = moments(HOURS, made, due, warn_before)
    assert made <= warn <= tell < due
    assert open_time(HOURS, warn, due) <= timedelta(minutes=warn_before)


@given(due=INSTANTS, minutes=st.integers(1, 3000))
def test_open_time_before_is_the_inverse_of_open_time(due: datetime, minutes: int) -> None:
    span = timedelta(minutes=minutes)
    assert open_time(HOURS, open_time_before(HOURS, due, span), due) == span


@pytest.mark.parametrize(
    ("zone", "instant", "loud"),
    [
        (BERLIN, at(BERLIN, 2026, 11, 27, 20, 59), None),
        (BERLIN, at(BERLIN, 2026, 11, 27, 21, 0), at(BERLIN, 2026, 11, 28, 8)),
        (BERLIN, at(BERLIN, 2026, 11, 28, 7, 59), at(BERLIN, 2026, 11, 28, 8)),
        (BERLIN, at(BERLIN, 2026, 11, 28, 8), None),
        (BERLIN, at(BERLIN, 2026, 3, 28, 23), datetime(2026, 3, 29, 6, tzinfo=timezone.utc)),  # clocks go forward that night
        (BERLIN, at(BERLIN, 2026, 10, 24, 23), datetime(2026, 10, 25, 7, tzinfo=timezone.utc)),  # and back
        (LORD_HOWE, at(LORD_HOWE, 2026, 4, 4, 23), datetime(2026, 4, 4, 21, 30, tzinfo=timezone.utc)),  # by half an hour
        (PHOENIX, at(PHOENIX, 2026, 11, 28, 3), at(PHOENIX, 2026, 11, 28, 8)),
    ],
)
def test_quiet_ends_by_the_customers_own_clock(zone: ZoneInfo, instant: datetime, loud: datetime | None) -> None:
    assert next_loud(QUIET, zone, instant) == (loud or instant)


def test_quiet_within_a_day_and_none_at_all() -> None:
    noon = at(BERLIN, 2026, 11, 27, 12, 30)
    assert span_at((time(12), time(13)), BERLIN, noon) == (at(BERLIN, 2026, 11, 27, 12), at(BERLIN, 2026, 11, 27, 13))
    assert span_at((time(12), time(12)), BERLIN, noon) is None


@given(instant=INSTANTS, zone=st.sampled_from([PHOENIX, BERLIN, NEW_YORK, LORD_HOWE]))
def test_loud_instant_is_loud_and_not_far(instant: datetime, zone: ZoneInfo) -> None:
    loud = next_loud(QUIET, zone, instant)
    assert span_at(QUIET, zone, loud) is None
    assert instant <= loud <= instant + timedelta(hours=12)


@pytest.mark.parametrize("rings", [True, False])
def test_warning_that_can_wait_comes_in_the_morning(rings: bool) -> None:
    planned, due = at(BERLIN, 2026, 11, 27, 22), at(BERLIN, 2026, 11, 28, 10)
    assert when_to_tell(QUIET, BERLIN, planned, due, rings=rings) == at(BERLIN, 2026, 11, 28, 8)


def test_warning_that_cannot_wait_goes_to_the_website_and_to_a_phone_before_the_night() -> None:
    planned, due = at(BERLIN, 2026, 11, 27, 23), at(BERLIN, 2026, 11, 28, 2)
    assert when_to_tell(QUIET, BERLIN, planned, due, rings=False) == planned
    assert when_to_tell(QUIET, BERLIN, planned, due, rings=True) == at(BERLIN, 2026, 11, 27, 20, 59)


@given(planned=INSTANTS, ahead=st.integers(1, 3000), zone=st.sampled_from([PHOENIX, BERLIN, NEW_YORK]), rings=st.booleans())
def test_whatever_the_hour_it_is_told_before_it_is_due(planned: datetime, ahead: int, zone: ZoneInfo, rings: bool) -> None:
    due = planned + timedelta(minutes=ahead)
    told = when_to_tell(QUIET, zone, planned, due, rings=rings)
    assert told < due
    assert not rings or span_at(QUIET, zone, told) is None


def test_what_the_turn_keeps_itself_is_only_missed_long_after() -> None:
    made = at(NEW_YORK, 2026, 11, 27, 12)
    promise = Watched(1, ANSWER, made, made + timedelta(minutes=2), False, False, "website", None)

    def asked(minutes: float) -> Due | None:
        return asks_for(promise, HOURS, QUIET, 120, made + timedelta(minutes=minutes))

    assert [asked(minutes) for minutes in (0, 1.5, 2.5, 3)] == [None, None, None, Due.MISSED]
