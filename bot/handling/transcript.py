"""What a customer reads of their conversation, and noting that they have it and have seen it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.cases.attachment import File
from bot.cases.conversation import Author, Conversation, Handler, Message
from bot.cases.instants import instant
from bot.errors import NotFound
from bot.handling.files import file_json
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

DELIVERED = "delivered"


@dataclass(frozen=True)
class Page:
    """The messages after some point, and how the conversation stands now. `on_their_way`: ids of those not noted as delivered."""

    messages: tuple[dict[str, Any], ...]
    handler: str
    agent: str | None
    is_answering: bool  # a turn of the assistant is under way
    read: int  # the newest message of the customer that was read and answered
    wait: dict[str, Any] | None  # while it waits for a person: the place among those who wait, and by when an answer is promised
    on_their_way: tuple[str, ...] = ()

    @property
    def status(self) -> dict[str, Any]:
        """All but the messages."""
        said: dict[str, Any] = {"handler": self.handler, "agent": self.agent, "typing": self.is_answering, "read": self.read}
        return said | ({"wait": self.wait} if self.wait else {})

    def as_json(self) -> dict[str, Any]:
        return {"messages": list(self.messages), **self.status}


def look(shop: Shop, conversation_id: str, after: int, now: datetime, is_under_way: bool = False) -> Page:
    """What was said after this seq. `is_under_way`: a turn has begun of which the store may not know yet. Raises NotFound."""
    with shop.begin(False) as uow:
        conversation = uow.conversations.get(conversation_id)
        said = uow.messages.of(conversation_id, after)
        if conversation.erased_at:
            said = _left(uow, conversation, after)
        return _page(uow, conversation, said, now, is_under_way)


def _left(uow: "UnitOfWork", conversation: Conversation, after: int) -> list[Message]:
    """Of a chat that was erased: that it was. Raises NotFound where nobody asked for it and nothing is to be said."""
    told = [one for one in uow.messages.of(conversation.id) if conversation.erased_at and one.at >= conversation.erased_at]
    if not told:
        raise NotFound("There is no such conversation.")
    return [one for one in told if one.seq > after]


def delivered(shop: Shop, page: Page, now: datetime) -> None:
    """Notes that the customer's side has got this page."""
    if page.on_their_way:
        with shop.begin(True) as uow:
            uow.outbox.mark(list(page.on_their_way), DELIVERED, now)


def seen(shop: Shop, conversation_id: str, seq: int, now: datetime) -> None:
    """Notes that the customer has the messages up to this seq on their screen. Raises NotFound."""
    with shop.begin(False) as uow:
        uow.conversations.get(conversation_id)
        unread = uow.outbox.unread(conversation_id, seq)
    if unread:
        with shop.begin(True) as uow:
            uow.outbox.mark_read(unread, now)


def _page(uow: "UnitOfWork", conversation: Conversation, said: list[Message], now: datetime, is_under_way: bool) -> Page:
    ours = [one for one in said if one.author is not Author.CUSTOMER]
    newest = max((one.seq for one in ours), default=0)
    read_up_to = uow.messages.read_up_to(conversation.id)
    leased = conversation.turn_lease_until
    busy = is_under_way or bool(leased and leased > now)
    files = uow.files.of_messages([one.id for one in said])
    return Page(
        tuple(_shown(one, one.seq == newest, read_up_to, files.get(one.id, [])) for one in said),
        conversation.handler.value,
        conversation.agent,
        busy and bool(uow.messages.unanswered(conversation.id)),
        read_up_to,
        _wait(uow, conversation, now),
        tuple(uow.outbox.not_arrived([one.id for one in ours])),
    )


def _wait(uow: "UnitOfWork", conversation: Conversation, now: datetime) -> dict[str, Any] | None:
    """The honest wait. A time that has passed is not named: the customer reads a new one as soon as it is promised."""
    place = uow.conversations.place_in_queue(conversation.id) if conversation.handler is Handler.QUEUE else None
    if place is None:
        return None
    position, due_at = place
    return {"position": position, "until": instant(due_at) if due_at > now else None}


def _shown(message: Message, is_newest: bool, read_up_to: int, files: list[File]) -> dict[str, Any]:
    """A message as the customer may see it: what stands behind a choice stays here."""
    choices = [{"id": one["id"], "label": one["label"]} for one in message.choices] if is_newest else []
    at, author = instant(message.at), message.author.value
    shown = {"seq": message.seq, "author": author, "text": message.text, "choices": choices, "at": at, "agent": message.agent}
    if message.author is Author.CUSTOMER:
        shown["state"] = "read" if message.seq <= read_up_to else "sent"
        shown["client_id"] = (message.provider_id or "").removeprefix(f"{message.conversation_id}:")  # so that its sender knows it again
        shown |= _own_id(message)
    if files or message.author is Author.CUSTOMER:
        shown["files"] = [file_json(one) for one in files]
    if message.card:
        shown["card"] = _laid_out(message.card, choices)
    return shown


def _laid_out(card: dict[str, Any], choices: list[dict[str, str]]) -> dict[str, Any]:
    """The card; where a choice is no longer open, its row is there to be read."""
    still_open = {one["id"] for one in choices}
    return {**card, "rows": [{**row, "choice": row["choice"] if row["choice"] in still_open else None} for row in card["rows"]]}


def _own_id(message: Message) -> dict[str, str]:
    """The id that the customer's own browser gave the message, so that its tabs know it again."""
    conversation_id, _, client_id = (message.provider_id or "").partition(":")
    return {"client_id": client_id} if conversation_id == message.conversation_id and client_id else {}
