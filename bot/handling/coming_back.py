"""A customer who has gone: one mail says that there is something to read, and its link goes on with the same conversation.

The mail never holds what was said. It goes only to an address that the customer gave here and that the records bear out.
"""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.cases.conversation import Conversation
from bot.cases.dates import clock_of, zone_of
from bot.cases.order import Order
from bot.cases.places import zone_of_address
from bot.cases.proof import same_text
from bot.cases.quiet import next_loud
from bot.cases.way_back import OF_CHAT, Links, WayBack, digest_of, named_in
from bot.errors import BadInput, Conflict, NotAllowed
from bot.handling.contacts import stop_asking
from bot.handling.shop import Shop
from bot.ports import Mail

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

BACK = "back"  # the kind of its outbox rows
DROPPED = "dropped"


class LinkRefused(NotAllowed):
    """This link cannot be used. Open it once more from the mail itself, or write here."""

    code = "link_refused"


class LinkUsed(NotAllowed):
    """This link has been used already. The conversation is open where you used it; here you can begin a new one."""

    code = "link_used"


class LinkExpired(NotAllowed):
    """This link is no longer good. Write here, and name your case reference to go on."""

    code = "link_expired"


class AnotherCustomers(Conflict):
    """This link leads to another customer's conversation. To go on with that one, sign out and open the link once more."""

    code = "link_of_another"


def unseen(shop: Shop, now: datetime, limit: int) -> list[str]:
    """The conversations with words that have waited for long enough and that no mail tells of."""
    with shop.begin(False) as uow:
        return uow.ways_back.unseen(*_span(shop, now), now, limit)


def _span(shop: Shop, now: datetime) -> tuple[datetime, datetime]:
    """When words must have been written: a while ago, and not so long ago that their link would have ended."""
    return now - timedelta(days=shop.policy.link_days), now - timedelta(minutes=shop.policy.mail_after)


def queue(shop: Shop, conversation_id: str, now: datetime) -> bool:
    """Queues one mail for all unseen words, after the quiet hours. False where there is nothing to tell, or nobody to tell it to."""
    with shop.begin(True) as uow:
        conversation = uow.conversations.get(conversation_id)
        if not uow.ways_back.unseen(*_span(shop, now), now, 1, conversation_id):  # as it is now that nobody else changes it
            return False
        up_to = uow.ways_back.newest_unseen(conversation_id)
        order = _order_of(shop, uow, conversation)
        address = digest_of(order.buyer.email) if order else ""
        at = next_loud(shop.policy.quiet, _zone(shop, conversation, order), now)
        uow.ways_back.revoke(conversation_id, now)
        way = WayBack(secrets.token_hex(16), conversation_id, up_to, now, at + timedelta(days=shop.policy.link_days), address)
        why = "no address given and proven" if not order else "asked for none" if uow.ways_back.wants_none(address) else ""
        way.revoked_at = now if why else None  # kept all the same: these words are not looked at again
        uow.add(way)
        if why:
            uow.note(conversation.case_id, "worker", "mail_back.none", now, why=why)
            return False
        uow.outbox.add(BACK, "email", way.id, now, conversation_id, at)
        uow.note(conversation.case_id, "worker", "mail_back.queued", now, way=way.id)
        return True


def _order_of(shop: Shop, uow: "UnitOfWork", conversation: Conversation) -> Order | None:
    """The order whose address may be mailed: proven here, and the address given here or that of the signed-in customer.

    A postcode or phone proves an order too, but may be a gift's recipient's. Where orders of different addresses were named
    here, be it one after the other in one case, none of these may read all of it.
    """
    cases = uow.cases.of_conversation(conversation.id)
    facts = [fact for case in cases for fact in uow.cases.facts(case.id)]
    proven = [case.order_number for case in cases if case.proven and case.order_number]
    named = [fact.value for fact in facts if fact.name == "order_number"]
    orders = [shop.orders.find(number) for number in dict.fromkeys([*named, *proven])]
    if not proven or len({digest_of(one.buyer.email) for one in orders if one}) != 1:
        return None
    order = shop.orders.find(proven[-1])
    given = [fact.value for fact in facts if fact.name == "email"]
    is_theirs = order and order.buyer.email and (order.buyer.id == conversation.customer_id or _is_among(order.buyer.email, given))
    return order if is_theirs else None


def _is_among(address: str, given: list[str]) -> bool:
    return any(same_text(one, address) for one in given)


def _zone(shop: Shop, conversation: Conversation, order: Order | None) -> ZoneInfo:
    if conversation.time_zone or order is None:
        return zone_of(conversation.time_zone, shop.policy.hours.zone)
    return zone_of_address(order.ship_to, shop.policy.hours.zone)


def mail(shop: Shop, links: Links, way_id: str, now: datetime) -> Mail | datetime | None:
    """The mail as it goes out now; the instant until which it must wait; or None where it is not to go any more, which is noted."""
    with shop.begin(False) as uow:
        way = uow.ways_back.find(way_id)
        place = way.conversation_id if way else ""
    with shop.begin(True) as uow:
        conversation = uow.conversations.get(place)
        way = uow.ways_back.find(way_id)
        order = _order_of(shop, uow, conversation)
        newest = uow.ways_back.newest_unseen(place)
        why = _why_not(uow, way, order, newest, now)
        if way is None or order is None or why:
            _end(uow, conversation, way, why, now)
            return None
        loud = next_loud(shop.policy.quiet, _zone(shop, conversation, order), now)
        if loud > now:
            return loud
        way.up_to = newest
        return _written(shop, links, conversation, order, way, uow, now)


