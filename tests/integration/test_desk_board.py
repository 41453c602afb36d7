"""The queue and the thread: who sees which chat, what stands in it, and how changes arrive."""

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from bot.handling import board
from bot.store.database import Database
from tests.desks import PASSWORD, TestDesk, a_desk
from tests.served import served


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


def events(answer: httpx.Response) -> Iterator[dict[str, Any]]:
    """The boards that come down a stream."""
    for line in answer.iter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


def test_stream_brings_all_and_then_only_what_changes(desk: TestDesk) -> None:
    first, second = desk.waiting(), desk.waiting()
    amira, lead = desk.person("Amira Haddad", teams=("care",)), desk.person("Tomas Lindqvist", "lead")
    with served(desk.app) as url, httpx.Client(base_url=url, timeout=10, trust_env=False) as browser:
        browser.post("/desk/sign-in", data={"name": amira.name, "password": PASSWORD})
        with browser.stream("GET", "/desk/api/stream") as answer:
            boards = events(answer)
            whole = next(boards)
            assert ({row["ref"] for row in whole["rows"]}, whole["gone"]) == ({first, second}, [])
            desk.customer(first, "Are you there?")
            changed = next(boards)
            assert [(row["ref"], row["unread"]) for row in changed["rows"]] == [(first, 2)]
            assert changed["rows"][0]["mark"] != next(row["mark"] for row in whole["rows"] if row["ref"] == first)
            lead.post(f"chats/{second}/assign", to=lead.name)
            with desk.shop.begin(True) as uow:
                uow.conversations.get(uow.cases.by_reference(second).conversation_id).give_to(desk.conversation(first).handler.ASSISTANT)
            gone = next(board for board in boards if board["gone"])
            assert gone["gone"] == [second]


def test_mark_changes_with_all_that_is_done_in_a_chat(desk: TestDesk) -> None:
    ref, amira = desk.waiting(), desk.person("Amira Haddad")
    marks = [amira.rows()[ref]["mark"]]
    for path, body in (
        ("take", {}),
        ("note", {"text": "A note.", "key": "n"}),
        ("reply", {"text": "Hello.", "key": "k"}),
        ("snooze", {"until": (desk.at + timedelta(hours=1)).isoformat()}),
    ):
        amira.post(f"chats/{ref}/{path}", **body)
        marks.append(amira.rows()[ref]["mark"])
    chat = desk.conversation(ref)
    with desk.shop.begin(True) as uow:
        message = uow.messages.of(chat.id)[-1]
        uow.outbox.mark([message.id], "delivered", desk.at)
    assert amira.get(f"chats/{ref}")["messages"][-1]["state"] == "delivered"
    marks.append(amira.rows()[ref]["mark"])
    assert len(set(marks)) == 6


def test_forty_chats_are_found_in_as_many_queries_as_one(desk: TestDesk) -> None:
    counts, here = [], threading.get_ident()
    for more in (1, 39):
        for _ in range(more):
            desk.waiting()
        board.look(desk.shop, desk.at)  # what a new connection asks for besides
        asked: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any, asked: list[str] = asked) -> None:
            if threading.get_ident() == here:  # the app looks at the database as well
                asked.append(statement)

        event.listen(desk.database.engine, "before_cursor_execute", note)
        board.look(desk.shop, desk.at)
        event.remove(desk.database.engine, "before_cursor_execute", note)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 30


def test_thread_says_why_it_was_handed_over_and_how_the_customer_was_heard(desk: TestDesk) -> None:
    ref, amira = desk.waiting("My lawyer writes to you.", reason="legal"), desk.person("Amira Haddad")
    chat = desk.conversation(ref)
    with desk.shop.begin(True) as uow:
        uow.messages.of(chat.id)[0].heard = {"intent": "late_delivery", "confidence": 0.41, "reasons": ["legal"]}
    amira.post(f"chats/{ref}/take")
    seen = amira.get(f"chats/{ref}")
    assert seen["messages"][0]["heard"] == {"intent": "late_delivery", "confidence": 0.41}
    handed = next(one for one in seen["markers"] if one["kind"] == "handed_off")
    assert (handed["reason"], handed["team"]) == ("legal", "our complaints lead")
    assert datetime.fromisoformat(handed["due_at"]) == desk.at + timedelta(minutes=60)
    assert [one["kind"] for one in seen["markers"]][-1] == "case.taken" and seen["version"] == 3
    later = amira.get(f"chats/{ref}?after=1")
    assert [one["seq"] for one in later["messages"]] == [2]
