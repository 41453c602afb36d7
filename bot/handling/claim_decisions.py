"""What a person decides on a claim for damages: to pay it, in full or in part, or to refuse it with a reason."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases.case import Case
from bot.cases.claim import NO_RECEIPT, Claim, ClaimItem, ClaimState
from bot.cases.conversation import Author, Conversation
from bot.cases.damages import sum_said, totals
from bot.cases.dates import clock_of
from bot.cases.instants import instant
from bot.cases.money import Money
from bot.cases.names import tidy_name
from bot.cases.promises import PERSON_ANSWERS
from bot.cases.remedy import Remedy, RemedyState
from bot.cases.wording import faults
from bot.errors import BadInput, Conflict
from bot.handling.accept import add_reply
from bot.handling.claims import DECISION
from bot.handling.ledger import grant_damages
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

OPEN = (ClaimState.OPEN, ClaimState.RECEIVED)  # a person who takes the case over may decide what is only half told


@dataclass(frozen=True)
class Decided:
    """A decision as it stands. `warnings` name what the wording check found in the reason."""

    claim: Claim
    remedy: Remedy | None = None
    warnings: tuple[str, ...] = ()


def accept(shop: Shop, reference: str, who: str, now: datetime, amount: str = "", reason: str = "") -> Decided:
    """Pays a claim: all of it, or `amount`. The money is a refund on the ledger, within this person's limit.

    Raises NotFound; Conflict where it is decided; BadInput where the sum is not clear, is more than was claimed, or is
    less without a reason.
    """
    name, why = _named(who), reason.strip().rstrip(".")
    place = _place(shop, reference)
    with shop.begin(True) as uow:
        conversation, case, claim = _held(uow, place, reference)
        items = uow.claims.items(claim.id)
        paid = _sum(claim, items, amount)
        is_part = _is_part(paid, items)
        if is_part and not why:
            raise BadInput(f"{paid} is less than was claimed. Give the reason: the customer reads it.")
        remedy = grant_damages(shop, uow, case, claim.reference, name, paid, f"claim {claim.reference}: {why or 'paid in full'}", now)
        _close(uow, case, claim, ClaimState.ACCEPTED, name, why, now)
        claim.remedy_id = remedy.id
        uow.note(case.id, name, "claim.accepted", now, claim=claim.reference, remedy=remedy.reference)
        _tell_paid(shop, uow, conversation, case, claim, remedy, is_part)
        return Decided(claim, remedy, tuple(faults(why)))


def refuse(shop: Shop, reference: str, who: str, reason: str, now: datetime) -> Decided:
    """Says no, with the reason and the way to have it looked at again. Raises as `accept`."""
    name, why = _named(who), reason.strip().rstrip(".")
    if not why:
        raise BadInput("Give the reason: the customer reads it.")
    place = _place(shop, reference)
    with shop.begin(True) as uow:
        conversation, case, claim = _held(uow, place, reference)
        _close(uow, case, claim, ClaimState.REFUSED, name, why, now)
        uow.note(case.id, name, "claim.refused", now, claim=claim.reference)
        words = shop.wording.say("claim_refused", claim.id, by=name, claim=claim.reference, reason=why)
        add_reply(uow, conversation, Author.SYSTEM, words, now)
        return Decided(claim, None, tuple(faults(why)))


def _named(who: str) -> str:
    name = tidy_name(who)
    if not name:
        raise BadInput("Say who you are: the customer reads who decided.")
    return name


def _place(shop: Shop, reference: str) -> str:
    """The conversation of a claim: locked first, as in every turn."""
    with shop.begin(False) as uow:
        case = uow.cases.find(uow.claims.by_reference(reference).case_id)
        assert case is not None  # the database demands it
        return case.conversation_id


def _held(uow: "UnitOfWork", place: str, reference: str) -> tuple[Conversation, Case, Claim]:
    conversation = uow.conversations.get(place)
    claim = uow.claims.by_reference(reference)
    case = uow.cases.find(claim.case_id)
    assert case is not None  # the database demands it
    if claim.state not in OPEN:
        by = f" by {claim.decided_by}" if claim.decided_by else ""
        raise Conflict(f"{claim.reference} is {claim.state}{by}: it can be decided once.")
    return conversation, case, claim


def _sum(claim: Claim, items: list[ClaimItem], typed: str) -> Money:
    """What is paid: what was typed, else all that was claimed in its one currency."""
    sums = totals(items)
    if not typed.strip():
        if len(sums) != 1:
            raise BadInput(
                f"{claim.reference} has {'no known sum' if not sums else 'sums in several currencies'}: give one, such as 80.00 USD."
            )
        return sums[0]
    found = sum_said(typed, sums[0].currency, asked=True) if sums else sum_said(typed, "")
    if found is None or not found.currency or (len(sums) > 1 and typed.strip().replace(".", "").isdigit()):
        raise BadInput(f'{typed!r} is no sum of one currency: write it as 80.00, or as "80.00 USD".')
    most = next((one for one in sums if one.currency == found.currency), None)
    if most and most < found and len(sums) == 1 and all(one.amount_minor for one in items):
        raise BadInput(f"{found} is more than the {most} that was claimed.")
    return found


def _is_part(paid: Money, items: list[ClaimItem]) -> bool:
    """Whether less is paid than was claimed."""
    return any(one.currency == paid.currency and paid < one for one in totals(items))


def _close(uow: "UnitOfWork", case: Case, claim: Claim, state: ClaimState, who: str, why: str, now: datetime) -> None:
    """The decision is made and told: what was promised about it is kept, or was broken."""
    claim.state, claim.decided_at, claim.decided_by, claim.reason = state, now, who, why or None
    answered = {one.message_id for one in uow.cases.escalations(case.id) if one.reason == "damages"}
    for escalation in uow.cases.escalations(case.id):
        if escalation.reason == "damages":
            escalation.answered_at = escalation.answered_at or now
    for promise in uow.cases.promises(case.id):
        if promise.what == DECISION or (promise.what == PERSON_ANSWERS and promise.message_id in answered):
            promise.keep(now)
    case.first_reply_at = case.first_reply_at or now


def _tell_paid(shop: Shop, uow: "UnitOfWork", conversation: Conversation, case: Case, claim: Claim, remedy: Remedy, is_part: bool) -> None:
    """What was decided, from the ledger's record: paid, paid in part, or before a second person."""
    now = remedy.changed_at
    clock = clock_of(conversation.time_zone, shop.policy.hours.zone, now)
    waits = remedy.state is RemedyState.NEEDS_APPROVAL
    name = "claim_needs_approval" if waits else "claim_accepted_part" if is_part else "claim_accepted"
    due = remedy.due_at or now
    words = shop.wording.say(
        name,
        claim.id,
        by=claim.decided_by,
        claim=claim.reference,
        amount=remedy.amount,
        remedy=remedy.reference,
        reason=claim.reason,
        team=shop.policy.teams[shop.policy.escalation("above_limit").team],
        due=clock.time(due) if waits else clock.day(due),
    )
    add_reply(uow, conversation, Author.SYSTEM, words, now)


