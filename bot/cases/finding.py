"""What the record says about an issue: whether it shows the failure, whose fault it was, and what is owed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cases.incident import Incident, explaining, published
from bot.cases.issue import Fault, Issue, Severity, Verdict
from bot.cases.money import Money
from bot.cases.order import CANCELLED, DELIVERED, PROCESSING, SHIPPED, Order

OF_MONEY = (Issue.REFUND_NOT_RECEIVED, Issue.CANCELLATION_PROBLEM, Issue.BILLING_DISPUTE)
WITHOUT_ORDER = (Issue.SERVICE_OUTAGE, Issue.STAFF_CONDUCT, Issue.OTHER_COMPLAINT)
GOODS = (Issue.DAMAGED_OR_DEFECTIVE, Issue.WRONG_ITEM, Issue.QUALITY_NOT_AS_DESCRIBED)
LATE_FOR_S2 = 3  # days from which lateness costs more than annoyance (our choice)
RECURS_WITHIN = timedelta(days=365)  # of another order of the same buyer that failed alike: money counts when it is frequent (Grewal 2008)


@dataclass(frozen=True)
class Finding:
    """The record's answer to one complaint. `note` names the sentence that tells it: utter_inform_<note>."""

    verdict: Verdict
    fault: Fault
    severity: Severity
    note: str | None = None
    incident: Incident | None = None
    days_late: int | None = None
    owed: Money | None = None
    status: str | None = None
    days: int | None = None  # whole days since it was delivered, or since it was placed where it was not
    again: bool = False  # another of the buyer's orders failed alike within a year


def examine(issue: Issue, order: Order | None, incidents: tuple[Incident, ...], now: datetime) -> Finding:
    """Looks the issue up in the order and the incidents. Without an order it believes, and knows nothing of the cause."""
    if order is None:
        known = published(incidents, issue, now)
        # Whether it touches an order that is not seen yet, nobody knows; what needs no order, it explains.
        fault = known.fault if known and issue in WITHOUT_ORDER else Fault.UNCLEAR
        return Finding(Verdict.CONSISTENT, fault, Severity.S1, incident=known)
    incident = explaining(incidents, issue, order, now)
    found = _looked_up(issue, order, now)
    if incident and found.verdict is not Verdict.CONFLICTS:
        fault = incident.fault
    else:
        incident, fault = None, found.fault
    days = max(0, (now - (order.delivered_at or order.placed_at)).days)
    return Finding(found.verdict, fault, found.severity, found.note, incident, found.days_late, found.owed, order.status, days)


def recurs(issue: Issue, order: Order | None, of_buyer: Sequence[Order], now: datetime) -> bool:
    """Whether the record shows the same failure of another order of this buyer, placed within a year."""
    if order is None:
        return False
    others = [one for one in of_buyer if one.number != order.number and one.placed_at >= now - RECURS_WITHIN]
    return any(_looked_up(issue, one, now).verdict is Verdict.CONFIRMED for one in others)


def _looked_up(issue: Issue, order: Order, now: datetime) -> Finding:
    if issue is Issue.LATE_DELIVERY:
        return _late(order, now)
    if issue is Issue.LOST_OR_MISSING:
        return _lost(order, now)
    if issue in GOODS:
        return _goods(issue, order)
    if issue is Issue.BILLING_DISPUTE:
        return _billing(order)
    if issue in (Issue.REFUND_NOT_RECEIVED, Issue.CANCELLATION_PROBLEM):
        return _refund(issue, order)
    return Finding(Verdict.CONSISTENT, Fault.UNCLEAR, Severity.S1)


