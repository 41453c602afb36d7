"""Beside the matter: questions back, changes, a fresh start, insults; and each time the way back to what was asked."""

from collections.abc import Callable

import pytest

from bot.cases.issue import Issue
from bot.handling.shop import Shop
from bot.handling.taking_back import takes_back
from bot.store.database import Database
from tests.builders import NOON, an_order
from tests.unit.handling.chats import Chat, take_orders

EMAIL = {"email": "nina@example.com"}


def said(chat: Chat, name: str) -> bool:
    """Whether the last reply holds a variant of this response, up to its first value."""
    return any(text.split("{")[0] in chat.text for text in chat.shop.wording.responses[f"utter_{name}"])


@pytest.fixture
def asked(chat: Chat) -> Chat:
    """A late delivery, asked for its order number."""
    chat.say("my parcel is late", "late_delivery")
    return chat


class TestQuestionsBack:
    @pytest.mark.parametrize(
        ("text", "topic"),
        [
            ("what are your opening hours?", "hours"),
            ("what is your return policy", "returns"),
            ("why do you need my order number?", "why_asked"),
            ("what happens next?", "what_next"),
            ("will you delete my data", "privacy"),
            ("what?", "say_again"),
        ],
    )
    def test_are_answered_and_the_open_question_comes_again_after_a_recap(self, asked: Chat, text: str, topic: str) -> None:
        asked.say(text, "out_of_scope") if topic != "privacy" else asked.say("what will you do with my data", "out_of_scope")
        assert said(asked, f"answer_{topic}") or said(asked, f"answer_{topic}_closed")
        assert said(asked, "inform_recap")
        assert "the late delivery" in asked.text  # in their words: "late"
        assert asked.asks == "order_number"
        assert asked.text.count("?") == 1

    def test_are_no_failed_tries(self, asked: Chat) -> None:
        for _ in range(4):
            asked.say("what happens next?", "out_of_scope")
            assert not said(asked, "ask_which_order_again") and not said(asked, "ask_which_order_example")
        assert asked.escalations == []
        asked.say("hmm", "nlu_fallback", confidence=0.3)
        assert said(asked, "ask_which_order_again")

    def test_with_nothing_open_are_just_answered(self, chat: Chat) -> None:
        chat.say("are you open today?", "out_of_scope")
        assert "People are" in chat.text
        assert chat.cases == []


class TestQuestionsAtAnOffer:
    @pytest.fixture
    def offered(self, broken: Shop) -> Chat:
        """Three ways for a broken lamp of $45.00."""
        chat = Chat(broken)
        chat.say("the lamp in B1 came smashed nina@example.com", "damaged_or_defective", order_number="B1", product="lamp", **EMAIL)
        assert chat.asks == "remedy"
        return chat

    @pytest.mark.parametrize(
        "text", ["how long do i wait this time??", "for which item", "do you want it back to the shop?", "who pays, do i pay?"]
    )
    def test_are_answered_from_the_record_and_choose_nothing(self, offered: Chat, text: str) -> None:
        offered.say(text, "out_of_scope")
        assert said(offered, "answer_question_detail")
        assert all(f"({place}) " in offered.text for place in (1, 2, 3))
        assert "Desk Lamp" in offered.text and "$45.00" in offered.text and "Visa ending 4242" in offered.text
        assert offered.asks == "remedy" and not offered.filed and not offered.escalations

    def test_numbers_in_the_answer_choose(self, offered: Chat) -> None:
        label = offered.labels[1]
        offered.say("for which item?", "out_of_scope")
        offered.say("2", "nlu_fallback")
        assert offered.asks == "confirmation" and "replacement" in label.lower() and "replacement" in offered.text

    def test_that_name_one_are_answered_with_its_effect(self, offered: Chat) -> None:
        offered.say("does the refund go to my card?", "out_of_scope")
        assert "Visa ending 4242" in offered.text and "(2)" not in offered.text

    def test_for_a_remedy_that_is_not_offered_say_why(self, offered: Chat) -> None:
        offered.say("is a repair possible?", "out_of_scope")
        assert offered.text.startswith("A repair is not something I can grant here")
        assert offered.asks == "remedy" and not offered.escalations

    def test_that_no_record_answers_are_not_answered_by_guessing(self, offered: Chat) -> None:
        offered.say("was it dropped by anyone?", "out_of_scope")
        assert said(offered, "answer_question")

    def test_before_the_yes_are_answered_by_what_it_does(self, offered: Chat) -> None:
        offered.say("refund", "inform")
        for _ in range(3):
            offered.say("do i have to send it back?", "out_of_scope")
            assert "nothing to send back" in offered.text and offered.asks == "confirmation"
        assert not offered.escalations and not offered.filed

    def test_remedy_named_once_more_is_no_yes_and_no_refusal(self, offered: Chat) -> None:
        offered.say("refund", "inform")
        offered.say("refund", "inform")
        assert offered.asks == "confirmation" and "not something I can grant" not in offered.text and not offered.filed

    def test_along_with_the_yes_say_who_answers(self, offered: Chat) -> None:
        offered.say("refund", "inform")
        offered.say("yes, do that. and what caused it?", "affirm", confidence=0.5)
        assert len(offered.filed) == 1 and said(offered, "inform_question_beside")


