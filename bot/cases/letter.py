"""The formal apology: once a case, when the repair has landed, read and signed by a person.

Six parts in this order (Victorian Ombudsman, "Apologies"; Lewicki 2016): recognition, responsibility, regret, reasons,
redress, release, the last without pressing for forgiveness.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.cases.claim import Claim, ClaimState
from bot.cases.issue import Fault, Issue, Severity, Word
from bot.cases.order import Order
from bot.cases.remedy import Remedy, RemedyState

PARTS = ("recognition", "responsibility", "regret", "reasons", "redress", "release")
# After these reasons, and in every case of S4, only a lead signs: bereavement, injury and their like bear no clumsy word.
LEAD_SIGNS = frozenset({"injury", "safety", "self_harm", "threat", "vulnerable", "discrimination", "harassment"})
UNDER_WAY = frozenset(
    {
        RemedyState.CONFIRMED,
        RemedyState.NEEDS_APPROVAL,
        RemedyState.APPROVED,
        RemedyState.QUEUED,
        RemedyState.SENT,
        RemedyState.UNKNOWN,
        RemedyState.FAILED,
    }
)
# What a record can show of the cause; any other note of a finding tells none.
SHOWN = frozenset({"late_with_carrier", "late_not_shipped", "delivered_late", "charged_twice", "overcharged", "refund_not_sent"})


class LetterState(Word):
    """Where a letter stands."""

    DRAFTED = "drafted"
    SIGNED = "signed"  # waits to be mailed, or to be shown in the chat where it cannot be
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"  # a person decided against it


class AdmissionMode(Word):
    """How far a letter may go where it counts: some laws protect a full apology, others only sympathy."""

    FULL = "full"
    REGRET = "regret"


@dataclass(eq=False)
class Letter:
    """One formal apology."""

    id: str
    case_id: str
    text: str
    policy_version: str
    drafted_at: datetime
    state: LetterState = LetterState.DRAFTED
    signed_by: str | None = None
    signed_at: datetime | None = None
    sent_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True)
class Delay:
    """How late something was: from the day promised to the day it came, or to the day the customer wrote."""

    promised: datetime
    until: datetime
    came: bool

    @property
    def days(self) -> int:
        return max(1, (self.until.date() - self.promised.date()).days)


def landed(remedies: Iterable[Remedy]) -> list[Remedy]:
    """What was done for the customer and stands, in the order it was done; what was taken back is not among it."""
    done = [one for one in remedies if one.state is RemedyState.SETTLED and not one.undoes]
    return sorted(done, key=lambda one: (one.settled_at or one.changed_at, one.reference))


def is_due(severity: Severity, remedies: Iterable[Remedy], claims: Iterable[Claim]) -> bool:
    """Whether the repair of a grave enough failure has landed: something settled, nothing under way, no claim that waits."""
    every = [*remedies]
    waits = any(one.state in UNDER_WAY for one in every) or any(one.state is ClaimState.RECEIVED for one in claims)
    return severity is not Severity.S1 and not waits and bool(landed(every))


def only_regret(mode: AdmissionMode, severity: Severity) -> bool:
    """Whether the letter says no cause and no fault: where the law protects sympathy only, and wherever somebody came to harm."""
    return mode is AdmissionMode.REGRET or severity is Severity.S4


def delay_of(issue: Issue | None, order: Order | None, told: datetime) -> Delay | None:
    """How late the order was, by its record; None where the complaint is of something else or the day was kept."""
    if issue not in (Issue.LATE_DELIVERY, Issue.LOST_OR_MISSING) or order is None or order.promised_by is None:
        return None
    until = order.delivered_at or told
    return Delay(order.promised_by, until, order.delivered_at is not None) if until > order.promised_by else None


def responsibility(regret_only: bool, fault: Fault, carried: bool) -> str:
    """Which sentence says whose failure it was. `carried`: a carrier is named in the record of what failed."""
    if regret_only:
        return "only_regret"
    return "carrier" if fault is Fault.THIRD_PARTY and carried else str(fault)


def regret(severity: Severity, regret_only: bool, fault: Fault) -> str:
    """Which sentence is the apology."""
    if severity is Severity.S4:
        return "harm"
    return "own_failure" if fault is Fault.OURS and not regret_only else "what_happened"


def reasons(regret_only: bool, note: str | None, explained: bool) -> str | None:
    """Which sentence tells the cause; None where an incident's own words do."""
    if regret_only:
        return "only_regret"
    if explained:
        return None
    return note if note in SHOWN else "not_known"
