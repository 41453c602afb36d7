"""A claim for damages: what else was lost and what it cost, decided by a person, paid in money.

Full compensation is what the law gives and the knock-on loss that is shown (evidence, section C): the assistant
collects and confirms, and never puts a figure on it.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.cases.issue import Word
from bot.cases.money import Money

DAMAGES = "damages"  # the wording of the refund that pays for one
NO_RECEIPT = "-"  # the customer has none
# What is asked of the customer on a claim, one at a time: names of slots.
WHAT, AMOUNT, RECEIPT = "damages_what", "damages_amount", "damages_receipt"
ASKED = (WHAT, AMOUNT, RECEIPT)


class ClaimState(Word):
    """Where a claim stands."""

    OPEN = "open"  # being told
    RECEIVED = "received"  # complete, receipt confirmed, a decision date promised
    ACCEPTED = "accepted"  # in full or in part; a refund of this sum is on the ledger
    REFUSED = "refused"
    DROPPED = "dropped"  # the customer let it be


@dataclass(eq=False)
class Claim:
    """One claim of one case."""

    id: str
    case_id: str
    reference: str
    created_at: datetime
    state: ClaimState = ClaimState.OPEN
    received_at: datetime | None = None
    decide_by: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    reason: str | None = None
    remedy_id: str | None = None
    version: int = 1


@dataclass(eq=False)
class ClaimItem:
    """One loss, in the customer's words, with what it cost and how it is shown. An amount of nothing is one that is not known."""

    claim_id: str
    what: str
    amount_minor: int
    currency: str
    receipt: str | None  # what shows it: a file's name, a number; NO_RECEIPT; None while it was not asked for
    at: datetime
    message_id: str | None = None
    id: int | None = None

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
