"""What happens to a filed remedy: people approve or refuse it, it is carried out, it settles or fails, it is taken back.

Every deed is one transaction of state, outbox row, promise and audit. Whatever is done twice is done once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases.authority import Approval, Authority, Role, act_digest, still_lacking
from bot.cases.callback import CallbackState
from bot.cases.case import Alert, Case, Escalation, PromiseState
from bot.cases.claim import DAMAGES
from bot.cases.conversation import Author, Handler, Message
from bot.cases.dates import clock_of
from bot.cases.money import Money
from bot.cases.policy import worth_of_goods
from bot.cases.promises import DECISION, NEWS
from bot.cases.remedy import Attempt, Remedy, RemedyKind, RemedyState, remedy_key
from bot.errors import BadInput, Conflict, NotAllowed
from bot.handling import follow_ups, remedies
from bot.handling.accept import add_reply
from bot.handling.handoff import hand_off
from bot.handling.roles import granting_role, role_of
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

# Reasons for a person that count as a second failure.
FAILED_AGAIN = ("second_failure", "repeated_failure", "promise_missed", "not_put_right")
OPEN_STATES = (RemedyState.QUEUED, RemedyState.SENT, RemedyState.UNKNOWN)


@dataclass(frozen=True)
class Approved:
    """What an approval led to. `lacking`: how many more people must agree."""

    remedy: Remedy
    lacking: int


def digest_of(remedy: Remedy, case: Case) -> str:
    """What an approval of this remedy, as it is now, approves."""
    return act_digest(remedy, case.reference, case.order_number)


def approve(shop: Shop, reference: str, who: str, reason: str, now: datetime, digest: str | None = None) -> Approved:
    """One person agrees to this exact act; with enough of them it is queued.

    `digest` is that of the act the person saw. Raises NotFound; Conflict where it has changed or waits for nobody;
    NotAllowed where the person asked for it themselves or may not grant so much.
    """
    with shop.begin(True) as uow:
        remedy = uow.remedies.by_reference(reference)
        case = _case(uow, remedy)
        act = digest_of(remedy, case)
        if digest is not None and digest != act:
            raise Conflict(f"{remedy.reference} has changed since you looked: it is {remedy.amount or remedy.kind} now. Look again.")
        if remedy.state is not RemedyState.NEEDS_APPROVAL:
            raise Conflict(f"{remedy.reference} waits for no approval: it is {remedy.state}.")
        _must_be_allowed(shop, uow, remedy, act, who)
        approvals = uow.remedies.approvals(remedy.id)
        if not any((one.digest, one.who) == (act, who) for one in approvals):
            approval = Approval(remedy.id, act, who, "approved", reason, now)
            uow.add(approval)
            uow.flush()
            approvals = [*approvals, approval]
            uow.note(case.id, who, "remedy.approved", now, remedy=remedy.reference, digest=act)
        lacking = still_lacking(shop.policy.authority, remedy, act, approvals)
        if lacking == 0:
            remedy.move(RemedyState.APPROVED, now)
            queue(shop, uow, case, remedy, now)
            _decision_made(uow, case, remedy, now)
            tell(shop, uow, case, "remedy_approved", remedy, now)
        return Approved(remedy, lacking)


def _must_be_allowed(shop: Shop, uow: "UnitOfWork", remedy: Remedy, act: str, who: str) -> None:
    if not who.strip():
        raise BadInput("Say who you are: an approval needs a name.")
    first = [role_of(shop, uow, one.who) for one in uow.remedies.approvals(remedy.id) if one.digest == act and one.who != who]
    problem = why_not_approve(shop.policy.authority, remedy, who, role_of(shop, uow, who), first)
    if problem:
        raise NotAllowed(problem)


def why_not_approve(authority: Authority, remedy: Remedy, who: str, role: Role | None, first: Sequence[Role | None]) -> str | None:
    """Why this person may not agree to a remedy that waits; None where they may. `first`: the roles of others who have agreed to it."""
    if role is None:
        return f"The account of {who} decides nothing: it only reads, or it is closed."
    if remedy.granted_by == who:
        return f"{who} asked for {remedy.reference}: somebody else must approve it."
    if authority.may_grant(role, remedy.worth):
        return None
    # Of two people one must be a lead; of so much that no single limit allows it, every one.
    if authority.eyes(remedy.worth) > 1 and (role is Role.LEAD or Role.LEAD in first):
        return None
    return f"{remedy.worth} is more than {who} may grant as {role}: a lead decides."


def refuse(shop: Shop, reference: str, who: str, reason: str, now: datetime) -> Remedy:
    """A person says no, with a reason the customer reads, and a person stays on the case. Raises as `approve`."""
    if not reason.strip():
        raise BadInput("Give the reason: the customer reads it.")
    with shop.begin(True) as uow:
        remedy = uow.remedies.by_reference(reference)
        case = _case(uow, remedy)
        granting_role(shop, uow, who)
        if remedy.state is not RemedyState.NEEDS_APPROVAL:
            raise Conflict(f"{remedy.reference} waits for no approval: it is {remedy.state}.")
        uow.add(Approval(remedy.id, digest_of(remedy, case), who, "refused", reason, now))
        remedy.move(RemedyState.REFUSED, now)
        remedy.why = reason
        _decision_made(uow, case, remedy, now)
        uow.note(case.id, who, "remedy.refused", now, remedy=remedy.reference)
        tell(shop, uow, case, "remedy_refused", remedy, now, reason=reason.strip().rstrip("."), by=who)
        return remedy


def _decision_made(uow: "UnitOfWork", case: Case, remedy: Remedy, now: datetime) -> None:
    """The promise to decide by a time is kept, or was broken."""
    for promise in uow.cases.promises(case.id):
        if promise.what in (DECISION, NEWS) and promise.remedy_id == remedy.id:
            promise.keep(now)


def queue(shop: Shop, uow: "UnitOfWork", case: Case, remedy: Remedy, now: datetime) -> None:
    """Puts a confirmed or approved remedy on its way: state, outbox row and promise together."""
    remedy.move(RemedyState.QUEUED, now)
    remedy.due_at = remedies.effect_due(shop, remedy, now)
    uow.outbox.put("remedy", "provider", remedy.id, now)
    uow.add(remedies.promise_of(shop, case, remedy, str(remedy.kind), now))


def grant(
    shop: Shop,
    case_reference: str,
    who: str,
    kind: RemedyKind,
    now: datetime,
    *,
    amount: Money | None = None,
    lines: Sequence[int] = (),
    reason: str = "",
) -> Remedy:
    """A person gives a remedy: within their limit it is queued, above it waits for approval.

    Raises BadInput where it is worth nothing or more than the case's band allows, Conflict where the same act stands.
    """
    with shop.begin(True) as uow:
        case = uow.cases.by_reference(case_reference.strip())
        return grant_in(shop, uow, case, who, kind, now, amount=amount, lines=lines, reason=reason)[0]


def grant_in(
    shop: Shop,
    uow: "UnitOfWork",
    case: Case,
    who: str,
    kind: RemedyKind,
    now: datetime,
    *,
    amount: Money | None = None,
    lines: Sequence[int] = (),
    reason: str = "",
) -> tuple[Remedy, Message]:
    """The same in the caller's transaction, with what the customer reads of it."""
    if not who.strip() or not reason.strip():
        raise BadInput("Say who you are and why: both are kept with the remedy.")
    granting_role(shop, uow, who)
    order = shop.orders.find(case.order_number) if case.order_number and case.proven else None
    _must_fit(shop, uow, case, order.paid if order else None, amount, kind)
    key = remedy_key(case.reference, kind, amount, tuple(lines))
    standing = uow.remedies.by_key(key)
    if standing and (standing.is_filed or standing.state is RemedyState.REFUSED):
        raise Conflict(f"Exactly this is {'filed' if standing.is_filed else 'refused'} already, as {standing.reference}.")
    worth = worth_of_goods(order, kind, lines)
    remedy = remedies.granted(shop, uow, case, kind, amount, tuple(lines), who, reason.strip(), key, now, worth=worth)
    remedies.withdraw(uow, case, now)
    is_queued = _send_or_ask(shop, uow, case, remedy, who, now)
    return remedy, tell(shop, uow, case, "remedy_granted" if is_queued else "remedy_asked_for", remedy, now, by=who)


