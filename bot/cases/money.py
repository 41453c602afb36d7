"""Money: whole minor units and a currency. Decimal in Python, integers in the store."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# ISO 4217 currencies whose minor unit is not a hundredth.
EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "OMR": 3, "JOD": 3, "TND": 3}
SIGNS = {"USD": "$", "GBP": "£", "EUR": "€"}


@dataclass(frozen=True)
class Money:
    """An amount of one currency, e.g. Money(12999, "USD") is $129.99."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: Decimal | str, currency: str) -> "Money":
        """From a decimal amount; half a minor unit is rounded up."""
        scaled = Decimal(amount).scaleb(EXPONENTS.get(currency, 2))
        return cls(int(scaled.quantize(Decimal(1), ROUND_HALF_UP)), currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with the currency's own number of decimals."""
        return Decimal(self.minor).scaleb(-EXPONENTS.get(self.currency, 2))

    def percent(self, percent: int) -> "Money":
        """That many hundredths of it, rounded half up."""
        share = (Decimal(self.minor) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP)
        return Money(int(share), self.currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be added or compared")
        return other.minor

    def __str__(self) -> str:
        sign = SIGNS.get(self.currency)
        return f"{sign}{self.amount:,}" if sign else f"{self.amount:,} {self.currency}"


def total(amounts: "list[Money]", currency: str) -> Money:
    """The sum, zero where there are none."""
    return sum(amounts, Money(0, currency))
