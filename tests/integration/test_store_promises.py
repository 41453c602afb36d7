"""What the store refuses, and what it lets others do meanwhile."""

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from bot.errors import Conflict, NotFound, StoreUnavailable
from bot.store import tables
from bot.store.database import Database, safe
from tests.builders import a_case, a_conversation, a_message, a_remedy


def a_kept_conversation(database: Database, **given: Any) -> str:
    conversation = a_conversation(**given)
    with database.begin() as uow:
        uow.add(conversation)
    return conversation.id


def a_kept_case(database: Database) -> str:
    conversation_id = a_kept_conversation(database)
    case = a_case(conversation_id)
    with database.begin() as uow:
        uow.add(case)
    return case.id


def test_change_of_a_record_changed_meanwhile_is_a_conflict(database: Database) -> None:
    known = a_kept_conversation(database)
    with database.begin(write=False) as uow:
        stale = uow.conversations.get(known)
    with database.begin() as uow:
        uow.conversations.get(known).note = "first"
    with pytest.raises(Conflict), database.begin() as uow:
        stale.note = "second"
        uow.add(stale)
    with database.begin(write=False) as uow:
        assert uow.conversations.get(known).note == "first"


def test_unit_of_work_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError, match="half-way"), database.begin() as uow:
        uow.add(a_conversation(id="half"))
        uow.flush()
        raise RuntimeError("half-way")
    with database.begin(write=False) as uow, pytest.raises(NotFound):
        uow.conversations.get("half")


def test_reading_a_record_again_keeps_what_was_changed_in_between(database: Database) -> None:
    known = a_kept_conversation(database)
    with database.begin() as uow:
        uow.conversations.get(known).asked = "items"
        assert uow.conversations.get(known).asked == "items"


def test_message_of_one_provider_id_is_kept_once(database: Database) -> None:
    known = a_kept_conversation(database)
    with database.begin() as uow:
        uow.add(a_message(known, 1, provider_id="website:77"))
    with pytest.raises(IntegrityError), database.begin() as uow:
        uow.add(a_message(known, 2, provider_id="website:77"))


def test_messages_without_provider_id_are_many(database: Database) -> None:
    known = a_kept_conversation(database)
    with database.begin() as uow:
        uow.add(a_message(known, 1))
        uow.add(a_message(known, 2))
    with database.begin(write=False) as uow:
        assert [one.seq for one in uow.messages.of(known)] == [1, 2]


def test_place_in_a_conversation_is_taken_once(database: Database) -> None:
    known = a_kept_conversation(database)
    with database.begin() as uow:
        uow.add(a_message(known, 1))
    with pytest.raises(IntegrityError), database.begin() as uow:
        uow.add(a_message(known, 1))


def test_remedy_of_one_key_is_kept_once(database: Database) -> None:
    case_id = a_kept_case(database)
    with database.begin() as uow:
        uow.add(a_remedy(case_id, key="AM-1:refund:4500USD:1"))
    with pytest.raises(IntegrityError), database.begin() as uow:
        uow.add(a_remedy(case_id, key="AM-1:refund:4500USD:1"))


def test_outbox_takes_one_subject_once(database: Database, now: datetime) -> None:
    with database.begin() as uow:
        uow.outbox.add("message", "website", "message-1", now)
    with pytest.raises(IntegrityError), database.begin() as uow:
        uow.outbox.add("message", "website", "message-1", now)


def test_message_of_no_conversation_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.begin() as uow:
        uow.add(a_message("nowhere"))


def test_naive_instant_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="has no time zone"), database.begin() as uow:
        uow.add(a_conversation(created_at=datetime(2026, 3, 3, 12, 0)))


def test_unknown_word_is_refused(database: Database) -> None:
    with pytest.raises(StatementError), database.begin() as uow:
        uow.add(a_conversation(handler="somebody"))


def test_reading_goes_on_while_another_writes(database: Database) -> None:
    known = a_kept_conversation(database)
    with database.begin() as writer:
        writer.conversations.get(known).note = "not committed"
        writer.flush()
        began = time.monotonic()
        with database.begin(write=False) as reader:
            assert reader.conversations.get(known).note is None
        assert time.monotonic() - began < 1


def test_writing_goes_on_while_another_reads(database: Database) -> None:
    known = a_kept_conversation(database)
    with database.begin(write=False) as reader:
        reader.conversations.get(known)
        began = time.monotonic()
        with database.begin() as writer:
            writer.conversations.get(known).note = "written meanwhile"
        assert time.monotonic() - began < 1


def test_read_only_unit_of_work_keeps_nothing(database: Database) -> None:
    known = a_kept_conversation(database)
    with database.begin(write=False) as uow:
        uow.conversations.get(known).note = "lost"
        uow.flush()
    with database.begin(write=False) as uow:
        assert uow.conversations.get(known).note is None


def test_sqlite_is_set_up_to_be_shared(memory_database: Database) -> None:
    with memory_database.engine.connect() as connection:
        found = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "foreign_keys", "synchronous")]
    assert found == ["wal", 1, 1]


def test_turn_is_free_again_once_its_lease_is_over(database: Database, now: datetime) -> None:
    known = a_kept_conversation(database)
    lease = timedelta(seconds=30)
    with database.begin() as uow:
        assert uow.conversations.take_turn(known, now, now + lease)
        assert not uow.conversations.take_turn(known, now + lease / 2, now + lease)
        assert uow.conversations.take_turn(known, now + 2 * lease, now + 3 * lease)


def test_customer_is_deleted_only_with_the_orders(database: Database, now: datetime) -> None:
    order = {
        "number": "A1",
        "status": "shipped",
        "placed_at": now,
        "tracking_numbers": [],
        "customer_id": "nina",
        "ship_to": {},
        "currency": "USD",
    }
    with database.begin() as uow:
        uow.session.execute(insert(tables.customers).values(id="nina", name="Nina", email="nina@example.com"))
        uow.session.execute(insert(tables.orders).values(**order, total_minor=1, digest="-"))
    with pytest.raises(IntegrityError), database.begin() as uow:
        uow.session.execute(tables.customers.delete())
    with database.begin(write=False) as uow:
        assert uow.session.execute(select(tables.customers.c.id)).scalar() == "nina"


@pytest.mark.parametrize("url", ["sqlite:////proc/nowhere/amends.db", "postgresql+psycopg2://amends:pass-word@127.0.0.1:9/amends"])
def test_database_that_cannot_be_opened_is_one_line_without_password(url: str) -> None:
    with pytest.raises(StoreUnavailable) as refused:
        Database(url).check()
    assert "cannot be opened" in str(refused.value)
    assert "pass-word" not in str(refused.value) + safe(url)
    assert "\n" not in str(refused.value)
