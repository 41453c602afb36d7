"""The assistant's turn, against the real store: asked at most once, never late, and never silent."""

import threading
import time
from datetime import timedelta

import pytest

from bot.cases.conversation import Author, Handler, Message
from bot.errors import AssistantFailed, AssistantNotReady, Conflict
from bot.handling import people
from bot.handling.accept import accept, open_conversation
from bot.handling.export import as_json, whole
from bot.handling.handoff import hand_off
from bot.handling.shop import Shop
from bot.handling.turns import LEASE, PATIENCE, run_turns
from bot.store.database import Database
from tests.builders import NOON
from tests.doors import Says, a_shop, at_noon


@pytest.fixture
def shop(database: Database) -> Shop:
    return a_shop(database)


def a_chat(shop: Shop, *texts: str) -> str:
    chat = open_conversation(shop, "website", NOON).id
    for number, text in enumerate(texts or ("My parcel is late",)):
        accept(shop, chat, f"{chat}:{number}", text, None, NOON)
    return chat


def said(shop: Shop, chat: str) -> list[Message]:
    with shop.begin(False) as uow:
        return [one for one in uow.messages.of(chat) if one.author is not Author.CUSTOMER]


def reference_of(shop: Shop, chat: str) -> str:
    with shop.begin(False) as uow:
        case = uow.cases.find(uow.conversations.get(chat).case_id)
    assert case
    return case.reference


def test_turn_answers_every_message_in_order(shop: Shop) -> None:
    chat, assistant = a_chat(shop, "first", "second"), Says()
    assert run_turns(shop, assistant, chat, at_noon) == 2
    assert [text for _, text, _ in assistant.asked] == ["first", "second"]
    assert [one.author for one in said(shop, chat)] == [Author.ASSISTANT, Author.ASSISTANT]
    assert run_turns(shop, assistant, chat, at_noon) == 0 and len(assistant.asked) == 2


def test_turn_sends_the_message_id_along(shop: Shop) -> None:
    chat, assistant = a_chat(shop), Says()
    run_turns(shop, assistant, chat, at_noon)
    with shop.begin(False) as uow:
        message = uow.messages.of(chat)[0]
    assert assistant.asked == [(f"{chat}.1", "My parcel is late", {"message_id": message.id})]


def test_turn_gives_the_assistant_what_a_choice_stands_for(shop: Shop) -> None:
    chat = a_chat(shop)
    run_turns(shop, Says(choices=[{"label": "Yes", "payload": "/affirm"}]), chat, at_noon)
    accept(shop, chat, f"{chat}:tap", None, said(shop, chat)[-1].choices[0]["id"], NOON)
    assistant = Says()
    run_turns(shop, assistant, chat, at_noon)
    assert assistant.asked[0][1] == "/affirm"


def test_words_are_dropped_when_a_person_took_over_meanwhile(shop: Shop) -> None:
    chat = a_chat(shop)
    run_turns(shop, Says(error=AssistantFailed()), chat, at_noon)  # opens a case
    reference = reference_of(shop, chat)
    people.take(shop, reference, "Maria", NOON)
    people.hand_back(shop, reference, "", NOON)
    accept(shop, chat, f"{chat}:next", "and now", None, NOON)
    assistant = Says("Late words.", meanwhile=lambda: people.take(shop, reference, "Maria", NOON))
    run_turns(shop, assistant, chat, at_noon)
    assert len(assistant.asked) == 1 and "Late words." not in [one.text for one in said(shop, chat)]
    with shop.begin(False) as uow:
        conversation = uow.conversations.get(chat)
        assert uow.messages.unanswered(chat) == []
        assert "assistant.late_words_dropped" in [row["act"] for row in uow.cases.audit(conversation.case_id or "")]


def test_words_about_the_hand_off_they_brought_are_sent(shop: Shop) -> None:
    chat = a_chat(shop)

    def bring_a_person() -> None:
        with shop.begin(True) as uow:
            conversation = uow.conversations.get(chat)
            hand_off(shop, uow, conversation, "asked", NOON, uow.messages.of(chat)[0].id)

    run_turns(shop, Says("A person answers you here.", meanwhile=bring_a_person), chat, at_noon)
    assert [one.text for one in said(shop, chat)] == ["A person answers you here."]


