"""Measures that flatter nobody: silence is no yes, an answer is no contact, and what is too young is not judged."""

from datetime import datetime, timedelta, timezone
from math import comb
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.cases.follow_up import FollowUpState, Outcome
from bot.cases.issue import Severity
from bot.cases.measure_tables import Unusual, causes, earlier, ends, unusual, upper_tail
from bot.cases.measured import USUAL, Brought, CaseLine, Round
from bot.cases.measures import figures, is_resolved_alone, sorted_out
from bot.cases.periods import BadPeriod, Period, PeriodKind, last_full_week, named

UTC = ZoneInfo("UTC")
NOON = datetime(2026, 3, 3, 12, tzinfo=timezone.utc)
LATER = NOON + timedelta(days=60)
DAY = timedelta(days=1)
EVERYWHERE = settings(deadline=None, derandomize=True)
MARCH = named(PeriodKind.MONTH, "2026-03", UTC, LATER)


def a_round(outcome: str | None = "yes", score: int | None = 5, asked: datetime = NOON + 3 * DAY, hours: float = 5) -> Round:
    state = FollowUpState.ANSWERED if outcome else FollowUpState.UNANSWERED
    return Round(state, asked, asked + timedelta(hours=hours), Outcome(outcome) if outcome else None, score, None, None)


def a_case(number: int = 1, at: datetime = NOON, **given: object) -> CaseLine:
    base = dict.fromkeys(("closed_at", "order_number", "customer_id", "incident", "carrier"))
    facts = {"issue": "late_delivery", "severity": Severity.S1, "product": "Tea Kettle", "contacts": (at,), **base, **given}
    return CaseLine(str(number), f"A-{number}", "website", created_at=at, first_reply_at=at, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"rounds": (a_round(),)}, True),
        ({"rounds": (a_round("partly", None),)}, False),
        ({"rounds": (a_round("yes", 2),)}, False),  # a poor mark after a yes
        ({"rounds": (a_round(None, None),)}, False),  # asked, and silent
        ({}, False),  # left, and never asked
        ({"rounds": (a_round(),), "person_words": 1}, False),
        ({"rounds": (a_round(),), "brought": (Brought("asked", NOON, NOON, NOON),)}, False),
        ({"rounds": (a_round(),), "contacts": (NOON, NOON + 2 * DAY)}, False),  # had to come back
        ({"rounds": (a_round(),), "contacts": (NOON, NOON + 3 * DAY + timedelta(hours=4))}, True),  # that was the answer to our question
        ({"rounds": (a_round(),), "contacts": (NOON, NOON + 9 * DAY)}, True),  # after a week
        ({"rounds": (a_round(),), "again_at": (NOON + DAY,)}, False),  # the same trouble under a new number
        ({"rounds": (Round(FollowUpState.PLANNED, None, None, None, None, None, None),)}, None),
    ],
)
def test_resolved_alone_is_what_the_customer_says_and_does(given: dict[str, object], expected: bool | None) -> None:
    assert is_resolved_alone(a_case(**given), LATER, USUAL) is expected


def test_what_is_too_young_is_not_judged() -> None:
    young = a_case(rounds=(a_round(asked=NOON + timedelta(hours=20)),))
    assert is_resolved_alone(young, NOON + 3 * DAY, USUAL) is None
    (here,) = sorted_out([young], [MARCH])
    by_key = {one.key: one for one in figures(here, (), NOON + 3 * DAY, USUAL)}
    assert (by_key["back_soon"].value, by_key["back_soon"].undecided) == (None, 1)
    assert by_key["satisfied"].value == 1.0


def test_each_thing_is_counted_in_the_period_it_happened_in() -> None:
    late = a_case(at=NOON - 5 * DAY, rounds=(a_round("no", None),), closed_at=NOON + 20 * DAY)
    february, march = sorted_out([late], [*MARCH.earlier(1), MARCH])
    assert ([*february.opened], [*march.opened]) == ([late], [])
    assert (len(february.asked), len(march.asked), len(march.settled)) == (0, 1, 1)
    reopened = next(one for one in figures(march, [earlier(february, LATER, USUAL)], LATER, USUAL) if one.key == "reopened")
    assert (reopened.value, reopened.cases, reopened.before) == (1.0, ("A-1",), (None,))


