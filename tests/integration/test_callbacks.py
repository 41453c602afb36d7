"""Calls: booked into a slot that the customer is told, made in time, or owned up to."""

from datetime import datetime, timedelta

import pytest

from bot.cases.callback import SLOT, Callback, CallbackState
from bot.cases.case import PromiseState
from bot.cases.conversation import Handler
from bot.cases.promises import CALL
from bot.cases.remedy import Remedy, RemedyKind, RemedyState
from bot.errors import Conflict
from bot.handling import callbacks, ledger
from bot.handling.carrying_out import settle_by_hand
from bot.handling.shop import Shop
from bot.store.database import Database
from bot.worker.remedies import Overdue, Remedies
from tests.builders import NOON, an_order
from tests.doors import a_shop
from tests.integration.test_store_races import at_once
from tests.unit.handling.chats import Chat, take_orders

AGENT = "Amira Haddad"
# NOON is 05:00 in Phoenix, where people come at 08:00.
OPENS = NOON + timedelta(hours=3)


@pytest.fixture
def shop(database: Database) -> Shop:
    take_orders(database, an_order())
    return a_shop(database)


def carry_out(shop: Shop, now: datetime = NOON) -> None:
    job = Remedies(shop, None, lambda: now)
    job.run(now)
    job.close()


def owed(shop: Shop) -> tuple[Chat, Remedy]:
    """A case whose customer is to be rung."""
    chat = Chat(shop)
    chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", email="nina@example.com")
    return chat, ledger.grant(shop, chat.case.reference, AGENT, RemedyKind.CALLBACK, NOON, reason="wants to talk")


def booked(shop: Shop) -> tuple[Chat, Remedy]:
    chat, remedy = owed(shop)
    carry_out(shop)
    return chat, remedy


def call_of(shop: Shop, remedy: Remedy) -> Callback:
    with shop.begin(False) as uow:
        found = uow.callbacks.of(remedy.id)
    assert found is not None
    return found


def state_of(shop: Shop, remedy: Remedy) -> RemedyState:
    with shop.begin(False) as uow:
        return uow.remedies.get(remedy.id).state


def said(chat: Chat, words: str) -> list[str]:
    with chat.shop.begin(False) as uow:
        return [one.text for one in uow.messages.of(chat.id) if words in one.text]


def test_slot_is_booked_told_and_promised(shop: Shop) -> None:
    chat, remedy = booked(shop)
    call = call_of(shop, remedy)
    assert (call.starts_at, call.ends_at) == (OPENS, OPENS + SLOT)
    (text,) = said(chat, "is booked")
    assert "ending 56 between 08:00 Phoenix time today and 10:00" in text
    promises = {one.what: one for one in chat.promises if one.remedy_id == remedy.id}
    assert promises[CALL].due_at == call.ends_at and promises[CALL].message_id
    assert promises["callback"].state is PromiseState.WITHDRAWN  # the slot lies within the day that was named before
    assert state_of(shop, remedy) is RemedyState.QUEUED
    assert [one.remedy.reference for one in callbacks.listed(shop)] == [remedy.reference]


def test_call_that_was_made_settles_it(shop: Shop) -> None:
    chat, remedy = booked(shop)
    for _ in range(2):
        callbacks.done(shop, remedy.reference, AGENT, OPENS + timedelta(minutes=20))
    assert state_of(shop, remedy) is RemedyState.SETTLED and len(said(chat, "has been made")) == 1
    assert [one.state for one in chat.promises if one.what == CALL] == [PromiseState.KEPT]
    assert Overdue(shop).run(OPENS + SLOT * 2) == 0


def test_call_noted_a_little_late_was_in_time(shop: Shop) -> None:
    chat, remedy = booked(shop)
    callbacks.done(shop, remedy.reference, AGENT, OPENS + SLOT + timedelta(minutes=10))
    assert [one.state for one in chat.promises if one.what == CALL] == [PromiseState.KEPT]


def test_missed_call_is_owned_up_to_once_and_brings_a_person(shop: Shop) -> None:
    chat, remedy = booked(shop)
    late = OPENS + SLOT + callbacks.GRACE
    assert Overdue(shop).run(late - timedelta(seconds=1)) == 0
    assert [Overdue(shop).run(late), Overdue(shop).run(late)] == [1, 0]
    assert len(said(chat, "Nobody rang you between 08:00 Phoenix time today and 10:00")) == 1
    assert [one.state for one in chat.promises if one.what == CALL] == [PromiseState.BROKEN]
    assert [one.reason for one in chat.escalations] == ["promise_missed"]
    assert chat.conversation.handler is Handler.QUEUE and state_of(shop, remedy) is RemedyState.FAILED


def test_missed_call_can_be_booked_again_or_made_after_all(shop: Shop) -> None:
    chat, remedy = booked(shop)
    late = OPENS + SLOT + callbacks.GRACE
    Overdue(shop).run(late)
    ledger.redrive(shop, remedy.reference, AGENT, late)
    carry_out(shop, late)
    assert call_of(shop, remedy).starts_at == OPENS + timedelta(hours=3)
    assert len(said(chat, "is booked")) == 2
    callbacks.done(shop, remedy.reference, AGENT, OPENS + timedelta(hours=4))
    assert state_of(shop, remedy) is RemedyState.SETTLED
    assert [one.state for one in chat.promises if one.what == CALL] == [PromiseState.BROKEN, PromiseState.KEPT]


def test_call_taken_back_frees_its_slot(shop: Shop) -> None:
    chat, remedy = booked(shop)
    ledger.undo(shop, remedy.reference, AGENT, "", NOON)
    assert call_of(shop, remedy).state is CallbackState.CANCELLED
    assert Overdue(shop).run(OPENS + SLOT * 3) == 0 and said(chat, "Nobody rang") == []
    with pytest.raises(Conflict, match="taken back"):
        callbacks.done(shop, remedy.reference, AGENT, OPENS)
    with shop.begin(False) as uow:
        assert uow.callbacks.taken(NOON) == {}


def test_cannot_be_missed_before_it_begins_or_settled_past_its_slot(shop: Shop) -> None:
    _, remedy = booked(shop)
    with pytest.raises(Conflict, match="not missed yet"):
        callbacks.missed(shop, remedy.reference, AGENT, OPENS - timedelta(minutes=1))
    with pytest.raises(Conflict, match="callbacks done"):
        settle_by_hand(shop, remedy.reference, AGENT, "", NOON)


def test_two_calls_share_a_slot_and_the_third_has_the_next(shop: Shop) -> None:
    remedies = [owed(shop)[1] for _ in range(3)]

    def work(_: int) -> None:
        carry_out(shop)

    at_once(3, work)
    assert sorted(call_of(shop, one).starts_at for one in remedies) == [OPENS, OPENS, OPENS + SLOT]


def test_without_a_number_people_arrange_it(shop: Shop) -> None:
    chat = Chat(shop)
    chat.say("the page crashes", "service_outage")
    remedy = ledger.grant(shop, chat.case.reference, AGENT, RemedyKind.CALLBACK, NOON, reason="wants to talk")
    carry_out(shop)
    with shop.begin(False) as uow:
        assert uow.callbacks.of(remedy.id) is None
        assert [one.kind for one in uow.alerts.unseen()] == ["by_hand"]
    settle_by_hand(shop, remedy.reference, AGENT, "rang the number in the letter", NOON)
    assert state_of(shop, remedy) is RemedyState.SETTLED
