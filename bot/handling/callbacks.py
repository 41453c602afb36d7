"""Calls that are owed: booked into the next free slot, made by a person, and owned up to where nobody rang."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.cases.callback import SLOT, Callback, CallbackState, is_free, slots
from bot.cases.case import Alert, Case, Promise, PromiseState, known
from bot.cases.conversation import DEV, Author, Handler
from bot.cases.dates import clock_of
from bot.cases.instants import instant
from bot.cases.order import masked
from bot.cases.promises import CALL, DECISION, NEWS
from bot.cases.remedy import Remedy, RemedyState
from bot.errors import BadInput, Conflict
from bot.handling import ledger
from bot.handling.accept import add_reply
from bot.handling.call_times import wished
from bot.handling.handoff import hand_off, who_line
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

BOOKED = "booked"  # state of the outbox row: there is nothing more to send
GRACE = timedelta(minutes=15)  # for a call that is still going on when its slot ends, or has not been noted yet


@dataclass(frozen=True)
class Due:
    """A call with its remedy and case."""

    call: Callback
    remedy: Remedy
    case: Case


def book(shop: Shop, uow: "UnitOfWork", case: Case, remedy: Remedy, now: datetime) -> bool:
    """Takes the slot they chose, else the next free one, and tells them. In the caller's transaction; False without number or slot."""
    phone = _phone(shop, uow, case)
    uow.callbacks.one_at_a_time()
    slot = _slot(shop, uow, case, now)
    if phone is None or slot is None:
        return False
    call = uow.callbacks.of(remedy.id)
    if call is None:
        call = Callback(secrets.token_hex(12), remedy.id, case.id, phone, *slot)
        uow.add(call)
    call.phone, (call.starts_at, call.ends_at) = phone, slot
    call.state, call.changed_at, call.assignee = CallbackState.BOOKED, now, case.assignee
    _promise(shop, uow, case, remedy, call, now)
    uow.outbox.mark([remedy.id], BOOKED, now)
    uow.note(case.id, "worker", "callback.booked", now, remedy=remedy.reference, starts_at=instant(call.starts_at))
    key = f"callback:{remedy.id}:{int(call.starts_at.timestamp())}"
    team = team_of(shop, remedy)
    if case.channel != DEV:
        uow.alerts.raise_once(Alert("callback_booked", team, now, key, case.id, {"remedy": remedy.reference}))
    return True


def _slot(shop: Shop, uow: "UnitOfWork", case: Case, now: datetime) -> tuple[datetime, datetime] | None:
    taken = uow.callbacks.taken(now - SLOT)
    chosen = wished(known(uow.cases.facts(case.id)))
    if chosen and is_free(shop.policy.hours, now, chosen, taken):
        return chosen, chosen + SLOT
    return next(iter(slots(shop.policy.hours, now, 1, taken)), None)


def _phone(shop: Shop, uow: "UnitOfWork", case: Case) -> str | None:
    """The number the customer gave, else the one on an order they have proven."""
    given = known(uow.cases.facts(case.id)).get("phone")
    order = shop.orders.find(case.order_number) if case.order_number and case.proven and not given else None
    return given or (order.buyer.phone if order else None)


def team_of(shop: Shop, remedy: Remedy) -> str:
    """Whose work it is: the lead's where the customer was promised the lead."""
    return shop.policy.escalation("above_limit" if remedy.wording in ("callback_lead", "lead_answers") else "asked").team


def _promise(
    shop: Shop, uow: "UnitOfWork", case: Case, remedy: Remedy, call: Callback, now: datetime, says: str = "callback_booked", by: str = ""
) -> None:
    """The slot is a promise of its own; the day that was named before is part of it, unless the slot comes later."""
    message_id = _say(shop, uow, case, remedy, call, says, now, phone=masked(call.phone), by=by)
    for before in uow.cases.promises(case.id):
        if before.remedy_id != remedy.id or before.what == DECISION:
            continue
        if before.what == NEWS:
            before.keep(now)
        elif call.ends_at <= before.due_at:
            before.end(PromiseState.WITHDRAWN, now)
    by_whom = shop.policy.teams[team_of(shop, remedy)]
    uow.add(Promise(case.id, CALL, by_whom, call.ends_at, now, message_id, remedy.id, assignee=case.assignee))


def _say(
    shop: Shop,
    uow: "UnitOfWork",
    case: Case,
    remedy: Remedy,
    call: Callback,
    name: str,
    now: datetime,
    more: str = "",
    **values: object,
) -> str:
    """Writes it to the customer, with what else is to be said; the message's id."""
    conversation = uow.conversations.get(case.conversation_id)
    clock = clock_of(conversation.time_zone, shop.policy.hours.zone, now)
    ends = f"{call.ends_at.astimezone(clock.zone):%H:%M}"
    words = {"remedy": remedy.reference, "from": clock.time(call.starts_at), "to": ends, **values}
    text = shop.wording.say(name, f"{conversation.id}/{remedy.id}", **words)
    return add_reply(uow, conversation, Author.SYSTEM, f"{text} {more}".strip(), now).id


