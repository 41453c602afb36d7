"""A person at the desk gives a remedy: they see what would come of it and what the customer would read, and then do exactly that."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.cases.case import Case, known
from bot.cases.conversation import Message
from bot.cases.dates import clock_of
from bot.cases.desk import Agent
from bot.cases.money import Money
from bot.cases.order import Order
from bot.cases.remedy import Remedy, RemedyKind, RemedyState
from bot.errors import BadInput, Conflict, NotAllowed
from bot.handling import ledger
from bot.handling.desk_cases import fit_words, look_up, opened
from bot.handling.doubling import given_elsewhere
from bot.handling.scene import LookedUp
from bot.handling.shop import Shop
from bot.handling.sums import money_of

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

OF_MONEY = (RemedyKind.REFUND, RemedyKind.PARTIAL_REFUND, RemedyKind.VOUCHER)
OF_AN_ORDER = (RemedyKind.REFUND, RemedyKind.PARTIAL_REFUND, RemedyKind.REPLACEMENT, RemedyKind.REDELIVERY, RemedyKind.REPAIR)
MOST_LINES = 50
LONGEST_REASON = 300


@dataclass(frozen=True)
class Wish:
    """What somebody wants to give, and why."""

    kind: RemedyKind
    amount: Money | None
    lines: tuple[int, ...]
    reason: str


@dataclass(frozen=True)
class Given:
    """What came of it, in the transaction it was done in. `digest` names exactly this act of this person."""

    remedy: Remedy
    message: Message
    digest: str
    case: Case


def wish_of(body: Mapping[str, Any]) -> Wish:
    """What a form asks for. Raises BadInput."""
    try:
        kind = RemedyKind(body.get("kind"))
    except ValueError:
        raise BadInput(f"kind must be one of {', '.join(map(str, RemedyKind))}.") from None
    amount = money_of(_sum(body.get("amount")), _code(body.get("currency")) if body.get("amount") not in (None, "") else None)
    if kind in OF_MONEY and amount is None:
        raise BadInput(f"A {str(kind).replace('_', ' ')} needs an amount.")
    if kind not in OF_MONEY and amount is not None:
        raise BadInput(f"A {str(kind).replace('_', ' ')} has no amount.")
    return Wish(kind, amount, _lines(body.get("lines")), fit_words(body.get("reason"), "reason", LONGEST_REASON))


def _sum(given: Any) -> str | None:
    if isinstance(given, bool) or not isinstance(given, str | int | float | None):
        raise BadInput("amount must be a number, such as 12.00.")
    return None if given is None or given == "" else str(given).strip()


def _code(given: Any) -> str | None:
    if given is not None and not isinstance(given, str):
        raise BadInput("currency must be three letters, such as USD.")
    return given


def _lines(given: Any) -> tuple[int, ...]:
    found = [] if given is None else given
    if not isinstance(found, list) or not all(isinstance(one, int) and not isinstance(one, bool) for one in found):
        raise BadInput("lines must be a list of the order's line numbers.")
    if len(found) > MOST_LINES:
        raise BadInput(f"Choose at most {MOST_LINES} items, or none for the whole order.")
    return tuple(sorted(set(found)))


def preview(shop: Shop, agent: Agent, reference: str, wish: Wish, now: datetime) -> dict[str, Any]:
    """What would come of it: it is done, looked at and let go. Raises NotFound, or NotAllowed where the case is not this person's.

    {effect, text, needs_approval, by, problem, warnings, digest, remedy}; `problem` says why it can't be given, all else is None then.
    """
    looked = look_up(shop, reference)
    with shop.begin(True) as uow:
        opened(shop, uow, agent, reference)
        try:
            given = _give(shop, uow, agent, reference, wish, looked, now)
        except (BadInput, Conflict, NotAllowed) as error:
            seen = _problem(str(error))
        else:
            seen = _seen(shop, uow, given, now)
        uow.let_go()
        return seen


def grant(shop: Shop, agent: Agent, reference: str, wish: Wish, digest: str, now: datetime) -> Remedy:
    """Does what was looked at. Raises as `ledger.grant`, and Conflict where something else would come of it by now."""
    looked = look_up(shop, reference)
    with shop.begin(True) as uow:
        given = _give(shop, uow, agent, reference, wish, looked, now)
        if given.digest != digest:
            raise Conflict("What would come of this has changed since you looked. Look at it again.")
        return given.remedy


def _give(shop: Shop, uow: "UnitOfWork", agent: Agent, reference: str, wish: Wish, looked: LookedUp, now: datetime) -> Given:
    case, _ = opened(shop, uow, agent, reference)
    order = looked.orders.get(case.order_number or "") if case.proven else None
    _must_be_possible(uow, case, order, wish)
    if case.order_number:
        uow.hold(f"order:{case.order_number}")
    remedy, message = ledger.grant_in(shop, uow, case, agent.name, wish.kind, now, amount=wish.amount, lines=wish.lines, reason=wish.reason)
    parts = (ledger.digest_of(remedy, case), agent.name, wish.reason, str(remedy.state))
    digest = hashlib.sha256("|".join(parts).encode()).hexdigest()[:24]
    return Given(remedy, message, digest, case)


def _must_be_possible(uow: "UnitOfWork", case: Case, order: Order | None, wish: Wish) -> None:
    merged = next((other for other, kind, back in uow.case_views.links(case.id) if kind == "merged" and not back), None)
    if merged:
        raise Conflict(f"{case.reference} has been merged: it goes on as {merged}.")
    if order is None and (wish.kind in OF_AN_ORDER or wish.lines):
        raise BadInput("No order is proven to be this customer's: note the order's number with an e-mail, phone or postcode first.")
    if wish.kind is RemedyKind.CALLBACK and not (known(uow.cases.facts(case.id)).get("phone") or (order and order.buyer.phone)):
        raise BadInput("No phone number is known: note the one the customer gives first.")
    unknown = set(wish.lines) - {item.line for item in order.items} if order else set()
    if unknown:
        raise BadInput(f"The order has no line {min(unknown)}.")


def _problem(words: str) -> dict[str, Any]:
    nothing = {"effect": None, "text": None, "by": None, "digest": None, "remedy": None}
    return {**nothing, "needs_approval": False, "problem": words, "warnings": []}


def _seen(shop: Shop, uow: "UnitOfWork", given: Given, now: datetime) -> dict[str, Any]:
    remedy = given.remedy
    waits = remedy.state is RemedyState.NEEDS_APPROVAL
    twice = given_elsewhere(uow, given.case, remedy)
    return {
        "effect": _effect(shop, given, now),
        "text": given.message.text,
        "needs_approval": waits,
        "by": _deciders(shop, remedy) if waits else None,
        "problem": None,
        "warnings": [f"Another case of this order has {ledger.noun_of(shop, twice)} for the same items: {twice.reference}."]
        if twice
        else [],
        "digest": given.digest,
        "remedy": remedy.reference,
    }


def _effect(shop: Shop, given: Given, now: datetime) -> str:
    """What happens, for the person who decides."""
    remedy, clock = given.remedy, clock_of(None, shop.policy.hours.zone, now)
    what = ledger.noun_of(shop, remedy)
    what = what[:1].upper() + what[1:]
    of = f" on order {given.case.order_number}" if given.case.order_number else ""
    if remedy.due_at is None:
        return f"{what}{of}."
    if remedy.state is RemedyState.NEEDS_APPROVAL:
        return f"{what}{of} waits for {_deciders(shop, remedy)}, who decide by {clock.time(remedy.due_at)}. Nothing goes out before."
    return f"{what}{of} goes out at once and has taken effect by {clock.day(remedy.due_at)}."


def _deciders(shop: Shop, remedy: Remedy) -> str:
    """Who must agree."""
    policy = shop.policy
    team = policy.teams[policy.escalation("above_limit").team]
    return (
        f"two people, one of them {team}" if policy.authority.eyes(remedy.worth) > 1 else f"{team} or another person whose limit allows it"
    )
