"""Proof that an order is the customer's: its number together with a thing only they know."""

import re
from enum import Enum

from bot.cases.order import Order

TRIES = 3  # wrong ones before a person takes over
SHORTEST_PHONE = 7
LONGEST_COUNTRY_CODE = 3


class Proof(Enum):
    """How an attempt came out. MISSING and WRONG must look alike to the customer when both are given."""

    GIVEN = "given"
    MISSING = "missing"
    WRONG = "wrong"


def proof_of(order: Order | None, emails: tuple[str, ...], phones: tuple[str, ...], postcodes: tuple[str, ...]) -> Proof:
    """Whether any of the things said belongs to the order; WRONG as well where there is no such order."""
    if not (emails or phones or postcodes):
        return Proof.MISSING
    if order is None:
        return Proof.WRONG
    belongs = (
        any(same_text(one, order.buyer.email) for one in emails)
        or any(same_phone(one, order.buyer.phone) for one in phones)
        or any(same_text(one, order.ship_to.get("zip")) for one in postcodes)
    )
    return Proof.GIVEN if belongs else Proof.WRONG


def same_text(said: str, known: str | None) -> bool:
    """Equal but for case and white space."""
    return bool(known) and re.sub(r"\s", "", said).lower() == re.sub(r"\s", "", known or "").lower()


def same_phone(said: str, known: str | None) -> bool:
    """Equal by digits, with or without the country's code on either side, since people leave it out."""
    short, long = sorted((_digits(known or ""), _digits(said)), key=len)
    return len(short) >= SHORTEST_PHONE and long.endswith(short) and len(long) - len(short) <= LONGEST_COUNTRY_CODE


def _digits(phone: str) -> str:
    """Without what is dialled before the number in one place and not in another: 00, 0, (0)."""
    return re.sub(r"\(0\)|\D", "", phone).lstrip("0")