class TestOnceFiled:
    @pytest.fixture
    def filed(self, filing: Callable[[], Chat]) -> Chat:
        """A refund of Nina's late order is filed, and whether it settles it was asked."""
        chat = filing()
        chat.tap("Yes")
        assert chat.asks == "settled" and len(chat.filed) == 1
        return chat

    @pytest.mark.parametrize(
        "text", ["actually stop it, send it by express instead", "I changed my mind, cancel that", "don't do that, a voucher rather"]
    )
    def test_change_of_mind_brings_a_person_at_once(self, filed: Chat, text: str) -> None:
        filed.say(text, "refund_not_received")
        assert [one.reason for one in filed.escalations] == ["changed_mind"] and len(filed.cases) == 1

    def test_fine_after_all_changes_nothing(self, filed: Chat) -> None:
        filed.say("yes, it's fine after all", "affirm")
        assert not filed.escalations and filed.facts["settled"] == "yes"

    def test_question_is_answered_by_what_is_filed(self, filed: Chat) -> None:
        filed.say("does it go back to my card?", "refund_not_received")
        assert "visa ending 4242" in filed.text.lower() and not filed.escalations and filed.asks == "settled"

    def test_question_no_record_answers_is_left_to_a_person_and_brings_none(self, filed: Chat) -> None:
        filed.say("did somebody lose it?", "late_delivery")
        assert said(filed, "answer_question_filed") and not filed.escalations and len(filed.cases) == 1

    def test_question_along_with_the_verdict_is_no_second_round(self, filed: Chat) -> None:
        filed.say("yes, thank you. how do i know it arrives?", "thanks")
        assert filed.facts["settled"] == "yes" and said(filed, "inform_question_beside")


class TestNoPersonAfterAll:
    def test_goes_on_where_it_stood(self, asked: Chat) -> None:
        asked.say("no person please", "deny", confidence=0.5)
        assert said(asked, "answer_no_person") and asked.asks == "order_number" and not asked.escalations


class TestNothingWrong:
    @pytest.mark.parametrize("text", ["nothing is wrong, I was only asking. nothing's wrong", "no complaint at all"])
    def test_ends_it(self, asked: Chat, text: str) -> None:
        asked.say(text, "other_complaint", confidence=0.4)
        assert said(asked, "answer_never_mind") and asked.asks is None and not asked.escalations