def _why_not(uow: "UnitOfWork", way: WayBack | None, order: Order | None, newest: int, now: datetime) -> str:
    if way is None or way.revoked_at or way.used_at or way.expires_at <= now:
        return "revoked"
    if not newest:
        return "seen"
    if order is None or digest_of(order.buyer.email) != way.address:
        return "the address is not theirs any more"
    return "asked for none" if uow.ways_back.wants_none(way.address) else ""


def _end(uow: "UnitOfWork", conversation: Conversation, way: WayBack | None, why: str, now: datetime) -> None:
    if way:
        way.revoked_at = way.revoked_at or now
        uow.outbox.mark([way.id], DROPPED, now)
        uow.note(conversation.case_id, "worker", "mail_back.dropped", now, way=way.id, why=why)


def _written(shop: Shop, links: Links, conversation: Conversation, order: Order, way: WayBack, uow: "UnitOfWork", now: datetime) -> Mail:
    cases = [one for one in uow.cases.of_conversation(conversation.id) if one.proven]
    ref = next((one.reference for one in cases if one.id == conversation.case_id), cases[-1].reference)
    clock = clock_of(conversation.time_zone, shop.policy.hours.zone, now)
    say, stop = shop.wording.say, links.to_stop(way)
    parts = [
        say("letter_back", way.id, shop=shop.name, ref=ref),
        links.to_chat(way),
        say("letter_back_link", way.id, until=clock.time(way.expires_at)),
        f"{say('letter_back_stop', way.id)}\n{stop}",
    ]
    return Mail(way.id, order.buyer.email, say("letter_back_subject", way.id, ref=ref), "\n\n".join(parts), stop)


def ended(shop: Shop, way_id: str, conversation_id: str, state: str, now: datetime) -> None:
    """A mail server has taken it, or it can never go out: the words stay in the chat, and nothing was promised of a mail."""
    with shop.begin(True) as uow:
        conversation = uow.conversations.get(conversation_id)
        uow.outbox.mark([way_id], state, now)
        uow.note(conversation.case_id, "worker", f"mail_back.{state}", now, way=way_id)


def come_in(shop: Shop, links: Links, token: str, browser: str, now: datetime, customer: str | None = None) -> str:
    """The conversation that a link opens, once; to the same try of the same browser again where its answer was lost.

    `customer`: who is signed in at the shop, if anybody. Raises LinkRefused where it is forged or was taken back, LinkUsed,
    LinkExpired; AnotherCustomers, and then the link is as good as before.
    """
    with shop.begin(False) as uow:
        found = uow.ways_back.find(named_in(token))
    if found is None or not links.opens(token, found):
        raise LinkRefused()
    with shop.begin(True) as uow:
        conversation = uow.conversations.of_customer(found.conversation_id)
        way = uow.ways_back.find(found.id)
        if way is None or not way.is_open_to(browser, now):
            raise _refusal(way, now)
        if customer and not _is_theirs(shop, uow, conversation, customer):
            raise AnotherCustomers()
        if way.used_at is None:
            way.used_at, way.used_by = now, browser
            uow.note(conversation.case_id, "customer", "mail_back.used", now, way=way.id)
        return conversation.id


def check_theirs(shop: Shop, conversation_id: str, customer: str) -> None:
    """That a conversation is this customer's. Raises AnotherCustomers."""
    with shop.begin(False) as uow:
        if not _is_theirs(shop, uow, uow.conversations.get(conversation_id), customer):
            raise AnotherCustomers()


def _is_theirs(shop: Shop, uow: "UnitOfWork", conversation: Conversation, customer: str) -> bool:
    """Begun by them, or by nobody who was signed in, and about an order of theirs that may be mailed about.

    It is not made theirs: whoever began it would then speak for them about all they ever ordered.
    """
    if conversation.customer_id:
        return conversation.customer_id == customer
    order = _order_of(shop, uow, conversation)
    return order is not None and order.buyer.id == customer


def _refusal(way: WayBack | None, now: datetime) -> NotAllowed:
    if way is None:
        return LinkRefused()
    return LinkUsed() if way.used_at else LinkExpired() if way.revoked_at or now >= way.expires_at else LinkRefused()


def stop(shop: Shop, links: Links, token: str, now: datetime) -> None:
    """No more of these mails to the address that this one went to. Raises LinkRefused."""
    way_id = links.stopped(token)
    if way_id and way_id.startswith(OF_CHAT):
        stop_asking(shop, way_id.removeprefix(OF_CHAT), now)
        return
    with shop.begin(True) as uow:
        way = uow.ways_back.find(way_id or "")
        if way is None:
            raise LinkRefused()
        if not uow.ways_back.wants_none(way.address):
            uow.ways_back.stop(way.address, now)
            uow.note(uow.conversations.get(way.conversation_id).case_id, "customer", "mail_back.stopped", now, way=way.id)


def revoke(shop: Shop, reference: str, who: str, now: datetime) -> int:
    """Ends every link into the conversation of a case that is not used yet; how many. Raises NotFound."""
    if not who.strip():
        raise BadInput("Say who you are: the name is kept.")
    with shop.begin(True) as uow:
        case = uow.cases.by_reference(reference.strip())
        count = uow.ways_back.revoke(case.conversation_id, now)
        uow.note(case.id, who, "mail_back.revoked", now, links=count)
        return count
