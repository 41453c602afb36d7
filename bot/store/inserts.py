"""Inserting what may be there already, in the database's own words."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

IMPORT_LOCK = 0x696D706F7274  # PostgreSQL's advisory locks go by number: "import"


def insert_into(session: Session, table: Table) -> Any:
    """An insert that can be told, by `on_conflict_...`, to leave alone or to change what is there."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(table)


def upsert(session: Session, table: Table, **values: Any) -> None:
    """One row by its primary key: added, or changed where it stands."""
    keys = [column.name for column in table.primary_key]
    changed = {name: value for name, value in values.items() if name not in keys}
    session.execute(insert_into(session, table).values(**values).on_conflict_do_update(index_elements=keys, set_=changed))
