"""The shop that the journeys happen in: each has copies of its own of the demo orders it talks about."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot import clock
from bot.settings import ROOT
from bot.store.demo import resolved
from tests.journeys.by_nature import order_numbers
from tests.journeys.journey import Journey, own_mail, own_number
from tests.product import Product

ORDERS, INCIDENTS = ROOT / "data" / "shop" / "orders.jsonl", ROOT / "data" / "shop" / "incidents.jsonl"


@dataclass(frozen=True)
class Copies:
    """The demo orders for the journey at this place. `phone`: what they are given instead of their customers' own."""

    place: int
    phone: str | None = None
    has_own_mail: bool = False  # addresses are as `own_mail` makes them

    def of(self, order: dict[str, Any]) -> dict[str, Any]:
        customer = {**order["customer"], "id": customer_id(order["customer"]["id"], self.place)}
        customer |= {"phone": self.phone} if self.phone else {}
        customer |= {"email": own_mail(customer["email"], self.place)} if self.has_own_mail else {}
        return {**order, "order_number": own_number(order["order_number"], self.place), "customer": customer}


def open_shop(product: Product, count: int) -> None:
    """Imports copies of the demo orders for so many journeys, of customers of their own."""
    bring_copies(product, [Copies(place) for place in range(1, count + 1)])


def bring_copies(product: Product, copies: Sequence[Copies], with_incidents: bool = False) -> None:
    """Imports them; and what failed for many, where the demo shop is not there already."""
    now = clock.now().replace(second=0, microsecond=0)
    if with_incidents:
        _bring(product, "incidents", [resolved(one, now) for one in _told(INCIDENTS)])
    orders = [resolved(one, now) for one in _told(ORDERS)]
    _bring(product, "orders", [one.of(order) for one in copies for order in orders])


def _bring(product: Product, what: str, records: Sequence[dict[str, Any]]) -> None:
    file = Path(product.env["AMENDS_VAR"]) / f"journeys_{what}.jsonl"
    file.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    product.amends(what, "import", str(file))


@cache
def _told(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def customer_id(name: str, place: int) -> str:
    """This customer in the journey at this place."""
    return f"{re.sub(r'[^a-z_]', '', name)}_{place}"


def buyer_of(journey: Journey, place: int) -> str:
    """The e-mail address in the demo order that the journey at this place names first."""
    numbers = {own_number(order["order_number"], place): order["customer"]["email"] for order in _told(ORDERS)}
    return str(next(numbers[one] for one in order_numbers(journey) if one in numbers))
