"""Offering and filing remedies: every one is a ledger record, and takes effect once."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING

from bot.cases.case import Alert, Case, CaseStatus, Promise
from bot.cases.hours import business_days_on, due_within
from bot.cases.money import Money
from bot.cases.policy import Option
from bot.cases.reference import new_reference, reference_for
from bot.cases.remedy import Remedy, RemedyKind, RemedyState, remedy_key
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

GRANTED = "granted"  # the wording of what a person gives
GRANTED_DAYS = 5  # business days until what a person gives has surely taken effect


def propose(
    shop: Shop, uow: "UnitOfWork", case: Case, options: tuple[Option, ...], now: datetime, quantity: int | None = None
) -> list[Remedy]:
    """One proposed record an option; what was on offer before and is not now is withdrawn.

    The same act offered again is the same record: its key is permanent.
    """
    proposed = [_proposed(shop, uow, case, option, rank, now, quantity) for rank, option in enumerate(options)]
    withdraw(uow, case, now, but=proposed)
    return [remedy for remedy in proposed if remedy.state is RemedyState.PROPOSED]


def withdraw(uow: "UnitOfWork", case: Case, now: datetime, but: Sequence[Remedy] = ()) -> None:
    """Takes back what is only proposed."""
    for remedy in uow.remedies.of(case.id):
        if remedy.state is RemedyState.PROPOSED and remedy not in but:
            remedy.move(RemedyState.CANCELLED, now)


def _proposed(shop: Shop, uow: "UnitOfWork", case: Case, option: Option, rank: int, now: datetime, quantity: int | None) -> Remedy:
    key = remedy_key(case.reference, option.kind, option.amount, option.lines, quantity, option.wording)
    standing = uow.remedies.by_key(key)
    if standing:
        if not standing.is_filed:  # the same act may fall under other rules by now: another order or issue, a new policy
            standing.rank, standing.wording, standing.due_days = rank, option.wording, option.due_days
            standing.needs_approval, standing.reasons = option.needs_approval, option.reasons
            standing.statutory = option.statutory
            standing.policy_version = shop.policy.version
        if standing.state is RemedyState.CANCELLED:
            standing.move(RemedyState.PROPOSED, now)
        return standing
    remedy = _new(shop, case, option, key, rank, quantity, now)
    uow.add(remedy)
    uow.flush()
    uow.note(case.id, "assistant", "remedy.proposed", now, remedy=remedy.reference, policy=shop.policy.version)
    return remedy


def _new(shop: Shop, case: Case, option: Option, key: str, rank: int, quantity: int | None, now: datetime) -> Remedy:
    return Remedy(
        id=secrets.token_hex(12),
        case_id=case.id,
        reference=new_reference("R"),
        key=key,
        kind=option.kind,
        wording=option.wording,
        amount_minor=option.amount.minor if option.amount else None,
        currency=option.amount.currency if option.amount else None,
        lines=",".join(map(str, option.lines)),
        rank=rank,
        state=RemedyState.PROPOSED,
        needs_approval=option.needs_approval,
        due_days=option.due_days,
        policy_version=shop.policy.version,
        reasons=option.reasons,
        created_at=now,
        changed_at=now,
        statutory=option.statutory,
        quantity=quantity,
        worth_minor=option.worth.minor if option.worth else None,
        worth_currency=option.worth.currency if option.worth else None,
    )


def effect_due(shop: Shop, remedy: Remedy, now: datetime) -> datetime:
    """The safe day for its effect: a promise kept late costs, one kept early earns nothing more (Gneezy 2014)."""
    return business_days_on(shop.policy.hours, now, remedy.due_days)


def decision_due(shop: Shop, now: datetime) -> datetime:
    """By when a person decides what is above the assistant's limit."""
    return due_within(shop.policy.hours, now, shop.policy.escalation("above_limit").reply_within)