def test_assistant_that_is_not_up_is_asked_again_and_said_once(shop: Shop) -> None:
    chat, down = a_chat(shop), Says(error=AssistantNotReady())
    for _ in range(3):
        assert run_turns(shop, down, chat, at_noon) == 0
    held = said(shop, chat)
    assert len(held) == 1 and held[0].author is Author.SYSTEM
    with shop.begin(False) as uow:
        assert uow.messages.unanswered(chat)[0].asked_at is None
        assert uow.conversations.waiting_for_a_turn(NOON, 10) == [chat]
    assert run_turns(shop, Says("I am here."), chat, at_noon) == 1
    assert [one.text for one in said(shop, chat)][1:] == ["I am here."]


def test_second_outage_is_said_again(shop: Shop) -> None:
    chat = a_chat(shop)
    run_turns(shop, Says(error=AssistantNotReady()), chat, at_noon)
    run_turns(shop, Says(), chat, at_noon)
    accept(shop, chat, f"{chat}:next", "and now", None, NOON)
    run_turns(shop, Says(error=AssistantNotReady()), chat, at_noon)
    assert [one.author for one in said(shop, chat)] == [Author.SYSTEM, Author.ASSISTANT, Author.SYSTEM]


def test_assistant_that_stays_away_is_a_failure_after_two_minutes(shop: Shop) -> None:
    chat = a_chat(shop)
    run_turns(shop, Says(error=AssistantNotReady()), chat, lambda: NOON + PATIENCE)
    with shop.begin(False) as uow:
        assert uow.conversations.get(chat).handler is Handler.QUEUE
    assert reference_of(shop, chat) in said(shop, chat)[-1].text


@pytest.mark.parametrize("answer", [Says(""), Says("  "), Says(error=AssistantFailed("status 500")), Says("We are delighted!")])
def test_answer_that_cannot_be_sent_brings_a_person_and_says_so(shop: Shop, answer: Says) -> None:
    chat = a_chat(shop)
    run_turns(shop, answer, chat, at_noon)
    lines = said(shop, chat)
    assert len(lines) == 1 and lines[0].author is Author.SYSTEM and reference_of(shop, chat) in lines[0].text
    case = as_json(whole(shop, reference_of(shop, chat)))
    assert case["handler"] == "queue" and case["escalation"]["reason"] == "assistant_failed" and case["promises"]


def test_message_asked_before_a_crash_is_never_asked_again(shop: Shop) -> None:
    chat, assistant = a_chat(shop), Says()
    with shop.begin(True) as uow:
        uow.conversations.take_turn(chat, NOON, NOON + LEASE)
        uow.messages.unanswered(chat)[0].asked_at = NOON
    assert run_turns(shop, assistant, chat, at_noon) == 0  # the lease of the dead still holds
    run_turns(shop, assistant, chat, lambda: NOON + LEASE + timedelta(seconds=1))
    assert assistant.asked == [] and reference_of(shop, chat) in said(shop, chat)[0].text


def test_crash_of_our_own_leaves_the_message_asked_and_the_lease_free(shop: Shop) -> None:
    chat = a_chat(shop)
    with pytest.raises(ZeroDivisionError):
        run_turns(shop, Says(error=ZeroDivisionError()), chat, at_noon)
    assistant = Says()
    run_turns(shop, assistant, chat, at_noon)
    assert assistant.asked == [] and len(said(shop, chat)) == 1


