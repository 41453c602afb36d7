"""Time spans that a customer counts, in whole words."""

import pytest

from bot.cases.heard import HowLong
from bot.nlu.how_long import how_long


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("the parcel is 5 days late", HowLong("late", "5 days")),
        ("it is 45 mins late and cold", HowLong("late", "45 minutes")),
        ("I have been waiting for over 2 hrs", HowLong("waited", "over 2 hours")),
        ("stuck here for over a hour", HowLong("waited", "over an hour")),
        ("waiting one week now", HowLong("waited", "one week")),
        ("it worked for six months", None),
        ("they say it would be at least 45 minutes late", None),
        ("I ordered it 3 days ago", None),
        ("it came two hours late, I was waiting for 1 hour of it", HowLong("late", "two hours")),
        ("he kept me waiting 1 hour, and it came 2 hours later than said", None),
        ("he kept me waiting 1 hr, and it came 2 hours later than said", None),
        ("", None),
    ],
)
def test_span_is_told_with_what_it_counts(said: str, found: HowLong | None) -> None:
    assert how_long(said) == found
