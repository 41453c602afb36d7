"""Takes orders and incidents in: new ones are added, changed ones replaced, the same ones left alone, all in one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from bot.cases.erasing import NOBODY
from bot.cases.incident import Incident
from bot.cases.order import Buyer, Order
from bot.errors import BadImport
from bot.store import tables
from bot.store.database import Database
from bot.store.incidents import row_of
from bot.store.inserts import IMPORT_LOCK
from bot.store.order_files import Line, read_incidents, read_orders
from bot.store.unit_of_work import UnitOfWork

CHUNK = 500  # keys in one query; old SQLite takes 999 values at most
Row = dict[str, Any]


@dataclass(frozen=True)
class ImportResult:
    """How many were new, changed or the same, and the problem of each line that was skipped."""

    new: int
    changed: int
    same: int
    skipped: list[str] = field(default_factory=list)


def import_orders(database: Database, lines: Iterable[str], skip_bad: bool, now: datetime) -> ImportResult:
    """Upserts orders by number, with their customers. Raises BadImport, having taken nothing, unless bad lines are skipped."""
    read, problems = read_orders(lines)
    if problems and not skip_bad:
        raise BadImport(problems)
    with database.begin() as uow:
        new, changed = _sorted_out(uow, tables.orders, tables.orders.c.number, read)
        changed = _of_somebody(uow.session, changed)
        _put_customers(uow.session, [one.value.buyer for one in [*new, *changed]])
        _put(uow.session, tables.orders, tables.orders.c.number, map(_order_row, new), map(_order_row, changed))
        _replace_parts(uow.session, [one.value for one in new], [one.value for one in changed])
        return _counted(uow, "orders.imported", now, new, changed, len(read), problems)


def import_incidents(database: Database, lines: Iterable[str], skip_bad: bool, now: datetime) -> ImportResult:
    """Upserts incidents by code. Raises BadImport, having taken nothing, unless bad lines are skipped."""
    read, problems = read_incidents(lines)
    if problems and not skip_bad:
        raise BadImport(problems)
    with database.begin() as uow:
        new, changed = _sorted_out(uow, tables.incidents, tables.incidents.c.code, read)
        _put(uow.session, tables.incidents, tables.incidents.c.code, map(_incident_row, new), map(_incident_row, changed))
        return _counted(uow, "incidents.imported", now, new, changed, len(read), problems)


def _sorted_out(uow: UnitOfWork, table: Any, key: Any, read: Sequence[Line[Any]]) -> tuple[list[Line[Any]], list[Line[Any]]]:
    """The lines that are new and those that are changed, while no other import can come between."""
    if uow.session.get_bind().dialect.name == "postgresql":
        uow.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": IMPORT_LOCK})
    kept: dict[str, str] = {}
    for some in _chunks([line.key for line in read]):
        kept.update({row[0]: row[1] for row in uow.session.execute(select(key, table.c.digest).where(key.in_(some)))})
    new = [line for line in read if line.key not in kept]
    return new, [line for line in read if kept.get(line.key, line.digest) != line.digest]


def _of_somebody(session: Session, changed: list[Line[Order]]) -> list[Line[Order]]:
    """Without the orders of customers who were erased: no import brings the person back. One of a new number is a new beginning."""
    o, gone = tables.orders.c, set[str]()
    for some in _chunks([line.key for line in changed]):
        asked = select(o.number).where(o.number.in_(some), o.customer_id.startswith(NOBODY))
        gone |= {*session.execute(asked).scalars()}
    return [line for line in changed if line.key not in gone]


def _counted(
    uow: UnitOfWork, act: str, now: datetime, new: Sequence[Any], changed: Sequence[Any], read: int, problems: list[str]
) -> ImportResult:
    if new or changed:
        uow.note(None, "import", act, now, new=len(new), changed=len(changed), skipped=len(problems))
    return ImportResult(len(new), len(changed), read - len(new) - len(changed), problems)


def _put(session: Session, table: Any, key: Any, new: Iterable[Row], changed: Iterable[Row]) -> None:
    added = list(new)
    if added:
        session.execute(insert(table), added)
    for row in changed:
        session.execute(update(table).where(key == row[key.name]).values(row))


def _put_customers(session: Session, buyers: list[Buyer]) -> None:
    """The last one told of each customer stands."""
    wanted: dict[str, Row] = {
        buyer.id: {"id": buyer.id, "name": buyer.name, "email": buyer.email, "phone": buyer.phone} for buyer in buyers
    }
    c = tables.customers.c
    kept: dict[str, Row] = {}
    for some in _chunks(list(wanted)):
        kept.update({row.id: dict(row._mapping) for row in session.execute(select(tables.customers).where(c.id.in_(some)))})
    new = [row for row in wanted.values() if row["id"] not in kept]
    _put(session, tables.customers, c.id, new, [row for row in wanted.values() if kept.get(row["id"], row) != row])


def _replace_parts(session: Session, new: list[Order], changed: list[Order]) -> None:
    """Items and payments have no life of their own: a changed order's are written anew."""
    for some in _chunks([order.number for order in changed]):
        for table in (tables.items, tables.payments):
            session.execute(delete(table).where(table.c.order_number.in_(some)))
    for table, rows in ((tables.items, _item_rows), (tables.payments, _payment_rows)):
        added = [row for order in [*new, *changed] for row in rows(order)]
        if added:
            session.execute(insert(table), added)


def _order_row(line: Line[Order]) -> Row:
    order = line.value
    return {
        "number": order.number,
        "status": order.status,
        "placed_at": order.placed_at,
        "promised_by": order.promised_by,
        "delivered_at": order.delivered_at,
        "carrier": order.carrier,
        "tracking_numbers": list(order.tracking_numbers),
        "customer_id": order.buyer.id,
        "ship_to": dict(order.ship_to),
        "currency": order.currency,
        "total_minor": order.total.minor,
        "digest": line.digest,
    }


def _item_rows(order: Order) -> list[Row]:
    return [
        {
            "order_number": order.number,
            "line": item.line,
            "sku": item.sku,
            "name": item.name,
            "options": dict(item.options),
            "quantity": item.quantity,
            "price_minor": item.unit_price.minor,
        }
        for item in order.items
    ]


def _payment_rows(order: Order) -> list[Row]:
    return [
        {"order_number": order.number, "position": position, "kind": one.kind, "amount_minor": one.amount.minor, "method": one.method}
        for position, one in enumerate(order.payments)
    ]


def _incident_row(line: Line[Incident]) -> Row:
    return {**row_of(line.value), "digest": line.digest}


def _chunks(keys: list[str]) -> Iterator[list[str]]:
    return (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))