def _late(order: Order, now: datetime) -> Finding:
    if order.status == CANCELLED:
        owed = (order.paid - order.refunded).minor > 0
        return _refund(Issue.LATE_DELIVERY, order) if owed else Finding(Verdict.CONFLICTS, Fault.UNCLEAR, Severity.S1, "order_cancelled")
    if order.promised_by is None:
        return Finding(Verdict.CONSISTENT, Fault.UNCLEAR, Severity.S1)
    end = order.delivered_at or now
    days = _days_late(order, end)
    severity = Severity.S2 if (days or 0) >= LATE_FOR_S2 else Severity.S1
    if order.status == DELIVERED:
        if days is None:
            return Finding(Verdict.CONFLICTS, Fault.UNCLEAR, Severity.S1, "delivered_in_time")
        return Finding(Verdict.CONFIRMED, Fault.THIRD_PARTY, severity, "delivered_late", days_late=days)
    if days is None:
        return Finding(Verdict.CONFLICTS, Fault.UNCLEAR, Severity.S1, "not_due_yet")
    note, fault = ("late_with_carrier", Fault.THIRD_PARTY) if order.status == SHIPPED else ("late_not_shipped", Fault.OURS)
    return Finding(Verdict.CONFIRMED, fault, severity, note, days_late=days)


def _lost(order: Order, now: datetime) -> Finding:
    if order.status == DELIVERED:
        return Finding(Verdict.CONSISTENT, Fault.UNCLEAR, Severity.S2, "shown_delivered")
    late = _late(order, now)
    if late.verdict is Verdict.CONFIRMED and order.status != CANCELLED:
        return Finding(Verdict.CONFIRMED, late.fault, Severity.S2, late.note, days_late=late.days_late)
    return late


def _goods(issue: Issue, order: Order) -> Finding:
    if order.status != DELIVERED:
        note = {CANCELLED: "order_cancelled", SHIPPED: "still_on_its_way", PROCESSING: "not_shipped_yet"}[order.status]
        return Finding(Verdict.CONFLICTS, Fault.UNCLEAR, Severity.S1, note)
    fault = Fault.UNCLEAR if issue is Issue.QUALITY_NOT_AS_DESCRIBED else Fault.OURS
    severity = Severity.S1 if issue is Issue.QUALITY_NOT_AS_DESCRIBED else Severity.S2
    return Finding(Verdict.CONSISTENT, fault, severity, None)


def _billing(order: Order) -> Finding:
    over = order.paid - order.refunded - order.total
    if order.status != CANCELLED and over.minor > 0:
        note = "charged_twice" if order.paid_twice else "overcharged"
        return Finding(Verdict.CONFIRMED, Fault.OURS, Severity.S2, note, owed=over)
    if order.status == CANCELLED:
        return _refund(Issue.BILLING_DISPUTE, order)
    return Finding(Verdict.CONFLICTS, Fault.UNCLEAR, Severity.S2, "refund_was_sent" if order.refunded.minor else "charged_as_ordered")


def _refund(issue: Issue, order: Order) -> Finding:
    if order.status == CANCELLED:
        owed = order.paid - order.refunded
        if owed.minor > 0:
            return Finding(Verdict.CONFIRMED, Fault.OURS, Severity.S2, "refund_not_sent", owed=owed)
        return Finding(Verdict.CONFLICTS, Fault.UNCLEAR, Severity.S2, "refund_was_sent" if order.refunded.minor else "no_refund_on_record")
    if issue is Issue.CANCELLATION_PROBLEM and order.status == PROCESSING:
        return Finding(Verdict.CONSISTENT, Fault.UNCLEAR, Severity.S1, "can_be_cancelled")
    if issue is Issue.CANCELLATION_PROBLEM:
        return Finding(Verdict.CONFLICTS, Fault.UNCLEAR, Severity.S1, f"too_late_to_cancel_{order.status}")
    if order.refunded.minor or (order.paid - order.total).minor > 0:
        return _billing(order)
    return Finding(Verdict.CONFLICTS, Fault.UNCLEAR, Severity.S2, "no_refund_on_record")


def _days_late(order: Order, end: datetime) -> int | None:
    """Whole days past the promise, at least 1; None where it was kept or none was made."""
    if order.promised_by is None or end <= order.promised_by:
        return None
    return max(1, (end.date() - order.promised_by.date()).days)  # as a reader of the two days counts
