"""Each fact in the ways people write it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.nlu.order_number import OrderNumberExtractor

Facts = Callable[[str, str], list[str]]


def _cases(entity: str, *pairs: tuple[str, list[str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("entity", "text", "values"), [(entity, text, values) for text, values in pairs])


@_cases(
    "email",
    ("write to dana.reed+shop@mail.example.org.", ["dana.reed+shop@mail.example.org"]),
    ("it's Tom_B@x-y.co.uk, thanks", ["Tom_B@x-y.co.uk"]),
    ("@yourshop nobody answers", []),
)
def test_email_is_found(entity: str, text: str, values: list[str], facts: Facts) -> None:
    assert facts(text, entity) == values


@_cases(
    "order_number",
    ("order W2611340 is late", ["W2611340"]),
    ("my order is w2611340", ["w2611340"]),
    ("#W2611340 please", ["W2611340"]),
    ("order no. w 2611340", ["w 2611340"]),
    ("it is W-261 1340", ["W-261 1340"]),
    ("now 2611340", ["2611340"]),
    ("order number: 48213", ["48213"]),
    ("booking ref is KX-99-412", ["KX-99-412"]),
    ("tracking id JD0002294417AB", ["JD0002294417AB"]),
    ("case #4471 and #4472", ["4471", "4472"]),
    ("orders 552318 and 552319 are both wrong", ["552318", "552319"]),
    ("confirmation number GHT7Q2", ["GHT7Q2"]),
    ("invoice 99123, please check", ["99123"]),
    ("404-8812345-1122334 has not come", ["404-8812345-1122334"]),
)
def test_order_number_is_found_however_typed(entity: str, text: str, values: list[str], facts: Facts) -> None:
    assert facts(text, entity) == values


@_cases(
    "order_number",
    ("I ordered 2 pizzas for 3 people", []),
    ("I paid for my order 1,299.00", []),
    ("my order of 450 rupees", []),
    ("you are #1 in lateness", []),
    ("ordered on 12/05/2024 at 10:30", []),
    ("order 500g of coffee", []),
    ("this order is my 20th", []),
    ("my phone number is 9876543210", []),
)
def test_order_number_is_not_seen_in_other_numbers(entity: str, text: str, values: list[str], facts: Facts) -> None:
    assert facts(text, entity) == values


@pytest.mark.parametrize(("text", "found"), [("order a 48213", 1), ("A48213", 1), ("a 48213 seat arena", 0)])
def test_an_article_is_no_part_of_a_number(text: str, found: int) -> None:
    extractor = OrderNumberExtractor({"patterns": [r"A\d{5}"]})
    assert len([span for span in extractor.find(text, None) if text[span.start] in "aA"]) == found


def test_order_number_has_a_normalised_form(read: Callable[[str], dict[str, list[dict[str, str]]]]) -> None:
    assert read("it was w-261 1340")["entities"][0]["normalised"] == "W2611340"


def test_ten_digits_after_an_order_cue_are_no_phone(facts: Facts) -> None:
    assert facts("my order number is 9876543210", "phone") == []
    assert facts("my order number is 9876543210", "order_number") == ["9876543210"]


@_cases(
    "phone",
    ("call me on 07700 900123", ["07700 900123"]),
    ("+1 (212) 555-0147 is mine", ["+1 (212) 555-0147"]),
    ("my number is 9876543210", ["9876543210"]),
    ("contact no - 98765 43210", ["98765 43210"]),
    ("reach me at 212.555.0147", ["212.555.0147"]),
    ("order 2611340 from 2024", []),
)
def test_phone_is_found(entity: str, text: str, values: list[str], facts: Facts) -> None:
    assert facts(text, entity) == values


@_cases(
    "amount",
    ("I paid $1,299.00 for it", ["$1,299.00"]),
    ("45 quid gone", ["45 quid"]),
    ("you took Rs 450", ["Rs 450"]),
    ("100rs coupon", ["100rs"]),
    ("\u20ac20 short", ["\u20ac20"]),
    ("only 20 bucks", ["20 bucks"]),
    ("you charged me 450 for nothing", ["450"]),
    ("fifty pounds wasted", ["fifty pounds"]),
    ("INR 5k stuck", ["INR 5k"]),
    ("I was charged 2 times", []),
    ("paid for 12 eggs", []),
)
def test_amount_is_found(entity: str, text: str, values: list[str], facts: Facts) -> None:
    assert facts(text, entity) == values


@_cases(
    "date",
    ("I want my money for the 2nd charge first", []),
    ("it was due on the 2nd and the 2nd is gone", ["the 2nd", "the 2nd"]),
    ("ordered last Tuesday", ["last Tuesday"]),
    ("it was due on the 3rd", ["the 3rd"]),
    ("waiting since yesterday morning", ["yesterday morning"]),
    ("delivered 12/05/2024", ["12/05/2024"]),
    ("on 5th of May 2024 I wrote", ["5th of May 2024"]),
    ("bought it two weeks ago", ["two weeks ago"]),
    ("promised for Dec 9", ["Dec 9"]),
    ("since sat nobody came", ["sat"]),
    ("the driver sat in his van and may come", []),
    ("I rate you 1/10", []),
    ("open 24/7", []),
)
def test_date_is_found(entity: str, text: str, values: list[str], facts: Facts) -> None:
    assert facts(text, entity) == values


@_cases(
    "person_name",
    ("my name is Dana Reed and I am cross", ["Dana Reed"]),
    ("my name is dana reed", ["dana reed"]),
    ("This is Tomasz, again", ["Tomasz"]),
    ("No parcel yet. Regards, Ann Lee", ["Ann Lee"]),
    ("I spoke to Mrs Holloway yesterday", ["Holloway"]),
    ("I'm furious", []),
    ("I am Waiting", []),
    ("my name is wrong on the parcel", []),
)
def test_person_name_is_found(entity: str, text: str, values: list[str], facts: Facts) -> None:
    assert facts(text, entity) == values


@_cases(
    "product",
    ("the lamp arrived cracked", ["lamp"]),
    ("I received a green teapot instead", ["green teapot"]),
    ("My order is late and nobody answers", []),
    ("I got it yesterday", []),
)
def test_product_is_found(entity: str, text: str, values: list[str], facts: Facts) -> None:
    assert facts(text, entity) == values


def test_at_most_two_products_are_named(facts: Facts) -> None:
    assert len(facts("I ordered a kettle, bought a toaster, received a pan and got a spoon", "product")) <= 2
