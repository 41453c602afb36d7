"""What customers read of an incident: in the chats of those who complained, and by one mail to those who have not yet."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases.case import Alert, Case, Promise, PromiseState
from bot.cases.conversation import Author, Conversation
from bot.cases.dates import clock_of, zone_of
from bot.cases.incident import Incident
from bot.cases.order import Order
from bot.cases.places import zone_of_address
from bot.cases.promises import INCIDENT_NEWS, SILENT_CHANNELS
from bot.cases.quiet import next_loud
from bot.errors import Conflict, NotAllowed
from bot.handling.accept import add_reply
from bot.handling.reach import touched
from bot.handling.shop import Shop
from bot.ports import Mail

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

OPENED, NEWS, CLOSED = "opened", "news", "closed"  # kinds of notices
LETTER = "notice"  # the kind of their outbox rows
SENT, FAILED, DROPPED = "sent", "failed", "dropped"  # states of a notice


@dataclass(frozen=True)
class First:
    """Who is told before they complain. `sample` is the first such mail, as it would go out."""

    orders: int
    customers: int
    complained: int  # customers left out because they have a case already
    told: int  # orders left out because they were told before
    sample: Mail | None
    queued: bool = False


def say_in_chat(shop: Shop, notice_id: int, now: datetime) -> bool:
    """Says one notice in its chat, once, and keeps the promise of news; False where it must wait or is not to be said any more."""
    with shop.begin(True) as uow:
        place = uow.notices.place_of(notice_id)
        if place is None:
            uow.notices.mark(DROPPED, now, notice_id=notice_id)
            return False
        conversation = uow.conversations.get(place[1])  # locked first, as everywhere
        case, notice = uow.cases.find(place[0]), uow.notices.take(notice_id)
        if case is None or notice is None:
            return False
        incident = uow.incidents.read(notice["incident_code"])
        waits = [one for one in uow.cases.promises(case.id) if one.what == INCIDENT_NEWS and one.state is PromiseState.OPEN]
        if case.is_closed:
            uow.notices.mark(DROPPED, now, notice_id=notice_id)
            return False
        at = _when(shop, conversation, min((one.due_at for one in waits), default=None), now)
        if at > now:
            uow.notices.postpone(notice_id, at)
            return False
        _say(shop, uow, conversation, case, incident, notice["kind"], now)
        for promise in waits:
            promise.keep(now)
        case.incident_code = incident.code
        uow.notices.mark(SENT, now, notice_id=notice_id)
        uow.note(case.id, "worker", f"incident.{notice['kind']}_told", now, incident=incident.code)
        return True


def _when(shop: Shop, conversation: Conversation, due: datetime | None, now: datetime) -> datetime:
    """After the customer's quiet hours; at once where the news would come too late for its promise and no phone rings."""
    loud = next_loud(shop.policy.quiet, zone_of(conversation.time_zone, shop.policy.hours.zone), now)
    is_late = due is not None and due < loud
    return now if is_late and conversation.channel in SILENT_CHANNELS else loud


def _say(shop: Shop, uow: "UnitOfWork", conversation: Conversation, case: Case, incident: Incident, kind: str, now: datetime) -> None:
    key = f"{conversation.id}/{case.id}"
    clock = clock_of(conversation.time_zone, shop.policy.hours.zone, now)
    words = [shop.wording.say(f"incident_{kind}", key, ref=case.reference)]
    words += [incident.action] if kind == CLOSED else [incident.explanation, incident.action]
    news = incident.next_update_at
    if news and news > now:
        words.append(shop.wording.say("inform_incident_news", key, news=clock.time(news)))
        uow.add(Promise(case.id, INCIDENT_NEWS, shop.name, news, now, assignee=case.assignee))
    add_reply(uow, conversation, Author.SYSTEM, " ".join(words), now)