def test_causes_weigh_by_number_severity_and_contacts_again() -> None:
    light = [a_case(n, product="Door Mat") for n in range(3)]
    grave = [a_case(n, severity=Severity.S3, contacts=(NOON, NOON + 2 * DAY)) for n in range(10, 12)]
    stormy = [a_case(20, incident="STORM")]
    *before, march = sorted_out([*light, *grave, *stormy], [*MARCH.earlier(2), MARCH])
    found = causes(march, [earlier(one, LATER, USUAL) for one in before], USUAL, 5)
    assert [(one.where, one.weight, one.is_incident, one.before) for one in found] == [
        ("Tea Kettle", 2 * 4 * (1 + 1), False, (0, 0)),
        ("Door Mat", 3.0, False, (0, 0)),
        ("STORM", 1.0, True, (0, 0)),
    ]


def week_of_cases(week: Period, kinds: dict[tuple[str, str], int]) -> list[CaseLine]:
    of_all = [(issue, product) for (issue, product), times in kinds.items() for _ in range(times)]
    return [a_case(n, week.starts_at + timedelta(hours=n % 160), issue=issue, product=product) for n, (issue, product) in enumerate(of_all)]


def told_unusual(lines: list[CaseLine], weeks: list[Period]) -> tuple[Unusual, ...]:
    *before, last = sorted_out(lines, weeks)
    return unusual(last, [earlier(one, LATER, USUAL) for one in before], USUAL)


def test_only_what_grew_beside_all_else_is_unusual() -> None:
    this = named(PeriodKind.WEEK, "2026-W16", UTC, LATER)
    weeks = [*this.earlier(8), this]
    usual = {("late_delivery", "Tea Kettle"): 9, ("wrong_item", "Door Mat"): 6, ("damaged_or_defective", "Wall Clock"): 2}
    busy = {key: 2 * times for key, times in usual.items()}  # twice as much of all: a season, and nothing new
    before = [line for one in weeks[:-1] for line in week_of_cases(one, usual)]
    assert told_unusual([*before, *week_of_cases(this, busy)], weeks) == ()
    planted = {**usual, ("damaged_or_defective", "Wall Clock"): 12}
    found = told_unusual([*before, *week_of_cases(this, planted)], weeks)
    assert found[0].issue == "damaged_or_defective" and len(found[0].cases) == 12 and found[0].expected < 3
    assert {one.issue for one in found} == {"damaged_or_defective"}
    assert told_unusual(week_of_cases(this, planted), weeks) == ()  # nothing before it to compare with


@EVERYWHERE
@given(some.integers(0, 60), some.integers(0, 60), some.floats(0.01, 0.9))
def test_the_tail_of_the_binomial_law_is_exact(hits: int, more: int, chance: float) -> None:
    of = hits + more
    exact = sum(comb(of, k) * chance**k * (1 - chance) ** (of - k) for k in range(hits, of + 1))
    assert upper_tail(hits, of, chance) == pytest.approx(exact, rel=1e-9, abs=1e-15)


def test_every_case_ends_in_one_way() -> None:
    lines = [
        a_case(1, rounds=(a_round(),)),
        a_case(2, rounds=(a_round(),), person_words=2),
        a_case(3, rounds=(a_round("no", None),)),
        a_case(4, closed_at=NOON + DAY),
        a_case(5, rounds=(Round(FollowUpState.ASKED, NOON, None, None, None, None, None),)),
    ]
    assert ends(lines, LATER, USUAL) == {"alone": 1, "helped": 1, "not_right": 1, "silent": 1, "open": 1}


@EVERYWHERE
@given(some.dates(min_value=datetime(2000, 1, 1).date()), some.sampled_from(PeriodKind), some.sampled_from(["UTC", "America/New_York"]))
def test_periods_follow_each_other_without_a_gap(day: object, kind: PeriodKind, zone: str) -> None:
    from bot.cases.periods import of

    found = of(kind, day, ZoneInfo(zone))  # type: ignore[arg-type]
    assert found.before().ends_at == found.starts_at < found.ends_at
    assert found.first <= day <= found.last  # type: ignore[operator]
    assert named(kind, found.name, found.zone, found.ends_at) == found


def test_a_period_is_named_as_people_write_it() -> None:
    assert last_full_week(NOON, UTC).title == "23 February to 1 March 2026"
    assert named(PeriodKind.WEEK, "2026-W11", UTC, LATER).title == "9 to 15 March 2026"
    for kind, said in ((PeriodKind.WEEK, "2026-W60"), (PeriodKind.MONTH, "March"), (PeriodKind.DAY, "2026-02-30")):
        with pytest.raises(BadPeriod, match=f"is no {kind}: write a {kind} such as"):
            named(kind, said, UTC, LATER)
    with pytest.raises(BadPeriod, match="2027-01 has not begun yet"):
        named(PeriodKind.MONTH, "2027-01", UTC, LATER)
