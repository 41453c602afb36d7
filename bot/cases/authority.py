"""Who may grant what: limits by role, two pairs of eyes, and the fuses on goodwill and on a day's total.

Statutory remedies come first, never count as goodwill and are never held back by a fuse (data/policy/remedies.yml).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cases.issue import Word
from bot.cases.money import Money
from bot.cases.remedy import Remedy, RemedyKind, RemedyState

GOODWILL = frozenset({RemedyKind.PARTIAL_REFUND, RemedyKind.VOUCHER})
STANDS = frozenset(
    {RemedyState.APPROVED, RemedyState.QUEUED, RemedyState.SENT, RemedyState.SETTLED, RemedyState.UNKNOWN, RemedyState.NEEDS_APPROVAL}
)


class Role(Word):
    """Who acts, from the least to the most they may grant."""

    ASSISTANT = "assistant"
    AGENT = "agent"
    LEAD = "lead"


@dataclass(frozen=True)
class Fuses:
    """What stops goodwill to one customer, and what stops the assistant on one day. None: no such fuse."""

    goodwill_days: int
    goodwill_count: int  # awards to one customer within these days
    goodwill_share: int  # percent of what the customer spent in twelve months
    per_day: Mapping[str, Money] | None  # all that the assistant grants by itself on one day, by currency


@dataclass(frozen=True)
class Authority:
    """How far each role may go alone, above which sum two people decide, and how far a second failure may go.

    `bands`: percent of the affected price that all remedies of a case may reach, first and second failure.
    """

    limits: Mapping[Role, Mapping[str, Money]]
    four_eyes: Mapping[str, Money]
    fuses: Fuses
    bands: tuple[int, int] = (100, 150)
    leads: tuple[str, ...] = ()

    def role_of(self, name: str) -> Role:
        """A named person's role; whoever is not named as a lead is an agent."""
        return Role.LEAD if name in self.leads else Role.AGENT

    def may_grant(self, role: Role, value: Money | None) -> bool:
        """Whether the role may grant this value alone; a currency without a limit it may not."""
        if value is None:
            return True
        limit = self.limits.get(role, {}).get(value.currency)
        return limit is not None and value <= limit

    def eyes(self, value: Money | None) -> int:
        """How many people must agree."""
        if value is None:
            return 1
        limit = self.four_eyes.get(value.currency)
        return 2 if limit is None or limit < value else 1

    def band(self, failures: int) -> int:
        """Percent of the affected price that the case's remedies may reach in all."""
        return self.bands[1] if failures > 1 else self.bands[0]


def is_goodwill(kind: RemedyKind, statutory: bool) -> bool:
    """Whether a remedy is given beyond what is owed."""
    return kind in GOODWILL and not statutory


def goodwill_is_paused(fuses: Fuses, awards: Sequence[tuple[datetime, Money | None]], spent: Money | None, now: datetime) -> bool:
    """Whether a customer has had so much goodwill that a person looks at the next. Money that is owed is never touched by it."""
    recent = [amount for at, amount in awards if now - at <= timedelta(days=fuses.goodwill_days)]
    if len(recent) >= fuses.goodwill_count:
        return True
    year = [amount for at, amount in awards if amount and now - at <= timedelta(days=365)]
    if spent is None or not year:
        return False
    given = sum(one.minor for one in year if one.currency == spent.currency)
    return given * 100 > spent.minor * fuses.goodwill_share


def act_digest(remedy: Remedy, case_reference: str, order_number: str | None) -> str:
    """What exactly an approval approves: change any of it, and the approval is void."""
    parts = (
        case_reference,
        order_number or "-",
        str(remedy.kind),
        str(remedy.amount_minor),
        str(remedy.currency),
        remedy.lines,
        str(remedy.quantity),
    )
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:24]


@dataclass(eq=False)
class Approval:
    """One person's word on one exact act."""

    remedy_id: str
    digest: str
    who: str
    verdict: str  # approved or refused
    reason: str
    at: datetime
    id: int | None = None


def still_lacking(authority: Authority, remedy: Remedy, digest: str, approvals: Sequence[Approval]) -> int:
    """How many more people must agree to this exact act; 0: it may go ahead."""
    agreed = {one.who for one in approvals if one.digest == digest and one.verdict == "approved"}
    return max(0, authority.eyes(remedy.worth) - len(agreed))
