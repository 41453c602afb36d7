"""Taking in facts: in any order, in one message or several, proven, chosen and corrected."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cases.issue import Issue
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import an_item, an_order
from tests.unit.handling.chats import Chat, anothers_order, dear_order, take_orders

EMAIL = {"email": "nina@example.com"}
SHARED = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
# Each fact as a customer may say it: the words, and what the pipeline finds in them.
SAID = {
    "issue": ("something I ordered came broken", {}),
    "order_number": ("the order is B1", {"order_number": "B1"}),
    "proof": ("my mail is nina@example.com", EMAIL),
    "items": ("it is the Desk Lamp", {"product": "Desk Lamp"}),
}


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
        for first, last in pairwise(edges):
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


def test_wish_that_is_not_on_offer_is_refused_with_a_reason_then_brings_a_person(shop: Shop) -> None:
    chat = Chat(shop)
    chat.say("the driver shouted at me and threw the box", "staff_conduct")
    assert chat.asks == "remedy"
    chat.say("I want a replacement", "damaged_or_defective")
    assert "A replacement is not something I can grant here: for this kind of trouble a person must decide on that." in chat.text
    assert chat.asks == "remedy"
    assert "Talk to a person" in chat.labels
    chat.say("no, a replacement", "damaged_or_defective")
    assert [one.reason for one in chat.escalations] == ["no_option_chosen"]


def test_refund_that_no_order_bears_out_is_for_a_person_to_decide(shop: Shop) -> None:
    chat = Chat(shop)
    chat.say("I bought the download and it fails", "service_outage")
    assert "Have a person decide on a refund" in chat.labels
    chat.say("I want my money back", "refund_not_received")
    assert chat.asks == "confirmation" and "A person decides whether and how much we refund" in chat.text
    chat.say("yes", "affirm")
    assert [(one.wording, one.amount) for one in chat.filed] == [("refund_decided", None)]


def test_same_offer_is_not_made_without_end(shop: Shop) -> None:
    chat = Chat(shop)
    chat.say("the driver shouted at me and threw the box", "staff_conduct")
    for words in ("he was so rude", "really rude I tell you"):
        chat.say(words, "staff_conduct")
    assert [one.reason for one in chat.escalations] == ["not_understood"]


class TestProductAsSaid:
    @pytest.fixture
    def lamps(self, shop: Shop, memory_database: Database) -> Shop:
        names = ("Desk Lamp", "Floor Lamp", "Wool Blanket")
        items = tuple(an_item(line, name, "40.00") for line, name in enumerate(names, 1))
        take_orders(memory_database, an_order(number="B7", status="delivered", items=items))
        return shop

    def begin(self, shop: Shop, product: str) -> Chat:
        chat = Chat(shop)
        chat.say(f"my {product} in B7 came broken", "damaged_or_defective", order_number="B7", product=product, **EMAIL)
        return chat

    def test_is_matched_to_the_one_item_it_fits(self, lamps: Shop) -> None:
        chat = self.begin(lamps, "blanket")
        assert chat.facts["items"] == "3"
        assert chat.asks == "remedy"

    def test_that_fits_several_offers_just_those(self, lamps: Shop) -> None:
        chat = self.begin(lamps, "lamp")
        assert [label.split(" (")[0] for label in chat.labels] == ["Desk Lamp", "Floor Lamp", "All of them", "Another item"]
        chat.tap("Floor")
        assert chat.facts["items"] == "2"

    def test_that_was_none_of_those_is_asked_for_among_all(self, lamps: Shop) -> None:
        chat = self.begin(lamps, "lamp")
        chat.tap("Another")
        assert len(chat.labels) == 4
        assert "Wool Blanket" in chat.labels[2]

    def test_day_as_said_is_kept_as_the_day_it_means(self, chat: Chat) -> None:
        chat.say("it should have come on the 3rd", "late_delivery", date="the 3rd")
        assert chat.facts["date"] == "the 3rd"
        assert chat.facts["day"].endswith("-03")


class TestInOneBreath:
    def test_postcode_beside_the_number_opens_the_order(self, chat: Chat) -> None:
        chat.say("A10021 85001 where is it, it is late", "late_delivery", order_number="A10021")
        assert chat.case.proven

    @pytest.mark.parametrize("codes", ["97206", "85001 97206", "97206 97207 85001"])
    def test_another_or_more_than_one_opens_nothing_and_counts_as_no_try(self, chat: Chat, codes: str) -> None:
        chat.say(f"A10021 {codes} where is it, it is late", "late_delivery", order_number="A10021")
        assert not chat.case.proven and chat.case.wrong_proofs == 0

    def test_parcel_on_its_way_is_missed_as_a_whole(self, chat: Chat) -> None:
        chat.say("A10021 where is my stuff, I think it is stolen", "lost_or_missing", order_number="A10021", **EMAIL)
        assert chat.asks == "remedy" and chat.facts["items"] == "1,2"
        named = Chat(chat.shop)
        named.say("A10021, the lamp and the clock are nowhere to be seen", "lost_or_missing", order_number="A10021", **EMAIL)
        assert named.facts["items"] == "1,2"
        never = Chat(chat.shop)
        never.say("A10021 has never arrived, I just want my things", "lost_or_missing", order_number="A10021", **EMAIL)
        assert never.facts["items"] == "1,2"
        part = Chat(chat.shop)
        part.say("A10021 half of it is missing", "lost_or_missing", order_number="A10021", **EMAIL)
        assert part.asks == "items"

    def test_wish_beside_a_question_is_heard_and_still_waits_for_a_yes(self, chat: Chat) -> None:
        chat.say("A10021 is late", "late_delivery", order_number="A10021", **EMAIL)
        chat.say("unbelievable. fine. refund. does it go to my card?", "nlu_fallback", confidence=0.3)
        assert chat.asks == "confirmation" and chat.filed == []

    def test_what_only_shares_a_word_with_an_offer_chooses_none(self, chat: Chat) -> None:
        chat.say("A10021 is late", "late_delivery", order_number="A10021", **EMAIL)
        chat.say("why would i wait another week for something that you let go missing on its way", "nlu_fallback", confidence=0.3)
        assert chat.asks == "remedy"

    @pytest.mark.parametrize("text", ["NO. i said dont refund", "A REFUND OF WHAT. i have not paid", "no, not the money"])
    def test_what_they_refuse_is_not_what_they_choose(self, chat: Chat, text: str) -> None:
        chat.say("A10021 is late", "late_delivery", order_number="A10021", **EMAIL)
        chat.say(text, "nlu_fallback", confidence=0.3)
        assert chat.asks != "confirmation"

    def test_who_wants_nothing_of_it_is_left_in_peace(self, chat: Chat) -> None:
        chat.say("A10021 is late", "late_delivery", order_number="A10021", **EMAIL)
        chat.say("no its fine, forget it", "deny")
        assert chat.escalations == [] and chat.case.is_closed

    def test_who_has_no_number_at_hand_may_take_their_time(self, chat: Chat) -> None:
        chat.say("my parcel is late", "late_delivery")
        chat.say("i dont have it on me, im at work", "deny")
        assert any(text in chat.text for text in chat.shop.wording.responses["utter_ask_which_order_lacking"])
