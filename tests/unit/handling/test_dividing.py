"""Items of one order that are not put right in one way: one after another, each with a remedy of its own, and none asked for twice."""

import pytest

from bot.cases.heard import Retold
from bot.cases.issue import Issue
from bot.cases.remedy import RemedyKind
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import an_item, an_order
from tests.unit.handling.chats import Chat, take_orders

KITCHEN = (an_item(1, "Cast Iron Skillet", "62.00"), an_item(2, "Linen Apron", "38.00"), an_item(3, "Cutting Board", "41.00"))
NINA = {"order_number": "B5", "email": "nina@example.com"}
BOTH = "the skillet is cracked and the apron has a hole"
SKILLET, APRON = "Cast Iron Skillet", "Linen Apron"


@pytest.fixture
def kitchen(shop: Shop, memory_database: Database) -> Shop:
    """With Nina's delivered order B5 of three items."""
    take_orders(memory_database, an_order(number="B5", status="delivered", items=KITCHEN))
    return shop


@pytest.fixture
def both(kitchen: Shop) -> Chat:
    """A chat in which the skillet and the apron are complained of, and ways are offered for them."""
    chat = Chat(kitchen)
    chat.say(f"B5 nina@example.com {BOTH}", "damaged_or_defective", **NINA)
    return chat


@pytest.fixture
def skillet(kitchen: Shop) -> Chat:
    """The same for the skillet alone."""
    chat = Chat(kitchen)
    chat.say("B5 nina@example.com the skillet is cracked", "damaged_or_defective", **NINA)
    return chat


def filed(chat: Chat) -> list[tuple[RemedyKind, str]]:
    return [(one.kind, one.lines) for one in chat.filed]


class TestEachWithItsOwnWish:
    def test_is_confirmed_and_filed_one_after_the_other(self, both: Chat) -> None:
        said = both.say("a new skillet, money off for the apron", "inform")
        assert said.index(SKILLET) < said.index(APRON)
        assert both.asks == "confirmation" and not both.filed
        said = both.say("yes", "affirm")
        assert APRON in said and both.asks == "confirmation"
        both.say("yes", "affirm")
        assert filed(both) == [(RemedyKind.REPLACEMENT, "1"), (RemedyKind.PARTIAL_REFUND, "2")]
        assert both.asks == "settled" and all(one.reference in both.text for one in both.filed)

    def test_told_with_the_complaint_is_not_asked_for_again(self, kitchen: Shop) -> None:
        chat = Chat(kitchen)
        chat.say(f"B5 nina@example.com {BOTH}. I want a new skillet and a refund for the apron.", "damaged_or_defective", **NINA)
        assert chat.asks == "confirmation"
        chat.say("yes", "affirm")
        chat.say("yes", "affirm")
        assert filed(chat) == [(RemedyKind.REPLACEMENT, "1"), (RemedyKind.REFUND, "2")]

    def test_of_one_alone_leaves_the_other_to_be_chosen(self, both: Chat) -> None:
        both.say("refund the apron", "inform")
        both.say("yes", "affirm")
        assert filed(both) == [(RemedyKind.REFUND, "2")]
        assert both.asks == "remedy" and SKILLET in both.text
        both.say("replacement", "inform")
        both.say("yes", "affirm")
        assert filed(both) == [(RemedyKind.REFUND, "2"), (RemedyKind.REPLACEMENT, "1")]

    def test_that_is_fine_gets_none(self, both: Chat) -> None:
        both.say("the skillet is fine, refund the apron", "inform")
        both.say("yes", "affirm")
        assert filed(both) == [(RemedyKind.REFUND, "2")] and both.asks == "settled"

    def test_is_not_apologised_for_again(self, both: Chat) -> None:
        both.say("a new skillet, money off for the apron", "inform")
        assert "sorry" not in both.say("yes", "affirm").lower()

    def test_no_to_the_first_offers_for_it_alone(self, both: Chat) -> None:
        both.say("a new skillet, money off for the apron", "inform")
        said = both.say("no", "deny")
        assert both.asks == "remedy" and SKILLET in said and APRON not in said

    def test_another_matter_waits_until_all_items_are_done(self, both: Chat) -> None:
        both.say("and you charged me twice for it", "billing_dispute")
        both.say("a new skillet, money off for the apron", "inform")
        both.say("yes", "affirm")
        both.say("yes", "affirm")
        assert [one.issue for one in both.cases] == [Issue.DAMAGED_OR_DEFECTIVE, Issue.DAMAGED_OR_DEFECTIVE, Issue.BILLING_DISPUTE]


