"""Offering and filing remedies: every one is a ledger record, and takes effect once."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases.case import Case, CaseStatus, Promise
from bot.cases.hours import business_days_on, due_within
from bot.cases.policy import Option
from bot.cases.reference import new_reference
from bot.cases.remedy import Remedy, RemedyState, remedy_key
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork


def propose(shop: Shop, uow: "UnitOfWork", case: Case, options: tuple[Option, ...], now: datetime) -> list[Remedy]:
    """One proposed record an option; what was on offer before and is not now is withdrawn.

    The same act offered again is the same record: its key is permanent.
    """
    proposed = [_proposed(shop, uow, case, option, rank, now) for rank, option in enumerate(options)]
    withdraw(uow, case, now, but=proposed)
    return [remedy for remedy in proposed if remedy.state is RemedyState.PROPOSED]


def withdraw(uow: "UnitOfWork", case: Case, now: datetime, but: Sequence[Remedy] = ()) -> None:
    """Takes back what is only proposed."""
    for remedy in uow.remedies.of(case.id):
        if remedy.state is RemedyState.PROPOSED and remedy not in but:
            remedy.move(RemedyState.CANCELLED, now)


def _proposed(shop: Shop, uow: "UnitOfWork", case: Case, option: Option, rank: int, now: datetime) -> Remedy:
    key = remedy_key(case.reference, option.kind, option.amount, option.lines)
    standing = uow.remedies.by_key(key)
    if standing:
        if not standing.is_filed:  # the same act may fall under other rules by now: another order or issue, a new policy
            standing.rank, standing.wording, standing.due_days = rank, option.wording, option.due_days
            standing.needs_approval, standing.reasons = option.needs_approval, option.reasons
            standing.policy_version = shop.policy.version
        if standing.state is RemedyState.CANCELLED:
            standing.move(RemedyState.PROPOSED, now)
        return standing
    remedy = Remedy(
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
    )
    uow.add(remedy)
    uow.flush()
    uow.note(case.id, "assistant", "remedy.proposed", now, remedy=remedy.reference, policy=shop.policy.version)
    return remedy


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
        remedy.move(RemedyState.NEEDS_APPROVAL, now)
        remedy.due_at = decision_due(shop, now)
        promised = "decision"
    else:
        remedy.move(RemedyState.QUEUED, now)
        remedy.due_at = effect_due(shop, remedy, now)
        uow.outbox.add("remedy", "provider", remedy.id, now)
        promised = str(remedy.kind)
    by_whom = shop.policy.teams[shop.policy.escalation("above_limit").team] if remedy.needs_approval else shop.name
    uow.add(Promise(case.id, promised, by_whom, remedy.due_at, now, message_id, remedy.id))
    case.status = CaseStatus.ON_HOLD
    uow.note(case.id, "customer", "remedy.confirmed", now, remedy=remedy.reference, state=str(remedy.state))