def done(shop: Shop, reference: str, who: str, now: datetime) -> Remedy:
    """Somebody has rung: the remedy is settled. Raises NotFound, or Conflict where no such call is owed."""
    if not who.strip():
        raise BadInput("Say who rang: the name is kept with the call.")
    with shop.begin(True) as uow:
        remedy, case, call = _owed(uow, reference)
        if call.state is CallbackState.CALLED:
            return remedy
        if call.state is CallbackState.CANCELLED or remedy.state is RemedyState.CANCELLED:
            raise Conflict(f"The call {remedy.reference} was taken back.")
        rang_at = min(now, call.ends_at) if now <= call.ends_at + GRACE else now
        call.state, call.changed_at, call.assignee = CallbackState.CALLED, now, who
        _end_promises(uow, case, remedy, lambda one: PromiseState.KEPT if rang_at <= one.due_at else PromiseState.BROKEN, now)
        uow.note(case.id, who, "callback.done", now, remedy=remedy.reference)
        ledger.settle(shop, uow, remedy, now)
        return remedy


def unanswered(shop: Shop, reference: str, who: str, now: datetime) -> Remedy:
    """Somebody rang and reached nobody: what was promised is kept, the customer reads so, and it is tried again in the next free slot.

    Raises Conflict before the slot begins, so that one press too many books no second slot; and where no slot is free.
    """
    if not who.strip():
        raise BadInput("Say who rang: the name is kept with the call.")
    with shop.begin(True) as uow:
        remedy, case, call = _owed(uow, reference)
        if call.state is not CallbackState.BOOKED:
            raise Conflict(f"The call {remedy.reference} is {call.state}: it is not to be made.")
        _must_have_begun(remedy, call, now)
        uow.callbacks.one_at_a_time()
        slot = next(iter(slots(shop.policy.hours, now, 1, uow.callbacks.taken(now - SLOT))), None)
        if slot is None:
            raise Conflict("There is no free time for another call within a year.")
        rang_at = min(now, call.ends_at) if now <= call.ends_at + GRACE else now
        _end_promises(uow, case, remedy, lambda one: PromiseState.KEPT if rang_at <= one.due_at else PromiseState.BROKEN, now)
        (call.starts_at, call.ends_at), call.changed_at, call.assignee = slot, now, who
        _promise(shop, uow, case, remedy, call, now, "callback_unanswered", by=who)
        uow.note(case.id, who, "callback.unanswered", now, remedy=remedy.reference, starts_at=instant(call.starts_at))
        return remedy


def _must_have_begun(remedy: Remedy, call: Callback, now: datetime) -> None:
    if now < call.starts_at:
        raise Conflict(f"The call {remedy.reference} is due from {call.starts_at:%Y-%m-%d %H:%M} UTC on: it is not missed yet.")


def missed(shop: Shop, reference: str, who: str, now: datetime) -> Remedy:
    """Nobody rang: the promise is broken, the customer is told and a person takes it up. Once, however often it is said."""
    with shop.begin(True) as uow:
        remedy, case, call = _owed(uow, reference)
        if call.state is not CallbackState.BOOKED:
            return remedy
        _must_have_begun(remedy, call, now)
        call.state, call.changed_at = CallbackState.MISSED, now
        _end_promises(uow, case, remedy, lambda _: PromiseState.BROKEN, now)
        if remedy.state is RemedyState.QUEUED:
            remedy.move(RemedyState.SENT, now)
        if remedy.state in (RemedyState.SENT, RemedyState.UNKNOWN):
            remedy.move(RemedyState.FAILED, now)
            remedy.why = "nobody rang"
        uow.outbox.mark([remedy.id], "failed", now)
        uow.note(case.id, who, "callback.missed", now, remedy=remedy.reference)
        team = shop.policy.escalation("promise_missed").team
        key = f"callback_missed:{remedy.id}:{int(call.starts_at.timestamp())}"
        uow.alerts.raise_once(Alert("callback_missed", team, now, key, case.id, {"remedy": remedy.reference}))
        _own_up(shop, uow, case, remedy, call, now)
        return remedy


def _own_up(shop: Shop, uow: "UnitOfWork", case: Case, remedy: Remedy, call: Callback, now: datetime) -> None:
    """Says that nobody rang, and who takes it up by when."""
    conversation, who = uow.conversations.get(case.conversation_id), ""
    if conversation.handler is Handler.ASSISTANT:
        escalation = hand_off(shop, uow, conversation, "promise_missed", now)
        who = who_line(shop, uow, conversation, case, escalation, now)
    _say(shop, uow, case, remedy, call, "callback_missed", now, who)


def _end_promises(uow: "UnitOfWork", case: Case, remedy: Remedy, how: Callable[[Promise], PromiseState], now: datetime) -> None:
    for promise in uow.cases.promises(case.id):
        if promise.remedy_id == remedy.id and promise.what != DECISION:
            promise.end(how(promise), now)


def _owed(uow: "UnitOfWork", reference: str) -> tuple[Remedy, Case, Callback]:
    remedy = uow.remedies.by_reference(reference)
    case, call = uow.cases.find(remedy.case_id), uow.callbacks.of(remedy.id)
    if case is None or call is None:
        raise Conflict(f"{remedy.reference} is no call that has been booked.")
    return remedy, case, call


def listed(shop: Shop, with_dev: bool = False) -> list[Due]:
    """The calls still to be made, the next first. Chats of developers stay out."""
    with shop.begin(False) as uow:
        booked = [(one, uow.remedies.get(one.remedy_id), uow.cases.find(one.case_id)) for one in uow.callbacks.booked()]
    return [Due(call, remedy, case) for call, remedy, case in booked if case and (with_dev or case.channel != DEV)]


def overdue(shop: Shop, now: datetime) -> list[str]:
    """The references of calls whose time has passed, with some grace for noting them."""
    with shop.begin(False) as uow:
        return [uow.remedies.get(one.remedy_id).reference for one in uow.callbacks.booked() if one.ends_at + GRACE <= now]
