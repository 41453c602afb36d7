"""Many records at once into a database that nobody else writes to: simulated years and benchmarks."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, inspect, select, text
from sqlalchemy.orm import Session

from bot.store import tables
from bot.store.database import Database

Row = dict[str, Any]


def put_records(session: Session, records: Mapping[type, Sequence[Any]]) -> None:
    """Records by kind, each table after those it refers to. Their keys are the caller's own."""
    by_table = {inspect(kind).local_table: (inspect(kind), found) for kind, found in records.items() if found}
    for table in tables.metadata.sorted_tables:
        if table in by_table:
            mapper, found = by_table[table]
            names = [(column.name, mapper.get_property_by_column(column).key) for column in table.columns]
            put_rows(session, table, [{name: getattr(one, key) for name, key in names} for one in found])


def put_rows(session: Session, table: Any, rows: Sequence[Row]) -> None:
    if rows:
        session.execute(insert(table), [*rows])


def put_audit(session: Session, lines: Sequence[Row], heads: Mapping[str, tuple[int, str]]) -> None:
    """Lines of new chains that are sealed already, with the ends of these chains."""
    put_rows(session, tables.audit, lines)
    put_rows(session, tables.audit_heads, [{"chain": chain, "length": end[0], "seal": end[1]} for chain, end in heads.items()])


def has_any(database: Database, table: Any) -> bool:
    """Whether there is a row in it."""
    with database.begin(False) as uow:
        return uow.session.execute(select(table).limit(1)).first() is not None


def number_on(session: Session) -> None:
    """PostgreSQL gives the next number itself: after rows that brought their own it is told where to go on."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in tables.metadata.sorted_tables:
        column = table.primary_key.columns.get("id")
        if column is not None and column.autoincrement is True:
            highest = session.execute(select(func.max(column))).scalar()
            if highest:
                session.execute(text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :at)"), {"name": table.name, "at": highest})