def tell_first(shop: Shop, code: str, who: str, now: datetime, *, send: bool) -> First:
    """Whom one mail would tell before they complain, and with `send` queues it: one a customer, each order once.

    Raises NotFound; Conflict where the incident is over; NotAllowed where the shop has not chosen this, or has no mail server.
    """
    with shop.begin(False) as uow:
        incident = uow.incidents.get(code)
    if incident.ended_at is not None:
        raise Conflict(f"{incident.code} is over since {incident.ended_at:%Y-%m-%d %H:%M} UTC: there is nothing to tell first.")
    if send and not shop.policy.tells_first:
        raise NotAllowed("Nobody is told first: set tells_first: true in data/policy/escalation.yml to allow it.")
    if send and not shop.mails:
        raise NotAllowed("There is no mail server: set AMENDS_SMTP_URL.")
    orders = touched(shop, incident, now)
    with shop.begin(send) as uow:
        complained = _complained(uow, incident, orders)
        told = uow.notices.told(incident.code, OPENED)
        left = [one for one in orders if one.buyer.id not in complained and one.number not in told and one.buyer.email]
        if send:
            letters = queue_letters(shop, uow, incident.code, OPENED, left, now)
            uow.note(None, who, "incident.told_first", now, incident=incident.code, orders=len(left), letters=letters)
        customers = _by_customer(left)
        sample = next(iter(customers.values()), None)
        return First(
            len(left),
            len(customers),
            len(complained),
            len(told),
            _mail(shop, incident, OPENED, "sample", sample) if sample else None,
            queued=send,
        )


def _complained(uow: "UnitOfWork", incident: Incident, orders: Sequence[Order]) -> set[str]:
    """The customers among these who have a case about it: by their order, or by their sign-in."""
    buyers = {order.number: order.buyer.id for order in orders}
    cases = uow.incidents.cases(incident.code, list(buyers))
    mine = {buyers.get(case.order_number or "") or case.customer_id for case in cases}
    return {one for one in mine if one} & set(buyers.values())


def queue_letters(shop: Shop, uow: "UnitOfWork", code: str, kind: str, orders: Iterable[Order], now: datetime) -> int:
    """One mail a customer about all their orders among these that were not told yet, after their quiet hours; how many."""
    count = 0
    for some in _by_customer(orders).values():
        letter = secrets.token_hex(12)
        at = next_loud(shop.policy.quiet, zone_of_address(some[0].ship_to, shop.policy.hours.zone), now)
        new = [order for order in some if uow.notices.add(code, order.number, kind, 0, at, now, letter)]
        if new:
            uow.outbox.add(LETTER, "mail", letter, now, not_before=at)
            count += 1
    return count


def _by_customer(orders: Iterable[Order]) -> dict[str, list[Order]]:
    found: dict[str, list[Order]] = defaultdict(list)
    for order in orders:
        found[order.buyer.id].append(order)
    return found


def letter(shop: Shop, uow: "UnitOfWork", letter_id: str) -> Mail | None:
    """The mail of this id, in the words of now; None where it is not to go out any more."""
    notices = [one for one in uow.notices.of_letter(letter_id) if one["state"] == "waiting"]
    found = (shop.orders.find(one["subject"]) for one in notices)
    orders = [order for order in found if order and order.buyer.email]
    if not orders:
        return None
    return _mail(shop, uow.incidents.read(notices[0]["incident_code"]), notices[0]["kind"], letter_id, orders)


def _mail(shop: Shop, incident: Incident, kind: str, letter_id: str, orders: Sequence[Order]) -> Mail:
    say = shop.wording.say
    numbers = [one.number for one in orders]
    order = numbers[0] if len(numbers) == 1 else f"{', '.join(numbers[:-1])} {say('noun_and')} {numbers[-1]}"
    if kind == CLOSED:
        parts = [say("letter_incident_over", letter_id, order=order), incident.action]
    else:
        own = f"apologise_{incident.fault}"
        sorry = [say(own, letter_id)] if shop.wording.has(own) else []
        parts = [say("letter_incident_intro", letter_id, order=order), incident.explanation, *sorry, incident.action]
        way = f"could_{incident.offer}"
        if incident.offer and shop.wording.has(way):
            parts.append(say("letter_incident_offer", letter_id, first=say(way)))
    text = "\n\n".join([" ".join(parts), say("letter_incident_close", letter_id, shop=shop.name)])
    return Mail(letter_id, orders[0].buyer.email, say("letter_incident_subject", letter_id, order=order), text)


def sent(uow: "UnitOfWork", letter_id: str, now: datetime) -> None:
    """A mail server has taken it."""
    uow.outbox.mark([letter_id], "sent", now)
    uow.notices.mark(SENT, now, letter=letter_id)


def given_up(shop: Shop, uow: "UnitOfWork", letter_id: str, now: datetime) -> None:
    """It can never go out: somebody is told so, once an incident; `amends incidents show` counts them."""
    uow.outbox.mark([letter_id], "failed", now)
    notices = uow.notices.of_letter(letter_id)
    uow.notices.mark(FAILED, now, letter=letter_id)
    if notices:
        code = notices[0]["incident_code"]
        team = shop.policy.escalation("promise_missed").team
        uow.alerts.raise_once(Alert("notice_failed", team, now, f"notice_failed:{code}", None, {"incident": code}))
