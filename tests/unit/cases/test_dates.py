"""Dates and times as customers read them."""

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest

from bot.cases.dates import Clock, clock_of, day_meant, day_said, days_said, zone_of

PHOENIX, LONDON = ZoneInfo("America/Phoenix"), ZoneInfo("Europe/London")
LATE_EVENING = datetime(2026, 11, 25, 0, 30, tzinfo=timezone.utc)


def test_day_is_the_customers_own_day() -> None:
    assert day_said(LATE_EVENING, PHOENIX) == "Tuesday 24 November"
    assert day_said(LATE_EVENING, LONDON) == "Wednesday 25 November"


@pytest.mark.parametrize(
    ("month", "zone", "said"),
    [
        (11, PHOENIX, "05:00 Phoenix time on Tuesday 24 November"),
        (7, LONDON, "13:00 London time on Friday 24 July"),
        (1, LONDON, "12:00 London time on Saturday 24 January"),
    ],
)
def test_shops_clock_is_named_and_follows_summer_time(month: int, zone: ZoneInfo, said: str) -> None:
    clock = Clock(zone, datetime(2026, month, 2, tzinfo=timezone.utc))
    assert clock.time(datetime(2026, month, 24, 12, 0, tzinfo=timezone.utc)) == said


def test_time_of_the_same_day_is_todays() -> None:
    clock = Clock(PHOENIX, datetime(2026, 11, 24, 8, 0, tzinfo=timezone.utc), is_own=True)
    assert clock.time(LATE_EVENING) == "17:30 today"
    assert clock.time(datetime(2026, 11, 25, 8, 0, tzinfo=timezone.utc)) == "01:00 on Wednesday 25 November"


@pytest.mark.parametrize(("name", "own"), [("Europe/London", True), ("America/Phoenix", True), (None, False), ("Mars/Olympus", False)])
def test_customers_own_clock_needs_no_name(name: str | None, own: bool) -> None:
    assert clock_of(name, PHOENIX, LATE_EVENING).is_own is own


def test_one_day_is_not_days() -> None:
    assert [days_said(days) for days in (1, 2)] == ["1 day", "2 days"]


@pytest.mark.parametrize("name", [None, "", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "a\0b", "America", "A" * 300])
def test_unknown_zone_gives_way_to_the_shops(name: str | None) -> None:
    assert zone_of(name, PHOENIX) is PHOENIX
    assert zone_of("Europe/London", PHOENIX) == LONDON


@pytest.mark.parametrize(
    ("text", "words", "meant"),
    [
        ("it was promised by Friday, they said", "Friday", "2026-11-27"),
        ("came Friday and it was broken", "Friday", "2026-11-20"),
        ("ordered Thursday last week and nothing", "Thursday", "2026-11-12"),
        ("waiting since yesterday morning for it", "yesterday morning", "2026-11-20"),
        ("billed at the end of last month twice", "last month", "2026-10-21/2026-10-31"),
        ("no such words here", "last Tuesday", "2026-11-17"),
        ("on the 45th of Nonsense", "45th", None),
    ],
)
def test_day_meant_reads_the_words_around_the_date(text: str, words: str, meant: str | None) -> None:
    span = day_meant(text, words, datetime(2026, 11, 21, 12, tzinfo=timezone.utc), ZoneInfo("UTC"), day_first=False)
    assert (str(span) if span else None) == meant
