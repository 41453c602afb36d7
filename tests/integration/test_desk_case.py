"""The case pane: what it shows, and who may look."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.store.database import Database
from tests.builders import an_order
from tests.desks import TestDesk, a_desk
from tests.unit.handling.chats import Chat, take_orders

AGENT, LEAD = "Amira Haddad", "Tomas Lindqvist"


@pytest.fixture
def desk(database: Database, now: datetime, tmp_path: Path) -> Iterator[TestDesk]:
    take_orders(database, an_order(), an_order(number="A10022"))
    with a_desk(database, now, tmp_path) as found:
        yield found


def late(desk: TestDesk, number: str = "A10021") -> Chat:
    """A customer whose parcel is late, with a refund on its way."""
    chat = Chat(desk.shop, now=desk.at)
    chat.say(f"{number} nina@example.com is late", "late_delivery", order_number=number, email="nina@example.com")
    return chat


def by_name(rows: list[dict[str, Any]], key: str = "name") -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in rows}


def test_shows_all_that_is_known(desk: TestDesk) -> None:
    before = late(desk)
    before.tap("refund")
    before.tap("Yes")
    chat = late(desk, "A10022")
    lead = desk.person(LEAD, "lead")
    pane = lead.get(f"cases/{chat.case.reference}")
    facts = by_name(pane["facts"])
    assert (facts["email"]["verified"], facts["email"]["source"], facts["order_number"]["label"]) == (True, "customer", "Order number")
    assert (pane["customer"]["name"], pane["order"]["number"], pane["order"]["total"]) == ("Nina Berg", "A10022", "75.00")
    assert [(one["ref"], one["totals"]) for one in pane["earlier"]] == [(before.case.reference, ["75.00 USD"])]
    assert {one["kind"] for one in pane["verdict"]["allowed"]} >= {"refund"}
    assert pane["verdict"]["refused"] and pane["verdict"]["clauses"]
    assert pane["may_grant"] == {"limit": "2500.00", "currency": "USD", "left": "75.00", "two_from": "1000.00", "role": "lead"}
    assert "opened the case" in [one["text"] for one in pane["history"]]
    assert {one["ref"] for one in pane["remedies"] if one["state"] == "proposed"}
