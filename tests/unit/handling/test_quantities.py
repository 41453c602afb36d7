"""Of two bought, one is broken: what is offered is worth one."""

import pytest

from bot.cases.heard import Told
from bot.cases.issue import Issue
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import an_item, an_order
from tests.unit.handling.chats import Chat, take_orders

EMAIL = {"email": "nina@example.com"}


@pytest.fixture
def pair(shop: Shop, memory_database: Database) -> Chat:
    """Nina bought two carafes at 20 dollars each, and a clock."""
    items = (an_item(1, "Glass Carafe", "20.00", quantity=2), an_item(2, "Wall Clock", "30.00"))
    take_orders(memory_database, an_order(number="Q1", status="delivered", items=items))
    return Chat(shop)


def refunds(chat: Chat) -> set[str]:
    return {amount for wording, amount, _ in chat.offered if wording == "refund_items"}


def test_one_of_two_is_worth_one(pair: Chat) -> None:
    pair.say("one of the carafes of Q1 came broken", "damaged_or_defective", order_number="Q1", **EMAIL)
    assert refunds(pair) == {"$20.00"}
    assert "1 of the 2 of the Glass Carafe" in pair.text


def test_all_are_meant_where_no_number_is_said(pair: Chat) -> None:
    pair.say("the carafes of Q1 came broken", "damaged_or_defective", order_number="Q1", **EMAIL)
    assert refunds(pair) == {"$40.00"}


def test_number_is_corrected_at_the_offer(pair: Chat) -> None:
    pair.say("the carafes of Q1 came broken", "damaged_or_defective", order_number="Q1", **EMAIL)
    pair.say("sorry, only one of them", "inform")
    assert pair.asks == "remedy"
    assert refunds(pair) == {"$20.00"}


def test_what_did_not_come_is_what_is_missing(pair: Chat) -> None:
    pair.say("only one of the carafes came, Q1", "lost_or_missing", order_number="Q1", **EMAIL)
    assert refunds(pair) == {"$20.00"}


def test_part_of_the_money_is_no_missing_item(pair: Chat) -> None:
    told = (Told(Issue.REFUND_NOT_RECEIVED, "part of my refund came"), Told(Issue.LOST_OR_MISSING, "where is the rest?"))
    pair.say("part of my refund came. where is the rest?", "refund_not_received", order_number="Q1", told=told, **EMAIL)
    assert "also_lost_or_missing" not in pair.facts
