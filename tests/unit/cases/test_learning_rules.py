"""What is known when a case ends, and whether a cause came back."""

from datetime import timedelta
from typing import Any

import pytest

from bot.cases.issue import Fault, Issue
from bot.cases.learning import Action, FailureType, Improvement, RootCause
from bot.cases.learning_rules import Failure, LearningPolicy, ProductKind, Recurrence, failure_type, recurrence, root_cause
from tests.builders import NOON

POLICY = LearningPolicy(
    {Issue.DAMAGED_OR_DEFECTIVE: FailureType.PRODUCT, Issue.LATE_DELIVERY: FailureType.CORE_SERVICE},
    FailureType.INFORMATION,
    (ProductKind("services", ("SVC-*",), FailureType.CORE_SERVICE),),
)


@pytest.mark.parametrize(
    ("issue", "sku", "found"),
    [
        (Issue.DAMAGED_OR_DEFECTIVE, "LMP-1", FailureType.PRODUCT),
        (Issue.DAMAGED_OR_DEFECTIVE, "SVC-9", FailureType.CORE_SERVICE),
        (Issue.LATE_DELIVERY, "SVC-9", FailureType.CORE_SERVICE),
        (None, "SVC-9", FailureType.INFORMATION),
        (Issue.STAFF_CONDUCT, None, FailureType.INFORMATION),
    ],
)
def test_failure_type_follows_the_issue_and_what_was_sold(issue: Issue | None, sku: str | None, found: FailureType) -> None:
    assert failure_type(POLICY, issue, sku) is found


@pytest.mark.parametrize(
    ("issue", "fault", "incident", "found"),
    [
        (Issue.LATE_DELIVERY, Fault.THIRD_PARTY, None, RootCause.SUPPLIER),
        (Issue.LATE_DELIVERY, Fault.THIRD_PARTY, Fault.FORCE_MAJEURE, RootCause.ENVIRONMENT),
        (Issue.SERVICE_OUTAGE, Fault.OURS, None, RootCause.SYSTEM),
        (Issue.WRONG_ITEM, Fault.OURS, None, None),
        (Issue.LATE_DELIVERY, Fault.CUSTOMER, None, None),
    ],
)
def test_root_cause_is_known_only_where_a_record_says_it(
    issue: Issue, fault: Fault, incident: Fault | None, found: RootCause | None
) -> None:
    assert root_cause(issue, fault, incident) is found


def an_improvement(**given: Any) -> Improvement:
    usual: dict[str, Any] = {"issue": "damaged_or_defective", "root_cause": RootCause.PROCESS, "sku": "LMP-1", "done_at": NOON}
    return Improvement("I-1", "Pad the boxes", Action.PREVENT, "Amira", NOON, NOON, "Amira", **(usual | given))


def a_failure(days: float, **given: Any) -> Failure:
    usual: dict[str, Any] = {"issue": Issue.DAMAGED_OR_DEFECTIVE, "root_cause": RootCause.PROCESS, "sku": "LMP-1"}
    return Failure(NOON + timedelta(days=days), **(usual | given))


@pytest.mark.parametrize(
    ("failure", "counts"),
    [
        (a_failure(10), 1),
        (a_failure(-1), 0),
        (a_failure(90), 1),
        (a_failure(90.1), 0),
        (a_failure(10, sku="LMP-2"), 0),
        (a_failure(10, root_cause=None), 0),
        (a_failure(10, issue=Issue.WRONG_ITEM), 0),
    ],
)
def test_same_cause_within_its_days_counts_and_nothing_else(failure: Failure, counts: int) -> None:
    found = recurrence(an_improvement(), [failure], 90, NOON + timedelta(days=200))
    assert found == Recurrence(counts, 90, 90) and found.has_ended is (counts == 0)


def test_improvement_for_every_product_counts_all_of_them_and_one_about_nothing_counts_none() -> None:
    failures = [a_failure(1), a_failure(2, sku="LMP-2"), a_failure(3, sku=None)]
    later = NOON + timedelta(days=41, hours=3)
    assert recurrence(an_improvement(sku=None), failures, 90, later) == Recurrence(3, 41, 90)
    assert recurrence(an_improvement(issue=None, root_cause=None), failures, 90, later) == Recurrence(0, 41, 90)
    assert recurrence(an_improvement(done_at=None), failures, 90, later) is None


def test_recurrence_is_said_in_plain_words() -> None:
    said = [Recurrence(times, 41, 90).in_words for times in (0, 1, 3)]
    assert said == ["no recurrence in 41 of 90 days", "came back once in 41 of 90 days", "came back 3 times in 41 of 90 days"]
