"""Values and records for tests, sensible by default: a test names only what it is about."""

from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any

from bot.cases.case import Case
from bot.cases.conversation import Author, Conversation, Message
from bot.cases.incident import Incident
from bot.cases.issue import Fault, Issue
from bot.cases.money import Money, total
from bot.cases.order import DELIVERED, PROCESSING, Buyer, Item, Order, Payment
from bot.cases.remedy import Remedy, RemedyKind, RemedyState

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=timezone.utc)
_numbers = count(1)


def a_buyer(**given: Any) -> Buyer:
    """Nina, who buys things."""
    usual: dict[str, Any] = {"id": "nina_7", "name": "Nina Berg", "email": "nina@example.com", "phone": "+1 555 0123 456"}
    return Buyer(**(usual | given))


def an_item(line: int = 1, name: str = "Desk Lamp", price: str = "45.00", **given: Any) -> Item:
    """One lamp."""
    usual: dict[str, Any] = {
        "line": line,
        "sku": f"SKU-{line}",
        "name": name,
        "quantity": 1,
        "unit_price": Money.of(price, "USD"),
        "options": {},
    }
    return Item(**(usual | given))


def an_order(**given: Any) -> Order:
    """Placed ten days ago, promised for four days ago, shipped and not there; paid once. Ask for a status, and the dates fit it."""
    status = given.get("status", "shipped")
    items = given.get("items", (an_item(), an_item(2, "Wall Clock", "30.00")))
    sum_total = given.get("total", total([item.price for item in items], "USD"))
    usual: dict[str, Any] = {
        "number": "A10021",
        "status": status,
        "placed_at": NOON - timedelta(days=10),
        "promised_by": NOON - timedelta(days=4),
        "delivered_at": NOON - timedelta(days=5) if status == DELIVERED else None,
        "carrier": None if status == PROCESSING else "Northway Parcel",
        "tracking_numbers": () if status == PROCESSING else ("NP100200300",),
        "buyer": a_buyer(),
        "ship_to": {"city": "Phoenix", "state": "AZ", "zip": "85001", "country": "USA"},
        "items": items,
        "currency": "USD",
        "total": sum_total,
        "payments": (Payment("payment", sum_total, "visa ending 4242"),),
    }
    return Order(**(usual | given))


def an_incident(**given: Any) -> Incident:
    """A storm over Arizona for the last week, not over yet."""
    usual: dict[str, Any] = {
        "code": "STORM-AZ",
        "title": "Storm over Arizona",
        "fault": Fault.FORCE_MAJEURE,
        "issues": (Issue.LATE_DELIVERY, Issue.LOST_OR_MISSING),
        "started_at": NOON - timedelta(days=7),
        "ended_at": None,
        "next_update_at": NOON + timedelta(days=1),
        "scope": {"states": ("AZ",)},
        "explanation": "A storm has closed the roads around Phoenix.",
        "action": "Parcels move again as soon as the roads open.",
    }
    return Incident(**(usual | given))


def a_conversation(**given: Any) -> Conversation:
    """A new one on the website, answered by the assistant."""
    usual: dict[str, Any] = {"id": f"conversation-{next(_numbers)}", "channel": "website", "created_at": NOON}
    return Conversation(**(usual | given))


def a_message(conversation_id: str, seq: int = 1, **given: Any) -> Message:
    """The customer complains."""
    usual: dict[str, Any] = {"id": f"message-{next(_numbers)}", "author": Author.CUSTOMER, "text": "My parcel is late.", "at": NOON}
    return Message(conversation_id=conversation_id, seq=seq, **(usual | given))


def a_case(conversation_id: str, **given: Any) -> Case:
    """A new case in this conversation."""
    number = next(_numbers)
    usual: dict[str, Any] = {"id": f"case-{number}", "reference": f"AM-{number:05}", "channel": "website", "created_at": NOON}
    return Case(conversation_id=conversation_id, **(usual | given))


def a_remedy(case_id: str, **given: Any) -> Remedy:
    """A refund of $45.00, offered."""
    number = next(_numbers)
    usual: dict[str, Any] = {
        "id": f"remedy-{number}",
        "case_id": case_id,
        "reference": f"R-{number:05}",
        "key": f"{case_id}:refund:4500USD:{number}",
        "kind": RemedyKind.REFUND,
        "wording": "refund",
        "amount_minor": 4500,
        "currency": "USD",
        "lines": "1",
        "rank": 0,
        "state": RemedyState.PROPOSED,
        "needs_approval": False,
        "due_days": 5,
        "policy_version": "test",
        "reasons": "confirmed, fault ours",
        "created_at": NOON,
        "changed_at": NOON,
    }
    return Remedy(**(usual | given))
