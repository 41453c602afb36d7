"""The audit cannot be changed unseen: the database refuses it, and what gets past the database breaks the chain."""

from collections.abc import Callable
from datetime import datetime, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.errors import NotFound
from bot.handling.chains import trail, verify
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import NOON, a_case, a_conversation
from tests.doors import a_shop
from tests.integration.test_store_races import at_once

Tamper = Callable[[Database, str], None]
LINES = 5


@pytest.fixture
def shop(database: Database) -> Shop:
    return a_shop(database)


@pytest.fixture
def reference(database: Database) -> str:
    """A case with five lines; beside it the shop's own chain with one."""
    conversation = a_conversation()
    with database.begin() as uow:
        uow.add(conversation)
        uow.flush()
        case = a_case(conversation.id)
        uow.add(case)
        uow.flush()
        for number in range(LINES):
            uow.note(case.id, "assistant", "fact.heard", NOON, fact=f"fact-{number}")
        uow.note(None, "import", "orders.imported", NOON, new=3)
    return case.reference


def execute(database: Database, *statements: str) -> None:
    with database.begin() as uow:
        for one in statements:
            uow.session.execute(text(one))


def unprotected(database: Database) -> None:
    """As whoever owns the database could do it."""
    if database.engine.dialect.name == "postgresql":
        execute(database, "ALTER TABLE audit DISABLE TRIGGER audit_append_only")
    else:
        execute(database, "DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete")


@pytest.fixture(autouse=True)
def protected_again(request: pytest.FixtureRequest, database: Database) -> object:
    """PostgreSQL's database is kept from test to test."""
    yield
    if database.engine.dialect.name == "postgresql":
        execute(database, "ALTER TABLE audit ENABLE TRIGGER audit_append_only")


def test_chains_that_were_only_added_to_are_sound(shop: Shop, reference: str) -> None:
    found = verify(shop)
    assert (found.chains, found.lines, found.broken) == (2, LINES + 1, ())
    assert verify(shop, reference.lower()).lines == LINES
    assert [one.number for one in trail(shop, reference)] == [1, 2, 3, 4, 5]
    assert [one.act for one in trail(shop, "shop")] == ["orders.imported"]


def test_case_that_is_not_there_is_said(shop: Shop) -> None:
    with pytest.raises(NotFound, match="A-NONE"):
        verify(shop, "A-NONE")


