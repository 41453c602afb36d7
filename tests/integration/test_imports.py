"""Importing orders and incidents: repeatable, all or nothing, and plain about what is wrong."""

import copy
import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.cases.incident import SCOPE_KEYS
from bot.cases.issue import Fault, Issue
from bot.cases.money import Money
from bot.cases.order import STATUSES, Payment
from bot.errors import BadImport
from bot.store import tables
from bot.store.database import Database
from bot.store.imports import import_incidents, import_orders
from bot.store.line_checks import FORMATS
from bot.store.orders import OrderBook
from tests.import_lines import ABSENT, INCIDENT, ORDER, changed, numbered

ROOT = Path(__file__).resolve().parents[2]


def counts(database: Database) -> dict[str, int]:
    """How many rows the import's tables have."""
    with database.begin(write=False) as uow:
        names = (tables.customers, tables.orders, tables.items, tables.payments, tables.incidents, tables.audit)
        return {table.name: int(uow.session.execute(select(func.count()).select_from(table)).scalar() or 0) for table in names}


def problem_of(line: str, database: Database, now: datetime, take: Any = import_orders) -> str:
    """The one problem the import has with this line."""
    with pytest.raises(BadImport) as refused:
        take(database, [line], False, now)
    (problem,) = refused.value.problems
    return str(problem)


def test_thousand_orders_are_imported_within_seconds_and_again_without_change(database: Database, now: datetime) -> None:
    lines = numbered(1000)
    began = time.monotonic()
    first = import_orders(database, lines, False, now)
    assert time.monotonic() - began < 5
    before = counts(database)
    second = import_orders(database, lines, False, now)
    assert (first.new, first.changed, first.same) == (1000, 0, 0)
    assert (second.new, second.changed, second.same) == (0, 0, 1000)
    assert counts(database) == before
    assert before["customers"] == 97


def test_same_line_with_its_keys_in_another_order_is_the_same(memory_database: Database, now: datetime) -> None:
    import_orders(memory_database, [json.dumps(ORDER)], False, now)
    assert import_orders(memory_database, [json.dumps(dict(reversed(ORDER.items())))], False, now).same == 1


def test_changed_order_is_updated_with_its_items_payments_and_customer(database: Database, now: datetime) -> None:
    import_orders(database, [json.dumps(ORDER)], False, now)
    new = copy.deepcopy(ORDER)
    del new["items"][0]
    new["payments"].append({"kind": "refund", "amount": "29.00", "method": "visa ending 4417"})
    new["customer"]["email"] = "nina.berg@example.com"
    result = import_orders(database, [json.dumps(new)], False, now)
    order = OrderBook(database).find("A1")
    assert (result.new, result.changed, result.same) == (0, 1, 0)
    assert order and [item.line for item in order.items] == [2]
    assert order.payments[1] == Payment("refund", Money(2900, "USD"), "visa ending 4417")
    assert order.buyer.email == "nina.berg@example.com"


def test_broken_line_17_says_so_and_nothing_is_taken(database: Database, now: datetime) -> None:
    lines = numbered(20)
    lines[16] = lines[16].replace('"status": "', '"status": "un')
    with pytest.raises(BadImport) as refused:
        import_orders(database, lines, False, now)
    assert refused.value.problems == [
        "line 17: not a word that is known here (status): use one of processing, shipped, delivered, cancelled"
    ]  # fmt: skip
    assert set(counts(database).values()) == {0}


def test_bad_lines_are_skipped_where_asked_and_the_rest_is_taken(database: Database, now: datetime) -> None:
    lines = numbered(20)
    lines[2], lines[16] = "{not json", "[]"
    result = import_orders(database, lines, True, now)
    assert result.new == 18
    assert [problem.split(":")[0] for problem in result.skipped] == ["line 3", "line 17"]
    assert counts(database)["orders"] == 18


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("placed_at", "2026-02-01T10:00", "an instant without offset (placed_at): write"),
        ("placed_at", "2026-02-01", "an instant without offset (placed_at)"),
        ("placed_at", "yesterday", "not an instant (placed_at)"),
        ("placed_at", "-3d", "not an instant (placed_at)"),
        ("placed_at", "0001-01-01T00:00+14:00", "not an instant (placed_at)"),
        ("promised_by", "2026-01-01T00:00Z", "promised before it was placed (promised_by): correct"),
        ("delivered_at", "2026-01-01T00:00Z", "delivered before it was placed (delivered_at)"),
        ("delivered_at", None, "delivered, but not when (delivered_at)"),
        ("status", "shipped", "has an instant of delivery and is shipped (delivered_at)"),
        ("total", 147.0, 'not text (total): put it in quotes, as in "12.50"'),
        ("total", "147.005", "more decimals than USD has (total): write at most 2"),
        ("total", "-1.00", "not written as it must be (total)"),
        ("items.1.unit_price", "1,000.00", "not written as it must be (items[1].unit_price): write digits"),
        ("currency", "JPY", "more decimals than JPY has (items[0].unit_price): write at most 0"),
        ("currency", "usd", "not written as it must be (currency): write its three capital letters"),
        ("items.1.line", 1, "two items have line 1 (items)"),
        ("items", [], "too few entries (items): write at least 1"),
        ("items.0.quantity", 0, "too small (items[0].quantity): the limit is 1"),
        ("items.0.quantity", 10**30, "too large (items[0].quantity)"),
        ("items.0.quantity", True, "not a whole number (items[0].quantity)"),
        ("payments.0.kind", "gift", "not a word that is known here (payments[0].kind): use one of payment, refund"),
        ("customer.email", "nina", "not written as it must be (customer.email): write one address"),
        ("customer.phone", 5550101, "not text or null (customer.phone): write text or null"),
        ("customer.name", "", "empty (customer.name): write something"),
        ("customer.name", "Ni\u0000na", "a character that cannot be kept (the line)"),
        ("customer.name", "Ni\ud800na", "a character that cannot be kept (the line)"),
        ("customer", ABSENT, "customer is missing (the line): add it"),
        ("items.0.sku", ABSENT, "sku is missing (items[0]): add it"),
        ("promised_at", "2026-02-06T10:00Z", "unknown key promised_at (the line): leave it out, or use one of order_number"),
        ("order_number", "A/1", "not written as it must be (order_number): use letters"),
        ("order_number", "A" * 65, "too long (order_number): use at most 64 characters"),
    ],
)
def test_bad_order_says_what_is_wrong_where_and_how_to_mend_it(
    memory_database: Database, now: datetime, path: str, value: Any, says: str
) -> None:
    problem = problem_of(changed(ORDER, path, value), memory_database, now)
    assert problem.startswith(f"line 1: {says}")
    assert problem.count(": ") >= 2
    assert "Nina" not in problem and "nina@" not in problem


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "not JSON, expecting property name enclosed in double quotes (column 2)"),
        ("3", "not an object (the line)"),
        ("[" * 100_000, "not JSON that can be read"),
        ('{"code": 1, "code": 2}', "the same key stands twice in one object (code)"),
    ],
)
def test_line_that_is_no_json_object_says_so(memory_database: Database, now: datetime, line: str, says: str) -> None:
    assert problem_of(line, memory_database, now).startswith(f"line 1: {says}")


