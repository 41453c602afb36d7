"""What need not be asked: the one order it can be, what the shop has told everyone, who answers while nobody is there."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from bot.cases.issue import Fault, Issue
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import NOON, an_incident, an_order
from tests.unit.handling.chats import Chat, take_incidents, take_orders

NIGHT = datetime(2026, 3, 3, 8, 0, tzinfo=timezone.utc)  # one o'clock in Phoenix
DAY = datetime(2026, 3, 3, 18, 0, tzinfo=timezone.utc)


@pytest.fixture
def visitor(shop: Shop, memory_database: Database) -> Chat:
    """Nina, signed in: one order is still under way, two were delivered."""
    take_orders(memory_database, an_order(number="B1", status="delivered"), an_order(number="B2", status="delivered"))
    return Chat(shop, customer_id="nina_7")


def test_one_order_under_way_is_taken_for_a_late_one_and_said(visitor: Chat) -> None:
    text = visitor.say("my parcel is late", Issue.LATE_DELIVERY)
    assert visitor.case.order_number == "A10021"
    assert "A10021" in text
    assert visitor.asks == "remedy"


def test_another_order_can_be_meant_and_is_then_asked_for(visitor: Chat) -> None:
    visitor.say("my parcel is late", Issue.LATE_DELIVERY)
    visitor.tap("Another order")
    assert visitor.asks == "order_number"
    assert len([one for one in visitor.labels if "(" in one]) == 3
    visitor.tap("B1")
    assert visitor.case.order_number == "B1"


def test_order_is_asked_for_where_it_may_be_any(visitor: Chat) -> None:
    visitor.say("it came broken", Issue.DAMAGED_OR_DEFECTIVE)
    assert visitor.asks == "order_number"
    assert visitor.case.order_number is None


class TestAnIncidentToldToAll:
    def test_is_explained_where_no_order_is_needed_and_owned(self, shop: Shop, memory_database: Database) -> None:
        known = an_incident(
            issues=(Issue.SERVICE_OUTAGE,), fault=Fault.OURS, published=True, explanation="Our checkout has been down since 09:00."
        )
        take_incidents(memory_database, known)
        chat = Chat(shop)
        text = chat.say("your checkout does not work", Issue.SERVICE_OUTAGE)
        assert known.explanation in text
        assert "don't know" not in text
        assert chat.case.fault is Fault.OURS
        assert [one.what for one in chat.promises] == ["incident_news"]

    def test_is_told_and_not_called_the_cause_of_an_order_that_is_not_seen_yet(self, shop: Shop, memory_database: Database) -> None:
        take_incidents(memory_database, an_incident(published=True))
        chat = Chat(shop)
        text = chat.say("my parcel is late", Issue.LATE_DELIVERY)
        assert "A storm has closed the roads around Phoenix." in text
        assert chat.case.fault is Fault.UNCLEAR
        assert chat.asks == "order_number"

    def test_that_is_over_or_not_published_is_told_to_nobody(self, shop: Shop, memory_database: Database) -> None:
        over = an_incident(code="OVER", published=True, ended_at=NOON - timedelta(days=1))
        take_incidents(memory_database, an_incident(), over)
        assert "storm" not in Chat(shop).say("my parcel is late", Issue.LATE_DELIVERY)


def test_while_nobody_is_there_the_one_who_answers_for_it_is_named(shop: Shop) -> None:
    chat = Chat(shop, now=NIGHT)
    chat.say("get me a person", "ask_human")
    assert "Amira Haddad" in chat.text
    assert "closed" in chat.text
    assert chat.case.reference in chat.text
    assert "Amira" not in Chat(shop, now=DAY).say("get me a person", "ask_human")


def test_shop_that_names_nobody_names_nobody(shop: Shop) -> None:
    unnamed = replace(shop, policy=replace(shop.policy, owners={}))
    chat = Chat(unnamed, now=NIGHT)
    assert "customer care team" in chat.say("get me a person", "ask_human")
