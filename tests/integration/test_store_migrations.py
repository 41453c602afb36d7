"""The migrations make exactly the tables that the code expects, once, whoever runs them."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from bot.errors import StoreUnavailable
from bot.store import schema, tables
from bot.store.database import Database

ROOT = Path(__file__).resolve().parents[2]
UPGRADE = "import sys; from bot.store import schema; from bot.store.database import Database; print(schema.upgrade(Database(sys.argv[1])))"


def test_migrated_database_has_the_tables_of_the_code(empty_url: str) -> None:
    database = Database(empty_url)
    assert schema.upgrade(database) == (None, schema.head())
    with database.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), tables.metadata)
    database.close()
    assert differences == []


def test_second_upgrade_changes_nothing(empty_url: str) -> None:
    database = Database(empty_url)
    schema.upgrade(database)
    assert schema.upgrade(database) == (schema.head(), schema.head())
    database.close()


def test_two_processes_upgrade_at_once(empty_url: str) -> None:
    command = [sys.executable, "-c", UPGRADE, empty_url]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [one.communicate(timeout=60) for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert sorted(output.strip() for output, _ in said) == [f"('{schema.head()}', '{schema.head()}')", f"(None, '{schema.head()}')"]


def test_upgrade_that_fails_leaves_the_database_as_it_was(empty_url: str) -> None:
    database = Database(empty_url)
    with database.writing.begin() as connection:
        connection.execute(text("CREATE TABLE outbox (id INTEGER)"))
    with pytest.raises(StoreUnavailable, match="is as it was"):
        schema.upgrade(database)
    with database.engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["outbox"]
    database.close()


def test_empty_database_is_refused_with_the_command_that_mends_it(empty_url: str) -> None:
    database = Database(empty_url)
    with pytest.raises(StoreUnavailable, match="run amends db upgrade"):
        schema.check(database)
    schema.upgrade(database)
    schema.check(database)
    database.close()


@pytest.mark.parametrize(("version", "mend"), [("0000", "run amends db upgrade"), ("9999", "install the newer Amends")])
def test_database_of_another_version_is_refused(memory_database: Database, version: str, mend: str) -> None:
    with memory_database.writing.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    with pytest.raises(StoreUnavailable, match=mend):
        schema.check(memory_database)


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.head()


def test_checking_the_version_does_not_load_alembic() -> None:
    program = "import sys, bot.store.schema; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT).returncode == 0
