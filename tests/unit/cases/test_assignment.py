"""Who is offered a waiting chat: only who is there, of its team and language, with room; the least laden first."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cases.assignment import OTHER, Load, Waiting, answers_for, choose, is_present, is_unattended, speaks
from bot.cases.desk import Agent, DeskRole
from tests.builders import NOON

CARE = Waiting("care")
MINUTE = timedelta(minutes=1)


def person(name: str = "Maya", chats: int = 0, last: int | None = None, role: DeskRole = DeskRole.AGENT, **given: Any) -> Load:
    usual: dict[str, Any] = {"teams": ["care"], "seen_at": NOON - MINUTE}
    agent = Agent(name, f"{name}@example.com", role, "-", NOON, **(usual | given))
    return Load(agent, chats, NOON - last * MINUTE if last is not None else None)


def chosen(*people: Load, waiting: Waiting = CARE, passed: tuple[str, ...] = ()) -> str | None:
    found = choose(waiting, people, passed, NOON)
    return found.name if found else None


@pytest.mark.parametrize(
    "unfit",
    [
        {"seen_at": NOON - 3 * MINUTE},
        {"seen_at": None},
        {"away_since": NOON},
        {"disabled_at": NOON},
        {"role": DeskRole.AUDITOR},
        {"chats": 5},
        {"teams": ["legal"]},
        {"languages": ["de"]},
    ],
)
def test_who_does_not_fit_is_never_asked(unfit: dict[str, Any]) -> None:
    assert chosen(person(**unfit), waiting=Waiting("care", "en")) is None
    assert chosen(person(**unfit), person("Jonas"), waiting=Waiting("care", "en")) == "Jonas"


def test_least_laden_for_what_they_can_carry_then_own_team_then_longest_without() -> None:
    assert chosen(person(chats=2, capacity=10), person("Jonas", chats=2)) == "Maya"
    assert chosen(person("Ada", teams=[]), person("Zoe")) == "Zoe"
    assert chosen(person("Ada", last=5), person("Ben", last=50), person("Cid", last=20)) == "Ben"
    assert chosen(person("Ada", last=5), person("Zoe")) == "Zoe"


def test_whoever_had_the_case_is_asked_first_and_nobody_twice() -> None:
    before = Waiting("care", None, "Maya")
    assert chosen(person(chats=4), person("Jonas"), waiting=before) == "Maya"
    assert chosen(person(chats=4), person("Jonas"), waiting=before, passed=("Maya",)) == "Jonas"
    assert chosen(person(), person("Jonas"), passed=("Maya", "Jonas")) is None


def test_unknown_language_goes_to_whoever_has_another() -> None:
    assert chosen(person(), person("Jonas", chats=3, languages=["en", "de"]), waiting=Waiting("care", OTHER)) == "Jonas"
    assert chosen(person(languages=["pt-BR"]), waiting=Waiting("care", "pt")) == "Maya"


PEOPLE = st.lists(
    st.builds(
        person,
        name=st.sampled_from(["Ada", "Ben", "Cid", "Dan", "Eva"]),
        chats=st.integers(0, 8),
        capacity=st.integers(1, 8),
        teams=st.sampled_from([[], ["care"], ["legal"], ["care", "legal"]]),
        languages=st.sampled_from([["en"], ["de"], ["en", "ar"]]),
        seen_at=st.sampled_from([None, NOON, NOON - 5 * MINUTE]),
        away_since=st.sampled_from([None, NOON]),
    ),
    max_size=6,
    unique_by=lambda one: one.agent.name,
)


@settings(deadline=None, derandomize=True)
@given(
    PEOPLE, st.sampled_from([None, "care", "legal"]), st.sampled_from([None, "en", "ar", OTHER]), st.sets(st.sampled_from(["Ada", "Ben"]))
)
def test_somebody_is_found_exactly_where_somebody_fits(
    people: list[Load], team: str | None, language: str | None, passed: set[str]
) -> None:
    found = choose(Waiting(team, language), people, passed, NOON)
    fit = [
        one
        for one in people
        if is_present(one.agent, NOON)
        and one.chats < one.agent.capacity
        and answers_for(one.agent, team)
        and speaks(one.agent, language)
        and one.agent.name not in passed
    ]
    assert (found is None) == (not fit)
    least = min((one.chats / one.agent.capacity for one in fit), default=0)
    assert found is None or any(one.agent is found and one.chats / one.agent.capacity == least for one in fit)


def test_team_is_unattended_only_where_it_works_at_the_desk_and_nobody_is_there() -> None:
    there, gone, unused = person(), person(seen_at=NOON - 3 * MINUTE), person(seen_at=None)
    away, other = person(away_since=NOON), person(teams=["legal"])
    long_ago = person(seen_at=NOON - timedelta(days=8))
    found = [is_unattended([one.agent for one in people], "care", NOON) for people in ([gone], [away], [gone, other], [gone, unused])]
    assert found == [True] * 4
    found = [is_unattended([one.agent for one in people], "care", NOON) for people in ([], [unused], [long_ago], [there, gone], [other])]
    assert found == [False] * 5
