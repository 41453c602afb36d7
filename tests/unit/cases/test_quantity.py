"""How many of several alike are meant, in the customer's words."""

import pytest

from bot.cases.quantity import quantity_said


@pytest.mark.parametrize(
    ("said", "ordered", "count"),
    [
        ("one of the two carafes is missing", 2, 1),
        ("2 of them came broken", 6, 2),
        ("sorry, two of them", 3, 2),
        ("three out of the six glasses are chipped", 6, 3),
        ("only one came", 2, 1),
        ("only 2 of them arrived", 6, 4),
        ("I got only one", 3, 2),
        ("both of them are broken", 2, None),
        ("all of them are broken", 2, None),
        ("the lamp is broken", 2, None),
        ("one of the lamps is broken", 1, None),
        ("seven of them are broken", 2, None),
        ("it took 2 of my days", 2, None),
    ],
)
def test_fewer_than_all_are_heard_and_nothing_else_is(said: str, ordered: int, count: int | None) -> None:
    assert quantity_said(said, ordered) == count
