"""What comes next: facts in any order, proof, choices, a yes, second matters, and what is not understood."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cases.issue import Issue
from bot.errors import NotAllowed
from bot.handling.accept import accept
from bot.handling.intake import hear
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import NOON, a_buyer, an_item, an_order
from tests.unit.handling.chats import Chat, anothers_order, dear_order, heard, take_orders

EMAIL = {"email": "nina@example.com"}
SHARED = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
# Each fact as a customer may say it: the words, and what the pipeline finds in them.
SAID = {
    "issue": ("something I ordered came broken", {}),
    "order_number": ("the order is B1", {"order_number": "B1"}),
    "proof": ("my mail is nina@example.com", EMAIL),
    "items": ("it is the Desk Lamp", {"product": "Desk Lamp"}),
}


@pytest.fixture
def broken(shop: Shop, memory_database: Database) -> Shop:
    """With Nina's delivered order B1 of two items."""
    take_orders(memory_database, an_order(number="B1", status="delivered"))
    return shop


def asked_for_items(shop: Shop) -> Chat:
    chat = Chat(shop)
    chat.say("B1 came broken", "damaged_or_defective", order_number="B1", **EMAIL)
    assert chat.asks == "items"
    return chat


class TestFactsInAnyOrder:
    @SHARED
    @given(order=st.permutations(list(SAID)), cuts=st.sets(st.integers(1, 3)))
    def test_nothing_known_is_asked_and_all_of_it_leads_to_an_offer(self, broken: Shop, order: list[str], cuts: set[int]) -> None:
        chat, told = Chat(broken), set[str]()
        edges = [0, *sorted(cuts), len(order)]
        for first, last in zip(edges, edges[1:], strict=False):
            facts = order[first:last]
            told |= set(facts)
            words = {name: value for fact in facts for name, value in SAID[fact][1].items()}
            intent = "damaged_or_defective" if "issue" in facts else "inform"
            chat.say(", ".join(SAID[fact][0] for fact in facts), intent, **words)
            assert chat.asks not in told, chat.texts
        assert chat.asks == "remedy", chat.texts
        assert chat.facts["items"] == "1"

    @pytest.mark.parametrize("proof", [{"phone": "555 0123 456"}, EMAIL, {}])
    def test_phone_mail_or_postcode_each_open_the_order(self, chat: Chat, proof: dict[str, str]) -> None:
        chat.say("A10021 is late", "late_delivery", order_number="A10021")
        chat.say(proof.get("phone") or proof.get("email") or "85001", "inform", **proof)
        assert chat.case.proven

    def test_signed_in_visitor_with_one_order_proves_nothing(self, shop: Shop) -> None:
        chat = Chat(shop, customer_id="nina_7")
        chat.say("my parcel is late", "late_delivery")
        assert chat.case.proven
        assert chat.asks == "remedy"

    def test_anothers_order_stays_closed_to_a_signed_in_visitor(self, shop: Shop, memory_database: Database) -> None:
        take_orders(memory_database, anothers_order())
        chat = Chat(shop, customer_id="nina_7")
        chat.say("A20077 is late", "late_delivery", order_number="A20077")
        assert not chat.case.proven

    def test_the_account_is_not_asked_where_the_complaint_told_it(self, chat: Chat) -> None:
        chat.say("your shop page shows only an error since noon", "service_outage")
        assert chat.facts["what_happened"].startswith("your shop page")
        assert chat.asks == "remedy"


class TestProof:
    def test_three_wrong_ones_bring_a_person(self, chat: Chat) -> None:
        chat.say("A10021 is late", "late_delivery", order_number="A10021")
        for mail in ("a@example.com", "b@example.com"):
            chat.say(mail, "inform", email=mail)
            assert chat.asks == "proof"
        chat.say("c@example.com", "inform", email="c@example.com")
        assert [one.reason for one in chat.escalations] == ["proof_failed"]
        assert not chat.case.proven

    def test_three_wrong_ones_for_no_order_bring_a_person_too(self, chat: Chat) -> None:
        chat.say("A99999 is late", "late_delivery", order_number="A99999")
        for mail in ("a@example.com", "b@example.com", "c@example.com"):
            chat.say(mail, "inform", email=mail)
        assert [one.reason for one in chat.escalations] == ["proof_failed"]

    def test_number_corrected_after_a_wrong_try_opens_the_order(self, chat: Chat) -> None:
        chat.say("A10012 is late", "late_delivery", order_number="A10012", **EMAIL)
        assert chat.asks == "proof"
        chat.say("sorry, A10021", "inform", order_number="A10021")
        assert chat.case.proven
        assert chat.asks == "remedy"

    def test_not_having_the_number_brings_a_person_in_the_end(self, chat: Chat) -> None:
        chat.say("my parcel is late", "late_delivery")
        chat.say("I don't have it", "deny")
        chat.say("I really don't have it", "deny")
        assert [one.reason for one in chat.escalations] == ["no_proof"]


