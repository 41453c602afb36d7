"""An order as the shop's own system tells it: a value, never changed here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import get_close_matches

from bot.cases.money import Money, total

PROCESSING, SHIPPED, DELIVERED, CANCELLED = "processing", "shipped", "delivered", "cancelled"
CLOSE, SHORTEST_MISTYPED = 0.82, 4  # how alike a mistyped word is to the right one, and letters from which that says anything
STATUSES = (PROCESSING, SHIPPED, DELIVERED, CANCELLED)
_IS_FINE = re.compile(r"[^.,;!?]*\b(is|are|was|were) (all )?(fine|ok(ay)?|good|right|perfect|in order)\b[^.,;!?]*", re.IGNORECASE)
_LEAD_IN = re.compile(r"^\W*((my|the|order|number|num|no|nr|is|it['’]?s|it)\b[^\w-]+)+", re.IGNORECASE)


@dataclass(frozen=True)
class Buyer:
    """Who ordered, as the shop knows them."""

    id: str
    name: str
    email: str
    phone: str | None = None


@dataclass(frozen=True)
class Item:
    """One line of an order."""

    line: int
    sku: str
    name: str
    quantity: int
    unit_price: Money
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def price(self) -> Money:
        return Money(self.unit_price.minor * self.quantity, self.unit_price.currency)


@dataclass(frozen=True)
class Payment:
    """Money that moved: kind is payment or refund."""

    kind: str
    amount: Money
    method: str


@dataclass(frozen=True)
class Order:
    """An order with what was promised, what happened and what was paid. Instants are aware, UTC."""

    number: str
    status: str
    placed_at: datetime
    promised_by: datetime | None
    delivered_at: datetime | None
    carrier: str | None
    tracking_numbers: tuple[str, ...]
    buyer: Buyer
    ship_to: Mapping[str, str]
    items: tuple[Item, ...]
    currency: str
    total: Money
    payments: tuple[Payment, ...]

    def sum_of(self, kind: str) -> Money:
        """What was paid, or refunded, in all."""
        return total([one.amount for one in self.payments if one.kind == kind], self.currency)

    @property
    def paid(self) -> Money:
        return self.sum_of("payment")

    @property
    def refunded(self) -> Money:
        return self.sum_of("refund")

    @property
    def paid_twice(self) -> bool:
        """Two payments of one amount by one method."""
        seen = [(one.amount, one.method) for one in self.payments if one.kind == "payment"]
        return len(set(seen)) < len(seen)

    def pick(self, lines: "tuple[int, ...]") -> tuple[Item, ...]:
        """The items of these lines; all of them where none is named."""
        return tuple(item for item in self.items if item.line in lines) or self.items

    def narrowed(self, line: int, quantity: int) -> "Order":
        """The order as if of this line only so many had been bought: what is put right is put right for those."""
        return replace(self, items=tuple(replace(one, quantity=quantity) if one.line == line else one for one in self.items))


def normal_number(said: str) -> str:
    """An order number as people type it ("order no. w 2611340", "#W2611340") in the form it is stored in."""
    return re.sub(r"[^A-Z0-9-]", "", _LEAD_IN.sub("", said).upper())


def bare_lines(said: str) -> list[str]:
    """Lines of hardly a word: what was asked for may stand in them by itself, as in a letter that answers several questions."""
    return [line.strip() for line in said.splitlines() if 0 < len(line.split()) <= 3]


def bare_numbers(said: str) -> list[str]:
    """What may be order numbers though nothing says so, in the form they are stored in: each in a line of its own."""
    found = (normal_number(line) for line in bare_lines(said))
    return [one for one in found if 4 <= len(one) <= 20 and any(sign.isdigit() for sign in one)]


def masked(text: str) -> str:
    """The last two characters and nothing else: enough to recognise, too little to learn."""
    return f"ending {re.sub(r'[^A-Za-z0-9]', '', text)[-2:]}"


def without_contacts(text: str) -> str:
    """The words without e-mail addresses and long numbers: to be read out where somebody else may look on."""
    return re.sub(r"\S+@\S+|\+?\d[\d ().-]{6,}\d", "…", text)


def items_named(order: Order, said: str) -> tuple[Item, ...]:
    """The items whose name shares its main word with what was said; several where several fit. Where none does, a word may be mistyped."""
    words = set(_stems(_IS_FINE.sub(" ", said)))
    names = [(item, _stems(item.name)) for item in order.items]
    return _named_by(words, names) or _named_by({_mended(word, {name[-1] for _, name in names if name}) for word in words}, names)


def fine_items(order: Order, said: str) -> tuple[Item, ...]:
    """The items that nothing is wrong with: "the skillet is fine"."""
    fine = " ".join(match.group() for match in _IS_FINE.finditer(said))
    return _named_by(set(_stems(fine)), [(item, _stems(item.name)) for item in order.items])


def _named_by(words: set[str], names: list[tuple[Item, list[str]]]) -> tuple[Item, ...]:
    whole = [item for item, name in names if name and set(name) <= words]
    taken = {name[-1] for item, name in names if item in whole}  # "the desk lamp" is not the floor lamp, too
    return tuple(item for item, name in names if name and (item in whole or (name[-1] in words and name[-1] not in taken)))


def _mended(word: str, known: set[str]) -> str:
    """The known word that this one is nearly: "lampp" is a lamp; a stamp, which begins otherwise, is none."""
    alike = [one for one in known if len(word) >= SHORTEST_MISTYPED and one[0] == word[0]]
    return next(iter(get_close_matches(word, alike, n=1, cutoff=CLOSE)), word)


def _stems(text: str) -> list[str]:
    return [stem(word) for word in re.findall(r"\w+", text.lower())]


def stem(word: str) -> str:
    """A word without its plural, enough to match "lamps" with "Lamp"."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