def file_remedy(shop: Shop, uow: "UnitOfWork", case: Case, remedy: Remedy, now: datetime, message_id: str) -> None:
    """The customer said yes: record, outbox row, promise and audit in the caller's one transaction. Filed twice is filed once."""
    if remedy.is_filed:
        return
    remedy.move(RemedyState.CONFIRMED, now)
    remedy.message_id = message_id
    withdraw(uow, case, now)
    if remedy.needs_approval:
        wait_for_approval(shop, uow, case, remedy, now)
    else:
        remedy.move(RemedyState.QUEUED, now)
        remedy.due_at = effect_due(shop, remedy, now)
        uow.outbox.put("remedy", "provider", remedy.id, now)
        uow.add(promise_of(shop, case, remedy, str(remedy.kind), now))
    case.status = CaseStatus.ON_HOLD
    uow.note(case.id, "customer", "remedy.confirmed", now, remedy=remedy.reference, state=str(remedy.state))


def wait_for_approval(shop: Shop, uow: "UnitOfWork", case: Case, remedy: Remedy, now: datetime) -> None:
    """Puts a confirmed remedy before people, with a promise of when they decide."""
    remedy.move(RemedyState.NEEDS_APPROVAL, now)
    remedy.due_at = decision_due(shop, now)
    uow.add(promise_of(shop, case, remedy, "decision", now))
    team = shop.policy.escalation("above_limit").team
    uow.alerts.raise_once(Alert("needs_approval", team, now, f"needs_approval:{remedy.id}", case.id, {"remedy": remedy.reference}))


def promise_of(shop: Shop, case: Case, remedy: Remedy, what: str, now: datetime) -> Promise:
    """The promise that goes with a remedy on its way; a decision is a person's."""
    assert remedy.due_at is not None
    by_whom = shop.policy.teams[shop.policy.escalation("above_limit").team] if what == "decision" else shop.name
    return Promise(case.id, what, by_whom, remedy.due_at, now, remedy.message_id, remedy.id)


def granted(
    shop: Shop,
    uow: "UnitOfWork",
    case: Case,
    kind: RemedyKind,
    amount: Money | None,
    lines: tuple[int, ...],
    who: str,
    reason: str,
    key: str,
    now: datetime,
    wording: str = GRANTED,
    worth: Money | None = None,
) -> Remedy:
    """A person's own remedy, confirmed by them. Its number follows from its key, so that a preview can name it."""
    option = Option(kind, wording, amount, lines, False, False, GRANTED_DAYS, (), f"{who}: {reason}", worth=worth or amount)
    standing = uow.remedies.by_key(key)
    remedy = standing or _new(shop, case, option, key, 0, None, now)
    if standing is None:
        remedy.reference = _reference_of(uow, key)
    if remedy.state is RemedyState.CANCELLED:
        remedy.move(RemedyState.PROPOSED, now)
    remedy.granted_by, remedy.reasons = who, option.reasons
    uow.add(remedy)
    uow.flush()
    remedy.move(RemedyState.CONFIRMED, now)
    return remedy


def _reference_of(uow: "UnitOfWork", key: str) -> str:
    """The number of an act; the next one where another act has it."""
    tried = (reference_for("R", f"{key}{'+' * times}") for times in count())
    return next(one for one in tried if not uow.case_views.has_remedy(one))


def compensating(shop: Shop, uow: "UnitOfWork", case: Case, remedy: Remedy, who: str, reason: str, now: datetime) -> Remedy:
    """The record that takes a settled remedy back: one, however often it is asked for."""
    key = f"{remedy.key}:undo"
    option = Option(
        remedy.kind, remedy.wording, remedy.amount, remedy.line_numbers, True, False, GRANTED_DAYS, (), f"{who}: {reason or 'taken back'}"
    )
    back = uow.remedies.by_key(key) or _new(shop, case, option, key, 0, remedy.quantity, now)
    if back.state is RemedyState.CANCELLED:
        back.move(RemedyState.PROPOSED, now)
    back.undoes, back.granted_by = remedy.id, who
    uow.add(back)
    uow.flush()
    back.move(RemedyState.CONFIRMED, now)
    return back
