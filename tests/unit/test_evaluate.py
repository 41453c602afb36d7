"""The figures of `make eval`: better is better, and the picture is a picture."""

from xml.etree import ElementTree

import pytest
from rich.console import Console

from bot.cases.taught import gain
from bot.evaluation.sets import macro_f1
from tests.evaluate import picture
from tests.evaluate.__main__ import compared

PAIRS = [("late", "late"), ("late", "lost"), ("lost", "lost"), ("rude", "rude & late")]


@pytest.mark.parametrize(
    ("name", "now", "before", "better"),
    [("macro F1", 0.8, 0.7, 0.1), ("macro F1", 0.7, 0.8, -0.1), ("false alarms", 0.02, 0.05, 0.03), ("fallback", 0.1, 0.05, -0.05)],
)
def test_gain_knows_what_should_rise_and_what_should_fall(name: str, now: float, before: float, better: float) -> None:
    assert gain(name, now, before) == pytest.approx(better)


def test_macro_f1_counts_every_label_alike() -> None:
    assert macro_f1(PAIRS) == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)


def test_comparison_tells_better_worse_and_new() -> None:
    console = Console(width=120)
    with console.capture() as said:
        console.print(compared({"macro F1": 0.8, "recall": 0.6, "fallback": 0.1}, {"macro F1": 0.7, "recall": 0.65}))
    assert all(word in said.get() for word in ("better by 0.100", "worse by 0.050", "new"))


def test_confusion_picture_is_well_formed_and_names_every_label() -> None:
    drawn = picture.confusion(PAIRS, "held out")
    words = " ".join(ElementTree.fromstring(drawn).itertext())
    assert all(label in words for label in ("late (2)", "lost (1)", "rude & late"))
    assert "50" in words