def _send_or_ask(shop: Shop, uow: "UnitOfWork", case: Case, remedy: Remedy, who: str, now: datetime) -> bool:
    """Queues what this person may grant alone; what they may not waits for others. Whether it is queued."""
    authority = shop.policy.authority
    is_allowed = authority.may_grant(granting_role(shop, uow, who), remedy.worth) and authority.eyes(remedy.worth) == 1
    if is_allowed:
        queue(shop, uow, case, remedy, now)
    else:
        remedies.wait_for_approval(shop, uow, case, remedy, now)
    uow.note(case.id, who, "remedy.granted", now, remedy=remedy.reference, state=str(remedy.state))
    return is_allowed


def grant_damages(shop: Shop, uow: "UnitOfWork", case: Case, claim: str, who: str, amount: Money, reason: str, now: datetime) -> Remedy:
    """Pays for a claim, on top of the price: no band holds it, limits and two pairs of eyes do. In the caller's transaction.

    `claim` is its reference: one claim is paid once. What is on offer for the thing itself stays on offer.
    """
    key = f"{case.reference}:{DAMAGES}:{claim}"
    remedy = remedies.granted(shop, uow, case, RemedyKind.REFUND, amount, (), who, reason, key, now, DAMAGES)
    _send_or_ask(shop, uow, case, remedy, who, now)
    return remedy


