"""What may be offered in a case now: what policy allows, less what was given, with the fuses; and the decision written down."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cases import authority
from bot.cases.authority import Fuses, goodwill_is_paused
from bot.cases.case import Case
from bot.cases.finding import Finding
from bot.cases.issue import Issue
from bot.cases.money import Money, total
from bot.cases.order import Order
from bot.cases.policy import Option, Policy, is_above, options, unfitting, worthless
from bot.cases.remedy import Decision, Remedy, RemedyKind, RemedyState
from bot.handling.scene import Scene

FOR_GOODS = (RemedyKind.REPLACEMENT, RemedyKind.REDELIVERY, RemedyKind.REFUND, RemedyKind.REPAIR)
PAUSED, FUSE, GIVEN, WORTHLESS = "goodwill_paused", "day_fuse", "given_already", "worth nothing here"


def offerable(scene: Scene) -> tuple[Option, ...]:
    """The options of the case as it is now, statutory ones first. The decision behind them is kept with its reasons."""
    case, finding = scene.case, scene.finding
    if case.issue is None or finding is None:
        return ()
    kept, left_out = weighed(scene, case.issue, finding)
    _write_down(scene, case.issue, finding, kept, left_out)
    return tuple(kept)


def weighed(scene: Scene, issue: Issue, finding: Finding) -> tuple[list[Option], list[dict[str, str]]]:
    """The options, and what is left out with the reason. Nothing is written."""
    allowed = options(scene.shop.policy, issue, finding, scene.concerned, scene.known.lines())
    left_out = left_out_of(scene.shop.policy, issue, finding, scene.concerned, scene.known.lines())
    kept: list[Option] = []
    paused = any(one.is_goodwill for one in allowed) and _is_paused(scene)
    for one in allowed:
        why = GIVEN if given_already(scene, one) else PAUSED if paused and one.is_goodwill else None
        if why:
            left_out.append({"wording": one.wording, "why": why})
        else:
            kept.append(_within_the_day(scene, one))
    return kept, left_out


def left_out_of(policy: Policy, issue: Issue, finding: Finding, order: Order | None, lines: tuple[int, ...]) -> list[dict[str, str]]:
    """The remedies that policy has for the issue and not for this case, each with why; one that another row grants is in."""
    granted = {one.wording for one in options(policy, issue, finding, order, lines)}
    rows = [(row.wording, why) for row, why in unfitting(policy, issue, finding)]
    rows += [(row.wording, WORTHLESS) for row in worthless(policy, issue, finding, order, lines)]
    return [{"wording": wording, "why": why} for wording, why in dict.fromkeys(rows) if wording not in granted]


def why_withheld(scene: Scene, kind: RemedyKind) -> str | None:
    """Why a remedy that policy has for this case is not on offer all the same: given before, or goodwill waits for a person."""
    case, finding = scene.case, scene.finding
    if case.issue is None or finding is None:
        return None
    allowed = [one for one in options(scene.shop.policy, case.issue, finding, scene.concerned, scene.known.lines()) if one.kind is kind]
    if any(given_already(scene, one) for one in allowed):
        return GIVEN
    return PAUSED if any(one.is_goodwill for one in allowed) and _is_paused(scene) else None


def still_stands(scene: Scene, remedy: Remedy) -> bool:
    """Whether an offer may be filed at the customer's yes: between the two another case may have filed the same, or a fuse blown.

    Where only a fuse has blown it may, and a person decides.
    """
    if remedy.state is not RemedyState.PROPOSED:
        return remedy.is_filed  # a person has given something else meanwhile, and the offer was withdrawn
    if scene.case.order_number:
        scene.uow.hold(f"order:{scene.case.order_number}")
    if _is_given(scene, remedy.kind, remedy.line_numbers):
        return False
    is_goodwill = authority.is_goodwill(remedy.kind, remedy.statutory)
    if is_goodwill and scene.case.customer_id:
        scene.uow.hold(f"customer:{scene.case.customer_id}")
    if (is_goodwill and _is_paused(scene)) or _blows_the_day(scene, remedy.worth, remedy.statutory):
        remedy.needs_approval = True
    return True


def _is_paused(scene: Scene) -> bool:
    """Whether this customer's goodwill waits for a person. Only a proven customer has a history to look at."""
    customer = scene.case.customer_id
    if customer is None:
        return False
    fuses: Fuses = scene.shop.policy.authority.fuses
    return goodwill_is_paused(fuses, scene.uow.remedies.goodwill_of(customer), _spent(scene), scene.now)


