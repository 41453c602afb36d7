"""Money: whole minor units, never mixed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.money import Money, total


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "said"),
    [
        ("129.99", "USD", 12999, "$129.99"),
        ("1200", "JPY", 1200, "1,200 JPY"),
        ("1.2345", "KWD", 1235, "1.235 KWD"),
        ("0.005", "GBP", 1, "£0.01"),
    ],
)
def test_amounts_keep_their_currencys_decimals(amount: str, currency: str, minor: int, said: str) -> None:
    money = Money.of(amount, currency)
    assert (money.minor, str(money)) == (minor, said)


@given(st.integers(0, 10**12), st.sampled_from(["USD", "JPY", "KWD"]))
def test_amount_read_back_is_the_same_money(minor: int, currency: str) -> None:
    assert Money.of(Money(minor, currency).amount, currency) == Money(minor, currency)


@given(st.integers(0, 10**9), st.integers(0, 100))
def test_a_share_and_the_rest_differ_from_the_whole_by_at_most_one_unit(minor: int, percent: int) -> None:
    whole = Money(minor, "USD")
    assert abs((whole.percent(percent) + whole.percent(100 - percent)).minor - minor) <= 1


def test_two_currencies_are_neither_added_nor_compared() -> None:
    dollars, pounds = Money(1, "USD"), Money(1, "GBP")
    for mixed in (lambda: dollars + pounds, lambda: dollars - pounds, lambda: dollars < pounds, lambda: dollars <= pounds):
        with pytest.raises(ValueError, match="USD and GBP"):
            mixed()
    assert dollars != pounds


def test_total_of_nothing_is_zero_of_the_currency() -> None:
    assert total([], "EUR") == Money(0, "EUR")
    assert total([Money(150, "EUR"), Money(250, "EUR")], "EUR").amount == Decimal("4.00")
