"""What is not settled here: promised to a person by a time, and taken up by then."""

from datetime import timedelta

import pytest

from bot.cases.case import PromiseState
from bot.cases.conversation import Author, Handler
from bot.cases.hours import due_within
from bot.handling.shop import Shop
from bot.handling.unsettled import TAKEN_UP, take_up
from bot.worker.promises import Unsettled
from tests.builders import NOON
from tests.unit.handling.chats import Chat

LATER = NOON + timedelta(days=2)
DUE = NOON + timedelta(hours=7)  # four hours after the shop opens


def promised(chat: Chat) -> list[PromiseState]:
    return [one.state for one in chat.all_promises if one.what == TAKEN_UP]


@pytest.fixture
def left(chat: Chat) -> Chat:
    """A customer who complained and went away."""
    chat.say("my parcel is late", "late_delivery")
    return chat


def test_first_reply_promises_it_with_the_time_that_is_said(left: Chat) -> None:
    (promise,) = (one for one in left.all_promises if one.what == TAKEN_UP)
    assert promise.due_at == due_within(left.shop.policy.hours, NOON, left.shop.policy.take_up_within)
    assert "12:00 Phoenix time today" in left.text
    assert left.case.reference in left.text


def test_it_is_promised_once_a_conversation(left: Chat) -> None:
    left.say("A10021", "inform", order_number="A10021")
    left.say("the driver was rude, too", "staff_conduct")
    assert promised(left) == [PromiseState.OPEN]


def test_nothing_is_promised_to_a_greeting(chat: Chat) -> None:
    chat.say("hello", "greet")
    assert chat.cases == []


def test_person_takes_it_up_when_it_is_due_and_the_chat_says_so(shop: Shop, left: Chat) -> None:
    assert Unsettled(shop).run(NOON) == 0
    assert Unsettled(shop).run(DUE) == 1
    assert promised(left) == [PromiseState.KEPT]
    assert [one.reason for one in left.escalations] == ["unsettled"]
    assert left.conversation.handler is Handler.QUEUE
    with shop.begin(False) as uow:
        last = uow.messages.of(left.id)[-1]
    assert last.author is Author.SYSTEM
    assert left.case.reference in last.text
    assert Unsettled(shop).run(LATER) == 0


def test_what_was_filed_meanwhile_brings_nobody(shop: Shop, filing: Chat) -> None:
    chat = filing()  # type: ignore[operator]
    chat.tap("Yes")
    assert Unsettled(shop).run(LATER) == 1
    assert promised(chat) == [PromiseState.KEPT]
    assert chat.escalations == []


def test_customer_who_is_still_writing_is_not_interrupted(shop: Shop, left: Chat) -> None:
    left.now = LATER - timedelta(minutes=1)
    left.say("A10021", "inform", order_number="A10021")
    (promise,) = (one.id for one in left.all_promises if one.what == TAKEN_UP)
    assert promise
    assert take_up(shop, promise, LATER) is False
    assert take_up(shop, promise, LATER + timedelta(minutes=5)) is True


def test_conversation_with_people_is_left_to_them(shop: Shop, left: Chat) -> None:
    left.say("a person please", "ask_human")
    assert Unsettled(shop).run(LATER) == 1
    assert [one.reason for one in left.escalations] == ["asked"]


def test_what_nothing_took_up_in_time_is_a_broken_promise_and_owned(shop: Shop, left: Chat) -> None:
    assert Unsettled(shop).run(LATER) == 1
    assert promised(left) == [PromiseState.BROKEN]
    assert [one.reason for one in left.escalations] == ["promise_missed"]
    with shop.begin(False) as uow:
        assert "That is our failure" in uow.messages.of(left.id)[-1].text
