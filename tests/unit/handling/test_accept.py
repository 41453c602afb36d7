"""Taking in what customers send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.conversation import Author, Handler
from bot.errors import BadInput, NotFound
from bot.handling.accept import Accepted, accept, add_reply, open_conversation
from bot.handling.clean import LONGEST, clean, has_check_digit
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import NOON
from tests.doors import a_shop

CHOICES = [{"label": "Yes, do that", "payload": "/affirm"}, {"label": "No", "payload": "/deny"}]


@pytest.fixture
def shop(database: Database) -> Shop:
    return a_shop(database)


def open_chat(shop: Shop, channel: str = "website") -> str:
    return open_conversation(shop, channel, NOON).id


def send(shop: Shop, chat: str, text: str | None = None, choice: str | None = None, client_id: str = "1") -> Accepted:
    return accept(shop, chat, f"{chat}:{client_id}", text, choice, NOON)


def offer(shop: Shop, chat: str) -> list[dict[str, str]]:
    with shop.begin(True) as uow:
        return add_reply(uow, uow.conversations.get(chat), Author.ASSISTANT, "Shall I?", NOON, CHOICES).choices


def test_message_sent_twice_is_kept_once(shop: Shop) -> None:
    chat = open_chat(shop)
    first, second = send(shop, chat, "It is late"), send(shop, chat, "It is late")
    assert (first.duplicate, second.duplicate, second.seq, second.message_id) == (False, True, first.seq, first.message_id)
    with shop.begin(False) as uow:
        assert len(uow.messages.of(chat)) == 1


def test_messages_are_numbered_in_order(shop: Shop) -> None:
    chat = open_chat(shop)
    assert [send(shop, chat, "a word", client_id=str(n)).seq for n in range(3)] == [1, 2, 3]


def test_unknown_conversation_is_refused(shop: Shop) -> None:
    with pytest.raises(NotFound):
        send(shop, "nowhere", "hello")


@pytest.mark.parametrize("text", ["", "  \n", "/", " / //", "\u202e\u200b", None])
def test_empty_message_is_refused(shop: Shop, text: str | None) -> None:
    with pytest.raises(BadInput, match="empty"):
        send(shop, open_chat(shop), text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("/restart", "restart"),
        (" // / restart ", "restart"),
        ("\u200b/ /affirm", "affirm"),
        ("\u200d/affirm", "affirm"),
        ("and/or", "and/or"),
        ("a\u202eb\u2066c\x00d\x1be", "abcde"),
        ("half \ud800 a pair", "half  a pair"),
        ("one\r\ntwo\tthree", "one\ntwo\tthree"),
        ("family 👨\u200d👩\u200d👧", "family 👨\u200d👩\u200d👧"),
    ],
)
def test_clean_takes_out_what_is_no_word_of_a_customer(typed: str, kept: str) -> None:
    assert clean(typed).text == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("card 4111111111111111 please", "card [card ending 1111] please"),
        ("4111 1111 1111 1111", "[card ending 1111]"),
        ("4111-1111-1111-1111 12/27", "[card ending 1111] 12/27"),
        ("4111 1111 1111 1111 12 27", "[card ending 1111] 12 27"),
        ("my order W2611340", "my order W2611340"),
        ("tracking 4111111111111112", "tracking 4111111111111112"),
        ("call +1 555 0123 456", "call +1 555 0123 456"),
    ],
)
def test_clean_masks_card_numbers_only(typed: str, kept: str) -> None:
    assert clean(typed).text == kept


@given(st.from_regex(r"[0-9]{12,18}", fullmatch=True))
def test_clean_masks_every_number_with_a_right_check_digit(digits: str) -> None:
    number = next(digits + str(last) for last in range(10) if has_check_digit(digits + str(last)))
    assert clean(f"it is {number}").text == f"it is [card ending {number[-4:]}]"


@given(st.text(max_size=300))
def test_clean_never_leaves_a_command(text: str) -> None:
    kept = clean(text).text
    assert not kept.strip().startswith("/") and kept == kept.strip()
    kept.encode()  # no halves of characters: they cannot be stored


def test_long_message_is_cut_and_the_cut_is_noted(shop: Shop) -> None:
    chat = open_chat(shop)
    kept = send(shop, chat, "so late " * 1000)
    with shop.begin(False) as uow:
        assert len(uow.messages.get(kept.message_id).text) <= LONGEST


def test_tap_keeps_the_label_and_what_it_stands_for(shop: Shop) -> None:
    chat = open_chat(shop)
    yes = offer(shop, chat)[0]
    kept = send(shop, chat, choice=yes["id"])
    with shop.begin(False) as uow:
        message = uow.messages.get(kept.message_id)
    assert (message.text, message.choice) == ("Yes, do that", "/affirm")


def test_second_tap_before_the_answer_is_the_same_message(shop: Shop) -> None:
    chat = open_chat(shop)
    yes = offer(shop, chat)[0]
    first, second = send(shop, chat, choice=yes["id"]), send(shop, chat, choice=yes["id"], client_id="2")
    assert second == Accepted(first.message_id, first.seq, duplicate=True)


def test_stale_tap_without_words_is_refused_in_words(shop: Shop) -> None:
    chat = open_chat(shop)
    old = offer(shop, chat)[0]
    offer(shop, chat)
    with pytest.raises(BadInput, match="no longer open"):
        send(shop, chat, choice=old["id"])


def test_stale_tap_with_its_label_is_taken_as_words(shop: Shop) -> None:
    chat = open_chat(shop)
    kept = send(shop, chat, "Yes, do that", choice="gone")
    with shop.begin(False) as uow:
        message = uow.messages.get(kept.message_id)
    assert (message.text, message.choice) == ("Yes, do that", None)


@pytest.mark.parametrize(("channel", "typed", "meant"), [("sms", "2", "/deny"), ("sms", "3", None), ("website", "2", None)])
def test_number_stands_for_a_choice_where_none_can_be_tapped(shop: Shop, channel: str, typed: str, meant: str | None) -> None:
    chat = open_chat(shop, channel)
    offer(shop, chat)
    kept = send(shop, chat, typed)
    with shop.begin(False) as uow:
        assert uow.messages.get(kept.message_id).choice == meant


def test_message_to_a_person_waits_for_no_turn(shop: Shop) -> None:
    chat = open_chat(shop)
    with shop.begin(True) as uow:
        uow.conversations.get(chat).give_to(Handler.AGENT, "Maria")
    send(shop, chat, "thank you")
    with shop.begin(False) as uow:
        assert uow.messages.unanswered(chat) == []


def test_message_where_nobody_answers_brings_the_assistant_back(shop: Shop) -> None:
    chat = open_chat(shop)
    with shop.begin(True) as uow:
        uow.conversations.get(chat).give_to(Handler.NOBODY)
    send(shop, chat, "still broken")
    with shop.begin(False) as uow:
        assert uow.conversations.get(chat).handler is Handler.ASSISTANT


def test_reply_is_queued_with_the_message(shop: Shop) -> None:
    chat = open_chat(shop)
    with shop.begin(True) as uow:
        said = add_reply(uow, uow.conversations.get(chat), Author.ASSISTANT, "Hello.", NOON)
    with shop.begin(False) as uow:
        assert uow.outbox.state_of(said.id) == "waiting"
