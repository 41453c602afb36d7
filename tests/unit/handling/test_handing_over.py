"""A handover carries all of it: the person reads everything, and after them the assistant knows it too."""

from bot.cases.desk import Agent, DeskRole
from bot.cases.wording import faults
from bot.handling import people, thread
from tests.builders import NOON
from tests.unit.handling.chats import Chat

EMAIL = {"email": "nina@example.com"}
AMIRA = Agent("Amira Haddad", "amira@example.com", DeskRole.AGENT, "-", NOON)


def test_rule_32_person_reads_all_that_was_said_heard_and_promised(chat: Chat) -> None:
    chat.say("A10021 came with a cracked shade", "damaged_or_defective", order_number="A10021", **EMAIL)
    chat.say("get me a person", "ask_human")
    seen = thread.chat(chat.shop, AMIRA, chat.case.reference, 0, NOON)
    assert [one["text"] for one in seen["messages"]] == [
        "A10021 came with a cracked shade",
        chat.texts[0],
        "get me a person",
        chat.texts[1],
    ]
    assert [one["heard"] and one["heard"]["intent"] for one in seen["messages"]] == ["damaged_or_defective", None, "ask_human", None]
    handed = next(one for one in seen["markers"] if one["kind"] == "handed_off")
    assert (handed["reason"], handed["due_at"]) == ("asked", chat.escalations[0].due_at.isoformat())


def test_rule_32_after_three_handovers_nothing_known_is_asked_again_and_the_note_is_said_back(chat: Chat) -> None:
    chat.say("A10021 came with a cracked shade", "damaged_or_defective", order_number="A10021", **EMAIL)
    answers = (("all right, and now?", "inform"), ("yes", "affirm"), ("what happens next?", "order_status"))
    for day, answer in enumerate(answers, 6):
        note = f"A new lamp comes soon, on Friday {day} March!"  # a person may write what the assistant may not say
        chat.say("get me a person", "ask_human")
        people.reply(chat.shop, chat.case.reference, AMIRA.name, f"Word {day}.", NOON)
        people.hand_back(chat.shop, chat.case.reference, note, NOON)
        with chat.shop.begin(False) as uow:
            assert uow.messages.of(chat.id)[-1].text.endswith(f"What was agreed: {note}")
        known = dict(chat.facts)
        text = chat.say(*answer)
        assert chat.is_with_assistant and chat.asks is None and chat.choices == []
        assert f"Agreed with Amira Haddad: “{note}”" in text and faults(text) == []
        assert known.items() <= chat.facts.items() and "order_number" in known
    assert len(chat.cases) == 1 and [one.answered_at for one in chat.escalations] == [NOON] * 3


def test_word_of_the_customer_while_a_person_has_the_chat_is_kept_and_moves_nothing(chat: Chat) -> None:
    chat.say("A10021 came with a cracked shade", "damaged_or_defective", order_number="A10021", **EMAIL)
    people.reply(chat.shop, chat.case.reference, AMIRA.name, "Hello, this is Amira.", NOON)
    offered = [one.reference for one in chat.remedies]
    chat.say("I want a refund and my lawyer hears of it", "inform", reasons=("legal",))
    assert (chat.conversation.agent, [one.reference for one in chat.remedies]) == (AMIRA.name, offered)
