"""Takes in what a customer sends, and writes what the customer is to read. Nothing here waits for the assistant."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.cases.card import with_ids
from bot.cases.conversation import Author, Conversation, Handler, Message
from bot.errors import BadInput
from bot.handling.clean import clean, visible
from bot.handling.files import attach
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

WITH_BUTTONS = frozenset({"website"})


@dataclass(frozen=True)
class Accepted:
    """A message is kept: its id, its place in the conversation, and whether it had been kept before."""

    message_id: str
    seq: int
    duplicate: bool


def open_conversation(
    shop: Shop,
    channel: str,
    now: datetime,
    time_zone: str | None = None,
    customer_id: str | None = None,
    conversation_id: str | None = None,
) -> Conversation:
    """Begins a conversation. Its id is ours and random, unless a developer's tool brings one."""
    opened = Conversation(conversation_id or secrets.token_hex(16), channel, now, customer_id=customer_id, time_zone=time_zone)
    with shop.begin(True, goes_first=True) as uow:
        uow.add(opened)
    return opened


def accept(
    shop: Shop,
    conversation_id: str,
    provider_id: str,
    text: str | None,
    choice_id: str | None,
    now: datetime,
    files: Sequence[str] = (),
    is_public: bool = False,
) -> Accepted:
    """Keeps one message with its files, once however often it is sent. Raises NotFound or BadInput; then nothing is kept."""
    with shop.begin(True, goes_first=True) as uow:
        conversation = uow.conversations.of_customer(conversation_id)
        known = uow.messages.by_provider_id(provider_id)
        if known:
            return Accepted(known.id, known.seq, duplicate=True)
        tidy = clean(text or "")
        words, payload = _meant(uow, conversation, tidy.text, choice_id, bool(files))
        twin = _same_tap(uow, conversation, payload)
        if twin:
            return Accepted(twin.id, twin.seq, duplicate=True)
        message = _message(conversation, Author.CUSTOMER, words, now)
        message.provider_id, message.choice, message.is_public = provider_id, payload, is_public
        _hand_over(conversation, message, now)
        uow.add(message)
        uow.flush()
        attach(uow, message, files)
        if tidy.cut_from:
            uow.note(conversation.case_id, "web", "message_cut", now, message=message.id, length=tidy.cut_from)
        return Accepted(message.id, message.seq, duplicate=False)


def add_reply(
    uow: "UnitOfWork",
    conversation: Conversation,
    author: Author,
    text: str,
    now: datetime,
    choices: Sequence[Mapping[str, str]] = (),
    agent: str | None = None,
    not_before: datetime | None = None,
    card: Mapping[str, Any] | None = None,
    is_public: bool = False,
) -> Message:
    """Writes one message to the customer and queues it: the only way any word to a customer is written.

    `not_before`: where it makes a phone ring, it goes out then at the earliest. In a chat that was erased nothing is said any more:
    the message that comes back is not kept.
    """
    if conversation.erased_at:
        return Message(secrets.token_hex(16), conversation.id, conversation.last_seq, author, text, now)
    message = _message(conversation, author, text, now)
    message.agent, message.is_public = agent, is_public
    message.choices = [{"id": secrets.token_hex(6), "label": one["label"], "payload": one["payload"]} for one in choices]
    message.card = with_ids(card, message.choices)
    uow.add(message)
    uow.flush()
    uow.outbox.add("message", conversation.channel, message.id, now, conversation.id, not_before)
    return message


def _message(conversation: Conversation, author: Author, text: str, now: datetime) -> Message:
    conversation.last_seq += 1
    return Message(secrets.token_hex(16), conversation.id, conversation.last_seq, author, text, now, case_id=conversation.case_id)


def _meant(uow: "UnitOfWork", conversation: Conversation, text: str, choice_id: str | None, has_files: bool) -> tuple[str, str | None]:
    """The words to keep and, where an open choice was taken, what it stands for."""
    taken = _taken(uow, conversation, text, choice_id)
    if taken:
        return taken["label"], taken["payload"]
    if text or (has_files and not choice_id):
        return text, None
    if choice_id:
        raise BadInput("That choice is no longer open. Choose one of the newest ones, or write what you would like.")
    raise BadInput("The message is empty. Write a few words about what happened.")


def _taken(uow: "UnitOfWork", conversation: Conversation, text: str, choice_id: str | None) -> dict[str, str] | None:
    """The open choice that was tapped or, on a channel where none can be, whose number was typed."""
    typed = None if choice_id or conversation.channel in WITH_BUTTONS else re.fullmatch(r"\(?(\d{1,2})[.)]?", text)
    choices = uow.messages.last_choices(conversation.id) if choice_id or typed else []
    if typed:
        place = int(typed.group(1))
        return choices[place - 1] if 1 <= place <= len(choices) else None
    return next((one for one in choices if one["id"] == choice_id), None)


def _same_tap(uow: "UnitOfWork", conversation: Conversation, payload: str | None) -> Message | None:
    """The same choice, tapped before and not answered yet: an impatient second tap is no second wish."""
    waiting = uow.messages.unanswered(conversation.id) if payload else []
    return next((one for one in waiting if one.choice == payload), None)


def _hand_over(conversation: Conversation, message: Message, now: datetime) -> None:
    """Says whose the message is: a person's at once, where one answers; the assistant's where nobody does any more."""
    if conversation.handler is Handler.NOBODY:
        conversation.give_to(Handler.ASSISTANT)
    if conversation.handler is Handler.AGENT:
        message.answered_at = now


def visible_reply(text: str) -> str:
    """What a person typed for a customer, without what cannot be seen. Raises BadInput where nothing is left."""
    words = visible(text).strip()
    if not words:
        raise BadInput("The reply is empty.")
    return words