def _must_fit(shop: Shop, uow: "UnitOfWork", case: Case, paid: Money | None, amount: Money | None, kind: RemedyKind) -> None:
    """Never more than the case's band of what was paid, all its remedies taken together. A voucher comes on top of what the law gives."""
    if amount is None:
        return
    if amount.minor <= 0:
        raise BadInput("A remedy of money needs an amount above nothing.")
    if paid is None:
        return
    if amount.currency != paid.currency:
        raise BadInput(f"The order was paid in {paid.currency}: give the amount in {paid.currency}.")
    left, most = room(shop.policy.authority, uow.cases.escalations(case.id), uow.remedies.of(case.id), paid, kind)
    if left < amount:
        raise BadInput(f"That is more than this case may reach: {left} is left of {most}.")


def room(
    authority: Authority, escalations: Sequence[Escalation], filed: Sequence[Remedy], paid: Money, kind: RemedyKind | None = None
) -> tuple[Money, Money]:
    """How much a case's remedies may still reach, and of how much in all."""
    failures = 2 if any(one.reason in FAILED_AGAIN for one in escalations) else 1
    most = paid.percent(authority.band(failures))
    given = sum(
        one.amount_minor or 0
        for one in filed
        if one.is_filed and one.currency == paid.currency and not one.undoes and one.wording != DAMAGES
        if not (one.statutory and kind is RemedyKind.VOUCHER)
    )
    return Money(max(0, most.minor - given), paid.currency), most


