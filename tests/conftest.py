"""What all tests share: a running product, and databases: `database` is SQLite and PostgreSQL in turn, `memory_database` SQLite only."""

import gc
import shutil
from collections.abc import Iterator
from datetime import datetime, timezone
from functools import cache
from pathlib import Path

import pytest
import structlog
from argon2 import PasswordHasher
from sqlalchemy import text

from bot.providers import passwords
from bot.store import schema, tables
from bot.store.database import Database
from tests import postgres
from tests.journeys.customer import IDENTITY_SECRET
from tests.journeys.journey import journeys
from tests.journeys.shop import open_shop
from tests.product import Product, running

# Tests that share one running product, by their folder: with `--dist loadgroup` one core has all of them.
PRODUCTS = {"conversations": "talks", "journeys": "talks", "browser": "browser"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that no core waits for it in the end; and each product started once."""
    items.sort(key=lambda item: item.path.parent.name != "properties")
    for item in items:
        if item.get_closest_marker("product") and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(PRODUCTS[item.path.parent.name]))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking for garbage in it again and again takes a third of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One running product for all conversations and journeys; each journey has orders of its own in its shop."""
    with running(tmp_path_factory.mktemp("product"), AMENDS_IDENTITY_SECRET=IDENTITY_SECRET) as started:
        open_shop(started, len(journeys()))
        yield started


@pytest.fixture(scope="session", autouse=True)
def plain_tracebacks() -> None:
    """With the values of all variables in colour, as is usual, one of ours takes five seconds to write."""
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    )


@pytest.fixture(scope="session", autouse=True)
def light_passwords() -> None:
    """argon2 as it is, with the least work: what makes it slow on purpose is tried in a test of its own."""
    passwords.hasher = cache(lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def now() -> datetime:
    """A Tuesday at noon; rules are given the time, so tests choose it."""
    return datetime(2026, 3, 3, 12, 0, tzinfo=timezone.utc)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "amends.db"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The administrator's URL of a PostgreSQL for this run."""
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> Iterator[Database]:
    """A migrated database on it."""
    with postgres.empty_database(postgres_server) as url:
        database = Database(url)
        schema.upgrade(database)
        yield database
        database.close()


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Opened once: what SQLAlchemy has compiled for it serves every test, which is a third of their time."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'amends.db'}")
    yield database
    database.close()


@pytest.fixture
def memory_database(sqlite_database: Database, sqlite_template: Path) -> Iterator[Database]:
    """A fresh SQLite database. In a file, since threads and nested units of work need connections of their own."""
    path = Path(str(sqlite_database.engine.url.database))
    for left in path.parent.glob(f"{path.name}*"):  # whoever has it open still goes on with the old one
        left.unlink()
    shutil.copyfile(sqlite_template, path)
    yield sqlite_database
    sqlite_database.close()


@pytest.fixture
def clean(migrated_postgres: Database) -> Database:
    """PostgreSQL with every table empty."""
    names = ", ".join(table.name for table in tables.metadata.sorted_tables)
    with migrated_postgres.begin() as uow:
        uow.session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    return migrated_postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A fresh database of each kind in turn."""
    found: Database = request.getfixturevalue("memory_database" if request.param == "sqlite" else "clean")
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of each kind in turn, with no tables in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with postgres.empty_database(request.getfixturevalue("postgres_server")) as url:
        yield url
