"""What comes in from messaging channels: kept at once, durably and once; then taken in, one customer's after the other.

Taking in may need the network (a photo is fetched), so it is done after the provider has had its answer. What it did stands under
the provider's id of it: done twice, it is done once.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from bot.cases.attachment import MOST_IN_A_MESSAGE
from bot.cases.case import Alert
from bot.cases.channel import Arrival, ArrivalKind, meant
from bot.cases.contact import Contact
from bot.cases.conversation import Author, Conversation, Message
from bot.errors import BadInput, FileNotKept, FileRefused, SendFailed
from bot.handling import contacts
from bot.handling.accept import accept, add_reply
from bot.handling.clean import clean
from bot.handling.files import keep_file, refusal_line
from bot.handling.receipts import take_receipt
from bot.handling.shop import Shop
from bot.ports import Channel, FileMaker

if TYPE_CHECKING:
    from bot.store.channels import Waiting
    from bot.store.unit_of_work import UnitOfWork

LEASE = timedelta(minutes=2)
GRACE = timedelta(seconds=2)  # whoever kept it takes it in at once; the worker sees only what was left
AGAIN = timedelta(seconds=10)
PATIENCE = timedelta(minutes=5)  # for a file that its provider does not hand out
RECEIPTS_LATE = timedelta(minutes=10)  # a receipt may be here before the answer that names its message
TRIES = 12
KEPT = timedelta(days=60)  # the keys of what came: no provider delivers again after so long
log = structlog.get_logger(__name__)


class NotYet(Exception):
    """It cannot be taken in now; later it may."""


@dataclass(frozen=True)
class Took:
    """One arrival was dealt with. `conversation_id`: where there may be something to answer now."""

    kind: ArrivalKind
    conversation_id: str | None
    provider_id: str


def keep(shop: Shop, channel: Channel, came: Sequence[Arrival], now: datetime) -> list[str]:
    """Keeps all of a delivery in one transaction; the lanes in which there is something new."""
    if not came:
        return []
    with shop.begin(True, goes_first=True) as uow:
        return uow.arrivals.keep(channel.name, came, now, now + GRACE)


def take_next(shop: Shop, channel: Channel, maker: FileMaker, lane: str, now: datetime, at_once: bool = False) -> Took | None:
    """Takes in the oldest arrival of a lane; None where none waits, or somebody is at one."""
    with shop.begin(True) as uow:
        uow.hold(f"lane:{channel.name}:{lane}")
        waiting = uow.arrivals.claim(channel.name, lane, now, LEASE, at_once)
    if waiting is None:
        return None
    try:
        is_new_thread = channel.can.has_threads and not waiting.arrival.refers  # in which there is nothing to stop yet
        kind = waiting.arrival.kind if is_new_thread else meant(waiting.arrival)
        conversation_id = _DEEDS[kind](shop, channel, maker, waiting, now)
    except NotYet as late:
        log.info("arrival.postponed", channel=channel.name, kind=str(waiting.arrival.kind), why=str(late))
        with shop.begin(True) as uow:
            uow.arrivals.postpone(waiting.id, now + AGAIN)
        return None
    except BadInput as refused:
        log.warning("arrival.dropped", channel=channel.name, kind=str(waiting.arrival.kind), why=type(refused).__name__)
        conversation_id = None
    except Exception:
        _give_up(shop, channel, waiting, now)
        raise
    with shop.begin(True) as uow:
        uow.arrivals.end(waiting.id, "taken")
    return Took(waiting.arrival.kind, conversation_id, waiting.arrival.id)


def _give_up(shop: Shop, channel: Channel, waiting: "Waiting", now: datetime) -> None:
    """What fails again and again is put aside, with all of its content, and people hear of it: it must not hold up what comes after."""
    if waiting.attempts >= TRIES:
        with shop.begin(True) as uow:
            uow.arrivals.end(waiting.id, "failed")
            to = shop.policy.escalation("assistant_failed").team
            told: dict[str, object] = {"channel": channel.name, "kind": str(waiting.arrival.kind), "arrival": waiting.id}
            key = f"arrival_failed:{waiting.id}:{now.timestamp():.0f}"  # taken in again by a person, it may fail again
            uow.alerts.raise_once(Alert("arrival_failed", to, now, key, _case_of_sender(uow, channel, waiting, now), told))


def _case_of_sender(uow: "UnitOfWork", channel: Channel, waiting: "Waiting", now: datetime) -> str | None:
    """The case of the chat into which it would have come, where there is one."""
    known = uow.contacts.of(waiting.home) if waiting.home else contacts.find(uow, channel, waiting.arrival, now)
    return uow.conversations.get(known.conversation_id).case_id if known else None


def _take_message(shop: Shop, channel: Channel, maker: FileMaker, waiting: "Waiting", now: datetime) -> str | None:
    """A customer's message, with its files. What cannot be kept of it is said to them in words."""
    arrival = waiting.arrival
    with shop.begin(True) as uow:
        known = uow.contacts.of(waiting.home) if waiting.home else None
        contact = known or contacts.contact_for(uow, channel, arrival, now)
        uow.arrivals.remember(waiting, contact.conversation_id)  # tried again, it comes into the same one
    files, refusals = _files(shop, channel, maker, contact, waiting, now)
    contacts.heard_from(shop, channel, contact, arrival, now)
    kept = None
    try:
        if arrival.text.strip() or arrival.choice or files:
            name = provider_name(channel, arrival.id)
            kept = accept(shop, contact.conversation_id, name, arrival.text, arrival.choice, now, files, arrival.is_public)
        elif not refusals:
            refusals = [shop.wording.say("channel_empty", contact.conversation_id)]
    except BadInput:
        refusals += [shop.wording.say("channel_choice_closed", contact.conversation_id)]
    for line in refusals if kept is None or not kept.duplicate else []:
        with shop.begin(True) as uow:
            add_reply(uow, uow.conversations.get(contact.conversation_id), Author.SYSTEM, line, now)
    return contact.conversation_id


