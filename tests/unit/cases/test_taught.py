"""What is taught: each sentence once, and a candidate only where it is better beyond chance and nothing grave is heard worse."""

import pytest

from bot.cases.taught import GUARDED, Example, judge, lesson, same

LABELS = ("late", "lost", "rude", "greet")
RIGHT = [(label, label) for label in LABELS for _ in range(25)]


def guessing(wrong: int, step: int = 4) -> list[tuple[str, str]]:
    """Pairs with so many wrong guesses, spread over the labels."""
    pairs = list(RIGHT)
    for place in range(wrong):
        label = pairs[(place * 25 + place // step) % 100][0]
        pairs[(place * 25 + place // step) % 100] = (label, LABELS[(LABELS.index(label) + 1) % 4])
    return pairs


FIGURES = {name: 0.8 for name in GUARDED} | {"own severity, false alarms": 0.1}


def test_each_new_sentence_is_learned_once_and_quarrels_are_left_out() -> None:
    labelled = [
        Example("Where is it?!", "late"),
        Example("where is  it", "late"),
        Example("my lamp hums", "lost"),
        Example("My lamp hums.", "late"),
        Example("Known already", "greet"),
        Example("...", "greet"),
    ]
    found = lesson(labelled, ["known already!"])
    assert (found.new, found.twice, found.torn) == ((Example("Where is it?!", "late"),), 2, ("my lamp hums",))
    assert same("Don't — stop_it") == "don t stop it"


def test_clear_gain_is_kept() -> None:
    verdict = judge(FIGURES, FIGURES, guessing(30), guessing(10))
    assert verdict.is_better and verdict.gain > 0.15 and verdict.least > 0 and "better" in verdict.why


@pytest.mark.parametrize(("before", "after"), [(20, 20), (20, 19), (20, 21), (10, 30)])
def test_no_gain_a_small_one_and_a_loss_keep_the_present(before: int, after: int) -> None:
    verdict = judge(FIGURES, FIGURES, guessing(before), guessing(after))
    assert not verdict.is_better and verdict.gain == pytest.approx((before - after) / 100, abs=0.03)


@pytest.mark.parametrize(
    ("name", "now", "is_better"),
    [*((name, 0.79, False) for name in GUARDED), ("own severity, false alarms", 0.11, True), ("own severity, false alarms", 0.13, False)],
)
def test_what_must_not_be_missed_outweighs_any_gain(name: str, now: float, is_better: bool) -> None:
    verdict = judge(FIGURES, FIGURES | {name: now}, guessing(30), guessing(10))
    assert verdict.is_better is is_better and (is_better or name in verdict.why)


def test_one_intent_is_not_sacrificed_for_the_others() -> None:
    swapped = {"late": "greet", "greet": "late"}
    before = [(label, swapped.get(label, label) if place % 2 else label) for place, (label, _) in enumerate(RIGHT)]
    after = [(label, "lost" if label == "rude" and place % 4 == 0 else label) for place, (label, _) in enumerate(RIGHT)]
    verdict = judge(FIGURES, FIGURES, before, after)
    assert verdict.least > 0 and not verdict.is_better and "rude" in verdict.why
