"""Proof: any one thing on the order opens it, and a wrong one tells nothing."""

import pytest

from bot.cases.proof import Proof, proof_of, same_phone
from tests.builders import a_buyer, an_order

ORDER = an_order(buyer=a_buyer(phone="+44 20 7946 0958"), ship_to={"zip": "SW1A 1AA"})


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("+44 20 7946 0958", "+44 20 7946 0958"),
        ("020 7946 0958", "+44 20 7946 0958"),
        ("0044 (0)20-7946-0958", "+44 20 7946 0958"),
        ("+44 20 7946 0958", "020 7946 0958"),
        ("5550123456", "+1 555 0123 456"),
        ("(555) 012-3456", "15550123456"),
        ("+91 98765 43210", "098765 43210"),
    ],
)
def test_phone_is_the_same_with_and_without_its_country_code(said: str, known: str) -> None:
    assert same_phone(said, known)


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("3456", "+1 555 0123 456"),
        ("555 0123 457", "+1 555 0123 456"),
        ("0123456", "+44 20 7012 3456"),
        ("", ""),
        ("5550123456", None),
        ("000000000", "000000000"),
    ],
)
def test_phone_that_differs_or_is_too_short_proves_nothing(said: str, known: str | None) -> None:
    assert not same_phone(said, known)


@pytest.mark.parametrize(
    "given",
    [
        ((" Nina@Example.com",), (), ()),
        ((), ("020 7946 0958",), ()),
        ((), (), ("sw1a1aa",)),
        (("not@her.example",), ("1234567",), ("SW1A 1AA",)),
    ],
)
def test_any_one_thing_on_the_order_opens_it(given: tuple[tuple[str, ...], ...]) -> None:
    assert proof_of(ORDER, *given) is Proof.GIVEN


def test_unknown_order_looks_like_a_wrong_proof() -> None:
    wrong: tuple[tuple[str, ...], ...] = (("somebody@else.example",), ("5550000000",), ("99999",))
    assert proof_of(None, *wrong) is proof_of(ORDER, *wrong) is Proof.WRONG
    assert proof_of(None, ("nina@example.com",), (), ()) is Proof.WRONG
    assert proof_of(None, (), (), ()) is proof_of(ORDER, (), (), ()) is Proof.MISSING


def test_order_without_phone_or_postcode_is_not_opened_by_empty_ones() -> None:
    bare = an_order(buyer=a_buyer(phone=None), ship_to={})
    assert proof_of(bare, ("",), ("",), ("",)) is Proof.WRONG
