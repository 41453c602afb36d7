"""Several at once: nothing is lost and nothing happens twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy.exc import IntegrityError

from bot.store.database import Database
from tests.builders import a_conversation, a_message

T = TypeVar("T")
THREADS = 8


def at_once(count: int, deed: Callable[[int], T]) -> list[T]:
    """What each of so many threads brings back, all having started together."""
    start = Barrier(count)

    def run(number: int) -> T:
        start.wait(timeout=30)
        return deed(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.fixture
def conversation_id(database: Database) -> str:
    conversation = a_conversation()
    with database.begin() as uow:
        uow.add(conversation)
    return conversation.id


def test_increments_by_eight_threads_are_all_kept(database: Database, conversation_id: str) -> None:
    def fifty(_: int) -> None:
        for _ in range(400 // THREADS):
            with database.begin() as uow:
                uow.conversations.get(conversation_id).last_seq += 1

    at_once(THREADS, fifty)
    with database.begin(write=False) as uow:
        assert uow.conversations.get(conversation_id).last_seq == 400


def test_turn_is_given_to_one_of_eight(database: Database, conversation_id: str, now: datetime) -> None:
    def take(_: int) -> bool:
        with database.begin() as uow:
            return uow.conversations.take_turn(conversation_id, now, now + timedelta(seconds=30))

    assert sorted(at_once(THREADS, take)) == [False] * (THREADS - 1) + [True]


def test_outbox_row_is_claimed_by_one_of_two_workers(database: Database, now: datetime) -> None:
    with database.begin() as uow:
        for number in range(50):
            uow.outbox.add("message", "website", f"message-{number}", now)

    def claim(_: int) -> list[str]:
        claimed: list[str] = []
        while True:
            with database.begin() as uow:
                rows = uow.outbox.claim_due("message", now, timedelta(minutes=1), limit=7)
            if not rows:
                return claimed
            claimed += [row["subject_id"] for row in rows]

    first, second = at_once(2, claim)
    assert sorted(first + second) == sorted(f"message-{number}" for number in range(50))


def test_outbox_row_is_due_again_once_its_claim_is_over(database: Database, now: datetime) -> None:
    with database.begin() as uow:
        uow.outbox.add("message", "website", "message-1", now)
    with database.begin() as uow:
        (row,) = uow.outbox.claim_due("message", now, timedelta(minutes=1), limit=10)
    with database.begin() as uow:
        assert uow.outbox.claim_due("message", now, timedelta(minutes=1), limit=10) == []
    with database.begin() as uow:
        (again,) = uow.outbox.claim_due("message", now + timedelta(minutes=2), timedelta(minutes=1), limit=10)
    assert (row["attempts"], again["attempts"]) == (0, 1)


def test_message_sent_in_by_eight_at_once_is_kept_once(database: Database, conversation_id: str) -> None:
    def take_in(number: int) -> bool:
        try:
            with database.begin() as uow:
                uow.add(a_message(conversation_id, number + 1, provider_id="website:same"))
        except IntegrityError:
            return False
        return True

    assert sum(at_once(THREADS, take_in)) == 1
