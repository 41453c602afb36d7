"""Messages on their way to a channel's provider: in parts it can carry, each sent once, tried again in order, given up in time.

Before a part is handed over, that it is asked for is kept: after a crash nobody need guess whether it may have gone out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bot.cases.contact import ASKING, DROPPED, FAILED, SENT, Contact, Sending
from bot.cases.conversation import Author, Message
from bot.cases.follow_up import STOP
from bot.cases.message_parts import can_be_tapped, numbered, parts
from bot.cases.way_back import Links
from bot.errors import SendFailed
from bot.handling.pauses import growing
from bot.handling.receipts import LONGEST_WHY, close_window, not_arrived, stopped, tell_people
from bot.handling.shop import Shop
from bot.ports import Channel, Outgoing, OutgoingFile

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=5)  # a provider that was away for an hour is found back soon
GIVEN_UP_AFTER = timedelta(hours=24)
SEEN_AFTER = timedelta(minutes=5)  # from then on people hear that it does not get through
UNTIL_THEY_WRITE = timedelta(days=30)
RECEIPT_PATIENCE = timedelta(seconds=30)
CLOSED, STOPPED = "window_closed", "stopped"
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Ready:
    """What is to be handed over, and which parts have been."""

    parts: tuple[Outgoing, ...]
    sent: frozenset[int]
    asked: frozenset[int]  # nobody knows of these whether they went out
    template: Outgoing | None = None  # in place of the parts, which wait for the customer to write


def send(shop: Shop, channel: Channel, row: dict[str, Any], links: Links | None, clock: Callable[[], datetime]) -> float | None:
    """Sends what is due of one message; `row`: of the outbox. The seconds for which the provider wants to be left alone, if it says so."""
    try:
        ready = _prepared(shop, channel, row, links, clock())
        if ready is None:
            return None
        if ready.template:
            _tell_by_template(shop, channel, row, ready.template, clock())
            return None
        for place, part in enumerate(ready.parts):
            if place not in ready.sent:
                _hand_over(shop, channel, row, place, part, place in ready.asked, clock)
        _done(shop, row, clock())
    except SendFailed as failure:
        _failed(shop, channel, row, failure, clock())
        return failure.wait_s
    return None


def _prepared(shop: Shop, channel: Channel, row: dict[str, Any], links: Links | None, now: datetime) -> Ready | None:
    """What to hand over now; None where it waits or is not to go any more, which is noted."""
    with shop.begin(True) as uow:
        conversation = uow.conversations.get(row["conversation_id"])
        message, contact = uow.messages.get(row["subject_id"]), uow.contacts.of(conversation.id)
        if contact is None or conversation.erased_at:
            uow.outbox.mark([message.id], DROPPED, now)
            return None
        if contact.stopped_at and contact.stopped_at < message.at:
            not_arrived(shop, uow, message.id, STOPPED, now)
            return None
        before = uow.sendings.of(message.id)
        if not contact.is_open(channel.can.window, now) and not _may_go_late(channel, message, contact, now):
            return _held(shop, uow, channel, row, contact, message, now)
        files = [
            OutgoingFile(one.name, one.media_type, uow.files.content(one.id), links.to_file(one.id, now) if links else None)
            for one in uow.files.of_message(message.id)
        ]
        made = _parts(shop, channel, message, contact, _thread_of(uow, channel, message, contact), files, links)
        sent = frozenset(one.part for one in before if one.state != ASKING)
        return Ready(made, sent, frozenset(one.part for one in before if one.state == ASKING))


def _may_go_late(channel: Channel, message: Message, contact: Contact, now: datetime) -> bool:
    """A person's words may go out for longer where the provider has a rule for them."""
    return message.author is Author.AGENT and channel.can.agent_window is not None and contact.is_open(channel.can.agent_window, now)


def _held(
    shop: Shop, uow: "UnitOfWork", channel: Channel, row: dict[str, Any], contact: Contact, message: Message, now: datetime
) -> Ready | None:
    """The window is closed: the words wait until the customer writes. One template tells them, where there is one; people hear of it."""
    uow.outbox.postpone(row["id"], now + UNTIL_THEY_WRITE)
    tell_people(shop, uow, "message_waits", message.id, contact.conversation_id, CLOSED, now)
    if not channel.can.has_template or contact.was_told:
        return None
    case = uow.cases.find(message.case_id)
    values = {"shop": shop.name, "ref": case.reference if case else ""}
    return Ready((), frozenset(), frozenset(), Outgoing(f"{message.id[:32]}-t", contact.address, "", template=values))


def _tell_by_template(shop: Shop, channel: Channel, row: dict[str, Any], template: Outgoing, now: datetime) -> None:
    """Noted first: a crash in between costs one template, and never sends a second."""
    with shop.begin(True) as uow:
        uow.conversations.get(row["conversation_id"])
        contact = uow.contacts.of(row["conversation_id"])
        if contact is None or contact.was_told:
            return
        contact.template_at = now
    try:
        channel.send(template)
    except SendFailed as failure:
        with shop.begin(True) as uow:
            uow.conversations.get(row["conversation_id"])
            contact = uow.contacts.of(row["conversation_id"])
            if contact and not failure.is_unknown:
                contact.template_at = None
        raise
    with shop.begin(True) as uow:
        case_id = uow.conversations.get(row["conversation_id"]).case_id
        uow.note(case_id, "worker", "channel.template_sent", now, channel=channel.name)


