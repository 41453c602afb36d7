"""A turn and whoever changes its case's remedy lock in the same order: neither waits for the other for ever."""

import time
from threading import Event, Thread

from bot.cases.conversation import Author
from bot.cases.remedy import RemedyState
from bot.handling.accept import add_reply
from bot.handling.carrying_out import take_answer
from bot.ports import Answer
from bot.store.database import Database
from tests.builders import NOON, an_order
from tests.doors import a_shop
from tests.unit.handling.chats import Chat, take_orders


def test_answer_of_the_shop_waits_for_a_turn_under_way(database: Database) -> None:
    take_orders(database, an_order())
    shop = a_shop(database)
    chat = Chat(shop)
    chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", email="nina@example.com")
    chat.tap("refund")
    chat.tap("Yes")
    (refund,), case, has_locked = chat.filed, chat.case, Event()
    problems: list[BaseException] = []

    def turn() -> None:
        try:
            with shop.begin(True) as uow:
                conversation = uow.conversations.get(chat.id)
                has_locked.set()
                time.sleep(0.3)
                assert uow.cases.find(case.id)
                uow.remedies.get(refund.id).rank += 1
                add_reply(uow, conversation, Author.ASSISTANT, "Anything else?", NOON)
        except BaseException as error:
            problems.append(error)

    thread = Thread(target=turn)
    thread.start()
    assert has_locked.wait(10)
    assert take_answer(shop, refund.key, Answer("settled"), NOON).state is RemedyState.SETTLED
    thread.join(10)
    assert problems == [] and chat.filed[0].rank == refund.rank + 1
