"""Hearing whether it was put right: after the remedy has landed, once, with one reminder at most.

Source of the rules: recovery research, section E. A question before the money is visible measures nothing; none is put
after an injury or while the matter is open; no answer is not satisfaction.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cases.case import Case
from bot.cases.issue import Severity, Word
from bot.cases.quiet import Quiet, next_loud
from bot.cases.remedy import Remedy, RemedyState

ROUNDS = 2  # after the second "no" a lead has it, and nobody is asked again
PUT_RIGHT, SATISFACTION, EFFORT, WISH = "put_right", "satisfaction", "effort", "wish"
ASKED = (PUT_RIGHT, SATISFACTION, EFFORT, WISH)  # what the assistant asks, in this order; the effort only of a share
STOP, SKIP, TELL = "stop", "skip", "tell"
SCORES = range(1, 6)
POOR = 2  # a satisfaction from which down the case is open again, whatever was said before
EASE = range(1, 8)  # how far a customer agrees that it was made easy for them
HARD = 3  # an ease from which down the case is open again
ON_ITS_WAY = frozenset(
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


class FollowUpState(Word):
    """Where a follow-up stands."""

    PLANNED = "planned"
    ASKED = "asked"
    REMINDED = "reminded"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    WITHDRAWN = "withdrawn"


WAITS = (FollowUpState.ASKED, FollowUpState.REMINDED)  # for the customer
STANDING = (FollowUpState.PLANNED, *WAITS)


class Outcome(Word):
    """What the customer says of it."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True)
class FollowUpPolicy:
    """When the shop asks. `never_after`: reasons of escalation.yml after which no question is put; `calls_from`: the severity
    from which a person calls within `call_days` open days instead. `effort_percent`: of how many cases the effort is asked too."""

    after_hours: float = 20
    remind_days: int = 3
    lapse_days: int = 11
    never_after: tuple[str, ...] = ()
    calls_from: Severity = Severity.S3
    call_days: int = 2
    effort_percent: int = 0


ASKS_ONCE = FollowUpPolicy()


@dataclass(eq=False)
class FollowUp:
    """One round of questions about one case. `due_at`: when it goes on by itself; `why`: what it was withdrawn for."""

    id: str
    case_id: str
    conversation_id: str
    number: int
    due_at: datetime
    created_at: datetime
    state: FollowUpState = FollowUpState.PLANNED
    asked_at: datetime | None = None
    reminded_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    satisfaction: int | None = None
    effort: int | None = None
    why: str | None = None
    version: int = 1

    @property
    def is_half_answered(self) -> bool:
        """Whether the first question is answered and a later one is not: that is not asked for again."""
        return self.outcome is not None and self.ended_at is None

    @property
    def is_standing(self) -> bool:
        return self.state in STANDING

    def end(self, state: FollowUpState, now: datetime, why: str | None = None) -> None:
        self.state, self.ended_at, self.why = state, now, why


def is_on_its_way(remedies: Sequence[Remedy]) -> bool:
    """Whether one of them is filed and has not taken effect yet."""
    return any(one.state in ON_ITS_WAY for one in remedies if not one.undoes)


def landed_at(remedies: Sequence[Remedy]) -> datetime | None:
    """When the last of them took effect; None while one is on its way or none has."""
    if is_on_its_way(remedies):
        return None
    given = [one for one in remedies if not one.undoes]
    return max((one.settled_at for one in given if one.state is RemedyState.SETTLED and one.settled_at), default=None)


def first_due(policy: FollowUpPolicy, quiet: Quiet, zone: ZoneInfo, landed: datetime) -> datetime:
    """Within a day of the event, outside the customer's night."""
    return next_loud(quiet, zone, landed + timedelta(hours=policy.after_hours))


def held_back(policy: FollowUpPolicy, case: Case, reasons: Collection[str]) -> str | None:
    """Why nobody is asked about this case: "grave" (no question is fit) or "call" (a person calls instead); None: it may be asked."""
    if any(reason in policy.never_after for reason in reasons):
        return "grave"
    return "call" if case.severity.value >= policy.calls_from.value else None


def asks_effort(policy: FollowUpPolicy, case_id: str) -> bool:
    """Whether this case is in the sample; the same at every look."""
    return int.from_bytes(hashlib.sha256(case_id.encode()).digest()[:8], "big") % 100 < policy.effort_percent


def score_in(text: str, scores: Sequence[int] = SCORES) -> int | None:
    """The one figure of these scores in an answer such as "4", "a 4 out of 5" or "five"."""
    words = {word: place for place, word in enumerate(("one", "two", "three", "four", "five", "six", "seven"), 1)}
    most = str(scores[-1])
    bare = text.lower().replace(f"out of {most}", "").replace(f"/{most}", "")
    tokens = "".join(letter if letter.isalnum() else " " for letter in bare).split()
    found = {words.get(one) or (int(one) if one.isdecimal() and one.isascii() else 0) for one in tokens} & set(scores)
    return found.pop() if len(found) == 1 else None
