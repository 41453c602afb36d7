"""Letters to customers: what is mailed, to whom, and what happens where it cannot be."""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.cases.attachment import File
from bot.cases.conversation import Author, Message
from bot.cases.dates import clock_of
from bot.errors import Conflict
from bot.handling.accept import add_reply
from bot.handling.shop import Shop
from bot.ports import Mail

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

TRANSCRIPT = "transcript"
SENT, FAILED = "sent", "failed"  # states of its outbox row
SAME = timedelta(minutes=1)  # asked again within it, one letter is meant


class NotMailed(Conflict):
    """The chat is not mailed. `code` is the name of the response that says why."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def address_of(shop: Shop, uow: "UnitOfWork", conversation_id: str) -> str | None:
    """The address on an order that was proven in this conversation: nobody else's can be mailed from here."""
    proven = [case.order_number for case in uow.cases.of_conversation(conversation_id) if case.proven and case.order_number]
    orders = (shop.orders.find(number) for number in reversed(proven))
    return next((order.buyer.email for order in orders if order and order.buyer.email), None)


def ask_for_transcript(shop: Shop, conversation_id: str, now: datetime) -> bool:
    """Queues the whole chat as a letter; False where one has just been queued. Raises NotFound; NotMailed."""
    with shop.begin(True) as uow:
        conversation = uow.conversations.of_customer(conversation_id)
        if not shop.mails:
            raise NotMailed(shop.wording.say("answer_transcript_off", conversation_id), "answer_transcript_off")
        if address_of(shop, uow, conversation_id) is None:
            raise NotMailed(shop.wording.say("answer_transcript_unproven", conversation_id), "answer_transcript_unproven")
        last = uow.outbox.last_at(TRANSCRIPT, conversation_id)
        if last and now - last < SAME:
            return False
        uow.outbox.add(TRANSCRIPT, "email", secrets.token_hex(16), now, conversation_id)
        uow.note(conversation.case_id, "web", "letter.asked", now)
        return True


def transcript(shop: Shop, uow: "UnitOfWork", letter_id: str, conversation_id: str, now: datetime) -> Mail | None:
    """All that was said, as a letter; None where there is nowhere to send it."""
    address = address_of(shop, uow, conversation_id)
    if address is None:
        return None
    conversation = uow.conversations.get(conversation_id)
    clock = clock_of(conversation.time_zone, shop.policy.hours.zone, now)
    cases = [case.reference for case in uow.cases.of_conversation(conversation_id)]
    said, say = uow.messages.of(conversation_id), shop.wording.say
    files = uow.files.of_messages([one.id for one in said])
    lines = [f"{clock.moment(one.at)}  {_who(shop, one)}\n{_said(shop, one, files.get(one.id, []))}\n" for one in said]
    subject = say("letter_transcript_subject", conversation_id, ref=", ".join(cases))
    return Mail(letter_id, address, subject, "\n".join([say("letter_transcript_intro", conversation_id, shop=shop.name), "", *lines]))


def _said(shop: Shop, message: Message, files: list[File]) -> str:
    """The words, and a line for each file that came with them."""
    named = [shop.wording.say(f"letter_transcript_{one.kind}", name=one.name) for one in files]
    return "\n".join(filter(None, (message.text, *named)))


def _who(shop: Shop, message: Message) -> str:
    if message.author is Author.AGENT and message.agent:
        return message.agent
    return shop.wording.say(f"noun_author_{message.author}")


def tell_it_failed(shop: Shop, uow: "UnitOfWork", conversation_id: str, now: datetime) -> None:
    """Says in the chat that the letter did not go out: no failure is silent."""
    conversation = uow.conversations.get(conversation_id)
    add_reply(uow, conversation, Author.SYSTEM, shop.wording.say("letter_failed", conversation_id), now)
    uow.note(conversation.case_id, "assistant", "letter.failed", now)