class TestItems:
    @pytest.mark.parametrize(
        ("said", "lines"),
        [("the clock", "2"), ("2", "2"), ("the first one", "1"), ("both of them", "1,2"), ("Desk Lamp please", "1"), ("everything", "1,2")],
    )
    def test_are_chosen_by_name_number_or_all(self, broken: Shop, said: str, lines: str) -> None:
        chat = asked_for_items(broken)
        chat.say(said, "inform")
        assert chat.facts["items"] == lines
        assert chat.asks == "remedy"

    def test_are_chosen_by_a_tap(self, broken: Shop) -> None:
        chat = asked_for_items(broken)
        assert chat.labels == ["Desk Lamp", "Wall Clock", "All of them"]
        chat.tap("Wall Clock")
        assert ("refund_items", "$30.00", False) in chat.offered

    def test_single_item_is_not_asked(self, shop: Shop, memory_database: Database) -> None:
        take_orders(memory_database, an_order(number="B8", status="delivered", items=(an_item(),)))
        chat = Chat(shop)
        chat.say("B8 came broken", "damaged_or_defective", order_number="B8", **EMAIL)
        assert chat.asks == "remedy"


class TestYes:
    @pytest.mark.parametrize("said", ["yes", "Yes please", "ok", "go ahead", "yep, do it"])
    def test_explicit_one_files(self, filing: Callable[[], Chat], said: str) -> None:
        chat = filing()
        chat.say(said, "affirm")
        assert [one.wording for one in chat.filed] == ["refund_cancel"]

    @pytest.mark.parametrize("intent", ["affirm", "inform", None])
    @pytest.mark.parametrize(
        "said", ["yes but to another card", "maybe", "ok?", "ok don't do it", "yes, if it is today", "sure, why would I?", "perhaps", "yes wait"]
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
        assert chat.filed[0].reference in chat.text

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


class TestCorrection:
    def test_of_the_number_after_proof_opens_the_other_order(self, broken: Shop) -> None:
        chat = asked_for_items(broken)
        chat.tap("Wall Clock")
        chat.say("wait, it is order A10021", "inform", order_number="A10021")
        assert chat.case.order_number == "A10021"
        assert chat.case.proven

    def test_leaves_no_item_of_the_first_order(self, shop: Shop, memory_database: Database) -> None:
        pair = [an_order(number=f"B{n}", status="delivered") for n in (1, 2)]
        take_orders(memory_database, *pair)
        chat = asked_for_items(shop)
        chat.tap("Wall Clock")
        chat.say("wait, it is order B2", "inform", order_number="B2")
        assert chat.asks == "items"

    def test_to_a_dearer_order_is_held_to_that_orders_limit(self, broken: Shop, memory_database: Database) -> None:
        take_orders(memory_database, dear_order(number="D1"))
        chat = asked_for_items(broken)
        chat.tap("Desk Lamp")
        assert ("replacement_free", "None", False) in chat.offered
        chat.say("wait, it is order D1", "inform", order_number="D1")
        assert ("replacement_free", "None", True) in chat.offered

    def test_changes_nothing_once_a_remedy_is_filed(self, filing: Callable[[], Chat], memory_database: Database) -> None:
        take_orders(memory_database, an_order(number="B2"))
        chat = filing()
        chat.tap("Yes")
        chat.say("I meant B2", "inform", order_number="B2")
        assert chat.cases[0].order_number == "A10021"
        assert len(chat.filed) == 1

    def test_of_an_unsure_issue_offers_what_fits_the_sure_one(self, broken: Shop) -> None:
        chat = Chat(broken)
        facts = {"order_number": "B1", "product": "Desk Lamp", **EMAIL}
        chat.say("B1 lamp not right, I want a replacement", "wrong_item", confidence=0.4, **facts)
        assert "send the right item" in chat.text
        chat.say("it arrived smashed", "damaged_or_defective")
        assert chat.case.issue is Issue.DAMAGED_OR_DEFECTIVE
        assert chat.asks == "confirmation"
        assert "send a replacement" in chat.text


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
        assert chat.facts["also"] == Issue.STAFF_CONDUCT


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
        text=st.sampled_from(["A10021 is late", "a10021 STILL NOT HERE YOU CLOWNS", "hlelo my pracel A10021 isnt heer", "Kindly note: A10021 has not come."]),
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
