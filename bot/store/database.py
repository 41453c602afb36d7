"""The engine and its units of work.

A unit of work says on opening whether it may write. On SQLite a writing one begins with BEGIN IMMEDIATE: it waits
its turn instead of failing half-way or overwriting what another wrote meanwhile. Never keep one open across a call
to anything outside.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import QueuePool, StaticPool

from bot.errors import Conflict, StoreUnavailable
from bot.store.mapping import map_all
from bot.store.unit_of_work import UnitOfWork
from bot.store.writers_queue import WritersQueue

BUSY_TIMEOUT_S = 15


class Database:
    """One database, by its URL. Opening it does not connect yet."""

    def __init__(self, url: str) -> None:
        map_all()
        self.url = url
        self.engine = _engine(url)
        self.writing = self.engine.execution_options(amends_writes=True)
        file = self.engine.url.database if self.engine.dialect.name == "sqlite" else None
        self.queue = WritersQueue(Path(f"{file}-queue")) if file and file != ":memory:" else None

    @contextmanager
    def begin(self, write: bool = True, goes_first: bool = False) -> Iterator[UnitOfWork]:
        """A unit of work: committed at the end, rolled back on any error. Raises Conflict where another was first.

        `goes_first`: it takes in what a customer sends, and on SQLite waits for no more than one of the others.
        """
        session = Session(self.writing if write else self.engine, expire_on_commit=False, future=True)
        with self.queue.turn(goes_first) if write and self.queue else nullcontext():
            try:
                work = UnitOfWork(session, write)
                yield work
                if write:
                    work.finish()
                    session.commit()
            except StaleDataError as error:
                raise Conflict() from error
            finally:
                session.close()

    def check(self) -> None:
        """Raises StoreUnavailable, with what is wrong, where the database cannot be opened."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except SQLAlchemyError as error:
            raise StoreUnavailable(f"The database {safe(self.url)} cannot be opened: {_reason(error)}") from error

    def compact(self) -> None:
        """Leaves no trace of what was removed, in the file and beside it; on PostgreSQL it is vacuumed. Raises StoreUnavailable."""
        try:
            with self.queue.turn() if self.queue else nullcontext():
                self._vacuum()
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise StoreUnavailable(f"The database {safe(self.url)} cannot be tidied now: {error}") from error

    def _vacuum(self) -> None:
        if self.engine.dialect.name != "sqlite":
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM"))
            return
        with closing(self.engine.raw_connection()) as file:  # no transaction may be open
            file.cursor().execute("VACUUM")
            is_busy = file.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if is_busy:
            raise StoreUnavailable(f"The database {safe(self.url)} is being read: it is tidied later.")

    def close(self) -> None:
        self.engine.dispose()


def safe(url: str) -> str:
    """The URL without its password."""
    return str(make_url(url).render_as_string(hide_password=True))


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreUnavailable(f"{url.split('@')[-1]!r} is not a database URL: write sqlite:///file or postgresql://host/name.") from error
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(url, parsed.database)
    return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20, isolation_level="READ COMMITTED", future=True)


def _sqlite_engine(url: str, database: str | None) -> Engine:
    in_memory = not database or database == ":memory:"
    if not in_memory:
        try:
            Path(str(database)).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(f"The database {url} cannot be opened: {error.strerror or error}.") from error
    pool: dict[str, Any] = {"poolclass": StaticPool} if in_memory else {"poolclass": QueuePool, "pool_size": 10, "max_overflow": 30}
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_S}, future=True, **pool)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_S * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Any) -> None:
    writes = connection.get_execution_options().get("amends_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _reason(error: SQLAlchemyError) -> str:
    cause = error.orig if isinstance(error, OperationalError) else error
    return " ".join(str(cause).split()) or type(error).__name__
