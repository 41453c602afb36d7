"""Orders: numbers as people type them, items as people name them, payments that came twice."""

import pytest

from bot.cases.money import Money
from bot.cases.order import Payment, items_named, masked, normal_number
from tests.builders import an_item, an_order


@pytest.mark.parametrize(
    "said",
    [
        "W2611340",
        "w2611340",
        "#W2611340",
        "order no. w 2611340",
        "Order number: W2611340.",
        "it's W2611340",
        "the number is W2611340",
        "It’s w2611340",
    ],
)
def test_order_number_is_read_as_people_type_it(said: str) -> None:
    assert normal_number(said) == "W2611340"


@pytest.mark.parametrize("number", ["A-1002-1", "NO-4411", "ORDER7", "10021", "ITSY55"])
def test_order_number_that_is_normal_stays_as_it_is(number: str) -> None:
    assert normal_number(number) == number
    assert normal_number(normal_number(f" my order {number} ")) == number


def test_masked_number_tells_its_last_two_characters_only() -> None:
    assert masked("+1 555 0123 4-56") == "ending 56"


LAMP, FLOOR, SPEAKER, KETTLE = (
    an_item(1, "Walnut Desk Lamp"),
    an_item(2, "Floor Lamp"),
    an_item(3, "Mini-Speaker (2nd gen)"),
    an_item(4, "Kettle"),
)


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ("the kettle leaks", (4,)),
        ("both lamps are scratched", (1, 2)),
        ("my floor lamp is dead", (2,)),
        ("the kettles and the floor lamps", (2, 4)),
        ("the mini speaker 2nd gen hums", (3,)),
        ("kettledrum", ()),
        ("the kettel is smashd", (4,)),
        ("the floor lampp came smashd", (2,)),
        ("the stamp fell off", ()),
        ("the kernel of it", ()),
        ("it is broken", ()),
    ],
)
def test_items_are_found_by_what_the_customer_calls_them(said: str, lines: tuple[int, ...]) -> None:
    order = an_order(items=(LAMP, FLOOR, SPEAKER, KETTLE))
    assert tuple(item.line for item in items_named(order, said)) == lines


def test_item_without_a_readable_name_is_never_named() -> None:
    assert items_named(an_order(items=(an_item(1, "***"), KETTLE)), "everything is broken") == ()


def test_items_of_no_named_line_are_all_items() -> None:
    order = an_order(items=(LAMP, KETTLE))
    assert order.pick((4,)) == (KETTLE,)
    assert order.pick(()) == order.pick((9,)) == (LAMP, KETTLE)


def test_only_the_same_amount_by_the_same_method_is_paid_twice() -> None:
    once, other_card, refund = (
        Payment("payment", Money(75, "USD"), "visa"),
        Payment("payment", Money(75, "USD"), "amex"),
        Payment("refund", Money(75, "USD"), "visa"),
    )
    assert an_order(payments=(once, once)).paid_twice
    assert not an_order(payments=(once, other_card, refund)).paid_twice
    assert an_order(payments=(once, other_card, refund)).paid == Money(150, "USD")
