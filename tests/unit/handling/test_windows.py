"""Windows: how long a remedy is open, counted from delivery; outside it the refusal says the rule, and what the law gives has no end."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.cases.finding import examine, recurs
from bot.cases.issue import Fault, Issue, Severity
from bot.cases.order import DELIVERED, SHIPPED, Order
from bot.cases.policy import fits, options, unfitting, why_not, window
from bot.cases.remedy import RemedyKind
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import NOON, a_buyer, an_incident, an_item, an_order
from tests.unit.cases.test_policy import a_rule
from tests.unit.handling.chats import Chat, take_orders

QUALITY, LATE = Issue.QUALITY_NOT_AS_DESCRIBED, Issue.LATE_DELIVERY
DAY = timedelta(days=1)
EMAIL = {"email": "nina@example.com"}


def delivered(days: float, **given: Any) -> Order:
    """Nina's lamp, delivered so many days ago."""
    came = NOON - days * DAY
    usual: dict[str, Any] = {
        "number": "Q1",
        "status": DELIVERED,
        "delivered_at": came,
        "placed_at": came - 6 * DAY,
        "promised_by": came + DAY,
    }
    return an_order(**usual | {"items": (an_item(),)} | given)


@pytest.mark.parametrize(("days", "offered"), [(1, True), (29, True), (30, True), (30.9, True), (31, False), (43, False)])
def test_return_is_open_for_thirty_days_of_delivery(shop: Shop, memory_database: Database, days: float, offered: bool) -> None:
    take_orders(memory_database, delivered(days))
    chat = Chat(shop)
    chat.say("Q1 is not as described", QUALITY, order_number="Q1", **EMAIL)
    assert ("refund_return" in {wording for wording, _, _ in chat.offered}) is offered


def test_refusal_states_the_rule_and_what_is_possible(shop: Shop, memory_database: Database) -> None:
    take_orders(memory_database, delivered(43))
    chat = Chat(shop)
    chat.say("Q1 is not as described", QUALITY, order_number="Q1", **EMAIL)
    chat.say("I want my money back", "inform")
    assert "it is open for 30 days, and this is day 43" in chat.text
    assert "These are what I can do" in chat.text and "a person can look at it again" in chat.text
    assert {wording for wording, _, _ in chat.offered} == {"replacement_free", "keep_part"}


def test_part_refunds_are_open_for_ninety_days_and_faults_for_ever(shop: Shop, memory_database: Database) -> None:
    take_orders(memory_database, delivered(91))
    chat = Chat(shop)
    chat.say("Q1 broke", Issue.DAMAGED_OR_DEFECTIVE, order_number="Q1", **EMAIL)
    assert {wording for wording, _, _ in chat.offered} == {"refund_items", "replacement_free"}


def test_decision_writes_down_the_day_and_the_reason(shop: Shop, memory_database: Database) -> None:
    take_orders(memory_database, delivered(43))
    chat = Chat(shop)
    chat.say("Q1 is not as described", QUALITY, order_number="Q1", **EMAIL)
    with shop.begin(False) as uow:
        (*_, decision) = uow.remedies.decisions(chat.case.id)
    assert decision.inputs["days"] == 43
    assert {"wording": "refund_return", "why": "day 43 of 30"} in decision.left_out


def test_days_are_counted_from_delivery_or_else_from_placing() -> None:
    assert examine(QUALITY, delivered(12.5), (), NOON).days == 12
    assert examine(LATE, an_order(status=SHIPPED), (), NOON).days == 10
    assert examine(LATE, None, (), NOON).days is None
    assert examine(QUALITY, delivered(-1), (), NOON).days == 0  # a record from tomorrow


