"""The demo shop: seeded once, with dates that stay fresh."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.cases.incident import explaining
from bot.cases.issue import Issue
from bot.store import tables
from bot.store.database import Database
from bot.store.demo import resolved, seed_demo
from bot.store.imports import import_orders
from bot.store.orders import OrderBook
from tests.import_lines import ORDER

SHOP = Path(__file__).resolve().parents[2] / "data" / "shop"


def counts(database: Database) -> dict[str, int]:
    """How many rows the import's tables have."""
    with database.begin(write=False) as uow:
        names = (tables.customers, tables.orders, tables.items, tables.payments, tables.incidents, tables.audit)
        return {table.name: int(uow.session.execute(select(func.count()).select_from(table)).scalar() or 0) for table in names}


def test_demo_shop_is_seeded_once_and_is_fresh(database: Database, now: datetime) -> None:
    taken = seed_demo(database, SHOP, now)
    before = counts(database)
    assert seed_demo(database, SHOP, now + timedelta(days=1)) == 0
    assert counts(database) == before
    assert taken == before["orders"] >= 25 and before["customers"] == 12
    late = OrderBook(database).find("A10021")
    assert late and late.promised_by == now - timedelta(days=3, hours=4)


def test_demo_shop_shows_a_parcel_that_a_storm_made_late(memory_database: Database, now: datetime) -> None:
    seed_demo(memory_database, SHOP, now)
    book = OrderBook(memory_database)
    order = book.find("A10022")
    assert order
    found = explaining(book.incidents(), Issue.LATE_DELIVERY, order, now)
    assert found and found.code == "STORM-SW"


def test_demo_shop_is_not_seeded_over_real_orders(memory_database: Database, now: datetime) -> None:
    import_orders(memory_database, [json.dumps(ORDER)], False, now)
    assert seed_demo(memory_database, SHOP, now) == 0


@pytest.mark.parametrize(
    ("said", "span"),
    [("-3d", timedelta(days=-3)), ("-3d4h", timedelta(days=-3, hours=-4)), ("+2d", timedelta(days=2)), ("-90m", timedelta(minutes=-90))],
)
def test_relative_instant_is_counted_from_now(now: datetime, said: str, span: timedelta) -> None:
    assert resolved({"at": [said]}, now) == {"at": [(now + span).isoformat()]}


@pytest.mark.parametrize("said", ["-", "3d", "-3x", "+1 602 555 0101", "-3d "])
def test_text_that_is_no_relative_instant_stays(now: datetime, said: str) -> None:
    assert resolved(said, now) == said