def listed(shop: Shop, waiting: bool = False) -> list[dict[str, object]]:
    """Claims with their items: all, oldest first; or those that wait for a decision, the one due first at the front."""
    with shop.begin(False) as uow:
        found = uow.claims.waiting() if waiting else uow.claims.every()
        return [_row(uow, one) for one in found]


def shown(shop: Shop, reference: str) -> dict[str, object]:
    """One claim. Raises NotFound."""
    with shop.begin(False) as uow:
        return _row(uow, uow.claims.by_reference(reference))


def _row(uow: "UnitOfWork", claim: Claim) -> dict[str, object]:
    """Instants are ISO 8601, UTC; sums are decimal, in major units."""
    case, items = uow.cases.find(claim.case_id), uow.claims.items(claim.id)
    remedy = uow.remedies.get(claim.remedy_id) if claim.remedy_id else None
    return {
        "reference": claim.reference,
        "case": case.reference if case else None,
        "state": str(claim.state),
        "total": [str(one) for one in totals(items)],
        "decide_by": instant(claim.decide_by, "minutes"),
        "decided_by": claim.decided_by,
        "reason": claim.reason,
        "remedy": remedy.reference if remedy else None,
        "items": [
            {
                "what": one.what,
                "amount": str(one.amount.amount) if one.amount_minor else None,
                "currency": one.currency,
                "receipt": None if one.receipt == NO_RECEIPT else one.receipt,
            }
            for one in items
        ],
    }
