"""Drift: a change beyond chance is told, chance is not, and too little says nothing."""

import random
from collections.abc import Sequence
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from bot.cases.drift import ISSUES, Week, drift, index
from bot.handling.drift import picture, told
from tests.builders import NOON

USUAL = (30, 20, 20, 8, 5, 5, 4, 3, 2, 2, 1)  # percent, an issue each


def a_week(number: int, shares: Sequence[float], size: int, sure: float = 0.8, seed: int = 0) -> Week:
    chance = random.Random(seed * 100 + number)
    drawn = chance.choices(ISSUES, weights=shares, k=size)
    sures = [min(1.0, max(0.0, chance.gauss(sure, 0.15))) for _ in drawn]
    counts = {name: drawn.count(name) for name in set(drawn)}
    return Week(NOON + timedelta(days=7 * number), counts, sum(sures), sum(one * one for one in sures))


def weeks(last: Week, size: int = 200, seed: int = 0) -> list[Week]:
    return [*(a_week(number, USUAL, size, seed=seed) for number in range(5)), last]


def test_chance_is_hardly_ever_told_as_a_change() -> None:
    found = [drift(weeks(a_week(9, USUAL, 150, seed=seed), 150, seed)) for seed in range(100)]
    assert sum(one.has_shifted for one in found) <= 3 and sum(one.is_less_sure for one in found) <= 3


def test_another_mix_and_a_less_sure_week_are_told_with_what_moved() -> None:
    found = drift(weeks(a_week(9, (5, 20, 20, 8, 5, 30, 4, 3, 2, 2, 1), 200, sure=0.7)))
    assert found.has_shifted and found.is_less_sure and {ISSUES[0], ISSUES[5]} <= set(found.moved)
    said = " ".join(told(found))
    assert "Much has changed" in said and "less sure" in said and ISSUES[5] in said
    drawn = " ".join(ElementTree.fromstring(picture(found)).itertext())
    assert "service outage ▲" in drawn or f"{ISSUES[5].replace('_', ' ')} ▲" in drawn
    assert found.as_json()["is_much"] and found.as_json()["weeks"][-1]["messages"] == 200


@pytest.mark.parametrize("size", [0, 29])
def test_too_little_says_nothing(size: int) -> None:
    found = drift(weeks(a_week(9, (1,) * 11, size)))
    assert found.index is None and not found.has_shifted and "too few" in told(found)[0]
    ElementTree.fromstring(picture(found))


def test_the_same_week_has_no_index() -> None:
    week = a_week(1, USUAL, 200)
    assert index(week, week) == pytest.approx(0)
