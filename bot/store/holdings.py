"""A person's rows over all tables: read for them, counted, and erased. What becomes of which is told by `bot.store.held`."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import and_, delete, func, insert, select, text, true, update
from sqlalchemy.orm import Session

from bot.cases.erasing import ERASED, NOBODY, names, without
from bot.cases.instants import instant
from bot.store import desk_tables, file_tables, learning_tables, tables
from bot.store.held import HELD, Held, Whose
from bot.store.inserts import IMPORT_LOCK

LEFT_OF_ADDRESS = ("country",)  # of an address: by it the law and the hour are known


class Holdings:
    """Over one session. Whoever erases has locked the chats."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def hold_imports(self) -> None:
        """No import comes between: an order taken in meanwhile would be one of a customer who is gone."""
        if self.session.get_bind().dialect.name == "postgresql":
            self.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": IMPORT_LOCK})

    def whose(self, chats: Sequence[str], orders: Sequence[str] = (), customer_id: str | None = None, cases: Sequence[str] = ()) -> Whose:
        """The ids of all that hangs on these chats, and on these cases of others."""
        found = select(tables.cases.c.id).where(tables.cases.c.conversation_id.in_(chats)).order_by(tables.cases.c.created_at)
        return Whose(tuple(chats), tuple(dict.fromkeys([*self.session.execute(found).scalars(), *cases])), tuple(orders), customer_id)

    def counts(self, whose: Whose) -> Iterator[tuple[Held, int, int]]:
        """Each table with rows: how many go or lose their words, and how many there are."""
        for held in HELD:
            every = self._count(held, held.of(whose))
            if every:
                changed = self._count(held, and_(held.of(whose), _where(held))) if held.goes or held.becomes else 0
                yield held, changed, every

    def _count(self, held: Held, where: Any) -> int:
        return int(self.session.execute(select(func.count()).select_from(held.table).where(where)).scalar() or 0)

    def rows(self, whose: Whose) -> dict[str, list[dict[str, Any]]]:
        """Every row by table, as plain values; without secrets and the bytes of files."""
        found: dict[str, list[dict[str, Any]]] = {}
        for held in HELD:
            shown = [column for column in held.table.c if column.name not in held.secret]
            rows = self.session.execute(select(*shown).where(held.of(whose)).order_by(*held.table.primary_key))
            kept = [{name: _plain(value) for name, value in row._mapping.items()} for row in rows]
            if kept and held.table is not file_tables.file_contents:
                found[held.name] = kept
        return found

    def erase(self, whose: Whose, marks: Sequence[str], now: datetime) -> dict[str, int]:
        """Takes the person out of every table; how many rows of each went or lost their words."""
        self._scrub(whose, marks)
        done: dict[str, int] = {}
        for held in HELD:
            if held.table is tables.customers:
                continue
            if held.goes:
                count = self.session.execute(delete(held.table).where(held.of(whose), _where(held))).rowcount
            elif held.becomes:
                values = dict(held.becomes(now))
                count = self.session.execute(
                    update(held.table).where(held.of(whose), _where(held)).values(**values).execution_options(synchronize_session=False)
                ).rowcount
            else:
                continue
            if count:
                done[held.name] = int(count)
        done.update(self._let_orders_go(whose))
        return done

    def _let_orders_go(self, whose: Whose) -> dict[str, int]:
        """Their orders become those of nobody: a new customer without a name, so that no sign-in and no proof opens them again."""
        if whose.customer_id is None:
            return {}
        nobody = f"{NOBODY}{secrets.token_hex(6)}"
        orders, items, payments = tables.orders, tables.items, tables.payments
        if whose.orders:
            self.session.execute(insert(tables.customers).values(id=nobody, name=ERASED, email="", phone=None))
        for row in self.session.execute(select(orders.c.number, orders.c.ship_to).where(orders.c.number.in_(whose.orders))).all():
            left = {key: value for key, value in row.ship_to.items() if key in LEFT_OF_ADDRESS}
            changed = update(orders).where(orders.c.number == row.number)
            self.session.execute(changed.values(customer_id=nobody, ship_to=left, tracking_numbers=[]))
            self._without_methods(row.number)
        self.session.execute(update(items).where(items.c.order_number.in_(whose.orders)).values(options={}))
        gone = self.session.execute(delete(tables.customers).where(tables.customers.c.id == whose.customer_id)).rowcount
        counts = {"customers": gone, "orders": len(whose.orders), "items": 0, "payments": 0}
        for name, table in (("items", items), ("payments", payments)):
            counts[name] = int(
                self.session.execute(select(func.count()).select_from(table).where(table.c.order_number.in_(whose.orders))).scalar() or 0
            )
        return {name: count for name, count in counts.items() if count}

    def _without_methods(self, number: str) -> None:
        """Means of payment tell who somebody is. That two payments were made by one stays to be seen."""
        p = tables.payments
        rows = self.session.execute(select(p.c.position, p.c.method).where(p.c.order_number == number).order_by(p.c.position)).all()
        names = {method: f"method {place}" for place, method in enumerate(dict.fromkeys(row.method for row in rows), 1)}
        for row in rows:
            same = (p.c.order_number == number, p.c.position == row.position)
            self.session.execute(update(p).where(*same).values(method=names[row.method]))

    def _scrub(self, whose: Whose, marks: Sequence[str]) -> None:
        """What people wrote that stays, such as causes and tags, loses what names the customer."""
        records, t = learning_tables.learning_records, desk_tables.tags
        for row in self.session.execute(select(records).where(records.c.case_id.in_(whose.cases))).mappings().all():
            said: dict[str, Any] = {name: without(row[name], marks) for name in ("product", "cause", "prevent") if row[name]}
            said["whys"] = [without(one, marks) for one in row["whys"]]
            self.session.execute(update(records).where(records.c.case_id == row["case_id"]).values(**said))
        for row in self.session.execute(select(t.c.case_id, t.c.tag).where(t.c.case_id.in_(whose.cases))).all():
            if names(row.tag, marks):
                self.session.execute(delete(t).where(t.c.case_id == row.case_id, t.c.tag == row.tag))


def _where(held: Held) -> Any:
    return true() if held.where is None else held.where


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    return str(value) if isinstance(value, Enum) else value
