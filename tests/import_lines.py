"""Lines of the import format: a good order, a good incident, one with a value changed, and as many orders as wanted."""

import copy
import json
import random
from datetime import datetime, timedelta, timezone
from typing import Any

from bot.cases.order import STATUSES

ORDER: dict[str, Any] = {
    "order_number": "A1",
    "status": "delivered",
    "placed_at": "2026-02-01T10:00+00:00",
    "promised_by": "2026-02-06T10:00+00:00",
    "delivered_at": "2026-02-07T10:00:00.000001+00:00",
    "carrier": "Meadow Post",
    "tracking_numbers": ["ME1", "ME2"],
    "customer": {"id": "nina_7", "name": "Nina Berg", "email": "nina@example.com", "phone": "+1 602 555 0101"},
    "ship_to": {"city": "Phoenix", "state": "AZ", "zip": "85004", "country": "USA"},
    "items": [
        {"line": 1, "sku": "MUG", "name": "Mug", "options": {"glaze": "moss"}, "quantity": 2, "unit_price": "14.50"},
        {"line": 2, "sku": "LAMP", "name": "Desk Lamp", "options": {}, "quantity": 1, "unit_price": "118.00"},
    ],
    "currency": "USD",
    "total": "147.00",
    "payments": [{"kind": "payment", "amount": "147.00", "method": "visa ending 4417"}],
}
INCIDENT: dict[str, Any] = {
    "code": "DEPOT-FIRE",
    "title": "Fire in the depot",
    "fault": "third_party",
    "issue_types": ["late_delivery"],
    "started_at": "2026-02-05T00:00+00:00",
    "ended_at": None,
    "next_update_at": "2026-03-05T00:00+00:00",
    "scope": {"placed_between": ["2026-01-31T00:00+00:00", "2026-02-02T00:00-05:00"], "states": ["AZ"]},
    "explanation": "A fire in the depot has held up parcels.",
    "action": "Another depot sorts them now.",
}
ABSENT = object()


def changed(base: dict[str, Any], path: str, value: Any) -> str:
    """The line with one value replaced, added or (ABSENT) taken away; the path is dotted."""
    raw = copy.deepcopy(base)
    place: Any = raw
    *way, last = [int(one) if one.isdigit() else one for one in path.split(".")]
    for step in way:
        place = place[step]
    if value is ABSENT:
        del place[last]
    else:
        place[last] = value
    return json.dumps(raw)


def numbered(count: int) -> list[str]:
    """So many good orders, drawn at random but the same every time."""
    draw = random.Random(20260303)
    lines = []
    for number in range(1, count + 1):
        status = draw.choice(STATUSES)
        placed = datetime(2026, 1, 1, tzinfo=timezone.utc) + timedelta(minutes=draw.randrange(80_000))
        items = [_drawn_item(draw, line) for line in range(1, draw.randint(2, 5))]
        cents = sum(int(item["unit_price"].replace(".", "")) * item["quantity"] for item in items)
        lines.append(
            json.dumps(
                ORDER
                | {
                    "order_number": f"B{number:05}",
                    "status": status,
                    "placed_at": placed.isoformat(),
                    "promised_by": (placed + timedelta(days=5)).isoformat(),
                    "delivered_at": (placed + timedelta(days=draw.randint(3, 9))).isoformat() if status == "delivered" else None,
                    "customer": ORDER["customer"] | {"id": f"buyer_{number % 97}", "email": f"buyer{number % 97}@example.com"},
                    "items": items,
                    "total": f"{cents / 100:.2f}",
                    "payments": [{"kind": "payment", "amount": f"{cents / 100:.2f}", "method": "paypal"}],
                }
            )
        )
    return lines


def _drawn_item(draw: random.Random, line: int) -> dict[str, Any]:
    price = f"{draw.randint(100, 99_999) / 100:.2f}"
    return {
        "line": line,
        "sku": f"S{line}",
        "name": draw.choice(["Mug", "Lamp", "Rug"]),
        "quantity": draw.randint(1, 4),
        "unit_price": price,
    }
