"""Two things told in one message: both are heard, and the second is taken up when the first is settled."""

import pytest

from bot.cases.heard import Told
from bot.cases.issue import Issue
from bot.handling.shop import Shop
from tests.unit.handling.chats import Chat, restatements

BROKEN_AND_RUDE = (
    Told(Issue.DAMAGED_OR_DEFECTIVE, "the lamp came broken"),
    Told(Issue.STAFF_CONDUCT, "and the driver swore at me"),
)


@pytest.fixture
def two(broken: Shop) -> Chat:
    """A chat whose first message tells two things, and that goes on to what is offered for the first."""
    chat = Chat(broken)
    chat.say("the lamp came broken and the driver swore at me", "damaged_or_defective", told=BROKEN_AND_RUDE)
    chat.say("B1, nina@example.com", "inform", order_number="B1", email="nina@example.com")
    return chat


def settle_first(chat: Chat) -> str:
    chat.tap(chat.labels[0])
    return chat.tap("Yes")


def test_both_are_heard_in_the_first_reply(two: Chat) -> None:
    first = two.texts[0]
    assert any(text in first for text in restatements(two.shop.wording, Issue.DAMAGED_OR_DEFECTIVE, "lamp"))
    assert any(text in first for text in two.shop.wording.responses["utter_restate_beside_staff_conduct"])


def test_second_is_taken_up_when_a_remedy_is_filed_for_the_first(two: Chat) -> None:
    said = settle_first(two)
    assert [one.issue for one in two.cases] == [Issue.DAMAGED_OR_DEFECTIVE, Issue.STAFF_CONDUCT]
    assert any(text in said for text in two.shop.wording.responses["utter_inform_next_matter"])
    assert two.asks == "remedy"


def test_second_asks_for_nothing_that_is_known(two: Chat) -> None:
    settle_first(two)
    assert two.facts["what_happened"] == "and the driver swore at me"
    assert two.facts["order_number"] == "B1"


def test_second_is_not_apologised_for_again(two: Chat) -> None:
    assert "sorry" not in settle_first(two).lower()


def test_same_words_read_two_ways_change_nothing(two: Chat) -> None:
    settle_first(two)
    offered = two.choices
    told = (Told(Issue.LATE_DELIVERY, "he kept me for an hour"), Told(Issue.STAFF_CONDUCT, "he kept me for an hour"))
    two.say("he kept me for an hour", "late_delivery", confidence=0.61, told=told)
    assert [one.issue for one in two.cases] == [Issue.DAMAGED_OR_DEFECTIVE, Issue.STAFF_CONDUCT]
    assert [one["label"] for one in two.choices] == [one["label"] for one in offered]


def test_second_is_taken_up_once(two: Chat) -> None:
    settle_first(two)
    settle_first(two)
    assert len(two.cases) == 2
    assert len(two.filed) == 2


@pytest.mark.parametrize(
    ("beside", "words", "is_taken_up"),
    [
        (Issue.REFUND_NOT_RECEIVED, "and they refuse to refund me", False),  # the refund filed settles that one was missing
        (Issue.BILLING_DISPUTE, "and you charged me twice", True),  # a refund for goods settles no wrong charge
    ],
)
def test_refund_for_goods_settles_what_it_pays(broken: Shop, beside: Issue, words: str, is_taken_up: bool) -> None:
    chat = Chat(broken)
    told = (Told(Issue.DAMAGED_OR_DEFECTIVE, "broken lamp"), Told(beside, words))
    chat.say(f"broken lamp {words}", "damaged_or_defective", told=told)
    chat.say("B1, nina@example.com", "inform", order_number="B1", email="nina@example.com")
    if chat.asks == "remedy":
        chat.tap("Refund")
    chat.tap("Yes")
    assert [one.kind for one in chat.filed] == ["refund"]
    assert [one.issue for one in chat.cases[1:]] == [beside] * is_taken_up


@pytest.mark.parametrize(
    ("words", "is_kept"),
    [
        ("nobody answers my mails", False),
        ("nobody anserws", False),
        ("you never reply", False),
        ("they don't pick up", False),
        ("nobody replied and the driver was rude", True),
        ("your man swore at me", True),
    ],
)
def test_that_nobody_answered_is_no_matter_beside_another(broken: Shop, words: str, is_kept: bool) -> None:
    chat = Chat(broken)
    told = (Told(Issue.DAMAGED_OR_DEFECTIVE, "broken lamp"), Told(Issue.STAFF_CONDUCT, words))
    chat.say(f"broken lamp, {words}", "damaged_or_defective", told=told)
    assert ("also_staff_conduct" in chat.facts) is is_kept


def test_a_person_who_takes_over_sees_what_was_kept(two: Chat) -> None:
    two.say("let me talk to a person", "ask_human")
    assert two.facts["also_staff_conduct"] == "and the driver swore at me"
    assert len(two.cases) == 1