def provider_name(channel: Channel, provider_id: str) -> str:
    """The id under which a message of a channel is kept: unique in all of them."""
    return f"{channel.name}:{provider_id}"


def _files(
    shop: Shop, channel: Channel, maker: FileMaker, contact: Contact, waiting: "Waiting", now: datetime
) -> tuple[list[str], list[str]]:
    """The ids of the files that were fetched and kept, and why others were not."""
    kept, refusals = [], []
    for place, media in enumerate(waiting.arrival.media):
        client_id = hashlib.sha256(f"{channel.name}:{waiting.arrival.id}:{place}".encode()).hexdigest()[:40]
        try:
            raw = channel.fetch(media)
            kept.append(keep_file(shop, maker, contact.conversation_id, client_id, media.name, raw, now).id)
        except FileNotKept as refusal:
            refusals.append(str(refusal))
        except FileRefused as refusal:
            refusals.append(refusal_line(shop, contact.conversation_id, refusal.why))
        except SendFailed as failure:
            if not failure.is_final and now - waiting.at < PATIENCE:
                raise NotYet(str(failure)) from failure
            refusals.append(shop.wording.say("channel_file_not_fetched", contact.conversation_id))
    return kept[:MOST_IN_A_MESSAGE], list(dict.fromkeys(refusals))


def _take_edit(shop: Shop, channel: Channel, _maker: FileMaker, waiting: "Waiting", now: datetime) -> str | None:
    """Other words for a message: in its place while nobody has read it; afterwards as one more, which corrects it."""
    arrival = waiting.arrival
    with shop.begin(True) as uow:
        conversation, message = _about(uow, channel, arrival)
        if conversation is None or message is None or message.text == clean(arrival.text).text:
            return None
        if message.asked_at is None and message.answered_at is None:
            message.text = clean(arrival.text).text or message.text
            uow.note(conversation.case_id, "customer", "message.edited", now, message=message.id)
            return conversation.id
    accept(shop, conversation.id, provider_name(channel, arrival.id), arrival.text, None, now, (), message.is_public)
    return conversation.id


def _take_deletion(shop: Shop, channel: Channel, _maker: FileMaker, waiting: "Waiting", now: datetime) -> str | None:
    """A message that its sender took back: its words are gone here too, and nobody answers what was not read yet."""
    with shop.begin(True) as uow:
        conversation, message = _about(uow, channel, waiting.arrival)
        if conversation is None or message is None:
            return None
        message.text = shop.wording.say("channel_taken_back", conversation.id)
        if message.asked_at is None:
            message.answered_at = message.answered_at or now
        uow.note(conversation.case_id, "customer", "message.taken_back", now, message=message.id)
        return conversation.id


def _about(uow: "UnitOfWork", channel: Channel, arrival: Arrival) -> tuple[Conversation | None, Message | None]:
    """The message that an arrival is about, where it is this sender's own; its conversation is locked."""
    found = uow.messages.by_provider_id(provider_name(channel, arrival.about or ""))
    contact = uow.contacts.of(found.conversation_id) if found else None
    if found is None or contact is None or contact.address != arrival.sender:
        return None, None
    return uow.conversations.get(found.conversation_id), found


def _take_receipt(shop: Shop, channel: Channel, _maker: FileMaker, waiting: "Waiting", now: datetime) -> str | None:
    if not take_receipt(shop, channel, waiting.arrival, now) and now - waiting.at < RECEIPTS_LATE:
        raise NotYet("no such message of ours yet")
    return None


Deed = Callable[[Shop, Channel, FileMaker, "Waiting", datetime], str | None]
_DEEDS: dict[ArrivalKind, Deed] = {
    ArrivalKind.MESSAGE: _take_message,
    ArrivalKind.EDIT: _take_edit,
    ArrivalKind.DELETION: _take_deletion,
    ArrivalKind.RECEIPT: _take_receipt,
    ArrivalKind.STOP: lambda shop, channel, _maker, one, now: contacts.stop(shop, channel, one.arrival, now),
    ArrivalKind.START: lambda shop, channel, _maker, one, now: contacts.start(shop, channel, one.arrival, now),
    ArrivalKind.HELP: lambda shop, channel, _maker, one, now: contacts.tell_what_this_is(shop, channel, one.arrival, now),
}
