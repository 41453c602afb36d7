"""A remedy: one act that puts something right, as a ledger record with legal moves only."""

from dataclasses import dataclass
from datetime import datetime

from bot.cases.issue import Word
from bot.cases.money import Money


class RemedyKind(Word):
    """What can be done for a customer."""

    REPLACEMENT = "replacement"
    REFUND = "refund"
    PARTIAL_REFUND = "partial_refund"
    VOUCHER = "voucher"
    REDELIVERY = "redelivery"
    REPAIR = "repair"
    CALLBACK = "callback"
    APOLOGY_LETTER = "apology_letter"
    CORRECTION = "correction"


class RemedyState(Word):
    """Where a remedy stands. "Filed" is said from queued on, "done" only when settled."""

    PROPOSED = "proposed"  # offered
    CONFIRMED = "confirmed"  # the customer said yes
    NEEDS_APPROVAL = "needs_approval"  # above the assistant's limit
    APPROVED = "approved"
    REFUSED = "refused"
    QUEUED = "queued"  # waits to be carried out
    SENT = "sent"  # given to the provider
    SETTLED = "settled"  # the provider says it is done
    FAILED = "failed"
    UNKNOWN = "unknown"  # sent, and no answer: ask before any retry
    COMPENSATED = "compensated"
    CANCELLED = "cancelled"


_S = RemedyState
MOVES: dict[RemedyState, frozenset[RemedyState]] = {
    _S.PROPOSED: frozenset({_S.CONFIRMED, _S.CANCELLED}),
    _S.CONFIRMED: frozenset({_S.QUEUED, _S.NEEDS_APPROVAL, _S.CANCELLED}),
    _S.NEEDS_APPROVAL: frozenset({_S.APPROVED, _S.REFUSED, _S.CANCELLED}),
    _S.APPROVED: frozenset({_S.QUEUED, _S.CANCELLED}),
    _S.QUEUED: frozenset({_S.SENT, _S.CANCELLED}),
    _S.SENT: frozenset({_S.SETTLED, _S.FAILED, _S.UNKNOWN, _S.QUEUED}),  # queued again: the provider was surely not reached
    _S.UNKNOWN: frozenset({_S.SETTLED, _S.FAILED, _S.SENT}),
    _S.SETTLED: frozenset({_S.COMPENSATED}),
    _S.FAILED: frozenset({_S.QUEUED, _S.CANCELLED, _S.SETTLED}),  # settled: the provider's last word came late
    _S.REFUSED: frozenset(),
    _S.COMPENSATED: frozenset(),
    _S.CANCELLED: frozenset({_S.PROPOSED}),  # offered again
}
REFUND_DECIDED = "refund_decided"  # the wording of the way on which a person decides about a refund
FILED = frozenset({_S.NEEDS_APPROVAL, _S.APPROVED, _S.QUEUED, _S.SENT, _S.SETTLED, _S.UNKNOWN})


class IllegalMove(ValueError):
    """A remedy cannot go from the state it is in to that one."""


@dataclass(eq=False)
class Attempt:
    """One try at carrying a remedy out, and what came of it."""

    remedy_id: str
    at: datetime
    outcome: str  # accepted, settled, failed, unknown, unreachable or by_hand
    detail: str = ""
    id: int | None = None


@dataclass(eq=False)
class Decision:
    """What policy said in a case at one moment: the version, what it was told, and every option with its reasons."""

    id: str
    case_id: str
    at: datetime
    policy_version: str
    inputs: "dict[str, object]"
    options: "list[dict[str, object]]"  # offered
    left_out: "list[dict[str, object]]"  # not offered, and why


@dataclass(eq=False)
class Remedy:
    """One act. `key` is permanent and unique: it is what makes the act take effect once."""

    id: str
    case_id: str
    reference: str
    key: str
    kind: RemedyKind
    wording: str
    amount_minor: int | None
    currency: str | None
    lines: str
    rank: int  # its place among what was offered
    state: RemedyState
    needs_approval: bool
    due_days: int
    policy_version: str
    reasons: str
    created_at: datetime
    changed_at: datetime
    due_at: datetime | None = None
    message_id: str | None = None
    statutory: bool = False  # owed by law: no fuse holds it back
    quantity: int | None = None  # of the one item, where fewer than were bought are meant
    granted_by: str = "assistant"  # or the agent's name
    undoes: str | None = None  # the remedy that this one takes back
    provider_reference: str | None = None
    why: str | None = None  # it failed or was refused
    settled_at: datetime | None = None
    worth_minor: int | None = None  # of what moves: the amount, or the price of the goods that are sent again
    worth_currency: str | None = None
    version: int = 1

    @property
    def amount(self) -> Money | None:
        return None if self.amount_minor is None or self.currency is None else Money(self.amount_minor, self.currency)

    @property
    def worth(self) -> Money | None:
        """What moves, money or goods; the amount where nothing else is on record."""
        return self.amount if self.worth_minor is None or self.worth_currency is None else Money(self.worth_minor, self.worth_currency)

    @property
    def line_numbers(self) -> tuple[int, ...]:
        """The order lines it is for."""
        return tuple(int(one) for one in self.lines.split(",") if one)

    @property
    def is_filed(self) -> bool:
        """Whether it has been accepted to be done, or to be decided by a person."""
        return self.state in FILED

    def meets(self, wish: str) -> bool:
        """Whether it is what was wished for; a refund that a person decides meets the wish for one."""
        return self.kind == wish or (wish == RemedyKind.REFUND and self.wording == REFUND_DECIDED)

    def move(self, state: RemedyState, now: datetime) -> None:
        """Goes to the state, or raises IllegalMove."""
        if state not in MOVES[self.state]:
            raise IllegalMove(f"remedy {self.reference} is {self.state} and cannot become {state}")
        self.state, self.changed_at = state, now


def remedy_key(
    case_reference: str, kind: RemedyKind, amount: Money | None, lines: tuple[int, ...], quantity: int | None = None, wording: str = ""
) -> str:
    """The permanent key of exactly this act: the same offer made twice is the same act.

    Of all that a person does, only a decision about a refund can stand beside another act of its kind.
    """
    by_person = wording if wording == REFUND_DECIDED else "-"
    what = f"{amount.minor}{amount.currency}" if amount else by_person
    count = f"x{quantity}" if quantity else ""
    return f"{case_reference}:{kind}:{what}:{'.'.join(map(str, lines)) or '-'}{count}"