class TestWishForTheDelivery:
    @pytest.fixture
    def confirming(self, broken: Shop) -> Chat:
        """A replacement of the lamp waits for a yes."""
        chat = Chat(broken)
        chat.say("the lamp in B1 came smashed nina@example.com", "damaged_or_defective", order_number="B1", product="lamp", **EMAIL)
        chat.say("replacement", "inform")
        return chat

    @pytest.mark.parametrize(
        ("text", "note"),
        [
            ("yes, leave it with the neighbour at 14", "leave it with the neighbour at 14"),
            ("yes please, but put it behind the shed", "put it behind the shed"),
        ],
    )
    def test_is_noted_and_nothing_is_promised_of_it(self, confirming: Chat, text: str, note: str) -> None:
        confirming.say(text, "affirm")
        assert len(confirming.filed) == 1 and confirming.facts["delivery_note"] == note
        assert said(confirming, "inform_delivery_note")

    @pytest.mark.parametrize("text", ["yes but only if it is free", "yes, but only if you leave it with the neighbour"])
    def test_condition_is_still_no_yes(self, confirming: Chat, text: str) -> None:
        confirming.say(text, "affirm")
        assert not confirming.filed and "delivery_note" not in confirming.facts


class TestFreshStart:
    def test_drops_the_matter_and_asks_anew(self, asked: Chat) -> None:
        asked.say("start over please", "out_of_scope")
        assert asked.asks == "issue"
        asked.say("they charged me twice", "billing_dispute")
        assert [one.issue for one in asked.cases] == [Issue.LATE_DELIVERY, Issue.BILLING_DISPUTE]

    def test_leaves_what_is_filed(self, filing: Callable[[], Chat]) -> None:
        chat = filing()
        chat.tap("Yes")
        chat.say("start again", "out_of_scope")
        assert len(chat.filed) == 1


class TestNotWhatIAsked:
    def test_is_owned_then_brings_a_person(self, asked: Chat) -> None:
        asked.say("that isn't what I asked", "deny")
        assert said(asked, "answer_not_asked")
        assert "Talk to a person" in asked.labels
        asked.say("you're not listening", "staff_conduct", confidence=0.3)
        assert [one.reason for one in asked.escalations] == ["not_understood"]

    def test_three_misunderstandings_in_all_bring_a_person(self, asked: Chat) -> None:
        asked.say("fnord")
        asked.say("A10021", "inform", order_number="A10021")
        asked.say("fnord")
        asked.say("nina@example.com", "inform", **EMAIL)
        asked.say("fnord")
        assert [one.reason for one in asked.escalations] == ["not_understood"]


class TestReview:
    @pytest.fixture
    def known(self, broken: Shop) -> Chat:
        chat = Chat(broken)
        chat.say("the lamp in B1 came smashed", "damaged_or_defective", order_number="B1", product="lamp", **EMAIL)
        return chat

    def test_shows_what_is_known_and_what_can_be_changed(self, known: Chat) -> None:
        known.say("show me what you have", "out_of_scope")
        assert "The order is B1." in known.text
        assert "the lamp in B1 came smashed" in known.text
        assert {"The order", "The item", "What happened", "All is right"} <= set(known.labels)

    def test_takes_one_fact_back_and_asks_for_it_alone(self, known: Chat) -> None:
        known.say("show me what you have", "out_of_scope")
        known.tap("The item")
        assert known.asks == "items"
        known.tap(known.labels[1])
        assert known.facts["items"] == "2"
        assert known.facts["order_number"] == "B1"

    def test_goes_on_where_it_was_when_all_is_right(self, known: Chat) -> None:
        before = known.asks
        known.say("show me what you have", "out_of_scope")
        known.tap("All is right")
        assert known.asks == before

    def test_another_order_is_asked_for_and_the_old_offer_withdrawn(self, known: Chat, memory_database: Database) -> None:
        take_orders(memory_database, an_order(number="B2", status="delivered"))
        known.say("no, the other order", "deny")
        assert known.asks == "order_number"
        assert known.offered == []
        known.say("B2", "inform", order_number="B2")
        assert known.case.order_number == "B2"

    def test_is_offered_where_a_yes_is_asked(self, filing: Callable[[], Chat]) -> None:
        chat = filing()
        chat.tap("Change something")
        assert "The order is A10021." in chat.text
        assert chat.filed == []


