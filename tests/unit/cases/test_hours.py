"""Opening hours: promises fall where people are there, also where the clocks change."""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.hours import Hours, business_days_on, due_within

PHOENIX, LONDON = ZoneInfo("America/Phoenix"), ZoneInfo("Europe/London")
DAY, LUNCH = ((time(8), time(20)),), ((time(8), time(12)), (time(13), time(17)))
HOURS = Hours(PHOENIX, {**{day: DAY for day in range(5)}, 5: LUNCH}, frozenset({date(2026, 12, 25), date(2026, 12, 28)}))


def at(text: str, zone: ZoneInfo = PHOENIX) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("now", "minutes", "due"),
    [
        ("2026-11-24 10:00", 30, "2026-11-24 10:30"),
        ("2026-11-24 03:00", 30, "2026-11-24 08:30"),
        ("2026-11-24 19:30", 30, "2026-11-24 20:00"),
        ("2026-11-24 19:45", 30, "2026-11-25 08:15"),
        ("2026-11-24 20:00", 30, "2026-11-25 08:30"),
        ("2026-11-24 23:59", 15, "2026-11-25 08:15"),
        ("2026-11-28 11:50", 30, "2026-11-28 13:20"),
        ("2026-11-28 16:50", 30, "2026-11-30 08:20"),
        ("2026-12-24 19:50", 30, "2026-12-26 08:20"),
        ("2026-12-26 16:59", 2, "2026-12-29 08:01"),
        ("2026-11-24 08:00", 24 * 60, "2026-11-25 20:00"),
    ],
)
def test_answer_is_promised_for_the_next_minutes_people_are_there(now: str, minutes: int, due: str) -> None:
    assert due_within(HOURS, at(now), minutes) == at(due)


def test_same_promise_is_made_whatever_zone_the_time_comes_in() -> None:
    now = at("2026-11-24 19:45")
    assert due_within(HOURS, now.astimezone(timezone.utc), 30) == due_within(HOURS, now.astimezone(LONDON), 30) == at("2026-11-25 08:15")


@pytest.mark.parametrize(
    ("now", "days", "due"),
    [
        ("2026-11-24 10:00", 1, "2026-11-25 20:00"),
        ("2026-11-27 23:00", 1, "2026-11-28 17:00"),
        ("2026-11-28 09:00", 1, "2026-11-30 20:00"),
        ("2026-12-24 10:00", 2, "2026-12-29 20:00"),
        ("2026-11-24 10:00", 0, "2026-11-25 20:00"),
    ],
)
def test_business_days_end_at_closing_time_and_skip_holidays(now: str, days: int, due: str) -> None:
    assert business_days_on(HOURS, at(now), days) == at(due)


def test_day_is_the_shops_own_where_utc_has_another() -> None:
    late = datetime(2026, 11, 25, 2, 0, tzinfo=timezone.utc)  # 19:00 on the 24th in Phoenix
    assert HOURS.is_open(late)
    assert due_within(HOURS, late, 30) == late + timedelta(minutes=30)
    assert business_days_on(HOURS, late, 1) == at("2026-11-25 20:00")


def test_minutes_are_real_minutes_on_the_night_the_clocks_change() -> None:
    nights = Hours(LONDON, {6: ((time(0), time(6)),)})
    spring, autumn = at("2026-03-29 00:00", LONDON), at("2026-10-25 00:00", LONDON)
    assert due_within(nights, spring, 120) - spring.astimezone(timezone.utc) == timedelta(minutes=120)
    assert due_within(nights, autumn - timedelta(hours=1), 120).astimezone(LONDON) == at("2026-10-25 01:00", LONDON).replace(fold=1)
    assert due_within(nights, spring, 330) == at("2026-04-05 00:30", LONDON)  # the night has five hours only


def test_opening_time_follows_summer_time() -> None:
    hours = Hours(LONDON, {0: DAY})
    winter, summer = (due_within(hours, at(f"2026-{day} 12:00", LONDON), 1).astimezone(timezone.utc) for day in ("03-22", "03-29"))
    assert (winter.hour, summer.hour) == (8, 7)


def test_shop_that_opens_once_a_week_can_still_promise_sixty_days() -> None:
    weekly = Hours(LONDON, {2: DAY})
    assert business_days_on(weekly, at("2026-11-24 10:00", LONDON), 60) == at("2028-01-12 20:00", LONDON)


def test_hours_that_never_open_are_refused() -> None:
    with pytest.raises(ValueError, match="never open"):
        due_within(Hours(LONDON, {}), at("2026-11-24 10:00", LONDON), 1)


INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(timezone.utc))


@given(INSTANTS, st.integers(1, 3000), st.integers(1, 3000))
def test_more_minutes_are_never_due_earlier_and_always_while_somebody_is_there(now: datetime, some: int, more: int) -> None:
    first, second = due_within(HOURS, now, some), due_within(HOURS, now, some + more)
    assert now < first < second
    for due in (first, second):
        assert HOURS.is_open(due - timedelta(seconds=1))


@given(INSTANTS, st.integers(1, 60))
def test_business_day_is_later_than_today_and_open(now: datetime, days: int) -> None:
    due = business_days_on(HOURS, now, days)
    assert due - now > timedelta(days=days - 1)
    assert HOURS.is_open(due - timedelta(seconds=1)) and not HOURS.is_open(due)
