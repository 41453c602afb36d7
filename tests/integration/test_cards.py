"""A card on its way: decided, kept in either database, read by the customer, and gone from use once it is answered."""

from datetime import timedelta
from typing import Any

import pytest

from bot.cases.callback import SLOT
from bot.handling.accept import accept
from bot.handling.shop import Shop
from bot.handling.transcript import look
from bot.handling.turns import run_turns
from bot.store.database import Database
from tests.builders import NOON, an_order
from tests.doors import Says, a_shop, at_noon
from tests.integration.test_callbacks import OPENS, call_of, carry_out
from tests.unit.handling.chats import Chat, call_asked, take_orders


@pytest.fixture
def shop(database: Database) -> Shop:
    take_orders(database, an_order())
    return a_shop(database)


def newest(shop: Shop, chat: Chat) -> dict[str, Any]:
    return look(shop, chat.id, 0, NOON).messages[-1]


def test_card_is_kept_and_its_choices_are_the_messages_own(shop: Shop) -> None:
    chat = Chat(shop)
    chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", email="nina@example.com")
    shown = newest(shop, chat)
    ids = {one["id"]: one["label"] for one in shown["choices"]}
    assert shown["card"]["kind"] == "remedies"
    assert [ids[row["choice"]] for row in shown["card"]["rows"]] == [row["label"] for row in shown["card"]["rows"]]
    assert "remedy:" not in str(shown)
    taken = shown["card"]["rows"][0]
    accepted = accept(shop, chat.id, "tap-1", None, taken["choice"], NOON)
    with shop.begin(False) as uow:
        kept = uow.messages.get(accepted.message_id)
        assert kept.text == taken["label"]
        assert (kept.choice or "").startswith('/choose{"choice": "remedy:')


def test_card_whose_choices_are_closed_is_only_read(shop: Shop) -> None:
    chat = Chat(shop)
    chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", email="nina@example.com")
    first = newest(shop, chat)["seq"]
    chat.tap("refund")
    old = next(one for one in look(shop, chat.id, 0, NOON).messages if one["seq"] == first)
    assert [row["choice"] for row in old["card"]["rows"]] == [None] * len(old["card"]["rows"])


def test_reply_of_the_assistant_brings_its_card(shop: Shop) -> None:
    chat = Chat(shop)
    rows = [{"label": "A", "value": "", "detail": "", "choice": "/a"}]
    says = Says("Which?", [{"label": "A", "payload": "/a"}], card={"kind": "items", "text": "Which?", "rows": rows})
    accept(shop, chat.id, "hello-1", "hello", None, NOON)
    assert run_turns(shop, says, chat.id, at_noon) == 1
    shown = newest(shop, chat)
    assert shown["card"]["rows"][0]["choice"] == shown["choices"][0]["id"]


def test_call_is_booked_for_the_time_that_was_chosen(shop: Shop) -> None:
    chat = call_asked(shop)
    chat.tap("10:00 to 12:00")
    carry_out(shop)
    remedy = next(one for one in chat.remedies if one.is_filed)
    call = call_of(shop, remedy)
    assert (call.starts_at, call.ends_at) == (OPENS + SLOT, OPENS + 2 * SLOT)


def test_call_comes_in_the_next_slot_where_the_chosen_one_has_gone(shop: Shop) -> None:
    chats = [call_asked(shop) for _ in range(3)]
    for chat in chats:
        chat.tap("08:00 to 10:00")
    carry_out(shop)
    begins = sorted(call_of(shop, next(one for one in chat.remedies if one.is_filed)).starts_at for chat in chats)
    assert begins == [OPENS, OPENS, OPENS + timedelta(hours=2)]
