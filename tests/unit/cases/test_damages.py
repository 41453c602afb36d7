"""Hearing what a failure cost besides: in many words, with its sum, and never the thing itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases import damages
from bot.cases.claim import NO_RECEIPT, ClaimItem
from bot.cases.money import Money
from tests.builders import NOON


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("I had to buy another for 80 dollars", "$80.00"),
        ("the freezer broke and the food in it spoiled", None),
        ("we missed our flight", None),
        ("the hotel cost me 120", "$120.00"),
        ("I took a day off work", None),
        ("had to get a taxi home, 40 bucks", "$40.00"),
        ("taxi 30 dollars", "$30.00"),
        ("we had to order takeaway for 35.20", "$35.20"),
        ("ended up renting a replacement for £1,200.50", "£1,200.50"),
        ("it leaked and ruined our kitchen floor", None),
        ("it cost me a day's wages", None),
        ("spent a hundred and twenty euros on a hotel", "€120.00"),
        ("my insulin in the fridge went off", None),
        ("we missed our cruise, your coach was 50 minutes late", None),
    ],
)
def test_other_loss_is_heard_with_its_sum(said: str, amount: str | None) -> None:
    (found,) = damages.losses(said, "USD")
    assert (str(found.amount) if found.amount else None) == amount


@pytest.mark.parametrize(
    "said",
    [
        "my order is late",
        "it came broken",
        "the food was spoiled when it came",
        "I'd like another one",
        "please send me a new one",
        "I don't want to have to buy another",
        "or I'll miss my flight",
        "I had to call three times",
        "I had to get a new password",
        "the taxi driver was rude",
        "I was charged 40 for a taxi",
        "the parking fee was charged twice",
        "I booked a hotel with you and it was dirty",
        "you missed my delivery",
        "the hotel cancelled my booking",
        "I paid $80 for the lamp and it never came",
    ],
)
def test_the_thing_itself_is_no_other_loss(said: str) -> None:
    assert damages.losses(said, "USD") == ()


def test_each_loss_of_a_message_has_its_own_sum() -> None:
    found = damages.losses("I had to buy a new one for $80 and the hotel cost us £120, and we missed our train", "USD")
    assert [str(one.amount) for one in found] == ["$80.00", "£120.00", "None"]


@pytest.mark.parametrize("said", ["I want compensation for the damages", "pay me for my losses", "I claim for my expenses"])
def test_claim_in_general_is_heard(said: str) -> None:
    assert damages.asks_damages(said)


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("80", "$80.00"),
        ("about 80 dollars", "$80.00"),
        ("it was 1,200.50", "$1,200.50"),
        ("fifty bucks", "$50.00"),
        ("two hundred pounds", "£200.00"),
        ("€30", "€30.00"),
        ("3 days", None),
        ("no idea", None),
        ("$40 there and $45 back", None),
    ],
)
def test_sum_that_was_asked_for(said: str, amount: str | None) -> None:
    found = damages.sum_said(said, "USD", asked=True)
    assert (str(found) if found else None) == amount


def test_dollar_is_the_one_of_the_customers_own_country() -> None:
    assert damages.sum_said("80 dollars", "CAD") == Money(8000, "CAD")
    assert damages.sum_said("80 USD", "CAD") == Money(8000, "USD")
    assert damages.sum_said("80 dollars", "GBP") == Money(8000, "USD")


@pytest.mark.parametrize(
    ("said", "receipt"),
    [
        ("no", NO_RECEIPT),
        ("I have none", NO_RECEIPT),
        ("I don't have one", NO_RECEIPT),
        ("I lost it", NO_RECEIPT),
        ("yes", None),
        ("number 4711", "number 4711"),
        ("no. 88213 from Target", "no. 88213 from Target"),
        ("a photo of it shows 80 dollars", "a photo of it shows 80 dollars"),
    ],
)
def test_receipt_is_a_line_of_text_or_none(said: str, receipt: str | None) -> None:
    assert damages.receipt_said(said) == receipt


def test_sums_are_by_currency_and_the_unknown_adds_nothing() -> None:
    items = [
        ClaimItem("c", "x", minor, currency, None, NOON) for minor, currency in ((8000, "USD"), (0, "USD"), (9500, "EUR"), (4000, "USD"))
    ]
    assert damages.totals(items) == (Money(12000, "USD"), Money(9500, "EUR"))


@given(st.text(max_size=300))
def test_no_text_breaks_it(said: str) -> None:
    for one in damages.losses(said, "USD"):
        assert 0 < len(one.what) <= damages.LONGEST_WHAT
        assert one.amount is None or one.amount.minor > 0
    damages.sum_said(said, "USD", asked=True)
    damages.receipt_said(said)


@given(st.decimals("0.01", "99999", places=2))
def test_every_sum_is_read_as_it_is_written(amount: object) -> None:
    money = Money.of(str(amount), "USD")
    assert damages.sum_said(f"it cost me {money}", "USD") == money
    assert damages.sum_said(f"{money.amount} dollars", "USD") == money
