"""An order number of the shop's own pattern is found in whatever sentence and however it is typed."""

from collections.abc import Callable
from itertools import product

from bot.cases.order import normal_number

SENTENCES = (
    "{}",
    "my order {} is late",
    "order no. {} has not come",
    "it's {} i think",
    "order number: {}",
    "hi, {}. nobody answers",
    "I paid $45.00 for {} on 3 March",
    "{} and the lamp is broken",
    "the number is {}, my phone is 602 555 0134",
    "re: {} - refund please",
    "number={}",
    "(order {})",
    "Order ID {} delivered to the wrong house at 10:30",
    "where is {}?",
    "i ordered two chairs, {}, one came",
    "{}\nthanks",
    "bought on 12/05/2024, {}",
    "its {} for zip 85001",
    "W's lamp, {}, came smashed",
    "complaint about {} !!!",
)
NUMBERS = ("W2611340", "W0000001", "W9999999", "W1234567", "W8080808")


def typings(number: str) -> tuple[str, ...]:
    """The ways customers type a number: small, with blanks, hyphens, a hash, in groups."""
    letter, digits = number[0], number[1:]
    half = len(digits) // 2
    return (
        number,
        number.lower(),
        f"#{number}",
        f"{letter} {digits}",
        f"{letter}-{digits}",
        f"{letter.lower()} {digits}",
        f"# {number}",
        f"{letter}{digits[:half]} {digits[half:]}",
        f"{letter}-{digits[:half]}-{digits[half:]}",
    )


def test_configured_numbers_are_found_nearly_always(facts: Callable[[str, str], list[str]]) -> None:
    asked = [(sentence.format(typed), number) for sentence, number in product(SENTENCES, NUMBERS) for typed in typings(number)]
    missed = [text for text, number in asked if number not in map(bare, facts(text, "order_number"))]
    assert len(missed) <= 0.01 * len(asked), missed[:10]


def bare(said: str) -> str:
    return normal_number(said).replace("-", "")
