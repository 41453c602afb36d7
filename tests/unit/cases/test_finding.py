"""Findings: what the record says about an issue, whose fault it was, and what is owed."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from bot.cases.finding import examine
from bot.cases.issue import Fault, Issue, Severity, Verdict
from bot.cases.money import Money
from bot.cases.order import CANCELLED, DELIVERED, PROCESSING, SHIPPED, STATUSES, Order, Payment
from tests.builders import NOON, an_incident, an_order

DAY = timedelta(days=1)
PAID, AGAIN = Payment("payment", Money(7500, "USD"), "visa"), Payment("payment", Money(7500, "USD"), "visa")
BACK = Payment("refund", Money(7500, "USD"), "visa")
KINDS_OF_PAYMENT = {
    "none": (),
    "once": (PAID,),
    "twice": (PAID, AGAIN),
    "and back": (PAID, BACK),
    "twice and one back": (PAID, AGAIN, BACK),
}
CONFIRMED, CONSISTENT, CONFLICTS = Verdict.CONFIRMED, Verdict.CONSISTENT, Verdict.CONFLICTS
LATE, LOST, BROKEN, WRONG = Issue.LATE_DELIVERY, Issue.LOST_OR_MISSING, Issue.DAMAGED_OR_DEFECTIVE, Issue.WRONG_ITEM
QUALITY, BILLING, REFUND, CANCEL = (
    Issue.QUALITY_NOT_AS_DESCRIBED,
    Issue.BILLING_DISPUTE,
    Issue.REFUND_NOT_RECEIVED,
    Issue.CANCELLATION_PROBLEM,
)

TABLE: list[tuple[Issue, str, str, Verdict, Fault, str | None, int | None]] = [
    # issue, status, payments, verdict, fault, note, owed in cents
    (LATE, SHIPPED, "once", CONFIRMED, Fault.THIRD_PARTY, "late_with_carrier", None),
    (LATE, PROCESSING, "once", CONFIRMED, Fault.OURS, "late_not_shipped", None),
    (LATE, DELIVERED, "once", CONFLICTS, Fault.UNCLEAR, "delivered_in_time", None),
    (LATE, CANCELLED, "and back", CONFLICTS, Fault.UNCLEAR, "order_cancelled", None),
    (LOST, SHIPPED, "once", CONFIRMED, Fault.THIRD_PARTY, "late_with_carrier", None),
    (LOST, PROCESSING, "once", CONFIRMED, Fault.OURS, "late_not_shipped", None),
    (LOST, DELIVERED, "once", CONSISTENT, Fault.UNCLEAR, "shown_delivered", None),
    (LOST, CANCELLED, "and back", CONFLICTS, Fault.UNCLEAR, "order_cancelled", None),
    (LOST, CANCELLED, "once", CONFIRMED, Fault.OURS, "refund_not_sent", 7500),
    (BROKEN, DELIVERED, "once", CONSISTENT, Fault.OURS, None, None),
    (BROKEN, SHIPPED, "once", CONFLICTS, Fault.UNCLEAR, "still_on_its_way", None),
    (WRONG, DELIVERED, "once", CONSISTENT, Fault.OURS, None, None),
    (WRONG, PROCESSING, "once", CONFLICTS, Fault.UNCLEAR, "not_shipped_yet", None),
    (QUALITY, DELIVERED, "once", CONSISTENT, Fault.UNCLEAR, None, None),
    (QUALITY, CANCELLED, "and back", CONFLICTS, Fault.UNCLEAR, "order_cancelled", None),
    (BILLING, DELIVERED, "twice", CONFIRMED, Fault.OURS, "charged_twice", 7500),
    (BILLING, SHIPPED, "once", CONFLICTS, Fault.UNCLEAR, "charged_as_ordered", None),
    (BILLING, DELIVERED, "twice and one back", CONFLICTS, Fault.UNCLEAR, "refund_was_sent", None),
    (BILLING, CANCELLED, "once", CONFIRMED, Fault.OURS, "refund_not_sent", 7500),
    (BILLING, CANCELLED, "twice and one back", CONFIRMED, Fault.OURS, "refund_not_sent", 7500),
    (REFUND, CANCELLED, "once", CONFIRMED, Fault.OURS, "refund_not_sent", 7500),
    (REFUND, CANCELLED, "and back", CONFLICTS, Fault.UNCLEAR, "refund_was_sent", None),
    (REFUND, CANCELLED, "none", CONFLICTS, Fault.UNCLEAR, "no_refund_on_record", None),
    (REFUND, DELIVERED, "once", CONFLICTS, Fault.UNCLEAR, "no_refund_on_record", None),
    (REFUND, DELIVERED, "and back", CONFLICTS, Fault.UNCLEAR, "refund_was_sent", None),
    (REFUND, DELIVERED, "twice", CONFIRMED, Fault.OURS, "charged_twice", 7500),
    (CANCEL, PROCESSING, "once", CONSISTENT, Fault.UNCLEAR, "can_be_cancelled", None),
    (CANCEL, SHIPPED, "once", CONFLICTS, Fault.UNCLEAR, "too_late_to_cancel_shipped", None),
    (CANCEL, DELIVERED, "once", CONFLICTS, Fault.UNCLEAR, "too_late_to_cancel_delivered", None),
    (CANCEL, CANCELLED, "once", CONFIRMED, Fault.OURS, "refund_not_sent", 7500),
    (Issue.STAFF_CONDUCT, DELIVERED, "once", CONSISTENT, Fault.UNCLEAR, None, None),
    (Issue.SERVICE_OUTAGE, SHIPPED, "once", CONSISTENT, Fault.UNCLEAR, None, None),
    (Issue.OTHER_COMPLAINT, SHIPPED, "once", CONSISTENT, Fault.UNCLEAR, None, None),
]


def order_of(status: str, payments: str, **given: Any) -> Order:
    return an_order(status=status, payments=KINDS_OF_PAYMENT[payments], **given)


@pytest.mark.parametrize(("issue", "status", "payments", "verdict", "fault", "note", "owed"), TABLE)
def test_record_is_read_for_each_issue(
    issue: Issue, status: str, payments: str, verdict: Verdict, fault: Fault, note: str | None, owed: int | None
) -> None:
    found = examine(issue, order_of(status, payments), (), NOON)
    assert (found.verdict, found.fault, found.note, found.owed.minor if found.owed else None) == (verdict, fault, note, owed)


@pytest.mark.parametrize(("issue", "status", "payments"), product(Issue, STATUSES, KINDS_OF_PAYMENT))
def test_nothing_is_owed_beyond_what_was_paid_and_only_where_it_is_confirmed(issue: Issue, status: str, payments: str) -> None:
    order = order_of(status, payments)
    found = examine(issue, order, (), NOON)
    assert found.status == status
    if found.owed:
        assert found.verdict is CONFIRMED
        assert Money(0, "USD") < found.owed <= order.paid - order.refunded
    assert not (found.verdict is CONFLICTS and found.fault is not Fault.UNCLEAR)
    assert not (found.note == "refund_was_sent" and not order.refunded.minor)
    assert not (found.note == "no_refund_on_record" and order.refunded.minor)


@pytest.mark.parametrize(
    ("days", "late", "severity"), [(0.1, 1, Severity.S1), (1.9, 2, Severity.S1), (3, 3, Severity.S2), (9, 9, Severity.S2)]
)
def test_lateness_weighs_more_from_three_days_on(days: float, late: int, severity: Severity) -> None:
    found = examine(LATE, an_order(promised_by=NOON - days * DAY), (), NOON)
    assert (found.days_late, found.severity) == (late, severity)


def test_parcel_is_not_late_before_its_day_is_over_and_late_when_it_came_after_it() -> None:
    assert examine(LATE, an_order(promised_by=NOON), (), NOON).note == "not_due_yet"
    came_late = examine(LATE, an_order(status=DELIVERED, promised_by=NOON - 8 * DAY), (), NOON)
    assert (came_late.note, came_late.days_late, came_late.verdict) == ("delivered_late", 3, CONFIRMED)


@pytest.mark.parametrize("status", [PROCESSING, SHIPPED, DELIVERED])
def test_order_without_a_promised_day_speaks_neither_for_nor_against_lateness(status: str) -> None:
    found = examine(LATE, an_order(status=status, promised_by=None), (), NOON)
    assert (found.verdict, found.note, found.days_late) == (CONSISTENT, None, None)


def test_incident_gives_its_fault_to_what_the_record_confirms() -> None:
    storm = an_incident()
    found = examine(LATE, an_order(), (storm,), NOON)
    assert (found.verdict, found.fault, found.incident, found.days_late) == (CONFIRMED, Fault.FORCE_MAJEURE, storm, 4)


def test_incident_explains_nothing_that_the_record_speaks_against() -> None:
    twice = an_incident(issues=(BILLING,), fault=Fault.OURS, started_at=NOON - 20 * DAY, scope={})
    assert examine(BILLING, order_of(DELIVERED, "twice"), (twice,), NOON).incident is twice
    found = examine(BILLING, order_of(DELIVERED, "once"), (twice,), NOON)
    assert (found.incident, found.fault) == (None, Fault.UNCLEAR)


def test_complaint_without_an_order_is_believed_and_nobodys_fault_yet() -> None:
    found = {issue: examine(issue, None, (an_incident(),), NOON) for issue in Issue}
    assert {one.verdict for one in found.values()} == {CONSISTENT}
    assert {one.fault for one in found.values()} == {Fault.UNCLEAR}
    assert all(one.incident is None and one.owed is None for one in found.values())


def test_published_incident_is_told_to_all_and_its_fault_taken_where_no_order_is_needed() -> None:
    known = an_incident(issues=(Issue.SERVICE_OUTAGE, Issue.LATE_DELIVERY), fault=Fault.OURS, started_at=NOON - DAY, published=True)
    outage, late, wrong = (examine(issue, None, (known,), NOON) for issue in (Issue.SERVICE_OUTAGE, Issue.LATE_DELIVERY, WRONG))
    assert (outage.incident, outage.fault) == (known, Fault.OURS)
    assert (late.incident, late.fault) == (known, Fault.UNCLEAR)
    assert wrong.incident is None