def undo(shop: Shop, reference: str, who: str, reason: str, now: datetime) -> Remedy:
    """Takes a remedy back: while it waits, it is cancelled; once settled, by a compensating record of its own.

    Returns what was cancelled, or the compensating record. Raises Conflict while it is on its way.
    """
    with shop.begin(True) as uow:
        remedy = uow.remedies.by_reference(reference)
        case = _case(uow, remedy)
        if remedy.state in (RemedyState.QUEUED, RemedyState.NEEDS_APPROVAL, RemedyState.FAILED):
            remedy.move(RemedyState.CANCELLED, now)
            remedy.why = reason or None
            uow.outbox.mark([remedy.id], "cancelled", now)
            _free_the_slot(uow, remedy, now)
            _withdraw_promises(uow, case, remedy, now)
            uow.note(case.id, who, "remedy.undone", now, remedy=remedy.reference)
            tell(shop, uow, case, "remedy_undone", remedy, now)
            return remedy
        if remedy.state is not RemedyState.SETTLED:
            raise Conflict(f"{remedy.reference} is {remedy.state}: it can be taken back before it is sent, or once it is settled.")
        standing = uow.remedies.undoing(remedy.id)
        if standing and standing.is_filed:
            return standing
        back = remedies.compensating(shop, uow, case, remedy, who, reason, now)
        remedies.wait_for_approval(shop, uow, case, back, now)  # money taken back from a customer is never one person's deed
        uow.note(case.id, who, "remedy.compensating", now, remedy=back.reference, undoes=remedy.reference)
        return back


def _free_the_slot(uow: "UnitOfWork", remedy: Remedy, now: datetime) -> None:
    """A call that was taken back is not made."""
    call = uow.callbacks.of(remedy.id)
    if call and call.state is CallbackState.BOOKED:
        call.state, call.changed_at = CallbackState.CANCELLED, now


def _withdraw_promises(uow: "UnitOfWork", case: Case, remedy: Remedy, now: datetime) -> None:
    for promise in uow.cases.promises(case.id):
        if promise.remedy_id == remedy.id:
            promise.end(PromiseState.WITHDRAWN, now)


def begin(shop: Shop, uow: "UnitOfWork", remedy: Remedy, now: datetime) -> bool:
    """Marks it as sent before anything goes out; False where it is not to be sent (any more)."""
    if remedy.state is RemedyState.SENT:
        return True
    if remedy.state not in (RemedyState.QUEUED, RemedyState.UNKNOWN):
        return False
    remedy.move(RemedyState.SENT, now)
    uow.note(remedy.case_id, "worker", "remedy.sent", now, remedy=remedy.reference)
    return True


def settle(shop: Shop, uow: "UnitOfWork", remedy: Remedy, now: datetime, provider_reference: str | None = None, **said: object) -> bool:
    """The provider says that it is done: the promise is kept, the customer is told. False where it was settled before.

    `said`: what else the sentence needs, such as a voucher's code.
    """
    if remedy.state in (RemedyState.SETTLED, RemedyState.COMPENSATED):
        return False
    if remedy.state is RemedyState.QUEUED:
        remedy.move(RemedyState.SENT, now)  # somebody did it by hand, or the answer overtook our note of it
    case = _case(uow, remedy)
    remedy.move(RemedyState.SETTLED, now)
    remedy.settled_at, remedy.provider_reference = now, provider_reference or remedy.provider_reference
    uow.outbox.mark([remedy.id], "delivered", now)
    for promise in uow.cases.promises(case.id):
        if promise.remedy_id == remedy.id and promise.what != "decision":
            promise.end(PromiseState.KEPT if now <= promise.due_at else PromiseState.BROKEN, now)
    uow.note(case.id, "worker", "remedy.settled", now, remedy=remedy.reference)
    if remedy.undoes:
        uow.remedies.get(remedy.undoes).move(RemedyState.COMPENSATED, now)
    tell(shop, uow, case, _settled_words(shop, remedy), remedy, now, **said)
    follow_ups.plan(shop, uow, case, now)
    return True


def _settled_words(shop: Shop, remedy: Remedy) -> str:
    if remedy.undoes:
        return "remedy_compensated"
    own = f"settled_{remedy.wording}"
    return own if shop.wording.has(own) else f"settled_{remedy.kind}"


