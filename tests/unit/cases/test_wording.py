"""The wording check: every class is tripped by an example of it, and by nothing a customer said."""

import pytest

from bot.cases.wording import LEXICON, apologies, faults, sentences

EXAMPLES = [
    ("conditional", "We apologise for any inconvenience."),
    ("conditional", "I'm sorry if you were upset."),
    ("conditional", "Sorry you feel that way."),
    ("conditional", "An error has occurred."),
    ("blame", "You should have checked the size."),
    ("blame", "As already stated, it was sent."),
    ("blame", "Please calm down."),
    ("blame", "That is not our fault."),
    ("policy_shield", "Unfortunately, our policy says no."),
    ("policy_shield", "There’s nothing we can do."),
    ("policy_shield", "At least you got a lamp."),
    ("vow", "It won’t happen again."),
    ("vow", "Rest assured, we look into it."),
    ("filler", "You are a valued customer."),
    ("filler", "Your call is very important to us."),
    ("filler", "I totally understand."),
    ("feelings", "I'm so happy to help."),
    ("feelings", "Great news 🎉"),
    ("feelings", "It is on its way!"),
    ("vague_time", "You have it soon."),
    ("vague_time", "We answer as soon as possible."),
    ("redirect", "Please call our hotline."),
    ("redirect", "Reach out to our team."),
]


@pytest.mark.parametrize(("name", "text"), EXAMPLES)
def test_each_class_is_tripped_and_not_by_the_customers_own_words(name: str, text: str) -> None:
    assert faults(text) == [name]
    assert faults(f"You wrote: “{text}”.") == []


def test_every_class_has_its_example() -> None:
    assert {name for name, _ in EXAMPLES} == set(LEXICON)


@pytest.mark.parametrize(
    "text", ["It is {days} late.", "It is  late.", "It is late , and lost.", "It is is late.", "Due on None.", "It is late ."]
)
def test_text_with_a_missing_value_or_a_stray_space_is_broken(text: str) -> None:
    assert faults(text) == ["broken"]


@pytest.mark.parametrize(
    "text",
    [
        "Your call is filed as R-2B4C6D: a person rings the number ending 56 by Tuesday 24 November.",
        "None of these is what you need, so a person takes over.",
        "You have it by Tuesday 24 November. It costs $1,200.50.",
        "I'm sorry this happened; finding out why is our job.",
    ],
)
def test_plain_sentence_passes(text: str) -> None:
    assert faults(text) == []


def test_apologies_of_ours_are_counted_and_the_customers_are_not() -> None:
    assert apologies("I'm sorry. You wrote: “Sorry is not enough, I want an apology”. We apologise.") == 2


def test_sentences_end_at_their_marks_and_not_within_sums() -> None:
    assert sentences("It cost $1.50. Is that right? Yes\nThen go") == ["It cost $1.50.", "Is that right?", "Yes", "Then go"]
