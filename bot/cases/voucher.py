"""A voucher: a code with a value that can be used once, before it expires."""

import secrets
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime

from bot.cases.issue import Word
from bot.cases.money import Money

_SIGNS = "23456789BCDFGHJKMNPQRSTVWXYZ"  # no vowels, no look-alikes: it can be read aloud
GROUPS, GROUP = 4, 4  # 28**16 codes, about 77 bits: not to be guessed
FEWEST_MONTHS = 12  # less would take back with one hand what the other gave


class VoucherState(Word):
    """Where a voucher stands; each but the first is final."""

    ISSUED = "issued"
    REDEEMED = "redeemed"
    VOID = "void"


class VoucherSpent(ValueError):
    """The voucher cannot be used, and why."""


@dataclass(eq=False)
class Voucher:
    """One voucher of one remedy."""

    code: str
    remedy_id: str
    value_minor: int
    currency: str
    issued_at: datetime
    expires_at: datetime
    state: VoucherState = VoucherState.ISSUED
    changed_at: datetime | None = None
    used_for: str | None = None  # the order it paid for
    version: int = 1

    @property
    def value(self) -> Money:
        return Money(self.value_minor, self.currency)

    def redeem(self, order: str, now: datetime) -> None:
        """Uses it, once. The same order again changes nothing. Raises VoucherSpent."""
        if self.state is VoucherState.REDEEMED and self.used_for == order:
            return
        self._must_be_good(now)
        self.state, self.changed_at, self.used_for = VoucherState.REDEEMED, now, order

    def void(self, now: datetime) -> None:
        """Takes it back. Raises VoucherSpent where it has been used."""
        if self.state is VoucherState.VOID:
            return
        if self.state is VoucherState.REDEEMED:
            raise VoucherSpent(f"This voucher was used for order {self.used_for}.")
        self.state, self.changed_at = VoucherState.VOID, now

    def _must_be_good(self, now: datetime) -> None:
        if self.state is VoucherState.REDEEMED:
            raise VoucherSpent("This voucher has been used.")
        if self.state is VoucherState.VOID:
            raise VoucherSpent("This voucher was taken back.")
        if now >= self.expires_at:
            raise VoucherSpent(f"This voucher expired on {self.expires_at:%Y-%m-%d}.")


def new_code() -> str:
    """A code that nobody can guess, such as K7QF-2MXT-9BHW-4RGD."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(GROUP)) for _ in range(GROUPS))


def plain_code(typed: str) -> str:
    """The code as it is kept, however it was typed."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    return "-".join(signs[place : place + GROUP] for place in range(0, len(signs), GROUP))


def months_after(start: datetime, months: int) -> datetime:
    """The same day that many months later, or the month's last."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return start.replace(year=year, month=month + 1, day=min(start.day, monthrange(year, month + 1)[1]))
