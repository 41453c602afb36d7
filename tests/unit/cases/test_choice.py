"""Choices in words: a wish, a yes, one of several."""

import pytest

from bot.cases.asking import statements
from bot.cases.choice import asks_to_cancel, best_label, is_no, is_yes, position, postcodes, wants_all, wishes
from bot.cases.remedy import RemedyKind

K = RemedyKind


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("I want my money back", K.REFUND),
        ("Can I send it back and get all of it?", K.REFUND),
        ("I'd like to return it", K.REFUND),
        ("why would i wait another week, i don't want my money back", None),
        ("I'd rather wait, with something off", K.PARTIAL_REFUND),
        ("please refund me or send a new one", K.REFUND),
        ("I don't want a refund, I want a replacement", K.REPLACEMENT),
        ("I don’t want a refund, just a replacement", K.REPLACEMENT),
        ("not a refund, a replacement", K.REPLACEMENT),
        ("not a voucher but a refund", K.REFUND),
        ("No, I want a refund", K.REFUND),
        ("instead of a refund, send it again", K.REDELIVERY),
        ("a partial refund is fine", K.PARTIAL_REFUND),
        ("I'd keep it for a discount", K.PARTIAL_REFUND),
        ("just call me", K.CALLBACK),
        ("I never got my refund", None),
        ("no refund has arrived", None),
        ("don’t call me", None),
        ("it came broken", None),
        ("they gave me a coupon for it", None),
        ("told me they will refund in a week", None),
        ("I was only given a voucher", None),
        ("I am able to get a full refund there", None),
        ("am I able to get a refund?", K.REFUND),
        ("you gave me a voucher and I want a refund", K.REFUND),
        ("I'd like to be given a refund", K.REFUND),
    ],
)
def test_wish_is_what_is_asked_for_and_not_what_is_declined(said: str, first: RemedyKind | None) -> None:
    assert next(iter(wishes(said)), None) is first


@pytest.mark.parametrize(
    "said", ["yes", "Yes, do that", "yep!", "ok", "OK go ahead", "sure, please do", "y", "do it", "yes please, when will it come?", "right"]
)
def test_plain_yes_is_a_yes(said: str) -> None:
    assert is_yes(said)


@pytest.mark.parametrize(
    "said",
    [
        "yes but not to that card",
        "ok don't do that",
        "Ok, don’t do that",
        "ok dont",
        "yes, wait",
        "right, so where is my parcel?",
        "ok what does that mean?",
        "sure? who says so?",
        "fine, unless it takes a week",
        "okay, never mind",
        "yesterday it broke",
        "I said yes before",
        "maybe",
        "",
    ],
)
def test_money_moves_on_nothing_less_than_a_plain_yes(said: str) -> None:
    assert not is_yes(said)


@pytest.mark.parametrize(
    ("said", "no"),
    [
        ("no", True),
        ("Don’t", True),
        ("dont", True),
        ("neither of them", True),
        ("now please", False),
        ("nothing arrived", False),
        ("yes", False),
    ],
)
def test_no_is_read_at_the_start(said: str, no: bool) -> None:
    assert is_no(said) is no


@pytest.mark.parametrize(
    ("said", "every"),
    [
        ("all of them", True),
        ("both", True),
        ("everything was smashed", True),
        ("the whole order", True),
        ("that's all of them", True),
        ("not all of them", False),
        ("not everything, just the lamp", False),
        ("the lamp, that's all", False),
        ("the lamp after all", False),
        ("the lamp", False),
    ],
)
def test_all_items_are_meant_only_where_it_is_said(said: str, every: bool) -> None:
    assert wants_all(said) is every


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("2", 2),
        ("(2)", 2),
        ("option 3", 3),
        ("no. 1", 1),
        ("the second one please", 2),
        ("last one", 3),
        ("The last", 3),
        ("4", None),
        ("0", None),
        ("the first and the third", None),
        ("wait a second", None),
        ("no i want my money for the 2nd charge first", None),
        ("the second payment is wrong", None),
        ("the 2nd, thanks", 2),
        ("I take the third of these", 3),
        ("first is fine", 1),
        ("I said so the first time", None),
        ("it came last week", None),
        ("W2611340", None),
        ("I bought 2 of these", None),
    ],
)
def test_one_of_three_is_meant_by_its_place(said: str, place: int | None) -> None:
    assert position(said, 3) == place


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("the express thing", 0),
        ("cancel it then", 1),
        ("I'd keep it and take the money back", 2),
        ("send the money back", None),
        ("whatever you want", None),
    ],
)
def test_label_is_meant_only_where_it_fits_best_alone(said: str, label: int | None) -> None:
    assert best_label(said, ["Send it again by express", "Cancel it and refund $118.00", "Keep it, with $11.80 back"]) == label


@pytest.mark.parametrize(
    ("said", "asked", "found"),
    [
        ("85001", True, ("85001",)),
        ("it is sw1a 1aa", True, ("sw1a 1aa",)),
        ("K1A 0B1", True, ("K1A 0B1",)),
        ("85001-1234", True, ("85001-1234",)),
        ("my zip is 85001", False, ("85001",)),
        ("I paid 12999 for it", False, ()),
        ("W2611340", True, ()),
    ],
)
def test_postcode_is_read_where_it_was_asked_for_or_is_named(said: str, asked: bool, found: tuple[str, ...]) -> None:
    assert postcodes(said, asked) == found


def test_word_of_a_label_chooses_nothing_in_a_long_message() -> None:
    labels = ["Keep it, with $9.80 back", "A voucher of $12.25"]
    assert best_label("the voucher", labels) == 1
    assert best_label("it is no use to me now, can you have it fetched back from here", labels) is None


def test_what_asks_nothing_is_told_from_what_asks() -> None:
    assert statements("unbelievable. fine. refund. does it go to my card?") == "unbelievable. fine. refund."
    assert statements("does it go to my card?") == ""


@pytest.mark.parametrize(
    "said",
    [
        "I want to cancel my order A10025",
        "please cancel my order, I don't need it anymore",
        "can i cancel this?",
        "cancel order A10025 pls",
    ],
)
def test_bare_wish_to_cancel_is_told_from_a_complaint(said: str) -> None:
    assert asks_to_cancel(said)


@pytest.mark.parametrize(
    "said",
    [
        "you cancelled my order without asking",
        "you won't let me cancel my order",
        "I tried to cancel my order and you charged me",
        "please cancel my order, it is three weeks late",
        "I asked to cancel and nobody answers",
        "cancel",
    ],
)
def test_trouble_with_cancelling_is_a_complaint(said: str) -> None:
    assert not asks_to_cancel(said)


def test_all_the_money_is_the_whole_refund_and_no_choice_of_all_items() -> None:
    said = "can i keep it and get all my money back?"
    assert wishes(said) == [K.REFUND] and not wants_all(said)
