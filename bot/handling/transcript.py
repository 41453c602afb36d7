"""What a customer reads of their conversation, and noting that they have it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.cases.conversation import Author, Conversation, Message
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

DELIVERED = "delivered"


@dataclass(frozen=True)
class Page:
    """The messages after some point, and who answers now."""

    messages: tuple[dict[str, Any], ...]
    handler: str
    agent: str | None
    is_answering: bool  # a turn of the assistant is under way

    def as_json(self) -> dict[str, Any]:
        return {"messages": list(self.messages), "handler": self.handler, "agent": self.agent, "typing": self.is_answering}


def read(shop: Shop, conversation_id: str, after: int, now: datetime) -> Page:
    """What was said after this seq. Raises NotFound."""
    with shop.begin(False) as uow:
        conversation = uow.conversations.get(conversation_id)
        said = uow.messages.of(conversation_id, after)
        page = _page(uow, conversation, said, now)
    fetched = [one.id for one in said if one.author is not Author.CUSTOMER]
    if fetched:
        with shop.begin(True) as uow:
            uow.outbox.mark(fetched, DELIVERED, now)
    return page


def _page(uow: "UnitOfWork", conversation: Conversation, said: list[Message], now: datetime) -> Page:
    ours = [one.seq for one in said if one.author is not Author.CUSTOMER]
    newest = max(ours, default=0)
    shown = tuple(_shown(one, is_newest=one.seq == newest) for one in said)
    leased = conversation.turn_lease_until
    answering = bool(leased and leased > now and uow.messages.unanswered(conversation.id))
    return Page(shown, conversation.handler.value, conversation.agent, answering)


def _shown(message: Message, is_newest: bool) -> dict[str, Any]:
    """A message as the customer may see it: what stands behind a choice stays here."""
    choices = [{"id": one["id"], "label": one["label"]} for one in message.choices] if is_newest else []
    at = message.at.isoformat()
    return {"seq": message.seq, "author": message.author.value, "text": message.text, "choices": choices, "at": at, "agent": message.agent}
