"""The formal apology: once a case, when the repair has landed, read and signed by a person.

Six parts in this order (Victorian Ombudsman, "Apologies"; Lewicki 2016): recognition, responsibility, regret, reasons,
redress, release, the last without pressing for forgiveness.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.cases.issue import Word

PARTS = ("recognition", "responsibility", "regret", "reasons", "redress", "release")


class LetterState(Word):
    """Where a letter stands."""

    DRAFTED = "drafted"
    SIGNED = "signed"  # waits to be mailed
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
