"""Which item is to be put right how, where a customer does not want the same for all."""

from collections.abc import Callable

import pytest

from bot.cases.order import Order
from bot.cases.portions import Portion, complained_of, portions, read_portion
from bot.cases.remedy import RemedyKind
from tests.builders import an_item, an_order


@pytest.fixture
def order() -> Order:
    return an_order(items=(an_item(1, "Cast Iron Skillet"), an_item(2, "Linen Apron"), an_item(3, "Cutting Board")))


@pytest.fixture
def parted(order: Order) -> Callable[[str, tuple[int, ...]], list[str]]:
    return lambda said, lines=(1, 2): [one.told for one in portions(order, lines, said)]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("new skillet, money off for the apron", ["1=replacement", "2=partial_refund"]),
        ("A refund for the apron and a replacement for the skillet.", ["2=refund", "1=replacement"]),
        ("the skillet, replace it; the apron, refund it", ["1=replacement", "2=refund"]),
        ("skillet: replacement, apron: refund", ["1=replacement", "2=refund"]),
        ("replace the skillet but the apron refunded", ["1=replacement", "2=refund"]),
        ("a voucher for the apron", ["2=voucher", "1="]),
        ("the skillet is fine but refund the apron", ["2=refund"]),
    ],
)
def test_each_item_gets_its_own_wish(parted: Callable[..., list[str]], said: str, told: list[str]) -> None:
    assert parted(said) == told


@pytest.mark.parametrize(
    "said",
    [
        "refund both",
        "a refund for the skillet and the apron",
        "new skillet and apron",
        "I want a refund",
        "yes",
        "the skillet cracked and the apron has a hole in it. I want a refund.",
        "refund the skillet, no, replace the skillet",
    ],
)
def test_one_wish_for_all_parts_nothing(parted: Callable[..., list[str]], said: str) -> None:
    assert parted(said) == []


def test_names_in_a_row_share_the_wish_beside_them(parted: Callable[..., list[str]]) -> None:
    assert parted("replace the skillet and the apron, and refund the board", (1, 2, 3)) == ["1,2=replacement", "3=refund"]
    assert parted("refund the skillet, the apron, replace the board", (1, 2, 3)) == ["1,2=refund", "3=replacement"]


def test_other_items_of_the_order_are_left_alone_where_the_complaint_names_its_own(parted: Callable[..., list[str]]) -> None:
    assert parted("replace the skillet and refund the board", (1, 2)) == ["1=replacement", "2="]


def test_without_known_items_only_those_that_are_named_count(parted: Callable[..., list[str]]) -> None:
    assert parted("a new skillet and a refund for the apron", ()) == ["1=replacement", "2=refund"]
    assert parted("refund the apron", ()) == []


def test_portion_is_read_as_it_was_kept() -> None:
    for one in (Portion((1, 2), RemedyKind.REFUND), Portion((3,), None)):
        assert read_portion(one.told) == one


@pytest.mark.parametrize(
    ("account", "lines"),
    [
        ("the skillet is cracked and the apron has a hole", (1, 2)),
        ("skillet and apron came damaged", (1, 2)),
        ("damaged skillet, apron and cutting board", (1, 2, 3)),
        ("I ordered a skillet and an apron, the skillet is cracked", (1,)),
        ("the skillet is cracked. the apron is fine", (1,)),
        ("In order A12327 both the skillet and the cutting board arrived cracked. The apron is fine.", (1, 3)),
        ("everything is broken", ()),
    ],
)
def test_account_complains_of_the_items_it_tells_something_of(order: Order, account: str, lines: tuple[int, ...]) -> None:
    assert complained_of(order, account) == lines
