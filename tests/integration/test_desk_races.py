"""Two people press at the same instant; two workers send what was held; the assistant answers too late. Nothing doubled, nothing lost."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from bot.cases.conversation import Author, Handler
from bot.cases.desk import Agent, DeskRole
from bot.errors import Conflict
from bot.handling import desk_deeds, people
from bot.handling.cases import case_of
from bot.handling.handoff import hand_off
from bot.handling.person_words import send_due, take_back
from bot.handling.shop import Shop
from bot.handling.turns import run_turns
from bot.store.database import Database
from tests.desks import TestDesk
from tests.doors import Says, a_shop

PRESSES = 250  # on each of the two databases
NAMES = ("Amira Haddad", "Jonas Weber")


@pytest.fixture
def desk(database: Database, now: datetime) -> TestDesk:
    return TestDesk(a_shop(database), database, now + timedelta(hours=6))


def an_agent(name: str, at: datetime) -> Agent:
    return Agent(name, f"{name}@example.com", DeskRole.AGENT, "-", at)


def tried(deed: Callable[[], Any]) -> bool:
    try:
        deed()
    except Conflict:
        return False
    return True


def press(shop: Shop, references: list[str], name: str, at: datetime, barrier: threading.Barrier) -> list[bool]:
    """Take and reply on each chat, in the instant the other does; whether the reply was accepted."""
    agent, accepted = an_agent(name, at), []
    for number, ref in enumerate(references):
        barrier.wait(60)
        if number % 3:  # else the reply itself takes the chat
            tried(partial(people.take, shop, ref, name, at, version=2))
        asked = desk_deeds.Reply(f"{name} is here.", f"{name[:5].strip()}-{number}", version=2)
        accepted.append(tried(partial(desk_deeds.send, shop, agent, ref, asked, at, 5.0 if number % 2 else 0)))
    return accepted


def test_two_press_take_and_send_at_the_same_instant_and_one_has_the_chat(desk: TestDesk) -> None:
    references = [desk.waiting(f"My lamp {number} is broken.") for number in range(PRESSES)]
    barrier = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        pressed = [pool.submit(press, desk.shop, references, name, desk.at, barrier) for name in NAMES]
        accepted = [one.result() for one in pressed]
    send_due(desk.shop, desk.at + timedelta(seconds=6), PRESSES)
    found = [outcome(desk.shop, ref) for ref in references]
    owners = [NAMES[0] if first else NAMES[1] for first in accepted[0]]
    assert [a + b for a, b in zip(*accepted, strict=True)] == [1] * PRESSES
    # One owner, one change of hands, one word of theirs; the other was told, and nothing of theirs was said.
    assert found == [(owner, 3, [f"{owner} is here."], 1) for owner in owners]


def outcome(shop: Shop, ref: str) -> tuple[str | None, int, list[str], int]:
    """Who has the chat, its version, what people said in it, and how often it was taken."""
    with shop.begin(False) as uow:
        case = uow.cases.by_reference(ref)
        chat = uow.conversations.get(case.conversation_id)
        said = [one.text for one in uow.messages.of(chat.id) if one.author is Author.AGENT]
        return chat.agent, chat.handler_version, said, sum(line["act"] == "case.taken" for line in uow.cases.audit(case.id))


def test_two_workers_send_what_was_held_once_and_in_order(desk: TestDesk) -> None:
    agent, refs = an_agent(NAMES[0], desk.at), [desk.waiting() for _ in range(20)]
    for ref in refs:
        for number in range(3):
            at = desk.at + timedelta(milliseconds=number)
            desk_deeds.send(desk.shop, agent, ref, desk_deeds.Reply(f"Word {number}.", f"k{number}"), at, 5.0)
    barrier = threading.Barrier(2)

    def work() -> int:
        barrier.wait(60)
        return send_due(desk.shop, desk.at + timedelta(seconds=6), 100)

    with ThreadPoolExecutor(2) as pool:
        done = [one.result() for one in [pool.submit(work), pool.submit(work)]]
    assert sum(done) == 60
    assert {tuple(text for author, text in desk.said(ref) if author == "agent") for ref in refs} == {("Word 0.", "Word 1.", "Word 2.")}
    assert send_due(desk.shop, desk.at + timedelta(hours=1), 100) == 0


def test_undo_and_worker_meet_and_it_is_sent_or_taken_back_never_both(desk: TestDesk) -> None:
    agent, barrier = an_agent(NAMES[0], desk.at), threading.Barrier(2)
    refs = [desk.waiting() for _ in range(40)]
    held = [desk_deeds.send(desk.shop, agent, ref, desk_deeds.Reply("Hello.", "k"), desk.at, 5.0).held for ref in refs]
    due = desk.at + timedelta(seconds=6)

    def send() -> None:
        for _ in refs:
            barrier.wait(60)
            send_due(desk.shop, due, 1)

    def undo() -> list[bool]:
        taken = []
        for one in held:
            barrier.wait(60)
            taken.append(tried(partial(take_back, desk.shop, agent.name, one.id, due)))
        return taken

    with ThreadPoolExecutor(2) as pool:
        sending, taking = pool.submit(send), pool.submit(undo)
        sending.result()
        taken = taking.result()
    send_due(desk.shop, due, 100)
    sent = [sum(author == "agent" for author, _ in desk.said(ref)) for ref in refs]
    assert [count + is_back for count, is_back in zip(sent, taken, strict=True)] == [1] * 40


def test_not_one_word_of_the_assistant_after_the_takeover(desk: TestDesk) -> None:
    chat = desk.chat("My lamp is broken.")
    with desk.shop.begin(True) as uow:
        ref = desk_case(uow, chat.id, desk.at)
    late = Says("Which order is it about?", meanwhile=lambda: people.take(desk.shop, ref, NAMES[0], desk.at))
    run_turns(desk.shop, late, chat.id, lambda: desk.at)
    assert [author for author, _ in desk.said(ref)] == ["customer", "system"]
    assert desk.acts(ref).count("assistant.late_words_dropped") == 1
    assert desk.conversation(ref).agent == NAMES[0]


def test_nothing_the_assistant_does_late_takes_the_chat_from_the_person(desk: TestDesk) -> None:
    ref = desk.waiting()
    people.reply(desk.shop, ref, NAMES[0], "Hello, I am here.", desk.at)
    with desk.shop.begin(True) as uow:
        hand_off(desk.shop, uow, uow.conversations.get(desk.conversation(ref).id), "legal", desk.at)
    found = desk.conversation(ref)
    assert (found.handler, found.agent) == (Handler.AGENT, NAMES[0])
    with desk.shop.begin(False) as uow:
        assert [one.reason for one in uow.cases.escalations(uow.cases.by_reference(ref).id)] == ["asked", "legal"]


def desk_case(uow: Any, conversation_id: str, at: datetime) -> str:
    return str(case_of(uow, uow.conversations.get(conversation_id), at).reference)
