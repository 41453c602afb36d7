"""Messages with nothing to understand in them: said for what they are, then a person."""

from collections.abc import Callable

import pytest

from bot.cases.heard import UNREADABLE, Unreadable
from tests.unit.handling.chats import Chat


@pytest.mark.parametrize("why", UNREADABLE)
def test_unreadable_message_is_answered_for_what_it_is(chat: Chat, why: str) -> None:
    said = chat.say("fnord", None, unreadable=Unreadable(why))
    assert any(text in said for text in chat.shop.wording.responses[f"utter_answer_unreadable_{why}"])
    assert chat.asks == "issue"
    assert chat.escalations == []


@pytest.mark.parametrize("why", UNREADABLE)
def test_unreadable_message_keeps_the_open_question(chat: Chat, why: str) -> None:
    chat.say("my parcel is late", "late_delivery")
    chat.say("fnord", None, unreadable=Unreadable(why))
    assert chat.asks == "order_number"


@pytest.mark.parametrize(("why", "reason"), [("gibberish", "not_understood"), ("photo", "not_understood"), ("language", "other_language")])
def test_second_unreadable_message_brings_a_person(chat: Chat, why: str, reason: str) -> None:
    chat.say("fnord", None, unreadable=Unreadable(why, "es"))
    chat.say("fnord fnord", None, unreadable=Unreadable(why, "es"))
    assert [one.reason for one in chat.escalations] == [reason]


def test_another_language_is_answered_in_it_too_where_we_have_a_line(chat: Chat) -> None:
    said = chat.say("mi pedido no ha llegado", "inform", unreadable=Unreadable("language", "es"))
    assert said.index("Solo entiendo inglés") < said.index("English")


def test_language_is_noted_for_the_person_who_takes_over(chat: Chat) -> None:
    for text in ("mi pedido no ha llegado", "quiero mi dinero"):
        chat.say(text, "inform", unreadable=Unreadable("language", "es"))
    assert chat.facts["language"] == "es"


def test_thumb_up_confirms_what_waits_for_a_yes(filing: Callable[[], Chat]) -> None:
    chat = filing()
    chat.say("👍", None, unreadable=Unreadable("emoji"))
    assert len(chat.filed) == 1


def test_grave_words_outrank_the_language(chat: Chat) -> None:
    chat.say("ayuda incendio fire in my kitchen", None, unreadable=Unreadable("language", "es"), reasons=("safety",))
    assert [one.reason for one in chat.escalations] == ["safety"]
