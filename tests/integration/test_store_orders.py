"""The order book: orders and incidents as the assistant reads them."""

import json
import time
from datetime import datetime, timezone

import pytest
from sqlalchemy import event

from bot.cases.incident import explaining
from bot.cases.issue import Fault, Issue
from bot.cases.money import Money
from bot.store.database import Database
from bot.store.imports import import_incidents, import_orders
from bot.store.orders import OrderBook
from tests.builders import an_order
from tests.import_lines import INCIDENT, ORDER, changed


def test_order_comes_back_as_it_was_imported(database: Database, now: datetime) -> None:
    import_orders(database, [json.dumps(ORDER)], False, now)
    order = OrderBook(database).find("order no. a1".split()[-1])
    assert order
    assert order.placed_at == datetime(2026, 2, 1, 10, tzinfo=timezone.utc)
    assert order.delivered_at == datetime(2026, 2, 7, 10, 0, 0, 1, tzinfo=timezone.utc)
    assert (order.buyer.name, order.ship_to["zip"], order.tracking_numbers) == ("Nina Berg", "85004", ("ME1", "ME2"))
    assert [(item.line, item.quantity, item.unit_price) for item in order.items] == [
        (1, 2, Money(1450, "USD")),
        (2, 1, Money(11800, "USD")),
    ]
    assert order.items[0].options == {"glaze": "moss"}
    assert (order.total, order.paid, order.refunded) == (Money(14700, "USD"), Money(14700, "USD"), Money(0, "USD"))


@pytest.mark.parametrize("said", ["A1", "a1", "#A1", " a 1 "])
def test_order_is_found_however_its_number_is_typed(memory_database: Database, now: datetime, said: str) -> None:
    import_orders(memory_database, [changed(ORDER, "order_number", "#a1")], False, now)
    assert OrderBook(memory_database).find(said)


@pytest.mark.parametrize("said", ["", "#", "A2", "A1' OR '1'='1", "A%"])
def test_order_that_does_not_exist_is_none(memory_database: Database, now: datetime, said: str) -> None:
    import_orders(memory_database, [json.dumps(ORDER)], False, now)
    assert OrderBook(memory_database).find(said) is None


def test_orders_of_a_customer_come_newest_first(database: Database, now: datetime) -> None:
    older = changed(ORDER | {"order_number": "A2"}, "placed_at", "2026-01-20T10:00+00:00")
    other = changed(ORDER | {"order_number": "A3"}, "customer.id", "somebody_else")
    import_orders(database, [older, json.dumps(ORDER), other], False, now)
    found = OrderBook(database).of_customer("nina_7")
    assert [order.number for order in found] == ["A1", "A2"]
    assert [len(order.items) for order in found] == [2, 2]


def test_order_is_read_in_three_queries(memory_database: Database, now: datetime) -> None:
    import_orders(memory_database, [json.dumps(ORDER)], False, now)
    said: list[str] = []
    event.listen(memory_database.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    OrderBook(memory_database).find("A1")
    assert len([one for one in said if one.startswith("SELECT")]) == 3


def test_incident_comes_back_as_it_was_imported_and_explains(database: Database, now: datetime) -> None:
    import_incidents(database, [json.dumps(INCIDENT)], False, now)
    (incident,) = OrderBook(database).incidents()
    order = an_order(placed_at=datetime(2026, 2, 2, 4, 59, tzinfo=timezone.utc), promised_by=datetime(2026, 2, 8, tzinfo=timezone.utc))
    assert (incident.fault, incident.issues, incident.scope["states"]) == (Fault.THIRD_PARTY, (Issue.LATE_DELIVERY,), ("AZ",))
    assert explaining((incident,), Issue.LATE_DELIVERY, order, now) == incident
    assert explaining((incident,), Issue.WRONG_ITEM, order, now) is None


def test_incident_changed_by_another_is_seen_after_a_moment(memory_database: Database, now: datetime) -> None:
    book = OrderBook(memory_database, incidents_kept=0.05)
    assert book.incidents() == ()
    import_incidents(memory_database, [json.dumps(INCIDENT)], False, now)
    time.sleep(0.06)
    assert len(book.incidents()) == 1
