"""What a customer reads of how things stand: the place in the queue, what was read, what has arrived. On both databases."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event

from bot.cases.conversation import Author
from bot.handling import people
from bot.handling.accept import accept, add_reply, open_conversation
from bot.handling.handoff import hand_off
from bot.handling.shop import Shop
from bot.handling.transcript import delivered, look, seen
from bot.store.database import Database
from tests.builders import NOON
from tests.doors import a_shop


@pytest.fixture
def shop(database: Database) -> Shop:
    return a_shop(database)


def queued(shop: Shop, reason: str = "asked", now: datetime = NOON, channel: str = "website") -> str:
    """A conversation that waits for a person."""
    chat = open_conversation(shop, channel, now).id
    with shop.begin(True) as uow:
        hand_off(shop, uow, uow.conversations.get(chat), reason, now)
    return chat


def due(shop: Shop, chat: str) -> datetime:
    with shop.begin(False) as uow:
        return uow.cases.escalations(uow.conversations.get(chat).case_id or "")[-1].due_at


def wait_of(shop: Shop, chat: str, now: datetime = NOON) -> tuple[int, str | None] | None:
    wait = look(shop, chat, 0, now).wait
    return (wait["position"], wait["until"]) if wait else None


def reference(shop: Shop, chat: str) -> str:
    with shop.begin(False) as uow:
        case = uow.cases.find(uow.conversations.get(chat).case_id)
        assert case is not None
        return case.reference


def test_those_who_wait_are_told_their_place_and_until_when(shop: Shop) -> None:
    chats = [queued(shop, now=NOON + timedelta(minutes=number)) for number in range(3)]
    assert [wait_of(shop, chat) for chat in chats] == [(number + 1, due(shop, chat).isoformat()) for number, chat in enumerate(chats)]


def test_place_follows_from_when_answers_are_due_not_from_when_they_came(shop: Shop) -> None:
    late, urgent = queued(shop), queued(shop)
    with shop.begin(True) as uow:
        for one in uow.cases.escalations(uow.conversations.get(late).case_id or ""):
            one.due_at += timedelta(hours=2)
    assert [(wait_of(shop, chat) or (0,))[0] for chat in (late, urgent)] == [2, 1]


def test_two_that_are_due_together_have_different_places(shop: Shop) -> None:
    assert [(wait_of(shop, chat) or (0,))[0] for chat in [queued(shop), queued(shop)]] == [1, 2]


def test_place_moves_up_when_somebody_is_taken(shop: Shop) -> None:
    first, second = queued(shop), queued(shop)
    people.take(shop, reference(shop, first), "Maria", NOON)
    assert wait_of(shop, first) is None
    assert (wait_of(shop, second) or (0,))[0] == 1
    assert "wait" not in look(shop, first, 0, NOON).as_json()


def test_developers_chats_take_nobodys_place(shop: Shop) -> None:
    queued(shop, channel="dev")
    assert (wait_of(shop, queued(shop)) or (0,))[0] == 1


def test_one_who_waits_a_second_time_is_told_the_new_time(shop: Shop) -> None:
    chat = queued(shop)
    people.take(shop, reference(shop, chat), "Maria", NOON)
    people.hand_back(shop, reference(shop, chat), "", NOON)  # without a word to the customer: the first escalation is open still
    later = NOON + timedelta(hours=1)
    with shop.begin(True) as uow:
        hand_off(shop, uow, uow.conversations.get(chat), "asked", later)
    assert wait_of(shop, chat, later) == (1, due(shop, chat).isoformat())


def test_time_that_has_passed_is_not_named(shop: Shop) -> None:
    chat = queued(shop)
    assert wait_of(shop, chat, due(shop, chat) + timedelta(seconds=1)) == (1, None)


def test_place_is_one_statement(shop: Shop, database: Database) -> None:
    chat, asked = queued(shop), []
    with shop.begin(False) as uow:
        engine = uow.session.get_bind()
        event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
        assert uow.conversations.place_in_queue(chat) is not None
        assert uow.conversations.place_in_queue("nobody") is None
    assert len([one for one in asked if one.lstrip().upper().startswith(("SELECT", "WITH"))]) == 2


def write(shop: Shop, chat: str, text: str) -> None:
    accept(shop, chat, f"{chat}:{text}", text, None, NOON)


def say(shop: Shop, chat: str, author: Author) -> None:
    with shop.begin(True) as uow:
        add_reply(uow, uow.conversations.get(chat), author, "Words.", NOON)


def answered(shop: Shop, chat: str) -> None:
    with shop.begin(True) as uow:
        for one in uow.messages.unanswered(chat):
            one.answered_at = NOON


def own_states(shop: Shop, chat: str) -> list[str]:
    return [one["state"] for one in look(shop, chat, 0, NOON).messages if one["author"] == "customer"]


def test_message_is_read_when_it_was_answered_and_not_before(shop: Shop) -> None:
    chat = open_conversation(shop, "website", NOON).id
    write(shop, chat, "one")
    assert own_states(shop, chat) == ["sent"]
    say(shop, chat, Author.SYSTEM)  # "your message is safe": nobody has read it
    answered(shop, chat)
    assert own_states(shop, chat) == ["sent"]
    say(shop, chat, Author.ASSISTANT)
    write(shop, chat, "two")
    page = look(shop, chat, 0, NOON)
    assert own_states(shop, chat) == ["read", "sent"] and page.read == 1
    assert look(shop, chat, page.messages[-1]["seq"], NOON).as_json()["read"] == 1
    assert "state" not in page.messages[1] and "client_id" not in page.messages[1]
    assert [one["client_id"] for one in page.messages if one["author"] == "customer"] == ["one", "two"]


def test_message_to_a_person_is_read_when_the_person_writes(shop: Shop) -> None:
    chat = queued(shop)
    people.take(shop, reference(shop, chat), "Maria", NOON)
    write(shop, chat, "are you there")
    assert own_states(shop, chat) == ["sent"]
    people.reply(shop, reference(shop, chat), "Maria", "I am.", NOON)
    assert own_states(shop, chat) == ["read"]


def arrivals(shop: Shop, chat: str) -> list[str | None]:
    with shop.begin(False) as uow:
        return [uow.outbox.state_of(one.id) for one in uow.messages.of(chat) if one.author is not Author.CUSTOMER]


def test_seen_goes_up_to_a_message_and_is_never_taken_back(shop: Shop) -> None:
    chat, other = (open_conversation(shop, "website", NOON).id for _ in range(2))
    for one in (chat, chat, other):
        say(shop, one, Author.ASSISTANT)
    seen(shop, chat, 1, NOON)
    assert arrivals(shop, chat) == ["read", "waiting"]
    page = look(shop, chat, 0, NOON)
    assert len(page.on_their_way) == 1
    delivered(shop, page, NOON)
    assert arrivals(shop, chat) == ["read", "delivered"]
    seen(shop, chat, 10**6, NOON)
    seen(shop, chat, 0, NOON)
    assert arrivals(shop, chat) == ["read", "read"] and arrivals(shop, other) == ["waiting"]
