"""Filing: one record, one outbox row, one promise; above the limit a person decides first."""

from collections.abc import Callable

import pytest

from bot.cases.case import CaseStatus
from bot.cases.conversation import Handler
from bot.cases.hours import business_days_on
from bot.cases.issue import Issue
from bot.cases.order import Order
from bot.cases.remedy import RemedyState
from bot.handling.remedies import file_remedy, propose, withdraw
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import NOON, an_incident, an_order
from tests.unit.handling.chats import Chat, dear_order, fitting_order, paid, take_incidents, take_orders

EMAIL = {"email": "nina@example.com"}


@pytest.fixture
def approval(shop: Shop, memory_database: Database) -> Chat:
    """A refund of $1,249.00, wanted and confirmed."""
    take_orders(memory_database, dear_order(number="D1"))
    chat = Chat(shop)
    chat.say("D1 came broken, refund me", "damaged_or_defective", order_number="D1", **EMAIL)
    chat.tap("Yes")
    return chat


class TestWithinTheLimit:
    def test_is_queued_with_one_outbox_row(self, filing: Callable[[], Chat]) -> None:
        chat = filing()
        chat.tap("Yes")
        assert [one.state for one in chat.filed] == [RemedyState.QUEUED]
        assert chat.sent_to_provider == [chat.filed[0].id]
        assert chat.escalations == []

    def test_has_one_promise_for_the_day_that_was_said(self, filing: Callable[[], Chat]) -> None:
        chat = filing()
        chat.tap("Yes")
        (promise,) = chat.promises
        due = business_days_on(chat.shop.policy.hours, NOON, 5)
        assert (promise.what, promise.due_at, promise.remedy_id) == ("refund", due, chat.filed[0].id)
        assert promise.by_whom == chat.shop.name

    def test_leaves_its_way_in_the_audit(self, filing: Callable[[], Chat]) -> None:
        chat = filing()
        chat.tap("Yes")
        steps = [act for act in chat.acts if act.startswith(("case.", "order.", "remedy."))]
        assert steps == ["case.opened", "order.proven", *["remedy.proposed"] * 3, "remedy.chosen", "remedy.confirmed"]

    def test_withdraws_what_else_was_offered(self, filing: Callable[[], Chat]) -> None:
        chat = filing()
        chat.tap("Yes")
        assert sorted(str(one.state) for one in chat.remedies) == ["cancelled", "cancelled", "queued"]
        assert chat.case.status is CaseStatus.ON_HOLD

    def test_tells_reference_effect_and_case(self, filing: Callable[[], Chat]) -> None:
        chat = filing()
        text = chat.tap("Yes")
        assert all(one in text for one in (chat.filed[0].reference, chat.case.reference, "$75.00", "Visa ending 4242"))

    def test_audit_holds_no_personal_data(self, filing: Callable[[], Chat]) -> None:
        chat = filing()
        chat.tap("Yes")
        with chat.shop.begin(False) as uow:
            told = str([line["detail"] for line in uow.cases.audit(chat.case.id)])
        assert "nina" not in told.lower()


class TestAboveTheLimit:
    def test_waits_for_a_person_and_nothing_goes_out(self, approval: Chat) -> None:
        assert [one.state for one in approval.filed] == [RemedyState.NEEDS_APPROVAL]
        assert approval.sent_to_provider == []

    def test_is_escalated_once_with_its_reason(self, approval: Chat) -> None:
        assert [(one.reason, one.priority) for one in approval.escalations] == [("above_limit", "high")]
        assert approval.conversation.handler is Handler.QUEUE

    def test_promises_the_decision_not_the_money(self, approval: Chat) -> None:
        decision = next(one for one in approval.promises if one.what == "decision")
        assert decision.remedy_id == approval.filed[0].id
        assert decision.due_at == approval.escalations[0].due_at
        assert "refund" not in {one.what for one in approval.promises}

    def test_says_before_the_yes_who_must_agree(self, approval: Chat) -> None:
        assert "must agree first" in approval.texts[-2]
        assert approval.filed[0].reference in approval.text
        assert "$" not in approval.text

    def test_stays_as_it_is_on_another_yes(self, approval: Chat) -> None:
        approval.say("yes", "affirm")
        assert len(approval.filed) == len(approval.escalations) == 1

    def test_begins_where_the_limit_ends(self, shop: Shop, memory_database: Database) -> None:
        for number, amount, waits in (("L1", 1000, False), ("L2", 1001, True)):
            take_orders(memory_database, owed(number, amount))
            chat = Chat(shop)
            chat.say(f"{number} charged twice", "billing_dispute", order_number=number, **EMAIL)
            assert chat.offered[0] == ("refund_owed", f"${amount:,}.00", waits)


def owed(number: str, amount: int) -> Order:
    """An order with so much paid on top of its total."""
    return an_order(number=number, status="delivered", payments=paid(75, amount))


@pytest.mark.parametrize("issue", Issue)
def test_every_issue_offers_at_least_two_ways_where_the_record_agrees(shop: Shop, memory_database: Database, issue: Issue) -> None:
    take_orders(memory_database, fitting_order(issue, number="B1"))
    chat = Chat(shop)
    chat.say("B1 went wrong for me", issue, order_number="B1", product="Desk Lamp", **EMAIL)
    assert chat.asks == "remedy"
    assert len(chat.offered) >= 2
    assert chat.labels[-1] == "Talk to a person"


def test_parcel_held_by_a_storm_keeps_its_place_or_is_paid_back(shop: Shop, memory_database: Database) -> None:
    take_incidents(memory_database, an_incident())
    chat = Chat(shop)
    chat.say("A10021 is late", "late_delivery", order_number="A10021", **EMAIL)
    assert [one[0] for one in chat.offered] == ["refund_cancel", "redelivery_first"]


def test_same_offer_made_again_is_the_same_record(filing: Callable[[], Chat]) -> None:
    chat = filing()
    before = {one.id for one in chat.remedies}
    chat.tap("other options")
    chat.tap("refund")
    assert {one.id for one in chat.remedies} == before


def test_filing_the_same_remedy_twice_is_filing_it_once(filing: Callable[[], Chat]) -> None:
    chat = filing()
    chat.tap("Yes")
    with chat.shop.begin(True) as uow:
        remedy = uow.remedies.get(chat.filed[0].id)
        file_remedy(chat.shop, uow, uow.cases.by_reference(chat.case.reference), remedy, NOON, "another-message")
    assert len(chat.sent_to_provider) == len(chat.promises) == 1
    assert chat.filed[0].message_id != "another-message"


def test_what_is_filed_cannot_be_withdrawn_or_offered_again(filing: Callable[[], Chat]) -> None:
    chat = filing()
    chat.tap("Yes")
    with chat.shop.begin(True) as uow:
        case = uow.cases.by_reference(chat.case.reference)
        withdraw(uow, case, NOON)
        assert propose(chat.shop, uow, case, (), NOON) == []
    assert [one.state for one in chat.filed] == [RemedyState.QUEUED]
