"""A chat on a messaging channel as people see it: what became of each message there, and whether words can be sent there now."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.cases.channel import Abilities
from bot.cases.contact import FAILED, Contact
from bot.cases.conversation import Author, Message
from bot.cases.instants import instant

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

WAITING = "waiting"
Found = dict[str, Any]
Became = Callable[[Message], Found | None]


def contact_json(contact: Contact | None, can: Abilities | None) -> Found | None:
    """Whether a person's words go out now; None where the chat is on no messaging channel. `can`: None where it is not set up any more.

    `until`: until when free words may be sent, None where the customer's last message is not known; only where there is a window.
    """
    if contact is None:
        return None
    window = (can.agent_window or can.window) if can else None
    return {
        "is_set": can is not None,
        "stopped_at": instant(contact.stopped_at),
        "asks_start": bool(can and can.answers_stop),
        "has_window": window is not None,
        "until": instant(contact.last_in_at + window) if window and contact.last_in_at else None,
        "last_in_at": instant(contact.last_in_at),
        "told_at": instant(contact.template_at) if contact.was_told else None,
        "has_template": bool(can and can.has_template),
        "is_public": bool(can and can.is_public),
    }


def became(uow: "UnitOfWork", contact: Contact | None, can: Abilities | None, states: Mapping[str, str], now: datetime) -> Became:
    """What became of a message to the customer, as {what, why}; `states`: of the outbox. None for what is told by its state alone.

    `what`: window (it waits for the customer to write), told (so, and a template says that it is there), retry or failed.
    """
    if contact is None:
        return lambda _message: None
    sendings, views = uow.sendings, uow.channel_views
    unsent = [message for message, state in states.items() if state in (WAITING, FAILED)]
    tried = views.tried(contact.conversation_id) if unsent else set()
    reasons = {**views.told_why(unsent), **(sendings.failures(contact.conversation_id) if unsent else {})}

    def of(message: Message) -> Found | None:
        state, why = states.get(message.id), reasons.get(message.id)
        if message.author is Author.CUSTOMER or state not in (WAITING, FAILED):
            return None
        if state == FAILED:
            return {"what": "failed", "why": why}
        if can and not _may_go(can, contact, message, now):
            return {"what": "told" if contact.was_told else "window", "why": None}
        return {"what": "retry", "why": why if why != "window_closed" else None} if message.id in tried else None

    return of


def _may_go(can: Abilities, contact: Contact, message: Message, now: datetime) -> bool:
    """As it is decided when it is sent (`bot.handling.sending`)."""
    if contact.is_open(can.window, now):
        return True
    return message.author is Author.AGENT and can.agent_window is not None and contact.is_open(can.agent_window, now)
