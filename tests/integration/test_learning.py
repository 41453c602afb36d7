"""What is learned from a case: one record, filled when it ends, finished by a person; causes watched; customers told what changed."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from bot.cases.case import CaseStatus
from bot.cases.learning import FailureType, LearningRecord, RootCause
from bot.handling import learning
from bot.handling.resolving import end_case
from bot.handling.shop import Shop
from bot.store.database import Database
from bot.store.learning_tables import learning_records
from bot.worker.learning import Gaps
from tests.builders import NOON, a_buyer, an_incident, an_item, an_order
from tests.doors import a_shop
from tests.unit.handling.chats import Chat, take_incidents, take_orders


def a_complaint(shop: Shop, number: str = "M1") -> Chat:
    """Nina's lamp came broken, and she says so with her name and address."""
    chat = Chat(shop)
    said = f"{number} nina@example.com I am Nina Berg of 4 Elm Street, my lamp came broken in two"
    chat.say(said, "damaged_or_defective", order_number=number, email="nina@example.com")
    return chat


def ended(chat: Chat) -> LearningRecord:
    """The case ends as a person ends it; its record."""
    with chat.shop.begin(True) as uow:
        conversation = uow.conversations.get(chat.id)
        case = uow.cases.find(conversation.case_id)
        assert case is not None
        end_case(chat.shop, uow, case, conversation, "Amira Haddad", chat.now)
    return record_of(chat)


def record_of(chat: Chat) -> LearningRecord:
    with chat.shop.begin(False) as uow:
        return uow.learning.get(chat.cases[0].id)


@pytest.fixture
def shop(database: Database) -> Shop:
    delivered = NOON - timedelta(days=1)
    orders = [
        an_order(number=number, status="delivered", items=(an_item(price="45.00", sku="LMP-1"),), buyer=a_buyer(), delivered_at=delivered)
        for number in ("M1", "M2", "M3")
    ]
    take_orders(database, *orders)
    return a_shop(database)


def test_case_that_ends_has_one_record_filled_from_what_is_known(shop: Shop) -> None:
    chat = a_complaint(shop)
    found = ended(chat)
    assert (found.failure_type, found.sku, found.product, found.root_cause) == (FailureType.PRODUCT, "LMP-1", "Desk Lamp", None)
    assert found.due_at > chat.now and found.finished_at is None
    assert found.customer_words and "my lamp came broken in two" in found.customer_words
    assert not [one for one in ("Nina", "Berg", "nina@", "Elm", "M1") if one in found.customer_words]
    with shop.begin(True) as uow:  # opened again, and ended again: still the one record, brought up to date
        case = uow.cases.find(found.case_id)
        assert case is not None
        case.status, case.closed_at, case.assignee = CaseStatus.OPEN, None, "Amira Haddad"
        kept = uow.learning.get(case.id)
        kept.cause = "The box has no padding."
    chat.now += timedelta(days=1)
    again = ended(chat)
    assert (again.cause, again.assignee, again.created_at) == ("The box has no padding.", "Amira Haddad", found.created_at)
    assert chat.acts.count("learning.opened") == 1


def test_incident_says_the_root_cause(database: Database) -> None:
    take_orders(database, an_order(number="L1", buyer=a_buyer()))
    take_incidents(database, an_incident())
    chat = Chat(a_shop(database))
    chat.say("L1 nina@example.com it is late", "late_delivery", order_number="L1", email="nina@example.com")
    found = ended(chat)
    assert (found.root_cause, found.controllable, found.cause) == (RootCause.ENVIRONMENT, False, an_incident().explanation)


def test_cases_that_ended_before_get_their_records_in_batches(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    chats = [a_complaint(shop, number) for number in ("M1", "M2", "M3")]
    for chat in chats:
        ended(chat)
    with shop.begin(True) as uow:
        uow.session.execute(delete(learning_records))  # as an earlier version left them
    monkeypatch.setattr("bot.worker.learning.AT_ONCE", 2)
    gaps = Gaps(shop)
    assert [gaps.run(NOON + timedelta(seconds=second)) for second in (2, 4, 6)] == [2, 1, 0]
    assert not learning.fill_gaps(shop, chats[0].id, chats[0].cases[0].id, NOON)  # a second worker that came later
    assert all(record_of(chat).failure_type is FailureType.PRODUCT for chat in chats)