def test_window_says_nothing_where_no_day_is_known_and_holds_to_its_last(shop: Shop) -> None:
    rule, found = a_rule(within_days=30), examine(QUALITY, delivered(30), (), NOON)
    assert fits(rule, found)
    assert not fits(rule, replace(found, days=31))
    assert fits(rule, replace(found, days=None))
    assert window(shop.policy, QUALITY, found, RemedyKind.REFUND) == 30
    assert window(shop.policy, QUALITY, found, RemedyKind.REPLACEMENT) is None
    assert why_not(shop.policy, QUALITY, replace(found, days=31), RemedyKind.REFUND) == "within_days"
    assert why_not(shop.policy, QUALITY, found, RemedyKind.VOUCHER) == "incident"  # only an incident brings one


class TestFailureThatRecurs:
    """Another order of the same buyer that failed alike within a year."""

    def test_is_told_by_the_record(self) -> None:
        this, other = an_order(number="N1"), an_order(number="N2")
        assert recurs(LATE, this, (this, other), NOON)
        assert not recurs(LATE, this, (this,), NOON)
        assert not recurs(LATE, this, (this, replace(other, placed_at=NOON - 366 * DAY)), NOON)
        assert not recurs(LATE, this, (this, an_order(number="N3", promised_by=NOON + DAY)), NOON)
        assert not recurs(Issue.BILLING_DISPUTE, this, (this, other), NOON)
        assert not recurs(LATE, None, (other,), NOON)

    def test_decides_by_the_word_failure(self) -> None:
        found = examine(LATE, an_order(), (), NOON)
        assert fits(a_rule(when={"failure": ("first",)}), found)
        assert fits(a_rule(when={"failure": ("again",)}), replace(found, again=True))
        assert not fits(a_rule(when={"failure": ("again",)}), found)

    def test_is_asked_of_the_buyer_whoever_writes(self, shop: Shop, memory_database: Database) -> None:
        late = {"promised_by": NOON - DAY, "status": "processing", "buyer": a_buyer(id="zoe", email="zoe@example.com")}
        take_orders(memory_database, an_order(number="Z1", **late))
        first = Chat(shop)
        first.say("Z1 is late", LATE, order_number="Z1", email="zoe@example.com")
        assert "wait_part" not in {wording for wording, _, _ in first.offered}
        first.say("then give me a discount", "inform")
        assert "it is meant for graver cases" in first.text  # three days late, or the second time
        take_orders(memory_database, an_order(number="Z2", **late))
        again = Chat(shop)
        again.say("Z2 is late", LATE, order_number="Z2", email="zoe@example.com")
        assert "wait_part" in {wording for wording, _, _ in again.offered}


class TestIncidentAsACondition:
    """`incident` in a row: any, none, by code, or the incident's own equal offer."""

    @pytest.mark.parametrize(
        ("words", "offer", "fitting"),
        [
            (("any",), None, True),
            (("none",), None, False),
            (("STORM-AZ",), None, True),
            (("OTHER", "STORM-AZ"), None, True),
            (("OTHER",), None, False),
            (("offered",), "refund_items", True),
            (("offered",), "gesture", False),
            (("offered",), None, False),
        ],
    )
    def test_fits(self, words: tuple[str, ...], offer: str | None, fitting: bool) -> None:
        found = examine(LATE, an_order(), (an_incident(offer=offer),), NOON)
        assert fits(a_rule(when={"incident": words}), found) is fitting
        without = examine(LATE, an_order(), (), NOON)
        assert fits(a_rule(when={"incident": words}), without) is ("none" in words)

    def test_equal_offer_takes_the_place_of_other_goodwill_and_of_nothing_owed(self, shop: Shop) -> None:
        storm = an_incident(fault=Fault.OURS, offer="gesture")
        found = examine(LATE, an_order(), (storm,), NOON)
        assert found.severity is Severity.S2
        offered = {one.wording for one in options(shop.policy, LATE, found, an_order(), ())}
        assert offered == {"refund_cancel", "redelivery_express", "gesture"}
        reasons = dict((rule.wording, why) for rule, why in unfitting(shop.policy, LATE, found) if rule.percent == 20)
        assert reasons["wait_part"] == "incident STORM-AZ offers gesture to all alike"