def test_two_threads_take_one_turn(shop: Shop) -> None:
    chat, assistant = a_chat(shop, "first", "second"), Says(meanwhile=lambda: time.sleep(0.2))
    threads = [threading.Thread(target=run_turns, args=(shop, assistant, chat, at_noon)) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [text for _, text, _ in assistant.asked] == ["first", "second"]
    assert len(said(shop, chat)) == 2


def test_messages_in_the_queue_are_noted_without_a_question_or_the_same_line_twice(shop: Shop) -> None:
    chat = a_chat(shop)
    run_turns(shop, Says(error=AssistantFailed()), chat, at_noon)
    assistant = Says()
    for number in range(3):
        accept(shop, chat, f"{chat}:more{number}", "anybody there", None, NOON)
        run_turns(shop, assistant, chat, at_noon)
    texts = [one.text for one in said(shop, chat)]
    assert assistant.asked == []
    assert "has your case" in texts[1]
    assert "all of it is read" in texts[2]
    assert len(texts) == 3


def test_who_writes_again_after_a_while_is_told_again_by_when_somebody_answers(shop: Shop) -> None:
    chat = a_chat(shop)
    run_turns(shop, Says(error=AssistantFailed()), chat, at_noon)
    for minutes in (0, 0, 1, 3, 4, 6):
        later = NOON + timedelta(minutes=minutes)
        accept(shop, chat, f"{chat}:{minutes}:{len(said(shop, chat))}", "hello??", None, later)
        run_turns(shop, Says(), chat, lambda later=later: later)
    texts = [one.text for one in said(shop, chat)]
    assert ["has your case" in one for one in texts[1:]] == [True, False, True, False, True]


def test_first_words_of_the_assistant_are_the_first_reply(shop: Shop) -> None:
    chat = a_chat(shop)
    run_turns(shop, Says(error=AssistantFailed()), chat, at_noon)
    reference = reference_of(shop, chat)
    assert whole(shop, reference).case.first_reply_at is None
    people.reply(shop, reference, "Maria", "Hello, this is Maria.", NOON)
    assert whole(shop, reference).case.first_reply_at == NOON


def test_chat_goes_to_one_person_and_back(shop: Shop) -> None:
    chat = a_chat(shop)
    run_turns(shop, Says(error=AssistantFailed()), chat, at_noon)
    reference = reference_of(shop, chat)
    people.reply(shop, reference, "Maria", "Hello, this is Maria.", NOON)
    with pytest.raises(Conflict, match="Maria"):
        people.take(shop, reference, "Bob", NOON)
    back = people.hand_back(shop, reference, "A new lamp on Friday", NOON)
    assert (back.handler, back.tracker, back.note) == (Handler.ASSISTANT, 2, "A new lamp on Friday")
    assert "Maria" in said(shop, chat)[-1].text
    with pytest.raises(Conflict):
        people.hand_back(shop, reference, "", NOON)


def test_person_who_acts_on_an_old_view_is_told(shop: Shop) -> None:
    chat = a_chat(shop)
    run_turns(shop, Says(error=AssistantFailed()), chat, at_noon)
    with pytest.raises(Conflict, match="changed hands"):
        people.take(shop, reference_of(shop, chat), "Maria", NOON, version=1)


NO_PERSON = "no person. just refund it"


def waiting(shop: Shop, reason: str) -> str:
    """A chat whose customer waits for a person brought in for this."""
    chat = a_chat(shop)
    run_turns(shop, Says(), chat, at_noon)
    with shop.begin(True) as uow:
        hand_off(shop, uow, uow.conversations.get(chat), reason, NOON)
    return chat


def test_who_wants_no_person_after_all_goes_on_with_the_assistant(shop: Shop) -> None:
    chat, assistant = waiting(shop, "not_understood"), Says()
    accept(shop, chat, "no-person", NO_PERSON, None, NOON)
    assert run_turns(shop, assistant, chat, at_noon) == 1
    assert [text for _, text, _ in assistant.asked] == [NO_PERSON]
    with shop.begin(False) as uow:
        conversation = uow.conversations.get(chat)
        case_id = conversation.case_id or ""
        answers = [str(one.state) for one in uow.cases.promises(case_id) if one.what == "person_answers"]
        assert conversation.handler is Handler.ASSISTANT and answers == ["withdrawn"]
        assert all(one.answered_at for one in uow.cases.escalations(case_id))
        assert [line["act"] for line in uow.cases.audit(case_id)][-1] == "case.handed_back"


@pytest.mark.parametrize(
    ("reason", "text"), [("injury", NO_PERSON), ("legal", NO_PERSON), ("not_understood", "there is no person who answers")]
)
def test_what_is_grave_or_no_such_wish_stays_with_people(shop: Shop, reason: str, text: str) -> None:
    chat, assistant = waiting(shop, reason), Says()
    accept(shop, chat, "no-person", text, None, NOON)
    run_turns(shop, assistant, chat, at_noon)
    with shop.begin(False) as uow:
        assert uow.conversations.get(chat).handler is Handler.QUEUE
    assert assistant.asked == []


def test_chat_that_a_person_has_taken_stays_theirs(shop: Shop) -> None:
    chat, assistant = waiting(shop, "not_understood"), Says()
    people.take(shop, reference_of(shop, chat), "Amira", NOON)
    accept(shop, chat, "no-person", NO_PERSON, None, NOON)
    run_turns(shop, assistant, chat, at_noon)
    with shop.begin(False) as uow:
        assert uow.conversations.get(chat).handler is Handler.AGENT
    assert assistant.asked == []