def test_order_number_that_stands_twice_in_a_file_is_a_problem(memory_database: Database, now: datetime) -> None:
    with pytest.raises(BadImport, match=r"line 2: order A1 stands in line 1 already \(order_number\): keep one"):
        import_orders(memory_database, [json.dumps(ORDER), changed(ORDER, "order_number", "#a1")], False, now)


def test_empty_lines_and_a_byte_order_mark_are_no_problem(memory_database: Database, now: datetime) -> None:
    assert import_orders(memory_database, ["\ufeff" + json.dumps(ORDER) + "\r\n", "", "  \n"], False, now).new == 1


def test_incidents_are_repeatable_updated_and_read_newest_first(database: Database, now: datetime) -> None:
    newer = changed(INCIDENT | {"code": "NEWER"}, "started_at", "2026-02-06T00:00Z")
    import_incidents(database, [json.dumps(INCIDENT), newer], False, now)
    assert import_incidents(database, [json.dumps(INCIDENT), newer], False, now).same == 2
    assert import_incidents(database, [changed(INCIDENT, "ended_at", "2026-03-01T00:00Z")], False, now).changed == 1
    assert [one.code for one in OrderBook(database).incidents()] == ["NEWER", "DEPOT-FIRE"]


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("issue_types", ["late"], "not a word that is known here (issue_types[0]): use one of late_delivery"),
        ("issue_types", [], "too few entries (issue_types)"),
        ("fault", "theirs", "not a word that is known here (fault): use one of ours"),
        ("started_at", "2026-02-05T00:00", "an instant without offset (started_at)"),
        ("ended_at", "2026-02-04T00:00Z", "ended before it started (ended_at)"),
        ("scope.state", ["AZ"], "unknown key state (scope): leave it out, or use one of states"),
        ("scope.placed_between", ["2026-02-05T00:00Z"], "too few entries (scope.placed_between): write exactly 2"),
        ("scope.placed_between", ["2026-02-05T00:00Z", "2026-02-04T00:00Z"], "ends before it begins (scope.placed_between)"),
        ("scope.placed_between", ["2026-02-05T00:00Z", "2026-02-06"], "an instant without offset (scope.placed_between[1])"),
        ("explanation", " ", "empty (explanation)"),
        ("action", "It moves again shortly.", "wording that is not sent to customers: vague_time (action)"),
    ],
)
def test_bad_incident_says_what_is_wrong(memory_database: Database, now: datetime, path: str, value: Any, says: str) -> None:
    assert problem_of(changed(INCIDENT, path, value), memory_database, now, import_incidents).startswith(f"line 1: {says}")


def test_formats_know_the_same_words_as_the_rules() -> None:
    order, incident = (json.loads((FORMATS / f"{name}.json").read_text(encoding="utf-8"))["properties"] for name in ("order", "incident"))
    assert order["status"]["enum"] == list(STATUSES)
    assert incident["fault"]["enum"] == [one.value for one in Fault]
    assert incident["issue_types"]["items"]["enum"] == [one.value for one in Issue]
    assert tuple(incident["scope"]["properties"]) == SCOPE_KEYS


def test_examples_in_the_documentation_are_taken(memory_database: Database, now: datetime) -> None:
    blocks = [part.split("```")[0] for part in (ROOT / "docs" / "orders.md").read_text(encoding="utf-8").split("```json\n")[1:]]
    order, incident = (" ".join(block.split("\n")) for block in blocks)
    assert import_orders(memory_database, [order], False, now).new == 1
    assert import_incidents(memory_database, [incident], False, now).new == 1
