"""A public answer: written beside the private one, read by a person where the shop wants that, posted once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.cases.conversation import Author, Message
from bot.cases.public import PublicPolicy
from bot.handling.accept import add_reply
from bot.handling.cases import case_of
from bot.handling.handoff import hand_off
from bot.handling.public_posts import answer_in_public
from bot.store.database import Database
from tests.desks import TestDesk, a_desk

MENTION = "My parcel is ten days late and nobody answers."
HEARD = {"intent": "late_delivery", "confidence": 0.99, "reasons": [], "topic": None}


@pytest.fixture
def desk(database: Database, now: datetime, tmp_path: Path) -> Iterator[TestDesk]:
    with a_desk(database, now, tmp_path) as found:
        yield found


def mentioned(desk: TestDesk, *, approve: bool, heard: dict[str, object] | None = None) -> tuple[str, list[Message]]:
    """A public complaint whose private turn is done: the case's reference, and what was said of us."""
    chat = desk.chat(MENTION, channel="mastodon")
    shop = replace(desk.shop, policy=replace(desk.shop.policy, public=PublicPolicy(approve)))
    with shop.begin(True) as uow:
        conversation, message = uow.conversations.get(chat.id), uow.messages.of(chat.id)[0]
        case = case_of(uow, conversation, desk.at)
        message.is_public, message.heard, message.case_id = True, {**HEARD, **(heard or {})}, case.id
        add_reply(uow, conversation, Author.ASSISTANT, "In private.", desk.at, [{"label": "Yes", "payload": "/affirm"}])
        for _ in range(3):
            answer_in_public(shop, uow, conversation, message, desk.at)
        hand_off(shop, uow, conversation, "asked", desk.at)
        reference = case.reference
    with desk.shop.begin(False) as uow:
        return reference, [one for one in uow.messages.of(chat.id) if one.author is not Author.CUSTOMER]


def state(desk: TestDesk, message: Message) -> str | None:
    with desk.shop.begin(False) as uow:
        return uow.outbox.state_of(message.id)


def test_at_once_where_nobody_has_to_read_it_and_at_most_twice(desk: TestDesk) -> None:
    _, said = mentioned(desk, approve=False)
    assert [one.is_public for one in said] == [False, True, True]
    assert [state(desk, one) for one in said] == ["waiting"] * 3 and "automated" in said[1].text
    with desk.shop.begin(False) as uow:  # the private choices are still open
        assert [one["label"] for one in uow.messages.last_choices(said[0].conversation_id)] == ["Yes"]


def test_person_reads_it_first_posts_it_in_better_words_or_not_at_all(desk: TestDesk) -> None:
    ref, (_, first, second) = mentioned(desk, approve=True)
    amira = desk.person("Amira Haddad")
    assert [state(desk, one) for one in (first, second)] == ["held", "held"]
    with desk.shop.begin(False) as uow:
        assert {one.kind for one in uow.alerts.unseen()} == {"public_reply_waits"}
    refused = amira.post(f"chats/{ref}/public-reply", 400, message=first.id, post=True, text="Your order A10021 is late. DM us!")
    assert "everybody reads it" in str(refused) and state(desk, first) == "held"
    better = "Your parcel is late. We are sorry, and it is ours to put right. We will settle it with you in our private message."
    amira.post(f"chats/{ref}/public-reply", message=first.id, post=True, text=better)
    amira.post(f"chats/{ref}/public-reply", 409, message=first.id, post=True)
    amira.post(f"chats/{ref}/public-reply", message=second.id, post=False)
    assert [state(desk, one) for one in (first, second)] == ["waiting", "dropped"]
    with desk.shop.begin(False) as uow:
        kept = uow.messages.get(first.id)
        assert (kept.text, kept.agent) == (better, "Amira Haddad")
    amira.post(f"chats/{ref}/public-reply", 409, message="another's", post=True)


def test_nothing_in_public_where_it_is_no_complaint_or_was_not_public(desk: TestDesk) -> None:
    _, said = mentioned(desk, approve=False, heard={"intent": "thanks"})
    assert [one.is_public for one in said] == [False]
