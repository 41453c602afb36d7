"""The customer's own account, said back: it stands alone where it names the matter, and never sounds like a promise of ours."""

import pytest

from bot.cases.acts import acts
from bot.cases.heard import Heard, Retold
from bot.cases.issue import Issue
from bot.cases.wording import LONGEST_MESSAGE, LONGEST_SENTENCE, sentences
from bot.handling.shop import Shop
from tests.unit.handling.test_first_words import first_reply

LOST, QUALITY, OUTAGE = Issue.LOST_OR_MISSING, Issue.QUALITY_NOT_AS_DESCRIBED, Issue.SERVICE_OUTAGE


def readings(shop: Shop, issue: Issue) -> list[str]:
    """What the assistant takes it for, as it stands within a sentence."""
    return [one[0].lower() + one[1:].rstrip(".") for one in shop.wording.responses[f"utter_restate_reading_{issue}"]]


def test_account_that_names_the_matter_stands_alone(shop: Shop) -> None:
    said = first_reply(shop, "half of it is missing", LOST, 0.7, [(LOST, 0.7)], retold=Retold("half of it is missing", issues=(LOST,)))
    assert " that half of it is missing." in said
    assert not any(one in said for one in readings(shop, LOST))
    assert said.index("half of it is missing") < said.index("sorry")


def test_account_that_does_not_is_followed_by_what_it_is_taken_for(shop: Shop) -> None:
    said = first_reply(shop, "it hums loudly", QUALITY, 0.85, [(QUALITY, 0.85)], retold=Retold("it hums loudly"))
    assert " that it hums loudly, " in said
    assert any(one in said for one in readings(shop, QUALITY))


def test_account_of_what_may_be_another_issue_stands_alone(shop: Shop) -> None:
    said = first_reply(shop, "it hums like a tractor", QUALITY, 0.7, [(QUALITY, 0.7)], retold=Retold("it hums like a tractor"))
    assert " that it hums like a tractor." in said
    assert not any(one in said for one in readings(shop, QUALITY))


def test_account_of_something_else_is_followed_by_no_wrong_reading(shop: Shop) -> None:
    told = Retold("they have gone mouldy", issues=(Issue.DAMAGED_OR_DEFECTIVE,))
    said = first_reply(shop, "bought the rolls and they have gone mouldy", Issue.WRONG_ITEM, 0.63, [(Issue.WRONG_ITEM, 0.63)], retold=told)
    assert " that they have gone mouldy." in said
    assert "wrong" not in said


def test_toss_is_followed_by_no_reading_either(shop: Shop) -> None:
    said = first_reply(shop, "it hums like a tractor", QUALITY, 0.4, [(QUALITY, 0.4)], retold=Retold("it hums like a tractor"))
    assert " that it hums like a tractor." in said


def test_question_is_told_as_what_they_ask(shop: Shop) -> None:
    asked = Retold("where your parcel is", asks=True, issues=(LOST,))
    said = first_reply(shop, "where is my parcel", LOST, 0.9, [(LOST, 0.9)], retold=asked)
    assert any(f"{begun} where your parcel is" in said for begun in ("You ask", "You want to know", "Your question is"))


def test_what_else_they_told_is_said_in_the_same_sentence(shop: Shop) -> None:
    first, also = Retold("half of it is missing", issues=(LOST,)), Retold("our driver shouted at you", issues=(Issue.STAFF_CONDUCT,))
    said = first_reply(shop, "half is missing and he shouted", LOST, 0.99, [(LOST, 0.99)], retold=first, retold_beside=also)
    (both,) = (one for one in sentences(said) if "half of it is missing" in one)
    assert "and that our driver shouted at you" in both


@pytest.mark.parametrize(
    "told",
    [
        "we will refund you by Monday",
        "it is our fault and we are sorry",
        "you can have a full refund",
        " ".join(["you waited and waited in the rain for"] * 4),
    ],
)
def test_account_that_would_sound_like_ours_or_is_too_long_is_not_said(shop: Shop, told: str) -> None:
    said = first_reply(shop, "as I told you before, nothing came", LOST, 0.99, [(LOST, 0.99)], retold=Retold(told))
    assert told not in said
    assert {"restate", "apologise", "own", "ask"} <= acts(said)
    assert max(len(one.split()) for one in sentences(said)) <= LONGEST_SENTENCE


@pytest.mark.parametrize("issue", [*Issue])
def test_long_account_leaves_room_for_all_that_is_owed(shop: Shop, issue: Issue) -> None:
    told = Retold("you've tried to put it together for three evenings but it still falls over")
    said = first_reply(shop, "three evenings and it still falls over", issue, 0.8, [(issue, 0.8)], retold=told)
    assert told.text in said
    assert len(said.split()) <= LONGEST_MESSAGE
    assert {"disclose", "restate", "apologise", "own", "next", "ask", "human"} <= acts(said)


def test_unsure_message_is_of_the_likely_issue_that_its_account_names() -> None:
    ranking = (("nlu_fallback", 0.35), (str(OUTAGE), 0.3), (str(LOST), 0.25), (str(QUALITY), 0.05))
    told = Retold("half of it is missing", issues=(LOST,))
    assert Heard("1", "x.1", "half of it is missing", intent="nlu_fallback", ranking=ranking, retold=told).issue is LOST
    assert Heard("1", "x.1", "half of it is missing", intent="nlu_fallback", ranking=ranking).issue is None
    either = Retold("half of it is missing and the page is down", issues=(LOST, OUTAGE))
    assert Heard("1", "x.1", "both", intent="nlu_fallback", ranking=ranking, retold=either).issue is None


def test_two_accounts_are_said_in_the_order_they_were_told(shop: Shop) -> None:
    leads, other = Retold("it leaks", issues=(Issue.DAMAGED_OR_DEFECTIVE,), start=40), Retold("the kettle came late", start=0)
    told = [(Issue.DAMAGED_OR_DEFECTIVE, 0.9)]
    said = first_reply(shop, "the kettle came late", Issue.DAMAGED_OR_DEFECTIVE, 0.9, told, retold=leads, retold_beside=other)
    assert 0 < said.index("the kettle came late") < said.index("it leaks")
