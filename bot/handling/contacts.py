"""Who writes on a messaging channel: finds or begins their conversation, notes that they wrote, and that they want no more."""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.cases.channel import LONGEST_ADDRESS, LONGEST_NAME, Arrival
from bot.cases.contact import Contact
from bot.cases.conversation import Author, Conversation
from bot.cases.follow_up import STOP, FollowUpState
from bot.errors import BadInput
from bot.handling.accept import add_reply
from bot.handling.clean import visible
from bot.handling.shop import Shop
from bot.ports import Channel

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork


IN_PIECES = timedelta(minutes=10)


def held_for(uow: "UnitOfWork", channel: Channel, sender: str) -> None:
    """Nobody else opens a conversation with this customer until the unit of work ends."""
    uow.hold(f"contact:{channel.name}:{sender}")


def contact_for(uow: "UnitOfWork", channel: Channel, arrival: Arrival, now: datetime) -> Contact:
    """The customer's contact; a new one, with a conversation of its own, where they never wrote here.

    In a channel with threads, such as e-mail, what answers none of our messages begins another: whoever only pretends to write from
    an address must not get into what its owner has under way.
    """
    if not arrival.sender or len(arrival.sender) > LONGEST_ADDRESS:
        raise BadInput("An arrival must name its sender.")
    held_for(uow, channel, arrival.sender)
    known = find(uow, channel, arrival, now)
    if known:
        return known
    opened = Conversation(secrets.token_hex(16), channel.name, now)
    uow.add(opened)
    uow.flush()
    made = Contact(opened.id, channel.name, arrival.sender)
    uow.add(made)
    uow.flush()
    return made


def find(uow: "UnitOfWork", channel: Channel, arrival: Arrival, now: datetime) -> Contact | None:
    """The contact that an arrival is of, where there is one."""
    if channel.can.has_threads:
        return uow.contacts.answering(channel.name, arrival.sender, arrival.refers) or _in_pieces(uow, channel, arrival, now)
    return uow.contacts.at(channel.name, arrival.sender)


def _in_pieces(uow: "UnitOfWork", channel: Channel, arrival: Arrival, now: datetime) -> Contact | None:
    """Who writes again within minutes, from an address that is vouched for both times, goes on with what they wrote."""
    known = uow.contacts.at(channel.name, arrival.sender) if arrival.email else None
    is_theirs = known is not None and known.email == arrival.email
    return known if is_theirs and known and known.last_in_at and now - known.last_in_at < IN_PIECES else None


def heard_from(shop: Shop, channel: Channel, contact: Contact, arrival: Arrival, now: datetime) -> None:
    """Notes how to answer, what the provider vouches for, and that free words may be sent for a while; what waited goes out."""
    with shop.begin(True) as uow:
        uow.conversations.get(contact.conversation_id)
        known = uow.contacts.of(contact.conversation_id)
        if known is None:  # erased in between
            return
        known.name = visible(arrival.name or "").strip()[:LONGEST_NAME] or known.name
        known.thread, known.subject = arrival.thread or known.thread, arrival.subject or known.subject
        known.phone, known.email = arrival.phone or known.phone, arrival.email or known.email
        known.last_in_at = max(filter(None, (known.last_in_at, min(arrival.at or now, now))))
        if not channel.can.answers_stop:
            known.stopped_at = None  # whoever writes wants to be answered; where the law wants START for it, the provider sees to it
        uow.flush()
        uow.sendings.release(known.conversation_id, now)


def stop(shop: Shop, channel: Channel, arrival: Arrival, now: datetime) -> str | None:
    """Nothing more goes to this customer here, but that it ends. What a person has to know of their case stays open."""
    with shop.begin(True) as uow:
        held_for(uow, channel, arrival.sender)
        known = find(uow, channel, arrival, now)
        if known is None or known.stopped_at:
            return None
        conversation = uow.conversations.get(known.conversation_id)
        ask_no_more(uow, conversation, now)
        uow.sendings.drop(conversation.id)
        if arrival.text and not channel.can.answers_stop:  # whoever blocked us wrote nothing, and would not read it
            known.last_in_at = now
            _say(shop, uow, conversation, "channel_stopped", now)
        known.stopped_at = now
        uow.note(conversation.case_id, "customer", "channel.stopped", now, channel=channel.name)
        return conversation.id


def ask_no_more(uow: "UnitOfWork", conversation: Conversation, now: datetime) -> None:
    """No question whether it was put right is asked of this customer any more."""
    for case in uow.cases.of_conversation(conversation.id):
        for one in uow.follow_ups.of(case.id):
            if one.is_standing:
                one.end(FollowUpState.WITHDRAWN, now, STOP)


def stop_asking(shop: Shop, conversation_id: str, now: datetime) -> None:
    """By the link of such a question: no more of them. Raises NotFound."""
    with shop.begin(True) as uow:
        conversation = uow.conversations.get(conversation_id)
        ask_no_more(uow, conversation, now)
        uow.note(conversation.case_id, "customer", "follow_up.stopped", now)


def start(shop: Shop, channel: Channel, arrival: Arrival, now: datetime) -> str | None:
    """The customer wants to be written to again; somebody new reads what this is."""
    with shop.begin(True) as uow:
        known = contact_for(uow, channel, arrival, now)
        conversation, was_stopped = uow.conversations.get(known.conversation_id), known.stopped_at is not None
        known.stopped_at = None
        known.last_in_at = now
        known.name = visible(arrival.name or "").strip()[:LONGEST_NAME] or known.name
        if was_stopped:
            uow.note(conversation.case_id, "customer", "channel.started", now, channel=channel.name)
        if arrival.text and not channel.can.answers_stop:
            _say(shop, uow, conversation, "channel_started", now)
        return conversation.id


def tell_what_this_is(shop: Shop, channel: Channel, arrival: Arrival, now: datetime) -> str | None:
    """Who writes here, and how to get out of it."""
    if channel.can.answers_stop:
        return None
    with shop.begin(True) as uow:
        known = contact_for(uow, channel, arrival, now)
        known.last_in_at = now
        conversation = uow.conversations.get(known.conversation_id)
        _say(shop, uow, conversation, "channel_help", now)
        return conversation.id


def _say(shop: Shop, uow: "UnitOfWork", conversation: Conversation, what: str, now: datetime) -> None:
    add_reply(uow, conversation, Author.SYSTEM, shop.wording.say(what, f"{conversation.id}:{conversation.last_seq}", shop=shop.name), now)
