"""What the website gets laid out beside the text: from the same records, with the same choices, and nothing more."""

from datetime import timedelta
from typing import Any

import pytest

from bot.cases.card import read_card, with_ids
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import NOON, an_item, an_order
from tests.unit.handling.chats import Chat, call_asked, take_orders

LATE = "A10021 nina@example.com is late"


def late(chat: Chat) -> None:
    chat.say(LATE, "late_delivery", order_number="A10021", email="nina@example.com")


def card_of(chat: Chat, kind: str) -> dict[str, Any]:
    """The last reply's card; each of its choices is one of the reply's own."""
    card = chat.outcomes[-1].reply.card
    assert card is not None, chat.text
    assert card["kind"] == kind
    payloads = [one["payload"] for one in chat.choices]
    assert all(row["choice"] is None or row["choice"] in payloads for row in card["rows"])
    assert read_card(card) == card
    return card


def test_remedies_are_laid_out_with_sum_and_day(chat: Chat) -> None:
    late(chat)
    card = card_of(chat, "remedies")
    labels = {one["payload"]: one["label"] for one in chat.choices}
    assert [row["label"] for row in card["rows"]] == [labels[row["choice"]] for row in card["rows"]]
    assert len(card["rows"]) == len(chat.remedies) > 1
    refund = next(row for row in card["rows"] if "$75.00" in row["label"])
    assert refund["detail"] == "To your Visa ending 4242, by Sunday 8 March"
    assert "$75.00" not in card["text"]
    assert card["text"].count("?") == chat.text.count("?") == 1


def test_one_remedy_alone_needs_no_card(chat: Chat) -> None:
    late(chat)
    chat.tap("refund")
    assert chat.asks == "confirmation"
    assert chat.outcomes[-1].reply.card is None


def test_review_shows_each_fact_once_with_its_choice(chat: Chat) -> None:
    late(chat)
    chat.tap("refund")
    chat.tap("Change something")
    card = card_of(chat, "review")
    shown = {row["label"]: (row["value"], row["choice"]) for row in card["rows"]}
    assert shown["What it is about"] == ("It is late", None)
    assert shown["The order"] == ("A10021", '/choose{"choice": "edit:order_number"}')
    assert "A10021" in chat.text
    assert "A10021" not in card["text"]
    assert card["text"] == "This is what I have. What should I change?"


def test_items_are_laid_out_with_price_and_options(shop: Shop, memory_database: Database) -> None:
    items = (an_item(options={"color": "black", "size": "L"}), an_item(2, "Wall Clock", "30.00", quantity=2))
    take_orders(memory_database, an_order(number="B1", status="delivered", items=items))
    chat = Chat(shop)
    chat.say("B1 nina@example.com broken", "damaged_or_defective", order_number="B1", email="nina@example.com")
    rows = card_of(chat, "items")["rows"]
    assert [(row["label"], row["value"], row["detail"]) for row in rows] == [
        ("Desk Lamp", "$45.00", "black, L"),
        ("Wall Clock", "$60.00", ""),
    ]
    in_card = {row["choice"] for row in rows}
    assert [one["label"] for one in chat.choices if one["payload"] not in in_card] == ["All of them"]
    chat.tap("Wall Clock")
    assert chat.facts["items"] == "2"


def test_orders_of_a_signed_in_visitor_are_laid_out(shop: Shop, memory_database: Database) -> None:
    take_orders(memory_database, an_order(number="B1", status="delivered", items=(an_item(3, "<b>Vase</b>", "9.00"),)))
    chat = Chat(shop, customer_id="nina_7")
    chat.say("my charge is wrong", "billing_dispute")
    rows = {row["label"]: row for row in card_of(chat, "orders")["rows"]}
    assert rows["Desk Lamp and 1 more"]["detail"] == "Order A10021, Saturday 21 February"
    assert rows["<b>Vase</b>"]["value"] == "$9.00"


@pytest.fixture
def call(shop: Shop) -> Chat:
    return call_asked(shop)


def test_times_of_a_call_can_be_chosen(call: Chat) -> None:
    card = card_of(call, "times")
    first = card["rows"][0]
    assert len(card["rows"]) == 3
    assert (first["label"], first["detail"]) == ("08:00 to 10:00 Phoenix time", "Tuesday 3 March")
    assert "You can also choose the time." in card["text"]
    call.tap("10:00 to 12:00")
    assert call.facts["call_at"] == str(int((NOON + timedelta(hours=5)).timestamp()))
    assert any(one.is_filed for one in call.remedies)


def test_yes_to_a_call_names_no_time(call: Chat) -> None:
    call.tap("Yes, do that")
    assert "call_at" not in call.facts
    assert any(one.is_filed for one in call.remedies)


def test_other_channels_get_no_card(shop: Shop) -> None:
    chat = Chat(shop)
    with shop.begin(True) as uow:
        uow.conversations.get(chat.id).channel = "email"
    late(chat)
    assert chat.outcomes[-1].reply.card is None
    assert len(chat.choices) > 1


@pytest.mark.parametrize(
    "sent",
    [
        "a card", [], {}, {"kind": "orders", "text": "?", "rows": []}, {"kind": "other", "text": "?", "rows": [{}]},
        {"kind": "orders", "text": "?", "rows": ["row"]},
        {"kind": "orders", "text": "?", "rows": [{"label": "A", "value": 1, "detail": "", "choice": None}]},
        {"kind": "orders", "text": "?", "rows": [{"label": "A", "value": "", "detail": "", "choice": 7}]},
    ],
)  # fmt: skip
def test_what_is_no_card_is_refused(sent: Any) -> None:
    with pytest.raises(ValueError, match="card"):
        read_card(sent)


def test_payloads_stay_on_the_server() -> None:
    rows = [{"label": "A", "value": "", "detail": "", "choice": "/a"}, {"label": "B", "value": "", "detail": "", "choice": "/gone"}]
    card = with_ids({"kind": "items", "text": "?", "rows": rows}, [{"id": "1", "label": "A", "payload": "/a"}])
    assert card is not None
    assert [row["choice"] for row in card["rows"]] == ["1", None]