def fail(shop: Shop, uow: "UnitOfWork", remedy: Remedy, why: str, now: datetime) -> bool:
    """It will not be done: the customer is told in words, a person takes over, the assignee sees it. False where it stood so before."""
    if remedy.state in (RemedyState.FAILED, RemedyState.SETTLED, RemedyState.COMPENSATED, RemedyState.CANCELLED):
        return False
    if remedy.state is RemedyState.QUEUED:
        remedy.move(RemedyState.SENT, now)
    case = _case(uow, remedy)
    remedy.move(RemedyState.FAILED, now)
    remedy.why = why[:500]
    uow.outbox.mark([remedy.id], "failed", now)
    uow.note(case.id, "worker", "remedy.failed", now, remedy=remedy.reference)
    team = shop.policy.escalation("remedy_failed").team
    key = f"remedy_failed:{remedy.id}:{len(uow.remedies.attempts(remedy.id))}"
    uow.alerts.raise_once(Alert("remedy_failed", team, now, key, case.id, {"remedy": remedy.reference}))
    tell(shop, uow, case, "remedy_failed", remedy, now)
    bring_a_person(shop, uow, case, "remedy_failed", now)
    return True


def doubt(uow: "UnitOfWork", remedy: Remedy, now: datetime) -> None:
    """Nobody knows whether the provider has it: it is asked before any retry."""
    if remedy.state is RemedyState.SENT:
        remedy.move(RemedyState.UNKNOWN, now)
        uow.note(remedy.case_id, "worker", "remedy.unknown", now, remedy=remedy.reference)


def attempt(uow: "UnitOfWork", remedy: Remedy, outcome: str, now: datetime, detail: str = "") -> None:
    """Keeps one try on record."""
    uow.add(Attempt(remedy.id, now, outcome, detail[:300]))


def redrive(shop: Shop, reference: str, who: str, now: datetime) -> Remedy:
    """Sends a failed remedy on its way again, under the same key. Raises Conflict where it has not failed."""
    with shop.begin(True) as uow:
        remedy = uow.remedies.by_reference(reference)
        if remedy.state is not RemedyState.FAILED:
            raise Conflict(f"{remedy.reference} has not failed: it is {remedy.state}.")
        remedy.move(RemedyState.QUEUED, now)
        remedy.why = None
        uow.outbox.again(remedy.id, now)
        uow.note(remedy.case_id, who, "remedy.redriven", now, remedy=remedy.reference)
        return remedy


def bring_a_person(shop: Shop, uow: "UnitOfWork", case: Case, reason: str, now: datetime) -> None:
    """Opens the conversation to people where the assistant still has it."""
    conversation = uow.conversations.get(case.conversation_id)
    if conversation.handler is Handler.ASSISTANT:
        hand_off(shop, uow, conversation, reason, now)


def tell(shop: Shop, uow: "UnitOfWork", case: Case, name: str, remedy: Remedy, now: datetime, **values: object) -> Message:
    """Says in the chat what became of a remedy, from its record."""
    conversation = uow.conversations.get(case.conversation_id)
    clock = clock_of(conversation.time_zone, shop.policy.hours.zone, now)
    words = {
        "remedy": remedy.reference,
        "ref": case.reference,
        "amount": remedy.amount,
        "what": noun_of(shop, remedy),
        "due": clock.day(remedy.due_at) if remedy.due_at else None,
        "decided": clock.time(remedy.due_at) if remedy.due_at else None,
        **values,
    }
    text = shop.wording.say(name, f"{conversation.id}/{remedy.id}", **words)
    return add_reply(uow, conversation, Author.SYSTEM, text, now)


def noun_of(shop: Shop, remedy: Remedy) -> str:
    """What it is, such as "a refund of $45.00"."""
    what = shop.wording.say(f"noun_{remedy.kind}")
    return shop.wording.say("noun_of_amount", what=what, amount=remedy.amount) if remedy.amount else what


def _case(uow: "UnitOfWork", remedy: Remedy) -> Case:
    case = uow.cases.find(remedy.case_id)
    assert case is not None  # a remedy is always of a case: the database demands it
    return case