@pytest.mark.parametrize("deed", ["UPDATE audit SET who = 'x' WHERE number = 2", "DELETE FROM audit WHERE number = 5"])
def test_database_itself_refuses_to_change_a_line(database: Database, shop: Shop, reference: str, deed: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        execute(database, deed)
    assert verify(shop).broken == ()


CASE_LINE = "act = 'fact.heard' AND number"
TAMPERED: dict[str, tuple[tuple[str, ...], str]] = {
    "changed_detail": ((f"""UPDATE audit SET detail = '{{"fact": "other"}}' WHERE {CASE_LINE} = 3""",), "line 3 (fact.heard) is not what"),
    "changed_author": ((f"UPDATE audit SET who = 'Maya' WHERE {CASE_LINE} = 1",), "line 1 (fact.heard) is not what"),
    "changed_time": ((f"UPDATE audit SET at = at + 1 WHERE {CASE_LINE} = 2",), "line 2 (fact.heard) is not what"),
    "moved_to_no_case": ((f"UPDATE audit SET case_id = NULL WHERE {CASE_LINE} = 4",), "line 4 (fact.heard) is not what"),
    "deleted_middle": ((f"DELETE FROM audit WHERE {CASE_LINE} = 3",), "line 3 is missing"),
    "deleted_and_renumbered": (
        (f"DELETE FROM audit WHERE {CASE_LINE} = 4", f"UPDATE audit SET number = 4 WHERE {CASE_LINE} = 5"),
        "line 4 (fact.heard) is not what",
    ),
    "deleted_tail": ((f"DELETE FROM audit WHERE {CASE_LINE} > 3",), "2 lines are missing at its end"),
    "deleted_all": (("DELETE FROM audit WHERE act = 'fact.heard'",), "5 lines are missing at its end"),
    "deleted_with_its_end": (
        ("DELETE FROM audit WHERE act = 'fact.heard'", "DELETE FROM audit_heads WHERE chain <> 'shop'"),
        "all its lines are missing",
    ),
    "inserted": (
        (
            f"UPDATE audit SET number = 7 WHERE {CASE_LINE} = 5",
            "INSERT INTO audit (case_id, at, who, act, detail, chain, number, seal)"
            f" SELECT case_id, at, who, 'remedy.settled', detail, chain, 5, seal FROM audit WHERE {CASE_LINE} = 4",
            f"UPDATE audit SET number = 6 WHERE {CASE_LINE} = 7",
        ),
        "line 5 (remedy.settled) is not what",
    ),
    "added_at_the_end": (
        (
            "INSERT INTO audit (case_id, at, who, act, detail, chain, number, seal)"
            f" SELECT case_id, at, who, act, detail, chain, 6, seal FROM audit WHERE {CASE_LINE} = 5",
        ),
        "line 6 (fact.heard) is not what",
    ),
    "swapped": (
        (
            f"UPDATE audit SET number = 99 WHERE {CASE_LINE} = 2",
            f"UPDATE audit SET number = 2 WHERE {CASE_LINE} = 3",
            f"UPDATE audit SET number = 3 WHERE {CASE_LINE} = 99",
        ),
        "line 2 (fact.heard) is not what",
    ),
    "end_changed": (("UPDATE audit_heads SET length = 4 WHERE chain <> 'shop'",), "1 lines were added at its end"),
}


@pytest.mark.parametrize("way", TAMPERED)
def test_tampering_is_found_with_its_case_and_line(database: Database, shop: Shop, reference: str, way: str) -> None:
    statements, fault = TAMPERED[way]
    unprotected(database)
    execute(database, *statements)
    ((broken),) = verify(shop).broken
    assert broken.whose == reference
    assert broken.fault.startswith(fault)
    assert verify(shop, reference).broken == (broken,)
    assert verify(shop, "shop").broken == ()


@pytest.mark.parametrize("chain", ["of a case", "shop"])
def test_writers_at_once_keep_one_sound_chain_and_lose_no_line(database: Database, shop: Shop, chain: str) -> None:
    """Four begin a new chain together and go on: nobody fails, and no number is given twice."""
    conversation = a_conversation()
    with database.begin() as uow:
        uow.add(conversation)
        uow.flush()
        case = a_case(conversation.id)
        uow.add(case)
    case_id = case.id if chain != "shop" else None

    def write(writer: int) -> None:
        for number in range(10):
            with database.begin() as uow:
                uow.note(case_id, f"writer-{writer}", "test.noted", NOON, number=number)

    at_once(4, write)
    found = verify(shop, case.reference if case_id else "shop")
    assert (found.lines, found.broken) == (40, ())


def test_line_of_a_writer_that_fails_is_no_gap(database: Database, shop: Shop, reference: str) -> None:
    with pytest.raises(RuntimeError), database.begin() as uow:
        uow.note(uow.cases.by_reference(reference).id, "assistant", "half.done", NOON)
        raise RuntimeError
    with database.begin() as uow:
        uow.note(uow.cases.by_reference(reference).id, "assistant", "done", NOON)
    assert verify(shop).broken == ()
    assert [one.act for one in trail(shop, reference)][-1] == "done"


def test_line_read_back_is_the_line_written(database: Database, shop: Shop, reference: str) -> None:
    """To the microsecond, and with every kind of detail."""
    odd = datetime(2026, 11, 29, 23, 59, 59, 999_999, tzinfo=timezone.utc)
    with database.begin() as uow:
        uow.note(uow.cases.by_reference(reference).id, "Zoë", "test.noted", odd, share=0.1, none=None, more=[1, "two"], name="“é”")
    last = trail(shop, reference)[-1]
    assert (last.at, last.who, last.detail) == (odd, "Zoë", {"share": 0.1, "none": None, "more": [1, "two"], "name": "“é”"})
    assert verify(shop).broken == ()
