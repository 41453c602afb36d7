"""Dates as customers type them: the days meant, and how they are said back."""

from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.date_words import DateSpan, DayPart, span_of, span_said
from bot.nlu.date import DateExtractor

LONDON, PHOENIX, TOKYO = ZoneInfo("Europe/London"), ZoneInfo("America/Phoenix"), ZoneInfo("Asia/Tokyo")
SATURDAY = datetime(2026, 11, 21, 10, 30, tzinfo=timezone.utc)
WEDNESDAY = datetime(2026, 11, 18, 10, 30, tzinfo=timezone.utc)
NEW_YEAR = datetime(2027, 1, 2, 9, 0, tzinfo=timezone.utc)


def a_span(written: str) -> DateSpan | None:
    """Such as "2026-11-20", "2026-11-20 18:00", "2026-11-20 night" or "2026-11-09..2026-11-15"; nothing for not understood."""
    if not written:
        return None
    days, _, hour = written.partition(" ")
    first, _, last = days.partition("..")
    at = time.fromisoformat(hour) if ":" in hour else None
    return DateSpan(date.fromisoformat(first), date.fromisoformat(last or first), at, DayPart(hour) if hour and not at else None)


def table(*rows: tuple[str, str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("words", "meant"), rows, ids=[words for words, _ in rows])


@table(
    ("today", "2026-11-21"),
    ("yesterday", "2026-11-20"),
    ("yday", "2026-11-20"),
    ("Yesterday's", "2026-11-20"),
    ("yesterday itself", "2026-11-20"),
    ("the day before yesterday", "2026-11-19"),
    ("tomorrow", "2026-11-22"),
    ("the day after tomorrow", "2026-11-23"),
    ("since yesterday morning", "2026-11-20 morning"),
    ("this morning", "2026-11-21 morning"),
    ("earlier this afternoon", "2026-11-21 afternoon"),
    ("tonight", "2026-11-21 night"),
    ("last night", "2026-11-20 night"),
    ("late last night", "2026-11-20 night"),
    ("the night before last", "2026-11-19 night"),
    ("next morning", "2026-11-22 morning"),
    ("all day", "2026-11-21"),
)
def test_days_next_to_today(words: str, meant: str) -> None:
    assert span_of(words, SATURDAY, LONDON, day_first=True) == a_span(meant)


@table(
    ("last Tuesday", "2026-11-17"),
    ("Tuesday", "2026-11-17"),
    ("since sun", "2026-11-15"),
    ("wensday", "2026-11-18"),
    ("Saturday", "2026-11-21"),
    ("last Saturday", "2026-11-14"),
    ("friday night", "2026-11-20 night"),
    ("saturday morning", "2026-11-21 morning"),
    ("Saturday night", "2026-11-14 night"),
    ("last sat evening", "2026-11-14 evening"),
    ("early morning on friday", "2026-11-20 morning"),
    ("midnight on friday", "2026-11-20 night"),
    ("Friday gone", "2026-11-20"),
    ("this past Friday", "2026-11-20"),
    ("Friday before last", "2026-11-13"),
    ("this Monday", "2026-11-16"),
    ("next Monday", "2026-11-23"),
    ("next Saturday", "2026-11-28"),
    ("coming Friday", "2026-11-27"),
    ("by Friday", "2026-11-27"),
    ("by Saturday", "2026-11-21"),
    ("until tuesday evening", "2026-11-24 evening"),
    ("Thursday last week", "2026-11-12"),
    ("last week on Thursday", "2026-11-12"),
    ("Monday of this week", "2026-11-16"),
    ("Thursday next week", "2026-11-26"),
    ("Friday the 13th", "2026-11-13"),
    ("Friday the 3rd", "2026-07-03"),
    ("Tuesday 17", "2026-11-17"),
    ("Friday 27", "2026-11-27"),
    ("Friday 2", "2026-11-20"),
    ("next tuesday 24th", "2026-11-24"),
)
def test_days_of_the_week(words: str, meant: str) -> None:
    assert span_of(words, SATURDAY, LONDON, day_first=True) == a_span(meant)


@table(
    ("on the 3rd", "2026-11-03"),
    ("21st", "2026-11-21"),
    ("the 22nd", "2026-10-22"),
    ("the 31st", "2026-10-31"),
    ("by the 3rd", "2026-12-03"),
    ("the 3rd of last month", "2026-10-03"),
    ("15th of the month", "2026-11-15"),
    ("in the morning of the 3rd", "2026-11-03 morning"),
    ("3rd of March", "2026-03-03"),
    ("March 3", "2026-03-03"),
    ("3march", "2026-03-03"),
    ("first of november", "2026-11-01"),
    ("sept. 5", "2026-09-05"),
    ("dec 9", "2025-12-09"),
    ("by Dec 9", "2026-12-09"),
    ("Mon 3 Nov", "2026-11-03"),
    ("Tuesday 24 November", "2026-11-24"),
    ("tuesday november 17th", "2026-11-17"),
    ("Monday, the 3rd of November, 2025", "2025-11-03"),
    ("3 march'25", "2025-03-03"),
    ("5 December 2026", "2026-12-05"),
    ("3-Nov-2026", "2026-11-03"),
    ("Nov-3-26", "2026-11-03"),
    ("oct.-3", "2026-10-03"),
    ("3rd March last year", "2025-03-03"),
    ("29 Feb", "2024-02-29"),
    ("2026-11-03", "2026-11-03"),
    ("3.11.26", "2026-11-03"),
    ("3.11.99", "1999-11-03"),
)
def test_days_of_the_calendar(words: str, meant: str) -> None:
    assert span_of(words, SATURDAY, LONDON, day_first=True) == a_span(meant)


@table(
    ("2 days ago", "2026-11-19"),
    ("two nights ago", "2026-11-19 night"),
    ("a couple of days ago", "2026-11-18..2026-11-19"),
    ("few days back", "2026-11-16..2026-11-18"),
    ("4-3 days ago", "2026-11-17..2026-11-18"),
    ("2 weeks ago", "2026-11-04..2026-11-10"),
    ("a fortnight ago", "2026-11-04..2026-11-10"),
    ("over a week ago", "2026-11-11..2026-11-17"),
    ("two or three weeks ago", "2026-10-28..2026-11-10"),
    ("for three days", "2026-11-18..2026-11-21"),
    ("for the last two weeks", "2026-11-07..2026-11-21"),
    ("since last 3 days", "2026-11-18..2026-11-21"),
    ("for the last week", "2026-11-14..2026-11-21"),
    ("past week", "2026-11-14..2026-11-21"),
    ("in two days", "2026-11-23"),
    ("in 2 days' time", "2026-11-23"),
    ("3 days from now", "2026-11-24"),
    ("next few days", "2026-11-21..2026-11-26"),
    ("last week", "2026-11-09..2026-11-15"),
    ("all week", "2026-11-16..2026-11-22"),
    ("earlier this week", "2026-11-16..2026-11-21"),
    ("week before last", "2026-11-02..2026-11-08"),
    ("end of last week", "2026-11-13..2026-11-15"),
    ("last weekend", "2026-11-14..2026-11-15"),
    ("end of last weekend", "2026-11-14..2026-11-15"),
    ("over the weekend", "2026-11-21..2026-11-22"),
    ("next weekend", "2026-11-28..2026-11-29"),
    ("last month", "2026-10-01..2026-10-31"),
    ("end of last month", "2026-10-21..2026-10-31"),
    ("last year", "2025-01-01..2025-12-31"),
    ("in October", "2026-10-01..2026-10-31"),
    ("mid October", "2026-10-11..2026-10-20"),
    ("early in march", "2026-03-01..2026-03-10"),
    ("December", "2025-12-01..2025-12-31"),
    ("by December", "2026-12-01..2026-12-31"),
    ("November", "2026-11-01..2026-11-30"),
    ("last November", "2025-11-01..2025-11-30"),
    ("next March", "2027-03-01..2027-03-31"),
    ("march '25", "2025-03-01..2025-03-31"),
)
def test_spans_and_counts(words: str, meant: str) -> None:
    assert span_of(words, SATURDAY, LONDON, day_first=True) == a_span(meant)


@table(
    ("at 6pm yesterday", "2026-11-20 18:00"),
    ("yesterday at half past 4", "2026-11-20 16:30"),
    ("quarter to five on monday", "2026-11-16 16:45"),
    ("18:45 on Tuesday", "2026-11-17 18:45"),
    ("tuesday 6.30 p.m.", "2026-11-17 18:30"),
    ("on the 20th at 9", "2026-11-20 09:00"),
    ("last night at 9", "2026-11-20 21:00"),
    ("last night at 2", "2026-11-20 02:00"),
    ("since 9 this morning", "2026-11-21 09:00"),
    ("5 o'clock in the afternoon yesterday", "2026-11-20 17:00"),
    ("noon yesterday", "2026-11-20 12:00"),
    ("12am on the 3rd", "2026-11-03 00:00"),
    ("2026-11-03 06:05", "2026-11-03 06:05"),
    ("at 9am", "2026-11-21 09:00"),
    ("at 6pm", "2026-11-20 18:00"),
    ("by 6pm", "2026-11-21 18:00"),
    ("2 hours ago", "2026-11-21 08:30"),
    ("an hour ago", "2026-11-21 09:30"),
)
def test_hours_of_a_day(words: str, meant: str) -> None:
    assert span_of(words, SATURDAY, LONDON, day_first=True) == a_span(meant)


@pytest.mark.parametrize(
    ("words", "day_first", "month_first"),
    [
        ("2/11", "2026-11-02", "2026-02-11"),
        ("3/4", "2026-04-03", "2026-03-04"),
        ("12/11", "2026-11-12", "2026-11-12"),
        ("11/12", "2026-11-12", "2026-11-12"),
        ("12/11/2026", "2026-11-12", "2026-11-12"),
        ("5/3/25", "2025-03-05", "2025-05-03"),
        ("11/13/2026", "2026-11-13", "2026-11-13"),
        ("11-10-2025", "2025-10-11", "2025-11-10"),
        ("tue 3/11", "2026-11-03", "2026-11-03"),
        ("by 3/12", "2026-12-03", "2027-03-12"),
        ("1/1/2030", "2030-01-01", "2030-01-01"),
    ],
)
def test_numbers_are_read_as_the_shop_writes_them_unless_that_is_to_come(words: str, day_first: str, month_first: str) -> None:
    assert span_of(words, SATURDAY, LONDON, day_first=True) == a_span(day_first)
    assert span_of(words, SATURDAY, LONDON, day_first=False) == a_span(month_first)


@table(
    ("the 31st", "2026-12-31"),
    ("thursday", "2026-12-31"),
    ("3 days ago", "2026-12-30"),
    ("last week", "2026-12-21..2026-12-27"),
    ("this week", "2026-12-28..2027-01-03"),
    ("last month", "2026-12-01..2026-12-31"),
    ("December", "2026-12-01..2026-12-31"),
    ("28/12", "2026-12-28"),
    ("1/12", "2026-12-01"),
    ("a month ago", "2026-11-17..2026-12-17"),
    ("last year", "2026-01-01..2026-12-31"),
)
def test_the_turn_of_the_year(words: str, meant: str) -> None:
    assert span_of(words, NEW_YEAR, LONDON, day_first=True) == a_span(meant)


@table(
    ("last weekend", "2026-11-14..2026-11-15"),
    ("the weekend", "2026-11-14..2026-11-15"),
    ("this weekend", "2026-11-21..2026-11-22"),
    ("this Friday", "2026-11-20"),
    ("last Wednesday", "2026-11-11"),
    ("Wednesday", "2026-11-18"),
    ("Sunday", "2026-11-15"),
)
def test_the_middle_of_the_week(words: str, meant: str) -> None:
    assert span_of(words, WEDNESDAY, LONDON, day_first=True) == a_span(meant)


@pytest.mark.parametrize(
    ("words", "said_at", "zone", "meant"),
    [
        ("today", "2026-11-25T00:30+00:00", PHOENIX, "2026-11-24"),
        ("yesterday", "2026-11-25T00:30+00:00", LONDON, "2026-11-24"),
        ("last night", "2026-11-24T16:00+00:00", TOKYO, "2026-11-24 night"),
        ("Tuesday", "2026-11-25T00:30+00:00", PHOENIX, "2026-11-24"),
        ("the 1st", "2026-12-01T02:00+00:00", PHOENIX, "2026-11-01"),
        ("last year", "2026-12-31T20:00+00:00", TOKYO, "2026-01-01..2026-12-31"),
        ("yesterday", "2026-03-29T23:30+00:00", LONDON, "2026-03-29"),  # summer time began that day
        ("2 days ago", "2026-10-25T23:30+00:00", LONDON, "2026-10-23"),  # it ended that day
        ("3 hours ago", "2026-03-29T03:00+00:00", LONDON, "2026-03-29 00:00"),
        ("3 hours ago", "2026-10-25T02:30+00:00", LONDON, "2026-10-25 00:30"),
        ("a year ago", "2024-02-29T12:00+00:00", LONDON, "2022-08-30..2023-08-29"),
        ("the 29th", "2024-03-10T12:00+00:00", LONDON, "2024-02-29"),
        ("the 29th", "2026-03-10T12:00+00:00", LONDON, "2026-01-29"),
        ("yesterday", "2024-03-01T12:00+00:00", LONDON, "2024-02-29"),
        ("last month", "2024-03-31T12:00+00:00", LONDON, "2024-02-01..2024-02-29"),
    ],
)
def test_days_are_those_of_the_conversations_zone(words: str, said_at: str, zone: ZoneInfo, meant: str) -> None:
    assert span_of(words, datetime.fromisoformat(said_at), zone, day_first=True) == a_span(meant)


@pytest.mark.parametrize(
    "words",
    [
        *(
            "",
            " ",
            "the",
            "since",
            "'",
            "3",
            "2/30",
            "31 February",
            "45th",
            "29 feb 2025",
            "45/13/2026",
            "12/11/202",
            "0/0/00",
            "2025-02-30",
        ),
        *("soon", "ages", "the other day", "three days", "days ago", "yesterday at 25:00", "yesterday at 6:75", "March 45", "friday half"),
        *("lamp", "2611340", "9999 days ago", "999 years ago " * 20, "٣ نوفمبر", "昨日", "not yesterday", "yesterday " * 3),
    ],
)
def test_what_names_no_day_is_not_understood(words: str) -> None:
    assert span_of(words, SATURDAY, LONDON, day_first=True) is None


SENTENCES = [
    *("I ordered it last Tuesday", "it was due on the 3rd", "waiting since yesterday morning", "delivered 12/05/2024, broken"),
    *(
        "on 5th of May 2024 I wrote to you",
        "bought it two weeks ago",
        "promised for Dec 9",
        "since sat nobody came",
        "it came 3-Nov-26 at last",
    ),
    *(
        "you said Monday, the 3rd of November, 2025.",
        "paid on 2026-11-03 by card",
        "it broke on 3.11.26",
        "refund promised by Friday evening",
    ),
    *(
        "it should have come tomorrow",
        "the day before yesterday it was fine",
        "nobody came last night",
        "the app was down earlier this week",
    ),
    *(
        "I have been calling since last weekend",
        "a couple of days ago your driver left",
        "a few months back I wrote",
        "still nothing on Mon the 3rd",
    ),
    *(
        "I was charged in October",
        "cancelled in March 2025",
        "what about next monday?",
        "on Friday the 13th night it stopped",
        "not here by 3/12",
    ),
    *(
        "it was Sept. 5th when I paid",
        "they came Thursday last week",
        "the end of last month",
        "tonight I need it",
        "ordered Nov/3 on the site",
    ),
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_date_the_assistant_finds_is_understood(sentence: str) -> None:
    found: list[Any] = list(DateExtractor({}).find(sentence, None))
    understood = [span_of(sentence[one.start : one.end], SATURDAY, LONDON, day_first=True) for one in found]
    assert understood
    assert None not in understood


SCRAPS = "last next by since of on in for 3 12 31st '25 / - . : am night friday march week days ago couple half past end mid weekend year"
INSTANTS = st.datetimes(timezones=st.just(timezone.utc))


@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from(SCRAPS.split()), max_size=12).map(" ".join)), INSTANTS, st.booleans())
def test_any_text_at_any_time_is_a_proper_span_or_none(words: str, said_at: datetime, day_first: bool) -> None:
    span = span_of(words, said_at, TOKYO, day_first=day_first)
    if span:
        assert span.first <= span.last
        assert span.first == span.last or (span.at, span.part) == (None, None)
        assert span.at is None or span.part is None
        assert span_said(span, SATURDAY.date())


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(timezone.utc)), st.integers(0, 900))
def test_a_day_said_back_with_its_year_is_that_day_again(said_at: datetime, days: int) -> None:
    day = said_at.date() - timedelta(days=days)
    said = span_said(DateSpan(day, day), date(1900, 1, 1))
    assert span_of(said, said_at, ZoneInfo("UTC"), day_first=True) == DateSpan(day, day)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ("2026-11-17", "Tuesday 17 November"),
        ("2025-11-17", "Monday 17 November 2025"),
        ("2026-11-21 morning", "on the morning of Saturday 21 November"),
        ("2026-11-20 18:00", "at 18:00 on Friday 20 November"),
        ("2026-11-20 00:00", "at 00:00 on Friday 20 November"),
        ("2026-11-09..2026-11-15", "between 9 and 15 November"),
        ("2026-10-28..2026-11-10", "between 28 October and 10 November"),
        ("2025-11-09..2025-11-15", "between 9 and 15 November 2025"),
        ("2025-10-09..2025-11-15", "between 9 October and 15 November 2025"),
        ("2026-12-28..2027-01-03", "between 28 December 2026 and 3 January 2027"),
        ("2026-10-01..2026-10-31", "in October"),
        ("2025-12-01..2025-12-31", "in December 2025"),
        ("2025-01-01..2025-12-31", "in 2025"),
    ],
)
def test_span_is_said_back_plainly(span: str, said: str) -> None:
    meant = a_span(span)
    assert meant
    assert span_said(meant, SATURDAY.date()) == said
