"""What providers say of messages that we sent: they arrived, were read, or did not arrive after all, in any order and more than once."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases.case import Alert
from bot.cases.channel import Arrival
from bot.cases.contact import DELIVERED, FAILED, READ, SENT, Sending
from bot.handling.shop import Shop
from bot.ports import Channel

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

LONGEST_WHY = 200


def take_receipt(shop: Shop, channel: Channel, arrival: Arrival, now: datetime) -> bool:
    """Notes what became of a part of a message; False where we know of none by this id, or not yet."""
    with shop.begin(False) as uow:
        found = _sending_of(uow, channel, arrival)
        conversation_id = found.conversation_id if found else None
    if conversation_id is None:
        return False
    with shop.begin(True) as uow:
        uow.conversations.get(conversation_id)
        sending = _sending_of(uow, channel, arrival)
        if sending and sending.provider_id is None:  # this is how it is known that it went out
            sending.provider_id = arrival.about
            if sending.why:  # its answer was lost, and another try waits, which finds it sent
                sending.state, sending.why = SENT, None
                uow.flush()
                uow.sendings.release(conversation_id, now)
        if sending and arrival.state == FAILED and arrival.closes_window and sending.goes_on(FAILED):
            _wait_for_them(uow, sending, now)
        elif sending and arrival.state and sending.goes_on(arrival.state):
            if arrival.stops:
                stopped(uow, conversation_id, now)
            sending.state, sending.at = arrival.state, now
            sending.why = (arrival.why or "")[:LONGEST_WHY] or None if arrival.state == FAILED else None
            uow.flush()
            _sum_up(shop, uow, sending, now)
        return True


def stopped(uow: "UnitOfWork", conversation_id: str, now: datetime) -> None:
    """This customer cannot be reached on this channel any more, or wants nothing there."""
    contact = uow.contacts.of(conversation_id)
    if contact:
        contact.stopped_at = contact.stopped_at or now


def close_window(uow: "UnitOfWork", conversation_id: str) -> None:
    """The provider says that free words may not be sent now, whatever our own clock says."""
    contact = uow.contacts.of(conversation_id)
    if contact:
        contact.last_in_at = None


def _wait_for_them(uow: "UnitOfWork", sending: Sending, now: datetime) -> None:
    """Taken, and refused afterwards because the window was closed: it did not go out, and waits as if it had been refused at once."""
    close_window(uow, sending.conversation_id)
    uow.sendings.take_back(sending)
    uow.flush()
    uow.outbox.again(sending.message_id, now)


def _sending_of(uow: "UnitOfWork", channel: Channel, arrival: Arrival) -> Sending | None:
    """The part that a receipt is about: by the provider's id, or by our own key where its answer was lost."""
    known = uow.sendings.by_provider_id(channel.name, arrival.about or "")
    return known or next((one for key in arrival.refers if (one := uow.sendings.by_key(channel.name, key))), None)


def _sum_up(shop: Shop, uow: "UnitOfWork", sending: Sending, now: datetime) -> None:
    """The message's own state: what is true of all its parts, or failed where one of them did."""
    parts = uow.sendings.of(sending.message_id)
    states = {one.state for one in parts}
    if FAILED in states:
        not_arrived(shop, uow, sending.message_id, sending.why or "", now)
    elif states <= {READ}:
        uow.outbox.mark_read([sending.message_id], now)
    elif states <= {DELIVERED, READ}:
        uow.outbox.mark([sending.message_id], DELIVERED, now)


def not_arrived(shop: Shop, uow: "UnitOfWork", message_id: str, why: str, now: datetime) -> None:
    """A message will not arrive: the chat says so to people, and whoever answers for the case hears of it."""
    uow.outbox.mark([message_id], FAILED, now)
    message = uow.messages.get(message_id)
    tell_people(shop, uow, "message_failed", message_id, message.conversation_id, why, now)


def tell_people(shop: Shop, uow: "UnitOfWork", what: str, message_id: str, conversation_id: str, why: str, now: datetime) -> None:
    """Once for each message: that it did not arrive, or waits, and why."""
    conversation = uow.conversations.get(conversation_id)
    case = uow.cases.find(conversation.case_id)
    to = (case.assignee if case else None) or conversation.agent or shop.policy.escalation("assistant_failed").team
    told: dict[str, object] = {"case": case.reference if case else "", "channel": conversation.channel, "why": why}
    if uow.alerts.raise_once(Alert(what, to, now, f"{what}:{message_id}", case.id if case else None, told)):
        uow.note(conversation.case_id, "worker", what.replace("_", ".", 1), now, message=message_id, channel=conversation.channel)
