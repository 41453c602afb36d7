"""A PostgreSQL for the tests: the one named by AMENDS_TEST_POSTGRES_URL, else a private one, started and thrown away."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

INSTALL = "PostgreSQL is not installed: apt-get install postgresql, or name a server in AMENDS_TEST_POSTGRES_URL."
DRIVER = "postgresql+psycopg2"
# Nothing in it outlives the tests, so it need not reach the disk.
OPTIONS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"


@contextmanager
def server() -> Iterator[str]:
    """The administrator's URL of a server. Skips where there is no PostgreSQL, except in CI: there it fails."""
    given = os.environ.get("AMENDS_TEST_POSTGRES_URL")
    if given:
        yield make_url(given).set(drivername=DRIVER).render_as_string(hide_password=False)
        return
    with private_server(_programs()) as url:
        yield url


@contextmanager
def empty_database(admin: str) -> Iterator[str]:
    """The URL of a new database on that server, dropped afterwards."""
    name = f"amends_test_{secrets.token_hex(4)}"
    _execute(admin, f'CREATE DATABASE "{name}"')
    try:
        yield make_url(admin).set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(admin, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def private_server(programs: Path) -> Iterator[str]:
    """The administrator's URL of a server that only listens on a socket in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="amends-pg-"))
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    try:
        _run(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        _run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", f"-k {folder} {OPTIONS}", "start")
        try:
            yield f"{DRIVER}://postgres@/postgres?host={folder}"
        finally:
            _run(programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Where initdb and pg_ctl are; the newest where there are several."""
    on_path = shutil.which("pg_ctl")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if on_path:
        return Path(on_path).resolve().parent
    if os.environ.get("CI") == "true":
        pytest.fail(INSTALL, pytrace=False)
    pytest.skip(INSTALL)


def _run(*command: str | Path) -> None:
    words = [str(word) for word in command]
    as_owner = ["runuser", "-u", "postgres", "--", *words] if os.geteuid() == 0 else words
    # pg_ctl's server inherits our output: a pipe would stay open as long as the server runs.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(as_owner, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd="/", timeout=120)
        if done.returncode:
            output.seek(0)
            raise RuntimeError(f"{words[0]} failed: {output.read().decode(errors='replace')}")


def _execute(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", future=True)
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