def _spent(scene: Scene) -> Money | None:
    """What the customer spent in twelve months, in the currency of the order at hand."""
    order = scene.order
    if order is None:
        return None
    year = scene.now - timedelta(days=365)
    paid = [one.paid for one in scene.looked.of_buyer or (order,) if one.placed_at >= year and one.currency == order.currency]
    return total(paid, order.currency)


def _within_the_day(scene: Scene, option: Option) -> Option:
    """Where the day's fuse has blown, a person decides; nothing is refused, and what is owed goes on."""
    if option.needs_approval or not _blows_the_day(scene, option.worth, option.statutory):
        return option
    return replace(option, needs_approval=True, reasons=f"{option.reasons}; {FUSE}")


def _blows_the_day(scene: Scene, worth: Money | None, statutory: bool) -> bool:
    """Whether the assistant would grant more by itself today than the shop lets it, money and goods taken together."""
    per_day = scene.shop.policy.authority.fuses.per_day
    if per_day is None or worth is None or statutory:
        return False
    granted = scene.uow.remedies.granted_by_assistant(_midnight(scene), worth.currency)
    return is_above(per_day, granted + worth)


def _midnight(scene: Scene) -> datetime:
    here = scene.now.astimezone(scene.shop.policy.hours.zone)
    return here.replace(hour=0, minute=0, second=0, microsecond=0)


def given_already(scene: Scene, option: Option) -> bool:
    """Whether another case of this order has filed goods or money for the same lines: nobody gets one thing twice."""
    return _is_given(scene, option.kind, option.lines)


def _is_given(scene: Scene, kind: RemedyKind, lines: tuple[int, ...]) -> bool:
    """Whether another case of this order has filed goods or money for any of these lines."""
    number = scene.case.order_number
    if kind not in FOR_GOODS or not number:
        return False
    others = [one for one in scene.uow.cases.of_order(number) if one.id != scene.case.id and _of_money(one) == _of_money(scene.case)]
    filed = [remedy for remedy in scene.uow.remedies.of(*(one.id for one in others)) if remedy.is_filed and remedy.kind in FOR_GOODS]
    return any(set(lines) & set(remedy.line_numbers) for remedy in filed)


def _of_money(case: Case) -> bool:
    return case.issue in (Issue.BILLING_DISPUTE, Issue.REFUND_NOT_RECEIVED)


def _write_down(scene: Scene, issue: Issue, finding: Finding, kept: Sequence[Option], left_out: list[dict[str, str]]) -> None:
    """One decision for one set of inputs: asked again with the same, it is the same."""
    inputs = inputs_of(issue, finding, scene.order, scene.known.lines(), scene.known.get("quantity"))
    before = scene.uow.remedies.decisions(scene.case.id)
    offered = [option_json(one) for one in kept]
    version = scene.shop.policy.version
    if before and (before[-1].inputs, before[-1].options, before[-1].policy_version) == (inputs, offered, version):
        return
    scene.uow.add(Decision(secrets.token_hex(12), scene.case.id, scene.now, version, inputs, offered, [dict(one) for one in left_out]))


def inputs_of(
    issue: Issue, finding: Finding, order: Order | None, lines: tuple[int, ...], quantity: str | None = None
) -> dict[str, object]:
    """All that the decision was made from, so that it can be made again under other rules. No personal data."""
    return {
        "issue": str(issue),
        "verdict": str(finding.verdict),
        "fault": str(finding.fault),
        "severity": str(finding.severity),
        "note": finding.note,
        "status": finding.status,
        "days_late": finding.days_late,
        "days": finding.days,
        "again": finding.again,
        "incident": finding.incident.code if finding.incident else None,
        "owed": money_json(finding.owed),
        "order": order.number if order else None,
        "lines": list(lines),
        "quantity": int(quantity) if quantity else None,
    }


def option_json(one: Option) -> dict[str, object]:
    """An option as it is kept."""
    return {
        "wording": one.wording,
        "kind": str(one.kind),
        "amount": money_json(one.amount),
        "worth": money_json(one.worth),
        "needs_approval": one.needs_approval,
        "statutory": one.statutory,
        "due_days": one.due_days,
        "reasons": one.reasons,
    }


def money_json(amount: Money | None) -> dict[str, object] | None:
    return {"amount": str(amount.amount), "currency": amount.currency} if amount else None
