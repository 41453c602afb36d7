"""Slots for calls: within opening hours, free, and as long as they say also where the clocks change."""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.callback import NOTICE, SLOT, slots
from bot.cases.hours import Hours

DAILY = {day: ((time(8), time(20)),) for day in range(7)}


def hours(
    zone: str = "America/Phoenix", holidays: tuple[date, ...] = (), weekly: dict[int, tuple[tuple[time, time], ...]] = DAILY
) -> Hours:
    return Hours(ZoneInfo(zone), weekly, frozenset(holidays))


def at(day: int, hour: int, minute: int = 0, zone: str = "America/Phoenix", month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(timezone.utc)


def first(now: datetime, of: Hours, **given: dict[datetime, int]) -> datetime:
    return slots(of, now, 1, **given)[0][0]


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        (at(3, 10, 10), at(3, 11)),
        (at(3, 10, 30), at(3, 11)),
        (at(3, 10, 31), at(3, 12)),
        (at(3, 5), at(3, 8)),
        (at(3, 17, 30), at(3, 18)),  # the last that ends by closing time
        (at(3, 17, 31), at(4, 8)),
        (at(3, 23), at(4, 8)),
    ],
)
def test_next_slot_leaves_time_to_get_to_the_phone_and_ends_by_closing(now: datetime, begins: datetime) -> None:
    assert first(now, hours()) == begins


def test_holidays_and_closed_days_are_left_out() -> None:
    weekdays = {day: DAILY[day] for day in range(5)}
    friday = at(6, 19)
    assert first(friday, hours(weekly=weekdays)) == at(9, 8)
    assert first(friday, hours(weekly=weekdays, holidays=(date(2026, 3, 9), date(2026, 3, 10)))) == at(11, 8)


@pytest.mark.parametrize(("month", "day"), [(3, 29), (10, 25)])
def test_day_on_which_the_clocks_change_begins_at_opening_and_slots_last_two_hours(month: int, day: int) -> None:
    berlin = hours("Europe/Berlin")
    found = slots(berlin, at(day - 1, 23, zone="Europe/Berlin", month=month), 6)
    assert found[0][0] == at(day, 8, zone="Europe/Berlin", month=month)
    assert {ends - begins for begins, ends in found} == {SLOT}
    assert found[-1][1] == at(day, 20, zone="Europe/Berlin", month=month)


def test_night_shift_keeps_its_slot_across_the_change() -> None:
    nights = hours("Europe/Berlin", weekly={6: ((time(0), time(8)),)})
    found = slots(nights, at(28, 20, zone="Europe/Berlin"), 4)
    assert [(ends - begins) for begins, ends in found] == [SLOT] * 4
    assert found[2][1] == at(29, 7, zone="Europe/Berlin")  # three slots are six hours: the clock has gone on seven


def test_full_slot_is_passed_over() -> None:
    now = at(3, 10, 10)
    assert first(now, hours(), taken={at(3, 11): 1}) == at(3, 11)
    assert first(now, hours(), taken={at(3, 11): 2}) == at(3, 13)
    assert first(now, hours(), taken={at(3, 10): 1, at(3, 12): 1}) == at(3, 13)  # both lines are busy at some time of 11 to 13


def test_hours_too_short_for_a_slot_have_none() -> None:
    assert slots(hours(weekly={0: ((time(9), time(10)),)}), at(3, 10), 1) == []


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)),
    st.sampled_from(["America/Phoenix", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"]),
    st.lists(st.integers(0, 200), max_size=30),
)
def test_slot_is_always_open_free_and_not_too_near(moment: datetime, zone: str, busy: list[int]) -> None:
    now, of = moment.replace(tzinfo=timezone.utc), hours(zone, holidays=(date(2026, 12, 25), date(2027, 1, 1)))
    taken: dict[datetime, int] = {}
    for _ in busy:
        ((begins, ends),) = slots(of, now, 1, taken)
        taken[begins] = taken.get(begins, 0) + 1
        assert begins >= now + NOTICE and ends - begins == SLOT
        assert of.is_open(begins) and of.is_open(ends - timedelta(seconds=1))
    assert all(sum(calls for at_, calls in taken.items() if abs(at_ - one) < SLOT) <= 2 for one in taken)