class TestInsults:
    def test_meet_one_plain_boundary_then_a_person_in_writing(self, asked: Chat) -> None:
        asked.say("fuck you", None, abuse=True, anger=0.9)
        assert said(asked, "answer_boundary")
        assert asked.asks == "order_number"
        asked.say("you useless bot", None, abuse=True, anger=0.9)
        assert [one.reason for one in asked.escalations] == ["abuse"]
        assert not asked.case.is_closed

    def test_beside_a_complaint_or_a_fact_are_passed_over(self, chat: Chat) -> None:
        chat.say("you idiots, where is my parcel", "late_delivery", abuse=True, anger=0.9)
        assert chat.asks == "order_number"
        chat.say("A10021 you clowns", "inform", order_number="A10021", abuse=True)
        assert chat.asks == "proof"
        assert chat.escalations == []


class TestVerdict:
    @pytest.fixture
    def filed(self, filing: Callable[[], Chat]) -> Chat:
        chat = filing()
        chat.tap("Yes")
        return chat

    def test_is_asked_once_something_is_filed(self, filed: Chat) -> None:
        assert filed.asks == "settled"
        assert filed.labels == ["Yes", "Partly", "No", "Talk to a person"]

    def test_yes_ends_the_talk(self, filed: Chat) -> None:
        filed.tap("Yes")
        assert filed.facts["settled"] == "yes"
        assert filed.asks is None
        assert filed.escalations == []

    @pytest.mark.parametrize("text", ["Partly", "No"])
    def test_anything_less_brings_a_person(self, filed: Chat, text: str) -> None:
        filed.tap(text)
        assert [one.reason for one in filed.escalations] == ["not_settled"]

    @pytest.mark.parametrize(("text", "verdict"), [("yes thanks", "yes"), ("not really", "partly"), ("no it doesn't", "no")])
    def test_is_taken_in_words(self, filed: Chat, text: str, verdict: str) -> None:
        filed.say(text, "deny" if verdict == "no" else "affirm")
        assert filed.facts["settled"] == verdict


def test_same_failure_with_the_same_order_again_brings_a_person(shop: Shop, filing: Callable[[], Chat]) -> None:
    first = filing()
    first.tap("Yes")
    second = Chat(shop)
    second.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", **EMAIL)
    assert [one.reason for one in second.escalations] == ["second_failure"]
    assert said(second, "handoff_second_failure")


def test_third_try_at_a_question_brings_an_example_and_a_way_out(asked: Chat) -> None:
    asked.say("it was a lamp thing", "late_delivery")
    asked.say("it really was a lamp", "late_delivery")
    assert said(asked, "ask_which_order_example")
    assert {"I don't have it", "Talk to a person"} <= set(asked.labels)


def test_who_took_the_chat_back_from_the_queue_is_not_asked_what_it_is_about(shop: Shop) -> None:
    chat = Chat(shop)
    chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", **EMAIL)
    chat.say("I want a person", "ask_human")
    with shop.begin(True) as uow:
        assert takes_back(uow, uow.conversations.get(chat.conversation.id), "no person, let us go on", NOON)
    chat.say("no person, let us go on", "nlu_fallback", confidence=0.3)
    assert chat.asks == "remedy"


def test_proof_told_with_the_wish_for_a_person_is_not_asked_for_again(broken: Shop) -> None:
    chat = Chat(broken)
    chat.say("a person please, the lamp in B1 is broken, nina@example.com", "ask_human", order_number="B1", **EMAIL)
    assert not chat.is_with_assistant
    with broken.begin(True) as uow:
        assert takes_back(uow, uow.conversations.get(chat.conversation.id), "no person, just a new lamp", NOON)
    chat.say("no person, just a new lamp", "damaged_or_defective")
    assert chat.case.proven and chat.asks != "proof"
