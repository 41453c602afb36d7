"""The queue and the thread: who sees which chat, what stands in it, and how changes arrive."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.store.database import Database
from tests.desks import TestDesk, a_desk


@pytest.fixture
def desk(database: Database, now: datetime, tmp_path: Path) -> Iterator[TestDesk]:
    with a_desk(database, now + timedelta(hours=6), tmp_path, AMENDS_UNDO_SECONDS="0") as found:  # 11:00 in the shop's own zone
        yield found


def test_row_tells_why_who_and_by_when(desk: TestDesk) -> None:
    ref = desk.waiting("My lamp is broken.", "It is the second one.", reason="legal")
    row = desk.person("Amira Haddad").rows()[ref]
    assert (row["reason"], row["priority"], row["handler"], row["severity"]) == ("legal", "high", "queue", "S4")
    assert (row["clock"], row["breach"], row["unread"], row["status"]) == ("first_reply", "ok", 2, "open")
    assert row["last"]["text"] == "It is the second one." and row["last"]["author"] == "customer"
    assert datetime.fromisoformat(row["due_at"]) == desk.at + timedelta(minutes=60)


def test_clock_warns_and_breaches_by_time_alone(desk: TestDesk) -> None:
    ref, amira = desk.waiting(), desk.person("Amira Haddad")
    seen = []
    for minutes in (0, 46, 15):
        desk.at += timedelta(minutes=minutes)
        amira.get("me")
        seen.append(amira.rows()[ref]["breach"])
    assert seen == ["ok", "warn", "breached"]


def test_people_see_what_waits_and_what_is_theirs(desk: TestDesk) -> None:
    ref, with_assistant = desk.waiting("It is late.", reason="legal"), desk.waiting("Where is it?")
    with desk.shop.begin(True) as uow:
        chat = uow.conversations.get(uow.cases.by_reference(with_assistant).conversation_id)
        chat.give_to(chat.handler.ASSISTANT)
    amira, legal = desk.person("Amira Haddad", teams=("care",)), desk.person("Tomas Lindqvist", teams=("legal",))
    lead, auditor = desk.person("Grace Oyelaran", "lead"), desk.person("Ada Auditor", "auditor")
    assert set(amira.rows()) == {ref} and set(lead.rows()) == set(auditor.rows()) == {ref, with_assistant}
    with desk.shop.begin(True) as uow:
        chat = uow.conversations.get(uow.cases.by_reference(ref).conversation_id)
        chat.give_to(chat.handler.AGENT, "Tomas Lindqvist")
    assert set(amira.rows()) == set() and set(legal.rows()) == {ref}
    amira.get(f"chats/{ref}", 403)
    assert legal.get(f"chats/{ref}")["messages"][0]["text"] == "It is late."
    amira.get("chats/A-000000", 404)
