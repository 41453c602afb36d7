"""Dates and times as customers read them."""

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest

from bot.cases.dates import day_said, days_said, time_said, zone_of

PHOENIX, LONDON = ZoneInfo("America/Phoenix"), ZoneInfo("Europe/London")
LATE_EVENING = datetime(2026, 11, 25, 0, 30, tzinfo=timezone.utc)


def test_day_is_the_customers_own_day() -> None:
    assert day_said(LATE_EVENING, PHOENIX) == "Tuesday 24 November"
    assert day_said(LATE_EVENING, LONDON) == "Wednesday 25 November"


@pytest.mark.parametrize(
    ("month", "zone", "said"),
    [
        (11, PHOENIX, "05:00 (MST) on Tuesday 24 November"),
        (7, LONDON, "13:00 (BST) on Friday 24 July"),
        (1, LONDON, "12:00 (GMT) on Saturday 24 January"),
    ],
)
def test_clock_time_names_its_zone_and_follows_summer_time(month: int, zone: ZoneInfo, said: str) -> None:
    assert time_said(datetime(2026, month, 24, 12, 0, tzinfo=timezone.utc), zone) == said


def test_one_day_is_not_days() -> None:
    assert [days_said(days) for days in (1, 2)] == ["1 day", "2 days"]


@pytest.mark.parametrize("name", [None, "", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "a\0b", "America", "A" * 300])
def test_unknown_zone_gives_way_to_the_shops(name: str | None) -> None:
    assert zone_of(name, PHOENIX) is PHOENIX
    assert zone_of("Europe/London", PHOENIX) == LONDON
