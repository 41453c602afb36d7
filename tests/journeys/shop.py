"""The shop that the journeys happen in: each has copies of its own of the demo orders it talks about."""

import json
import re
from pathlib import Path

from bot import clock
from bot.settings import ROOT
from bot.store.demo import resolved
from tests.journeys.journey import own_number
from tests.product import Product

ORDERS = ROOT / "data" / "shop" / "orders.jsonl"


def open_shop(product: Product, count: int) -> None:
    """Imports copies of the demo orders for so many journeys, of customers of their own."""
    now = clock.now().replace(second=0, microsecond=0)
    orders = [resolved(json.loads(line), now) for line in ORDERS.read_text(encoding="utf-8").splitlines()]
    lines = [_copy(order, place) for place in range(1, count + 1) for order in orders]
    file = Path(product.env["AMENDS_VAR"]) / "journeys.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    product.amends("orders", "import", str(file))


def _copy(order: dict, place: int) -> str:
    customer = {**order["customer"], "id": customer_id(order["customer"]["id"], place)}
    return json.dumps({**order, "order_number": own_number(order["order_number"], place), "customer": customer})


def customer_id(name: str, place: int) -> str:
    """This customer in the journey at this place."""
    return f"{re.sub(r'[^a-z_]', '', name)}_{place}"
