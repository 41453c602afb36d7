"""A case: one issue of one customer, about at most one order; with its facts, promises and escalations."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.cases.issue import Fault, Issue, Severity, Word


class CaseStatus(Word):
    """Where a case stands."""

    NEW = "new"
    OPEN = "open"  # somebody works on it: the assistant or a person
    PENDING = "pending"  # waits for the customer
    ON_HOLD = "on_hold"  # waits for somebody else, such as a remedy being carried out
    RESOLVED = "resolved"
    CLOSED = "closed"


UNDER_WAY = tuple(one for one in CaseStatus if one not in (CaseStatus.RESOLVED, CaseStatus.CLOSED))


class PromiseState(Word):
    """Where a promise stands."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


@dataclass(eq=False)
class Case:
    """One matter from first word to closing."""

    id: str
    reference: str
    conversation_id: str
    channel: str
    created_at: datetime
    issue: Issue | None = None
    order_number: str | None = None
    customer_id: str | None = None
    proven: bool = False
    severity: Severity = Severity.S1
    fault: Fault = Fault.UNCLEAR
    status: CaseStatus = CaseStatus.NEW
    incident_code: str | None = None
    assignee: str | None = None
    apologised: bool = False
    wrong_proofs: int = 0
    first_reply_at: datetime | None = None
    closed_at: datetime | None = None
    version: int = 1

    @property
    def is_closed(self) -> bool:
        return self.status not in UNDER_WAY

    def close(self, now: datetime) -> None:
        """The customer says it has been put right."""
        self.status, self.closed_at = CaseStatus.CLOSED, now


@dataclass(eq=False)
class Fact:
    """One thing known about a case, and where it came from. A later one of the same name replaces it."""

    case_id: str
    name: str
    value: str
    source: str  # customer, record, choice or agent
    at: datetime
    message_id: str | None = None
    id: int | None = None


@dataclass(eq=False)
class Promise:
    """Something we said will happen, by whom and by when."""

    case_id: str
    what: str
    by_whom: str
    due_at: datetime
    created_at: datetime
    message_id: str | None = None
    remedy_id: str | None = None
    state: PromiseState = PromiseState.OPEN
    assignee: str | None = None  # the person who answers for it; None: whoever answers for the team in `by_whom`
    warned_at: datetime | None = None  # the assignee was told that it is nearly due
    told_at: datetime | None = None  # the customer was told that it may be late, or is
    done_at: datetime | None = None  # kept, broken or withdrawn
    words: str | None = None  # what a person promised, as they put it; for people only
    id: int | None = None

    def end(self, state: PromiseState, now: datetime) -> None:
        """Kept, broken or withdrawn, once."""
        if self.state is PromiseState.OPEN:
            self.state, self.done_at = state, now

    def keep(self, now: datetime) -> None:
        """What was promised is done: kept, or broken where it came too late."""
        self.end(PromiseState.KEPT if now <= self.due_at else PromiseState.BROKEN, now)


@dataclass(eq=False)
class Alert:
    """Something a person must notice: a promise nearly due, a remedy that can't be carried out, a likely incident."""

    kind: str
    for_whom: str  # a person, or a team's key
    at: datetime
    key: str  # unique: the same thing is told once
    case_id: str | None = None
    detail: "dict[str, object]" = field(default_factory=dict)  # never personal data
    seen_at: datetime | None = None
    id: int | None = None


@dataclass(eq=False)
class Escalation:
    """A person was brought in: why, how urgently, and by when they answer."""

    case_id: str
    reason: str
    priority: str
    team: str
    at: datetime
    due_at: datetime
    message_id: str | None = None
    answered_at: datetime | None = None
    id: int | None = None


TAKEN_BACK = "-"  # the value of a fact that no longer holds


@dataclass(frozen=True)
class Known:
    """The present facts of a case by name."""

    values: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        """The value; None where it was never known or was taken back."""
        value = self.values.get(name)
        return None if value == TAKEN_BACK else value

    def lines(self) -> tuple[int, ...]:
        """The order lines the case is about; none where they are not known."""
        return tuple(int(one) for one in (self.get("items") or "").split(",") if one.isdigit())


def known(facts: "list[Fact]") -> Known:
    """The latest value of each name."""
    return Known({fact.name: fact.value for fact in sorted(facts, key=lambda one: (one.at, one.id or 0))})
