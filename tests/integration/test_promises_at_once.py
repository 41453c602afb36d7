"""Two workers at the same promises, and people who answer meanwhile: each step once, on both databases."""

from datetime import datetime, timedelta

import pytest

from bot.cases.case import PromiseState
from bot.cases.conversation import Author
from bot.cases.promises import NEWS, PERSON_ANSWERS, moments
from bot.handling import people
from bot.handling.chains import verify
from bot.handling.shop import Shop
from bot.store.database import Database
from bot.worker.promises import Unsettled, Watch
from tests.builders import NOON, an_order
from tests.doors import a_shop
from tests.integration.test_store_races import at_once
from tests.unit.handling.chats import Chat, take_orders

CHATS = 6


@pytest.fixture
def shop(database: Database) -> Shop:
    take_orders(database, an_order())
    return a_shop(database)


@pytest.fixture
def waiting(shop: Shop) -> list[Chat]:
    """Customers who wait for a person."""
    chats = [Chat(shop) for _ in range(CHATS)]
    for chat in chats:
        chat.say("a person please", "ask_human")
    return chats


def steps(shop: Shop, chat: Chat) -> list[datetime]:
    """When it is warned of, told of and due."""
    promise = next(one for one in chat.promises if one.what == PERSON_ANSWERS)
    return [*moments(shop.policy.hours, promise.created_at, promise.due_at, shop.policy.warn_before), promise.due_at]


def said(chat: Chat) -> int:
    with chat.shop.begin(False) as uow:
        return sum(one.author is Author.SYSTEM for one in uow.messages.of(chat.id))


def test_two_workers_warn_tell_and_own_each_promise_once(shop: Shop, waiting: list[Chat]) -> None:
    for at in steps(shop, waiting[0]):
        done = at_once(2, lambda _, at=at: Watch(shop).run(at))  # type: ignore[misc]
        assert sum(done) == CHATS
    for chat in waiting:
        assert said(chat) == 2
        assert [chat.acts.count(f"promise.{one}") for one in ("warned", "told", "missed")] == [1, 1, 1]
        assert [one.reason for one in chat.escalations] == ["asked", "promise_missed"]
        assert sorted(one.what for one in chat.promises) == [NEWS, PERSON_ANSWERS]
    with shop.begin(False) as uow:
        assert len(uow.alerts.unseen()) == 2 * CHATS
    assert verify(shop).broken == ()


@pytest.mark.parametrize("step", [1, 2])
def test_person_who_answers_at_that_moment_is_in_nobodys_way(shop: Shop, waiting: list[Chat], step: int) -> None:
    """Whoever is first: the promise is kept or broken, never both and never neither, and nobody gets an error."""
    at = steps(shop, waiting[0])[step]

    def act(number: int) -> None:
        if number < 2:
            Watch(shop).run(at)
        else:
            for chat in waiting[number - 2 :: 2]:
                people.reply(shop, chat.case.reference, "Maya", "Hello, I am here.", at)

    at_once(4, act)
    for chat in waiting:
        assert {one.state for one in chat.promises if one.due_at <= at} <= {PromiseState.KEPT, PromiseState.BROKEN}
        assert {one.what for one in chat.promises if one.state is PromiseState.OPEN} == set()
        assert chat.conversation.agent == "Maya"
    assert verify(shop).broken == ()


def test_two_workers_take_up_what_is_unsettled_once(shop: Shop) -> None:
    chats = [Chat(shop) for _ in range(CHATS)]
    for chat in chats:
        chat.say("my parcel is late", "late_delivery")
    due = max(one.due_at for one in chats[0].all_promises)
    assert sum(at_once(2, lambda _: Unsettled(shop).run(due))) == CHATS
    assert [said(chat) for chat in chats] == [1] * CHATS
    assert all(len(chat.escalations) == 1 for chat in chats)


def test_promise_of_a_developers_chat_is_not_watched(shop: Shop) -> None:
    chat = Chat(shop)
    with shop.begin(True) as uow:
        uow.conversations.get(chat.id).channel = "dev"
    chat.say("a person please", "ask_human")
    assert Watch(shop).run(NOON + timedelta(days=3)) == 0
