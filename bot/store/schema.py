"""The shape of the database: which version it has, which one this code needs, and how to get there.

Alembic is imported only to upgrade: it is slow to load, and every process checks the version when it starts.
"""

from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StoreUnavailable
from bot.store.database import Database, safe

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0015"  # the newest file in migrations/versions; a test compares them
UPGRADE_LOCK = 0x616D656E6473  # PostgreSQL's advisory locks go by number: "amends"


def head() -> str:
    """The version this code needs."""
    return HEAD


def current(database: Database) -> str | None:
    """The version the database has; None where it is empty. Raises StoreUnavailable."""
    database.check()
    with database.engine.connect() as connection:
        return _version(connection)


def check(database: Database) -> None:
    """Raises StoreUnavailable, with what to do, unless the database has the shape this code needs."""
    found = current(database)
    if found == HEAD:
        return
    name = safe(database.url)
    if found is None:
        raise StoreUnavailable(f"The database {name} has no tables yet: run amends db upgrade.")
    if found > HEAD:
        raise StoreUnavailable(f"The database {name} is at version {found}, newer than this Amends ({HEAD}): install the newer Amends.")
    raise StoreUnavailable(f"The database {name} is at version {found} and this Amends needs {HEAD}: run amends db upgrade.")


def upgrade(database: Database) -> tuple[str | None, str]:
    """Brings the database to the newest version, one process at a time and all or nothing: (from, to). Raises StoreUnavailable."""
    database.check()
    try:
        with database.writing.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK})
            before = _version(connection)
            if before != HEAD:
                _run_migrations(connection)
            return before, HEAD
    except SQLAlchemyError as error:
        reason = str(error).split("\n")[0]
        raise StoreUnavailable(f"The database {safe(database.url)} could not be upgraded and is as it was: {reason}") from error


def _run_migrations(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreUnavailable(f"The database cannot be upgraded to {HEAD}: {error}") from error


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
