"""What comes next: facts in any order, proof, choices, a yes, second matters, and what is not understood."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cases.issue import Issue
from bot.errors import NotAllowed
from bot.handling.accept import accept, open_conversation
from bot.handling.intake import hear
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import NOON, a_buyer, an_item, an_order
from tests.unit.handling.chats import Chat, heard, take_orders

EMAIL = {"email": "nina@example.com"}
SHARED = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])


class TestYes:
    @pytest.mark.parametrize("said", ["yes", "Yes please", "ok", "go ahead", "yep, do it"])
    def test_explicit_one_files(self, filing: Callable[[], Chat], said: str) -> None:
        chat = filing()
        chat.say(said, "affirm")
        assert [one.wording for one in chat.filed] == ["refund_cancel"]

    @pytest.mark.parametrize("intent", ["affirm", "inform", None])
    @pytest.mark.parametrize(
        "said", ["yes but to another card", "maybe", "ok?", "ok don't do it", "yes, if it is today", "sure, why?", "perhaps", "yes wait"]
    )
    def test_anything_less_files_nothing(self, filing: Callable[[], Chat], said: str, intent: str | None) -> None:
        chat = filing()
        chat.say(said, intent)
        assert chat.filed == []
        assert chat.sent_to_provider == []

    def test_no_brings_the_options_again(self, filing: Callable[[], Chat]) -> None:
        chat = filing()
        chat.say("no", "deny")
        assert chat.asks == "remedy"
        assert len(chat.choices) == 4
        assert chat.filed == []

    def test_two_file_once(self, filing: Callable[[], Chat]) -> None:
        chat = filing()
        chat.say("yes", "affirm")
        chat.say("yes", "affirm")
        assert len(chat.filed) == len(chat.sent_to_provider) == 1
        assert chat.filed[0].reference in chat.texts[-2]

    def test_without_anything_open_files_nothing(self, chat: Chat) -> None:
        chat.say("yes", "affirm")
        assert chat.cases == []
        assert "nothing waiting" in chat.text


class TestTheSameMessage:
    def heard_yes(self, chat: Chat) -> tuple[str, str]:
        return accept(chat.shop, chat.id, f"yes-{chat.id}", "yes", None, NOON).message_id, f"{chat.id}.1"

    def test_heard_twice_files_once_and_says_the_same(self, filing: Callable[[], Chat]) -> None:
        chat = filing()
        message_id, sender_id = self.heard_yes(chat)
        yes = heard("yes", "affirm", message_id=message_id, sender_id=sender_id)
        assert hear(chat.shop, yes, NOON) == hear(chat.shop, yes, NOON)
        assert len(chat.filed) == len(chat.sent_to_provider) == 1
        assert len(chat.promises) == 1

    def test_heard_by_many_at_once_files_once(self, filing: Callable[[], Chat]) -> None:
        chat = filing()
        message_id, sender_id = self.heard_yes(chat)
        yes = heard("yes", "affirm", message_id=message_id, sender_id=sender_id)
        with ThreadPoolExecutor(4) as pool:
            outcomes = list(pool.map(lambda _: hear(chat.shop, yes, NOON), range(8)))
        assert all(one == outcomes[0] for one in outcomes)
        assert len(chat.filed) == len(chat.sent_to_provider) == len(chat.promises) == 1
        assert chat.acts.count("remedy.confirmed") == 1

    def test_two_different_yeses_at_once_file_once(self, filing: Callable[[], Chat]) -> None:
        chat = filing()
        ids = [accept(chat.shop, chat.id, f"yes-{n}", "yes", None, NOON).message_id for n in range(4)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda one: hear(chat.shop, heard("yes", "affirm", message_id=one, sender_id=f"{chat.id}.1"), NOON), ids))
        assert len(chat.filed) == len(chat.sent_to_provider) == len(chat.promises) == 1


class TestAWish:
    def test_said_up_front_is_confirmed_at_once(self, chat: Chat) -> None:
        chat.say("A10021 is late, I want my money back", "late_delivery", order_number="A10021", **EMAIL)
        assert chat.asks == "confirmation"
        assert "refund $75.00" in chat.text

    def test_that_policy_does_not_meet_brings_the_options(self, chat: Chat) -> None:
        chat.say("A10021 is late, give me a voucher", "late_delivery", order_number="A10021", **EMAIL)
        assert chat.asks == "remedy"

    @pytest.mark.parametrize(("said", "intent"), [("I would rather have express", "inform"), ("no, send it again by express", "deny")])
    def test_changed_at_the_confirmation_is_confirmed_anew(self, filing: Callable[[], Chat], said: str, intent: str) -> None:
        chat = filing()
        chat.say(said, intent)
        assert chat.asks == "confirmation"
        assert "express" in chat.text
        chat.say("yes", "affirm")
        assert [one.wording for one in chat.filed] == ["redelivery_express"]

    def test_for_a_call_asks_the_number_first(self, shop: Shop, memory_database: Database) -> None:
        take_orders(memory_database, an_order(number="B2", status="delivered"))
        chat = Chat(shop)
        chat.say("B2 says delivered, call me", "late_delivery", order_number="B2", **EMAIL)
        assert chat.asks == "phone"
        chat.say("+1 602 555 0177", "inform", phone="+16025550177")
        assert chat.asks == "confirmation"
        assert "0177" not in chat.text
        assert "ending 77" in chat.text


class TestALetter:
    """Of e-mail: one answer is enough."""

    @pytest.fixture
    def letter(self, broken: Shop) -> Chat:
        chat = Chat(broken, id=open_conversation(broken, "email", NOON).id)
        assert "So that one answer is enough" in chat.say("One of the things you sent came broken", "damaged_or_defective")
        return chat

    def test_that_lacks_the_item_alone_is_asked_for_it_alone(self, letter: Chat) -> None:
        letter.say("B1\nI would like a replacement.", "inform", order_number="B1", **EMAIL)
        assert letter.asks == "items" and "one answer" not in letter.text

    def test_that_names_the_item_with_the_number_is_not_asked_for_it(self, letter: Chat) -> None:
        letter.say("B1\nthe desk lamp\nI would like a replacement.", "inform", order_number="B1", **EMAIL)
        assert (letter.asks, letter.facts["items"]) == ("confirmation", "1")


class TestStopping:
    def test_never_mind_files_nothing(self, filing: Callable[[], Chat]) -> None:
        chat = filing()
        chat.say("never mind", "never_mind")
        assert chat.filed == []
        assert chat.offered == []
        assert chat.cases[0].is_closed
        assert chat.asks is None

    def test_never_mind_leaves_what_is_filed(self, filing: Callable[[], Chat]) -> None:
        chat = filing()
        chat.tap("Yes")
        chat.say("never mind", "never_mind")
        assert len(chat.filed) == 1
        assert not chat.case.is_closed

    def test_after_it_a_yes_files_nothing(self, filing: Callable[[], Chat]) -> None:
        chat = filing()
        chat.say("never mind", "never_mind")
        chat.say("yes", "affirm")
        assert chat.filed == []


class TestASecondMatter:
    def test_after_filing_opens_a_new_case_and_asks_for_nothing_given(self, filing: Callable[[], Chat]) -> None:
        chat = filing()
        chat.tap("Yes")
        chat.say("and I was charged wrongly", "billing_dispute")
        assert [one.issue for one in chat.cases] == [Issue.LATE_DELIVERY, Issue.BILLING_DISPUTE]
        assert chat.case.proven
        assert chat.asks == "remedy"
        assert "sorry" in chat.text.lower()

    def test_about_another_order_uses_that_number(self, filing: Callable[[], Chat], memory_database: Database) -> None:
        take_orders(memory_database, an_order(number="B2", status="delivered", items=(an_item(),)))
        chat = filing()
        chat.tap("Yes")
        chat.say("B2 came broken", "damaged_or_defective", order_number="B2")
        assert [one.order_number for one in chat.cases] == ["A10021", "B2"]

    def test_of_the_same_kind_brings_a_person(self, filing: Callable[[], Chat]) -> None:
        chat = filing()
        chat.tap("Yes")
        chat.say("it is still not here", "late_delivery")
        assert [one.reason for one in chat.escalations] == ["not_settled"]
        assert len(chat.cases) == 1

    def test_told_before_filing_is_kept_beside_the_first(self, filing: Callable[[], Chat]) -> None:
        chat = filing()
        chat.say("and the driver was rude", "staff_conduct")
        assert chat.case.issue is Issue.LATE_DELIVERY
        assert chat.facts["also_staff_conduct"] == "and the driver was rude"


class TestNotUnderstood:
    def test_twice_in_a_row_brings_a_person(self, chat: Chat) -> None:
        chat.say("my parcel is late", "late_delivery")
        chat.say("fnord")
        assert chat.asks == "order_number"
        chat.say("fnord fnord")
        assert [one.reason for one in chat.escalations] == ["not_understood"]

    def test_from_the_start_asks_what_it_is_about(self, chat: Chat) -> None:
        chat.say("fnord", ranking=(("nlu_fallback", 0.4), ("greet", 0.2)))
        assert chat.asks == "issue"
        assert "It is late" in chat.labels
        chat.tap("It is late")
        assert chat.case.issue is Issue.LATE_DELIVERY

    def test_is_forgotten_once_something_was(self, chat: Chat) -> None:
        chat.say("my parcel is late", "late_delivery")
        chat.say("fnord")
        chat.say("A10021", "inform", order_number="A10021")
        chat.say("fnord")
        assert chat.asks == "proof"
        assert chat.escalations == []

    @pytest.mark.parametrize(("said", "intent"), [("are you a bot", "ask_if_bot"), ("hello", "greet"), ("thanks", "thanks")])
    def test_digression_is_answered_and_the_question_asked_again(self, chat: Chat, said: str, intent: str) -> None:
        chat.say("my parcel is late", "late_delivery")
        for _ in range(4):
            chat.say(said, intent)
            assert chat.asks == "order_number"
            assert chat.text.count("?") == 1
        assert chat.escalations == []


class TestWhoMayWrite:
    def test_unknown_sender_is_refused_in_production(self, shop: Shop) -> None:
        with pytest.raises(NotAllowed):
            hear(shop, heard("my parcel is late", "late_delivery", sender_id="stranger"), NOON)

    def test_unknown_sender_is_a_developers_chat_elsewhere(self, shop: Shop) -> None:
        chat = Chat(replace(shop, opens_unknown=True), id="stranger")
        outcome = hear(chat.shop, heard("my parcel is late", "late_delivery", sender_id="stranger"), NOON)
        assert outcome.asks == "order_number"
        assert chat.conversation.channel == chat.case.channel == "dev"
        with shop.begin(False) as uow:
            assert uow.cases.list() == []
            assert [str(one.author) for one in uow.messages.of("stranger")] == ["customer", "assistant"]

    def test_strange_sender_id_is_no_key_of_ours(self, shop: Shop) -> None:
        hear(replace(shop, opens_unknown=True), heard("hello", "greet", sender_id="../x' OR 1=1"), NOON)

    def test_message_of_another_conversation_is_refused(self, shop: Shop) -> None:
        mine, other = Chat(shop), Chat(shop)
        message_id = accept(shop, other.id, "p1", "yes", None, NOON).message_id
        with pytest.raises(NotAllowed):
            hear(shop, heard("yes", "affirm", message_id=message_id, sender_id=f"{mine.id}.1"), NOON)

    def test_message_nobody_accepted_is_refused(self, chat: Chat) -> None:
        with pytest.raises(NotAllowed):
            hear(chat.shop, heard("yes", "affirm", message_id="forged", sender_id=f"{chat.id}.1"), NOON)


class TestToneAndPerson:
    """Whoever writes, and however: what is offered hangs on the case alone."""

    @SHARED
    @given(
        anger=st.floats(0, 1),
        name=st.sampled_from(["Nina Berg", "Otto Lang", "Nguyễn Thị Hoa", "DeShawn"]),
        text=st.sampled_from(["A10021 is late", "a10021 STILL NOT HERE YOU CLOWNS", "hlelo my pracel A10021 isnt heer", "Kindly check."]),
    )
    def test_leave_the_offer_as_it_is(self, shop: Shop, anger: float, name: str, text: str) -> None:
        calm, other = Chat(shop), Chat(shop)
        calm.say("A10021 is late", "late_delivery", order_number="A10021", **EMAIL)
        other.say(text, "late_delivery", anger=anger, order_number="A10021", person_name=name, **EMAIL)
        assert other.offered == calm.offered

    def test_buyers_name_leaves_it_too(self, shop: Shop, memory_database: Database) -> None:
        offers = []
        for number, name in (("C1", "Nina Berg"), ("C2", "Lakisha Washington")):
            take_orders(memory_database, an_order(number=number, buyer=a_buyer(id=number, name=name)))
            chat = Chat(shop)
            chat.say(f"{number} is late", "late_delivery", order_number=number, **EMAIL)
            offers.append(chat.offered)
        assert offers[0] == offers[1]
