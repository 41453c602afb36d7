"""Incidents: one explains an order only by its scope and the moment the failure began."""

from datetime import timedelta
from typing import Any

import pytest

from bot.cases.incident import SCOPE_KEYS, explaining, failure_began
from bot.cases.issue import Issue
from bot.cases.order import CANCELLED, DELIVERED
from tests.builders import NOON, an_incident, an_order

DAY = timedelta(days=1)
ORDER = an_order()
FITTING: dict[str, Any] = {
    "states": ("AZ", "NM"),
    "countries": ("USA",),
    "cities": ("Phoenix",),
    "status": ("shipped",),
    "carriers": ("Northway Parcel",),
    "skus": ("SKU-2",),
    "order_numbers": ("A10021",),
    "placed_between": (NOON - 11 * DAY, NOON - 9 * DAY),
}
FOREIGN: dict[str, Any] = {key: ("elsewhere",) for key in FITTING} | {"placed_between": (NOON - 9 * DAY, NOON)}


def test_every_scope_key_is_known_here() -> None:
    assert set(FITTING) == set(SCOPE_KEYS)


@pytest.mark.parametrize("key", SCOPE_KEYS)
def test_scope_holds_an_order_by_each_of_its_keys(key: str) -> None:
    assert an_incident(scope={key: FITTING[key]}).holds(ORDER)
    assert not an_incident(scope={key: FOREIGN[key]}).holds(ORDER)
    assert not an_incident(scope=FITTING | {key: FOREIGN[key]}).holds(ORDER)


@pytest.mark.parametrize(
    ("started", "ended", "explains"),
    [(-7, None, True), (-7, -3, True), (-4, -4, True), (-3, None, False), (-9, -5, False)],
)
def test_incident_explains_only_a_failure_that_began_while_it_lasted(started: int, ended: int | None, explains: bool) -> None:
    incident = an_incident(started_at=NOON + started * DAY, ended_at=None if ended is None else NOON + ended * DAY)
    found = explaining((incident,), Issue.LATE_DELIVERY, an_order(promised_by=NOON - 4 * DAY), NOON)
    assert found is (incident if explains else None)


def test_incident_of_another_issue_explains_nothing() -> None:
    assert explaining((an_incident(),), Issue.DAMAGED_OR_DEFECTIVE, an_order(status=DELIVERED), NOON) is None


def test_failure_that_has_not_begun_is_not_explained() -> None:
    assert explaining((an_incident(),), Issue.LATE_DELIVERY, an_order(promised_by=NOON + DAY), NOON) is None


def test_first_fitting_incident_is_the_one_told() -> None:
    elsewhere, first, second = an_incident(scope={"states": ("NV",)}), an_incident(code="ONE"), an_incident(code="TWO")
    assert explaining((elsewhere, first, second), Issue.LATE_DELIVERY, ORDER, NOON) is first


@pytest.mark.parametrize("issue", [Issue.SERVICE_OUTAGE, Issue.STAFF_CONDUCT, Issue.OTHER_COMPLAINT, Issue.CANCELLATION_PROBLEM])
def test_cause_is_never_guessed_where_no_record_tells_when_it_began(issue: Issue) -> None:
    order = an_order(status=DELIVERED)
    assert failure_began(issue, order) is None
    assert explaining((an_incident(issues=tuple(Issue)),), issue, order, NOON) is None


def test_failure_begins_where_the_promise_was_broken() -> None:
    shipped, delivered, cancelled = an_order(), an_order(status=DELIVERED), an_order(status=CANCELLED)
    assert failure_began(Issue.LOST_OR_MISSING, shipped) == shipped.promised_by
    assert failure_began(Issue.LOST_OR_MISSING, delivered) == delivered.placed_at
    assert failure_began(Issue.DAMAGED_OR_DEFECTIVE, delivered) == delivered.delivered_at
    assert failure_began(Issue.REFUND_NOT_RECEIVED, cancelled) == cancelled.placed_at
    assert failure_began(Issue.LATE_DELIVERY, an_order(promised_by=None)) is None
