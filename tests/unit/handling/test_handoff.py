"""Bringing in a person: at once where it is grave, at every wish, with everything that was told."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot import policy_files
from bot.cases.conversation import Handler
from bot.cases.dates import Clock
from bot.cases.hours import due_within
from bot.cases.issue import Issue, Severity
from bot.cases.wording import apologies, faults
from bot.handling import people
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import NOON
from tests.unit.handling.chats import Chat, dear_order, take_orders, with_variant
from tests.unit.handling.conftest import DATA

EMAIL = {"email": "nina@example.com"}
POLICY = policy_files.read(DATA / "policy").policy


@pytest.mark.parametrize("reason", POLICY.severe_reasons)
class TestASevereReason:
    def test_hands_off_at_once_and_asks_nothing(self, chat: Chat, reason: str) -> None:
        chat.say("A10021 went badly wrong", "damaged_or_defective", reasons=(reason,), order_number="A10021", **EMAIL)
        rule = POLICY.escalation(reason)
        assert [(one.reason, one.priority, one.team) for one in chat.escalations] == [(reason, rule.priority, POLICY.teams[rule.team])]
        assert "?" not in chat.text
        assert chat.choices == []
        assert chat.asks is None
        assert chat.conversation.handler is Handler.QUEUE

    def test_is_promised_an_answer_in_time(self, chat: Chat, reason: str) -> None:
        chat.say("it went badly wrong", "other_complaint", reasons=(reason,))
        due = due_within(POLICY.hours, NOON, POLICY.escalation(reason).reply_within)
        assert [(one.what, one.due_at) for one in chat.promises] == [("person_answers", due)]
        assert Clock(POLICY.hours.zone, NOON).time(due) in chat.text
        assert chat.case.reference in chat.text

    def test_reads_well_at_its_longest(self, shop: Shop, reason: str) -> None:
        chat = Chat(with_variant(shop, -1))
        text = chat.say("it went badly wrong", "damaged_or_defective", reasons=(reason,), phrase="went badly wrong")
        assert faults(text) == [], text
        assert apologies(text) == 1, text
        assert len(text.split()) <= 80, text
        assert "automated" in text

    def test_comes_before_any_yes(self, filing: Callable[[], Chat], reason: str) -> None:
        chat = filing()
        chat.say("yes", "affirm", reasons=(reason,))
        assert chat.filed == []
        assert chat.escalations[-1].reason == reason


@pytest.mark.parametrize(("reason", "line"), [("injury", "911"), ("safety", "911"), ("threat", "911"), ("self_harm", "988")])
def test_danger_gets_the_safety_line_first(chat: Chat, reason: str, line: str) -> None:
    text = chat.say("it burned me", "damaged_or_defective", reasons=(reason,))
    assert line in text.split(".")[0]
    assert chat.case.severity is Severity.S4


def test_harm_gets_no_word_on_whose_fault_it_was(shop: Shop) -> None:
    for variant in (0, 1, 2):
        text = Chat(with_variant(shop, variant)).say("wrong cable, it burned me", "wrong_item", reasons=("injury",))
        assert "fault" not in text
        assert "our failure" not in text


class TestAWishForAPerson:
    @pytest.mark.parametrize("said", ["person", "let me talk to a human", "give me your manager please", "agent!"])
    def test_is_granted_in_any_wording(self, chat: Chat, said: str) -> None:
        chat.say(said, None)
        assert [one.reason for one in chat.escalations] == ["asked"]

    def test_wins_over_the_facts_it_comes_with_and_keeps_them(self, chat: Chat) -> None:
        chat.say("A10021, nina@example.com, get me a person", "ask_human", order_number="A10021", **EMAIL)
        assert chat.conversation.handler is Handler.QUEUE
        assert (chat.facts["order_number"], chat.facts["email"]) == ("A10021", "nina@example.com")
        assert "?" not in chat.text

    @pytest.mark.parametrize("asked", ["order_number", "proof", "remedy", "confirmation"])
    def test_is_granted_at_every_turn(self, chat: Chat, asked: str) -> None:
        chat.say("my parcel is late", "late_delivery")
        if asked != "order_number":
            chat.say("A10021", "inform", order_number="A10021")
        if asked in ("remedy", "confirmation"):
            chat.say("nina@example.com", "inform", **EMAIL)
        if asked == "confirmation":
            chat.tap("refund")
        assert chat.asks == asked
        chat.say("I want a human", "ask_human")
        assert chat.escalations[-1].reason == "asked"
        assert chat.filed == []

    def test_is_not_read_into_a_person_met_before(self, chat: Chat) -> None:
        chat.say("I spoke to a person on the phone and my parcel is late", "late_delivery")
        assert chat.escalations == []

    def test_keeps_the_issue_that_was_told(self, chat: Chat) -> None:
        chat.say("my parcel is late", "late_delivery")
        chat.say("a person please", "ask_human")
        assert chat.case.issue is Issue.LATE_DELIVERY


def test_anger_alone_brings_nobody(chat: Chat) -> None:
    chat.say("MY PARCEL IS LATE", "late_delivery", anger=1.0)
    assert chat.escalations == []


def test_anger_over_a_repeated_failure_brings_a_person(chat: Chat) -> None:
    chat.say("late AGAIN, third time", "late_delivery", anger=0.9, reasons=("repeated_failure",))
    assert [one.reason for one in chat.escalations] == ["repeated_failure"]
    assert chat.case.severity is Severity.S3


class TestWhileAPersonAnswers:
    def test_nothing_is_filed(self, filing: Callable[[], Chat]) -> None:
        chat = filing()
        chat.say("get me a person", "ask_human")
        chat.say("yes", "affirm")
        assert chat.filed == []
        assert chat.sent_to_provider == []

    def test_facts_are_kept_and_no_second_escalation_is_made(self, chat: Chat) -> None:
        chat.say("get me a person", "ask_human")
        chat.say("it is A10021", "inform", order_number="A10021")
        assert chat.facts["order_number"] == "A10021"
        assert len(chat.escalations) == len(chat.promises) == 1

    def test_the_same_time_is_said_again_not_a_later_one(self, chat: Chat) -> None:
        chat.say("get me a person", "ask_human")
        due = Clock(POLICY.hours.zone, NOON).time(chat.escalations[0].due_at)
        chat.now += timedelta(minutes=40)
        assert due in chat.say("hello?", "greet")

    def test_the_agent_is_named(self, chat: Chat) -> None:
        chat.say("get me a person", "ask_human")
        people.take(chat.shop, chat.case.reference, "Maya", NOON)
        assert chat.say("are you there", "greet").startswith("Maya has your case")


def test_yes_after_hand_back_says_who_decides_and_promises_no_money(shop: Shop, memory_database: Database) -> None:
    take_orders(memory_database, dear_order(number="D1"))
    chat = Chat(shop)
    chat.say("D1 came broken, refund me", "damaged_or_defective", order_number="D1", **EMAIL)
    chat.tap("Yes")
    people.take(shop, chat.case.reference, "Maya", NOON)
    people.hand_back(shop, chat.case.reference, "", NOON)
    text = chat.say("yes", "affirm")
    assert "decides it by" in text
    assert Clock(POLICY.hours.zone, NOON).time(chat.promises[0].due_at) in text
    assert len(chat.filed) == 1


def test_promise_made_at_night_falls_into_the_next_open_hour(chat: Chat) -> None:
    chat.now = NOON.replace(hour=5)  # 22:00 in Phoenix
    chat.say("get me a person", "ask_human")
    local = chat.escalations[0].due_at.astimezone(POLICY.hours.zone)
    assert (local.hour, local.minute, local.day) == (9, 0, 3)
