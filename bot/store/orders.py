"""The shop's orders and incidents as imported into our own tables: one way to fill the port `Orders`."""

import re
import time
from collections import defaultdict
from typing import Any

from sqlalchemy import and_, select, true
from sqlalchemy.orm import Session

from bot.cases.incident import Incident
from bot.cases.money import Money
from bot.cases.order import Buyer, Item, Order, Payment, normal_number
from bot.store import tables
from bot.store.database import Database
from bot.store.incidents import incident_of

INCIDENTS_KEPT_S = 2.0  # incidents are asked for in every turn and change a few times a day

FEWEST_DIGITS = 4  # of fewer, a number may be anything


class OrderBook:
    """Reads in short units of work of its own. Incidents are remembered for a moment in each process."""

    def __init__(self, database: Database, incidents_kept: float = INCIDENTS_KEPT_S) -> None:
        self._database = database
        self._kept_for = incidents_kept
        self._kept: tuple[float, tuple[Incident, ...]] | None = None

    def find(self, number: str) -> Order | None:
        """The order of this number (as customers type it), or None; hyphens and a letter left out do no harm where one fits."""
        wanted = normal_number(number)
        bare = wanted.replace("-", "")
        if not bare:
            return None
        column = tables.orders.c.number
        with self._database.begin(write=False) as uow:
            exact = _read(uow.session, column.in_({wanted, bare}))
            if exact or not (bare.isdigit() and len(bare) >= FEWEST_DIGITS):
                return next(iter(exact), None)
            ending = _read(uow.session, column.like(f"%{bare}"))
        fitting = [one for one in ending if re.sub(r"\D", "", one.number) == bare]
        return fitting[0] if len(fitting) == 1 else None

    def of_customer(self, customer_id: str) -> tuple[Order, ...]:
        """All orders of a customer, newest first."""
        with self._database.begin(write=False) as uow:
            return _read(uow.session, tables.orders.c.customer_id == customer_id)

    def every(self) -> tuple[Order, ...]:
        """All orders there are, newest first: for looking back over a whole shop, never for a chat."""
        with self._database.begin(write=False) as uow:
            return _read(uow.session, tables.orders.c.number.is_not(None))

    def within(self, incident: Incident) -> tuple[Order, ...]:
        """Every order that the incident's scope holds, newest first."""
        o, scope = tables.orders.c, incident.scope
        narrow: list[Any] = [true()]
        for key, column in (("status", o.status), ("carriers", o.carrier), ("order_numbers", o.number)):
            if key in scope:
                narrow.append(column.in_(list(scope[key])))  # type: ignore[call-overload]  # lists, but for the next
        if "placed_between" in scope:
            narrow.append(o.placed_at.between(*scope["placed_between"]))
        with self._database.begin(write=False) as uow:
            found = _read(uow.session, and_(*narrow))
        return tuple(order for order in found if incident.holds(order))

    def incidents(self) -> tuple[Incident, ...]:
        """The incidents known, newest first."""
        kept, now = self._kept, time.monotonic()
        if kept is None or now - kept[0] >= self._kept_for:
            kept = self._kept = (now, self._read_incidents())
        return kept[1]

    def _read_incidents(self) -> tuple[Incident, ...]:
        i = tables.incidents.c
        with self._database.begin(write=False) as uow:
            return tuple(incident_of(row) for row in uow.session.execute(select(tables.incidents).order_by(i.started_at.desc(), i.code)))


def _read(session: Session, which: Any) -> tuple[Order, ...]:
    """The orders that fit, newest first, in three queries however many they are."""
    o, c = tables.orders.c, tables.customers.c
    buyer = (c.name.label("buyer_name"), c.email.label("buyer_email"), c.phone.label("buyer_phone"))
    found = select(tables.orders, *buyer).join(tables.customers, c.id == o.customer_id).where(which)
    rows = session.execute(found.order_by(o.placed_at.desc(), o.number)).all()
    if not rows:
        return ()
    items = _of_orders(session, tables.items, tables.items.c.line, which)
    payments = _of_orders(session, tables.payments, tables.payments.c.position, which)
    return tuple(_order(row, items[row.number], payments[row.number]) for row in rows)


def _of_orders(session: Session, table: Any, order_by: Any, which: Any) -> dict[str, list[Any]]:
    """The rows of a table that hang on the orders that fit, by order number."""
    rows: dict[str, list[Any]] = defaultdict(list)
    found = select(table).join(tables.orders, tables.orders.c.number == table.c.order_number).where(which).order_by(order_by)
    for row in session.execute(found):
        rows[row.order_number].append(row)
    return rows


def _order(row: Any, items: list[Any], payments: list[Any]) -> Order:
    return Order(
        number=row.number,
        status=row.status,
        placed_at=row.placed_at,
        promised_by=row.promised_by,
        delivered_at=row.delivered_at,
        carrier=row.carrier,
        tracking_numbers=tuple(row.tracking_numbers),
        buyer=Buyer(row.customer_id, row.buyer_name, row.buyer_email, row.buyer_phone),
        ship_to=row.ship_to,
        items=tuple(Item(one.line, one.sku, one.name, one.quantity, Money(one.price_minor, row.currency), one.options) for one in items),
        currency=row.currency,
        total=Money(row.total_minor, row.currency),
        payments=tuple(Payment(one.kind, Money(one.amount_minor, row.currency), one.method) for one in payments),
    )
