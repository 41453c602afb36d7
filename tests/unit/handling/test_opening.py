"""What a first message opens: a complaint, or an order that is only to be cancelled."""

import pytest

from bot.cases.acts import acts
from bot.cases.heard import Retold, Thing
from bot.cases.issue import Issue
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import an_order
from tests.unit.handling.chats import Chat, take_orders

NINA = {"order_number": "B7", "email": "nina@example.com"}


@pytest.fixture
def packing(shop: Shop, memory_database: Database) -> Shop:
    """With Nina's order B7, which has not left yet."""
    take_orders(memory_database, an_order(number="B7", status="processing"))
    return shop


class TestOrderToCancel:
    @pytest.fixture
    def chat(self, packing: Shop) -> Chat:
        return Chat(packing)

    def test_is_said_back_and_confirmed_with_no_apology_and_no_cause(self, chat: Chat) -> None:
        chat.say("please cancel my order B7, nina@example.com", "cancellation_problem", **NINA)
        assert "to cancel your order" in chat.text and chat.asks == "confirmation"
        assert not {"apologise", "own"} & acts(chat.text) and "cause" not in chat.text
        assert [one for one in chat.all_promises if one.what == "taken_up"] == []

    def test_is_cancelled_at_the_yes(self, chat: Chat) -> None:
        chat.say("please cancel my order B7, nina@example.com", "cancellation_problem", **NINA)
        chat.say("yes", "affirm")
        assert [one.wording for one in chat.filed] == ["refund_cancel"]

    def test_stays_without_an_apology_while_facts_are_asked_for(self, chat: Chat) -> None:
        chat.say("can i cancel my order?", "cancellation_problem")
        said = [chat.say("B7", "inform", order_number="B7"), chat.say("nina@example.com", "inform", email="nina@example.com")]
        assert chat.asks == "confirmation" and not any("sorry" in one.lower() for one in (chat.texts[0], *said))

    def test_complaint_after_it_is_apologised_for(self, chat: Chat) -> None:
        chat.say("can i cancel my order?", "cancellation_problem")
        assert "sorry" in chat.say("you will not let me cancel it, I tried for days", "cancellation_problem").lower()

    def test_refused_cancelling_is_a_complaint(self, chat: Chat) -> None:
        assert "sorry" in chat.say("you won't let me cancel my order", "cancellation_problem").lower()


class TestParcelLateOrLost:
    @pytest.mark.parametrize(
        ("shares", "issue"),
        [
            ((("late_delivery", 0.48), ("lost_or_missing", 0.45)), Issue.LATE_DELIVERY),
            ((("lost_or_missing", 0.5), ("late_delivery", 0.41)), Issue.LOST_OR_MISSING),
            ((("late_delivery", 0.4), ("lost_or_missing", 0.3)), None),
            ((("late_delivery", 0.48), ("wrong_item", 0.45)), None),
        ],
    )
    def test_is_not_asked_which_where_it_is_surely_one_of_them(
        self, shop: Shop, shares: tuple[tuple[str, float], ...], issue: Issue
    ) -> None:
        chat = Chat(shop)
        chat.say("I sat by the window and it did not come", "nlu_fallback", ranking=(("nlu_fallback", 0.35), *shares), confidence=0.35)
        assert chat.asks == ("order_number" if issue else "issue")
        assert chat.case.issue is issue


class TestHarmByFood:
    def test_food_is_not_to_be_eaten(self, shop: Shop) -> None:
        chat = Chat(shop)
        chat.say("there is glass in the biryani", "damaged_or_defective", reasons=("safety",), things=(Thing("biryani", "food"),))
        assert "eat no more of it" in chat.text and "use it" not in chat.text


def test_what_went_wrong_for_others_is_not_said_back(shop: Shop) -> None:
    chat = Chat(shop)
    retold = Retold("another order was cancelled", False, (Issue.CANCELLATION_PROBLEM,))
    text = "the rider asked me to cancel, as he was to deliver another order which was cancelled"
    chat.say(text, "cancellation_problem", retold=retold)
    assert "another order" not in chat.text and "Your order was cancelled" not in chat.text
