"""The whole chat by e-mail: through a real SMTP server, to the address on a proven order and to no other."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import Conflict, NotFound
from bot.handling.letters import ask_for_transcript
from bot.handling.shop import Shop
from bot.providers.mail import SmtpMailer
from bot.worker.letters import Letters
from bot.worker.pace import TRIES
from tests.builders import an_order
from tests.doors import a_shop
from tests.mailbox import Mailbox
from tests.product import free_ports
from tests.unit.handling.chats import Chat, take_orders

EMAIL = {"email": "nina@example.com"}


@pytest.fixture
def shop(memory_database: Any) -> Shop:
    take_orders(memory_database, an_order())
    return replace(a_shop(memory_database), mails=True)


@pytest.fixture
def settled(shop: Shop) -> Chat:
    """A late order, refunded."""
    chat = Chat(shop)
    chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", **EMAIL)
    chat.tap("refund")
    chat.tap("Yes")
    return chat


def test_chat_is_mailed_whole_to_the_address_on_the_order(shop: Shop, settled: Chat, mailer: SmtpMailer, inbox: Mailbox) -> None:
    settled.tap("E-mail me this chat")
    assert "to the address on your order" in settled.text
    assert "nina@example.com" not in settled.text
    assert Letters(shop, mailer).run(settled.now) == 1
    ((to, letter),) = inbox.letters
    body = letter.get_content()
    assert to == ["nina@example.com"]
    assert settled.case.reference in letter["Subject"]
    assert all(one in body for one in (settled.filed[0].reference, "is late", "Tuesday 3 March"))
    assert Letters(shop, mailer).run(settled.now + timedelta(hours=1)) == 0


def test_nobody_is_mailed_before_an_order_is_proven(shop: Shop, mailer: SmtpMailer, inbox: Mailbox) -> None:
    chat = Chat(shop)
    chat.say("my parcel is late, I am eve@example.com", "late_delivery", email="eve@example.com")
    chat.say("e-mail me this chat", "out_of_scope")
    assert "once the order is proven" in chat.text
    assert Letters(shop, mailer).run(chat.now) == 0
    assert inbox.letters == []


def test_letter_that_is_put_off_goes_out_later_under_the_same_id(shop: Shop, settled: Chat, mailer: SmtpMailer, inbox: Mailbox) -> None:
    settled.tap("E-mail me this chat")
    inbox.answer = "451 try later"
    letters = Letters(shop, mailer)
    assert letters.run(settled.now) == 1
    assert letters.run(settled.now + timedelta(seconds=5)) == 0
    inbox.answer = "250 taken"
    assert letters.run(settled.now + timedelta(minutes=5)) == 1
    assert len(inbox.letters) == 1


@pytest.mark.parametrize("answer", ["550 no such person", "451 try later"])
def test_letter_that_can_never_go_out_is_told_in_the_chat(
    shop: Shop, settled: Chat, mailer: SmtpMailer, inbox: Mailbox, answer: str
) -> None:
    settled.tap("E-mail me this chat")
    inbox.answer = answer
    now = settled.now
    for _ in range(TRIES):
        Letters(shop, mailer).run(now)
        now += timedelta(hours=3)
    with shop.begin(False) as uow:
        told = [one.text for one in uow.messages.of(settled.id) if "could not be delivered" in one.text]
    assert len(told) == 1
    assert inbox.letters == []


def test_server_that_is_not_there_is_tried_again(shop: Shop, settled: Chat) -> None:
    settled.tap("E-mail me this chat")
    (port,) = free_ports(1)
    letters = Letters(shop, SmtpMailer(f"smtp://127.0.0.1:{port}", "care@example.com"))
    assert letters.run(settled.now) == 1
    with shop.begin(False) as uow:
        assert not [one for one in uow.messages.of(settled.id) if "could not be delivered" in one.text]


def test_shop_without_a_mail_server_offers_none(shop: Shop) -> None:
    chat = Chat(replace(shop, mails=False))
    chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", **EMAIL)
    chat.tap("refund")
    chat.tap("Yes")
    assert "E-mail me this chat" not in chat.labels
    assert "can't send mail" in chat.say("send me a transcript", "out_of_scope") or "can't send mail" in chat.say(
        "e-mail me the chat", "out_of_scope"
    )


def test_button_mails_the_chat_once_within_a_minute(shop: Shop, settled: Chat, mailer: SmtpMailer, inbox: Mailbox) -> None:
    asked = [ask_for_transcript(shop, settled.id, settled.now + timedelta(seconds=wait)) for wait in (0, 1, 59, 61)]
    assert asked == [True, False, False, True]
    Letters(shop, mailer).run(settled.now + timedelta(minutes=2))
    assert [to for to, _ in inbox.letters] == [["nina@example.com"]] * 2
    assert "nina" not in str([line for line in settled.acts if "letter" in line])


def test_button_and_words_within_a_minute_are_one_letter(shop: Shop, settled: Chat, mailer: SmtpMailer, inbox: Mailbox) -> None:
    settled.tap("E-mail me this chat")
    assert not ask_for_transcript(shop, settled.id, settled.now + timedelta(seconds=5))
    Letters(shop, mailer).run(settled.now + timedelta(minutes=1))
    assert len(inbox.letters) == 1


def test_button_mails_nobody_before_an_order_is_proven(shop: Shop) -> None:
    chat = Chat(shop)
    chat.say("my parcel is late, I am eve@example.com", "late_delivery", email="eve@example.com")
    with pytest.raises(Conflict, match="once the order is proven"):
        ask_for_transcript(shop, chat.id, chat.now)
    with pytest.raises(Conflict, match="can't send mail"):
        ask_for_transcript(replace(shop, mails=False), chat.id, chat.now)
    with pytest.raises(NotFound):
        ask_for_transcript(shop, "nobody", chat.now)
