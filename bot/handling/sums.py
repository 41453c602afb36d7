"""A sum as people type it, with its currency."""

from decimal import Decimal, InvalidOperation

from bot.cases.money import EXPONENTS, Money
from bot.errors import BadInput

HIGHEST = 10**12


def money_of(amount: str | None, currency: str | None, how: str = "an amount and its currency, such as 12.00 and USD") -> Money | None:
    """Such as 12.00 and USD; None where there is neither. Raises BadInput; `how` says how both are given."""
    if amount is None and currency is None:
        return None
    if amount is None or currency is None or len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
        raise BadInput(f"Give {how}.")
    code = currency.upper()
    try:
        exact = Decimal(amount)
        is_whole = exact.is_finite() and exact.scaleb(EXPONENTS.get(code, 2)) % 1 == 0
    except (InvalidOperation, ValueError):
        is_whole = False
    if not is_whole or abs(exact) >= HIGHEST:
        raise BadInput(f"{amount[:40]} is no amount of {code}: write it such as 12.00.")
    return Money.of(exact, code)