class TestItemsNamed:
    def test_with_something_told_of_each_are_not_asked_for(self, both: Chat) -> None:
        assert both.asks == "remedy" and both.facts["items"] == "1,2"

    def test_one_only_ordered_is_not_complained_of(self, kitchen: Shop) -> None:
        chat = Chat(kitchen)
        chat.say("B5 nina@example.com I ordered a skillet and an apron, the skillet is cracked", "damaged_or_defective", **NINA)
        assert chat.facts["items"] == "1"

    def test_another_one_while_an_offer_waits_is_taken_in(self, skillet: Chat) -> None:
        said = skillet.say("the apron has a hole too", "damaged_or_defective")
        assert SKILLET in said and APRON in said and skillet.asks == "remedy"
        skillet.say("refund for both", "inform")
        skillet.say("yes", "affirm")
        assert filed(skillet) == [(RemedyKind.REFUND, "1,2")]

    def test_question_about_another_one_takes_nothing_in(self, skillet: Chat) -> None:
        skillet.say("does the apron come too?", "order_status")
        assert skillet.facts["items"] == "1"

    def test_with_another_issue_leaves_the_offer_as_it_is(self, skillet: Chat) -> None:
        said = skillet.say("the apron was the wrong colour, not what I ordered", "wrong_item")
        assert skillet.facts["items"] == "1" and SKILLET in said and "could not tell" not in said
        skillet.say("refund", "inform")
        skillet.say("yes", "affirm")
        assert [one.issue for one in skillet.cases] == [Issue.DAMAGED_OR_DEFECTIVE, Issue.WRONG_ITEM]
        assert skillet.facts["items"] == "2" and APRON in skillet.text

    def test_asked_about_are_no_other_matter(self, both: Chat) -> None:
        both.say("is that for the skillet or the apron? two things are wrong", "wrong_item", confidence=0.88)
        assert "also_wrong_item" not in both.facts

    def test_question_can_still_tell_another_matter(self, both: Chat) -> None:
        both.say("and why was I charged twice for it?", "billing_dispute")
        assert "also_billing_dispute" in both.facts


class TestOnceFiled:
    @pytest.fixture
    def done(self, skillet: Chat) -> Chat:
        skillet.say("refund", "inform")
        skillet.say("yes", "affirm")
        assert skillet.asks == "settled"
        return skillet

    @pytest.mark.parametrize("said", ["partly, the apron is still to do", "and the apron?", "no, the apron has a hole"])
    def test_another_item_goes_on_with_the_assistant(self, done: Chat, said: str) -> None:
        assert APRON in done.say(said, "damaged_or_defective") and done.asks == "remedy"
        assert not done.escalations
        done.say("replacement please", "inform")
        done.say("yes", "affirm")
        assert filed(done) == [(RemedyKind.REFUND, "1"), (RemedyKind.REPLACEMENT, "2")]

    def test_the_same_item_again_brings_a_person(self, done: Chat) -> None:
        done.say("no, the skillet is still cracked", "damaged_or_defective")
        assert [one.reason for one in done.escalations] == ["not_settled"]

    @pytest.mark.parametrize("said", ["yes, the apron is lovely", "is the apron washable?", "thank you, the apron is lovely"])
    def test_praise_and_questions_open_nothing(self, done: Chat, said: str) -> None:
        done.say(said, {"y": "affirm", "t": "thanks"}.get(said[0], "out_of_scope"))
        assert len(done.cases) == 1


def test_what_came_is_not_missed(kitchen: Shop) -> None:
    chat = Chat(kitchen)
    told = "B5 nina@example.com only had the cutting board in it. The skillet is missing"
    chat.say(told, "lost_or_missing", retold=Retold("the skillet is missing"), phrase="The skillet is missing", **NINA)
    assert "3" not in chat.facts.get("items", "").split(",")