def _thread_of(uow: "UnitOfWork", channel: Channel, message: Message, contact: Contact) -> str | None:
    """What it answers: in public the newest thing that the customer said in public, else the newest at all."""
    if not message.is_public:
        return contact.thread
    theirs = [one for one in uow.messages.of(message.conversation_id) if one.is_public and one.author is Author.CUSTOMER]
    said = next((one.provider_id for one in reversed(theirs) if one.seq < message.seq), None)
    return said.removeprefix(f"{channel.name}:") if said else contact.thread


def _parts(
    shop: Shop, channel: Channel, message: Message, contact: Contact, thread: str | None, files: list[OutgoingFile], links: Links | None
) -> tuple[Outgoing, ...]:
    """The message within what the channel can carry; what can be tapped goes with its last words, files after them."""
    can, labels = channel.can, [one["label"] for one in message.choices]
    taps = can_be_tapped(labels, can.buttons, can.button_label)
    text = message.text
    if labels and not taps:
        text = f"{text}\n\n{shop.wording.say('channel_choices', message.id)}\n{numbered(labels)}"
    told = parts(text, can.longest) or [""]
    if not can.sends_files and files:
        told.append(shop.wording.say("channel_no_files", message.id))
    pieces: list[tuple[str, OutgoingFile | None]] = [(one, None) for one in told]
    if can.sends_files:
        pieces = [*pieces[: len(told) - 1], (told[-1], files[0] if files and not (labels and taps) else None)]
        pieces += [("", one) for one in (files[1:] if pieces[-1][1] else files)]
    pieces = [one for one in pieces if one[0] or one[1]]
    choices = tuple((one["id"], one["label"]) for one in message.choices) if taps else ()
    asks = any(STOP in one["payload"] for one in message.choices)
    return tuple(
        Outgoing(
            f"{message.id[:32]}-{place}",
            contact.address,
            words,
            choices if place == len(told) - 1 else (),
            file,
            thread,
            contact.subject,
            message.is_public,
            None,
            links.to_stop_asking(contact.conversation_id) if links and asks else None,
            message.agent,
        )
        for place, (words, file) in enumerate(pieces)
    )


def _hand_over(
    shop: Shop, channel: Channel, row: dict[str, Any], place: int, part: Outgoing, was_asked: bool, clock: Callable[[], datetime]
) -> None:
    """One part. Where it may have gone out before, the provider is asked first, if it can say so."""
    provider_id = channel.find(part) if was_asked and channel.can.finds else None
    if provider_id is None or _is_anothers(shop, channel, provider_id):  # the same words, said before
        _note(shop, channel, row, place, ASKING, None, clock())
        provider_id = channel.send(part)
    _note(shop, channel, row, place, SENT, provider_id, clock())


def _is_anothers(shop: Shop, channel: Channel, provider_id: str) -> bool:
    with shop.begin(False) as uow:
        return uow.sendings.by_provider_id(channel.name, provider_id) is not None


def _note(shop: Shop, channel: Channel, row: dict[str, Any], place: int, state: str, provider_id: str | None, now: datetime) -> None:
    message_id = row["subject_id"]
    with shop.begin(True) as uow:
        uow.conversations.get(row["conversation_id"])
        sending = next((one for one in uow.sendings.of(message_id) if one.part == place), None)
        if sending is None:
            sending = Sending(message_id, place, row["conversation_id"], channel.name, now)
            uow.add(sending)
        if sending.state == ASKING:
            sending.state, sending.provider_id, sending.at, sending.why = state, provider_id, now, None


def _done(shop: Shop, row: dict[str, Any], now: datetime) -> None:
    with shop.begin(True) as uow:
        uow.conversations.get(row["conversation_id"])
        if not any(one.state == FAILED for one in uow.sendings.of(row["subject_id"])):
            uow.outbox.mark([row["subject_id"]], SENT, now)


def _failed(shop: Shop, channel: Channel, row: dict[str, Any], failure: SendFailed, now: datetime) -> None:
    """Tries it again later, or gives it up and tells people. What surely did not go out is not left as if it might have."""
    why = str(failure)[:LONGEST_WHY]
    log.warning("message.not_sent", channel=channel.name, message=row["subject_id"], why=why, attempts=row["attempts"] + 1)
    with shop.begin(True) as uow:
        uow.conversations.get(row["conversation_id"])
        asking = [one for one in uow.sendings.of(row["subject_id"]) if one.state == ASKING]
        for one in asking:
            one.why = why
            if not failure.is_unknown:
                uow.sendings.take_back(one)
        if failure.closes_window:
            close_window(uow, row["conversation_id"])
        if failure.stops:
            stopped(uow, row["conversation_id"], now)
        waited = now - row["at"]
        if (failure.is_final and not failure.closes_window) or waited >= GIVEN_UP_AFTER:
            not_arrived(shop, uow, row["subject_id"], why, now)
            return
        if waited >= SEEN_AFTER:
            tell_people(shop, uow, "message_waits", row["subject_id"], row["conversation_id"], why, now)
        pause = timedelta(seconds=failure.wait_s) if failure.wait_s else min(LONGEST_PAUSE, growing(row["attempts"] + 1, FIRST_PAUSE))
        if failure.is_unknown and channel.can.echoes_keys:
            pause = max(pause, RECEIPT_PATIENCE)  # the receipt that tells whether it went out comes before it is tried again
        uow.outbox.postpone(row["id"], now if failure.closes_window else now + pause)
