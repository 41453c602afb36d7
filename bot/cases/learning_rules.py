"""What is known of a failure when its case ends, and whether its cause came back after something was done about it.

Source: recovery research, section E. The types are those of Bitner and Kelley; a cause that does not come back in 90 days
after its improvement counts as ended.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from bot.cases.issue import Fault, Issue
from bot.cases.learning import FailureType, Improvement, RootCause

PRODUCT_ISSUES = frozenset({Issue.DAMAGED_OR_DEFECTIVE, Issue.QUALITY_NOT_AS_DESCRIBED, Issue.WRONG_ITEM})
_BY_FAULT = {Fault.THIRD_PARTY: RootCause.SUPPLIER, Fault.FORCE_MAJEURE: RootCause.ENVIRONMENT}


@dataclass(frozen=True)
class ProductKind:
    """What is sold under such SKUs (patterns as for file names), and where it failed when it is not right."""

    name: str
    skus: tuple[str, ...]
    failure_type: FailureType


@dataclass(frozen=True)
class LearningPolicy:
    """How the shop learns. `unknown`: of a case whose issue was never known; `finish_days`: open days to finish a record;
    `recurrence_days`: how long a cause is watched after what was done about it."""

    failure_types: Mapping[Issue, FailureType] = field(default_factory=dict)
    unknown: FailureType = FailureType.INFORMATION
    kinds: tuple[ProductKind, ...] = ()
    finish_days: int = 5
    recurrence_days: int = 90


LEARNS = LearningPolicy()


def failure_type(policy: LearningPolicy, issue: Issue | None, sku: str | None) -> FailureType:
    """Where it failed: by the issue; of what is no ware, such as a service, by its kind."""
    if issue is None:
        return policy.unknown
    if issue in PRODUCT_ISSUES and sku:
        kind = next((one for one in policy.kinds if any(fnmatchcase(sku, pattern) for pattern in one.skus)), None)
        if kind:
            return kind.failure_type
    return policy.failure_types.get(issue, policy.unknown)


def root_cause(issue: Issue | None, fault: Fault, incident: Fault | None) -> RootCause | None:
    """What the record already says lies beneath it; None where only a person can. An incident knows better than the case."""
    by = incident or fault
    if by is Fault.OURS and issue is Issue.SERVICE_OUTAGE:
        return RootCause.SYSTEM
    return _BY_FAULT.get(by)


@dataclass(frozen=True)
class Failure:
    """One failure as its learning record has it; `at`: when the customer came with it."""

    at: datetime
    issue: Issue | None
    root_cause: RootCause | None
    sku: str | None


@dataclass(frozen=True)
class Recurrence:
    """How often a cause came `times` back in the `passed` days of the `days` in which it is watched."""

    times: int
    passed: int
    days: int

    @property
    def has_ended(self) -> bool:
        """Whether the cause is closed: watched to the end, and not seen again."""
        return self.times == 0 and self.passed >= self.days

    @property
    def in_words(self) -> str:
        """Such as "no recurrence in 41 of 90 days" or "came back 3 times in 41 of 90 days"."""
        seen = f"{self.passed} of {self.days} days"
        if not self.times:
            return f"no recurrence in {seen}"
        return f"came back {'once' if self.times == 1 else f'{self.times} times'} in {seen}"


def is_same_cause(improvement: Improvement, failure: Failure) -> bool:
    """The same issue, root cause and SKU, as far as the improvement names them; it must name an issue or a root cause."""
    if improvement.issue is None and improvement.root_cause is None:
        return False
    is_same = improvement.issue in (None, failure.issue) and improvement.root_cause in (None, failure.root_cause)
    return is_same and improvement.sku in (None, failure.sku)


def recurrence(improvement: Improvement, failures: Iterable[Failure], days: int, now: datetime) -> Recurrence | None:
    """How often it came back within so many days after it was done; None while it is not done."""
    done = improvement.done_at
    if done is None:
        return None
    until = min(now, done + timedelta(days=days))
    times = sum(done < one.at <= until and is_same_cause(improvement, one) for one in failures)
    return Recurrence(times, max(0, (until - done).days), days)
