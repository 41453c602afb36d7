"""The first reply where the reading is uncertain: it quotes rather than guesses, and hears trouble told in passing."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.cases.acts import acts
from bot.cases.heard import HARMS, Heard, HowLong, OwnWords, Retold, Thing, Told
from bot.cases.issue import Issue
from bot.cases.wording import LONGEST_MESSAGE, sentences
from bot.handling.shop import Shop
from tests.unit.handling.chats import Chat

WHY = "looks into the cause"


def first_reply(shop: Shop, text: str, intent: str, confidence: float, told: Sequence[tuple[Issue, float]] = (), **more: object) -> str:
    """What a new chat answers to a message that is read like this. Each told issue has the whole text for its clause."""
    issues = tuple(Told(issue, f"{text} {place}", share) for place, (issue, share) in enumerate(told))
    chat = Chat(shop)
    facts = {"told": issues, "confidence": confidence, **more}
    return chat.say(text, intent, **facts)


def test_words_of_their_own_are_quoted_beside_an_uncertain_reading(shop: Shop) -> None:
    own = OwnWords("the second strap", tells=False)
    said = first_reply(
        shop, "what about the second strap", Issue.DAMAGED_OR_DEFECTIVE, 0.6, [(Issue.DAMAGED_OR_DEFECTIVE, 0.6)], own_words=own
    )
    assert "“the second strap”" in said
    assert "and it seems " in said
    assert not any(text in said for text in shop.wording.responses["utter_restate_damaged_or_defective"])


def test_uncertain_reading_without_a_quote_tells_no_deed(shop: Shop) -> None:
    said = first_reply(shop, "and my wife is waiting", Issue.LOST_OR_MISSING, 0.6, [(Issue.LOST_OR_MISSING, 0.6)])
    assert any(text in said for text in shop.wording.responses["utter_restate_reading_lost_or_missing"])


def test_what_may_be_either_of_two_is_not_told_as_one(shop: Shop) -> None:
    ranking = ((str(Issue.QUALITY_NOT_AS_DESCRIBED), 0.6), (str(Issue.BILLING_DISPUTE), 0.3))
    issue, told = Issue.QUALITY_NOT_AS_DESCRIBED, [(Issue.QUALITY_NOT_AS_DESCRIBED, 0.6)]
    said = first_reply(shop, "the extremes of it all do not match", issue, 0.6, told, ranking=ranking)
    assert "about the quality" in said and "about the charge" in said
    assert not any(text in said for text in shop.wording.responses["utter_restate_reading_quality_not_as_described"])
    assert "replace" not in said and "refund you" in said


def test_one_that_is_far_ahead_is_told_alone(shop: Shop) -> None:
    ranking = ((str(Issue.LOST_OR_MISSING), 0.7), (str(Issue.BILLING_DISPUTE), 0.05))
    said = first_reply(shop, "and my wife is waiting", Issue.LOST_OR_MISSING, 0.7, [(Issue.LOST_OR_MISSING, 0.7)], ranking=ranking)
    assert any(text in said for text in shop.wording.responses["utter_restate_reading_lost_or_missing"])


def test_a_toss_names_no_kind_and_quotes(shop: Shop) -> None:
    own = OwnWords("the trip of a lifetime", tells=False)
    told = [(Issue.DAMAGED_OR_DEFECTIVE, 0.3)]
    said = first_reply(shop, "you soured the trip of a lifetime", Issue.DAMAGED_OR_DEFECTIVE, 0.5, told, own_words=own)
    assert "“the trip of a lifetime”" in said
    assert any(text in said for text in shop.wording.responses["utter_restate_unclear"])
    assert not any(word in said for word in ("broken", "damaged", "faulty"))


@pytest.mark.parametrize(
    ("text", "is_hedged"),
    [("they are left where anybody might take them", True), ("the parcel got lost between you and me", False)],
)
def test_what_none_of_their_words_bears_out_is_not_told_flatly(shop: Shop, text: str, is_hedged: bool) -> None:
    said = first_reply(shop, text, Issue.LOST_OR_MISSING, 0.99, [(Issue.LOST_OR_MISSING, 0.99)])
    hedges = [one.split("{")[0] for name in ("restate_unsure", "restate_unsure_shortly") for one in shop.wording.responses[f"utter_{name}"]]
    assert any(one in said for one in hedges) == is_hedged


def test_words_of_another_clause_are_quoted_without_a_conclusion(shop: Shop) -> None:
    told = [(Issue.SERVICE_OUTAGE, 0.2)]
    said = first_reply(shop, "the chat was down", Issue.WRONG_ITEM, 0.6, told, phrase="the chat was down")
    assert "“the chat was down”" in said
    assert "so it seems" not in said
    assert "and it seems" not in said


@pytest.mark.parametrize("issue", [Issue.LATE_DELIVERY, Issue.QUALITY_NOT_AS_DESCRIBED, Issue.DAMAGED_OR_DEFECTIVE])
def test_long_quote_leaves_room_for_two_ways(shop: Shop, issue: Issue) -> None:
    own = OwnWords("no update on the parcel delivery", tells=False)
    said = first_reply(shop, "no update on the parcel delivery so far", issue, 0.7, [(issue, 0.7)], own_words=own)
    assert "remedy" in acts(said)
    assert len(said.split()) <= LONGEST_MESSAGE


def test_two_matters_of_which_neither_surely_leads_are_both_named(shop: Shop) -> None:
    told = [(Issue.BILLING_DISPUTE, 0.5), (Issue.REFUND_NOT_RECEIVED, 0.4)]
    said = first_reply(shop, "it was taken off my card and nothing is back", Issue.BILLING_DISPUTE, 0.5, told)
    assert "the charge" in said
    assert "your refund" in said


def test_cause_that_is_not_known_is_looked_into_by_a_time_and_the_question_comes_last(shop: Shop) -> None:
    said = first_reply(shop, "my parcel is late", Issue.LATE_DELIVERY, 0.99, [(Issue.LATE_DELIVERY, 0.99)])
    (why,) = (one for one in sentences(said) if WHY in one)
    assert "12:00 Phoenix time today" in why
    assert said.rstrip().endswith("?")
    assert said.index("sorry") < said.index(WHY)


@pytest.mark.parametrize("intent", ["thanks", "deny", "greet"])
def test_trouble_told_under_a_courtesy_is_owned_up_to(shop: Shop, intent: str) -> None:
    ranking = ((intent, 0.4), (str(Issue.SERVICE_OUTAGE), 0.3))
    said = first_reply(shop, "hi, the page for gift cards crashes, many thanks", intent, 0.4, ranking=ranking)
    assert {"restate", "apologise", "ask"} <= acts(said)


def test_plain_courtesy_is_answered_as_one(shop: Shop) -> None:
    ranking = (("thanks", 0.97), (str(Issue.STAFF_CONDUCT), 0.02))
    assert "sorry" not in first_reply(shop, "thank you so much for this", "thanks", 0.97, ranking=ranking)


def test_enquiry_that_tells_of_a_delay_is_a_complaint(shop: Shop) -> None:
    said = first_reply(shop, "it was due last week and where is it", "order_status", 0.7, [(Issue.LATE_DELIVERY, 0.2)])
    assert {"restate", "apologise"} <= acts(said)


def test_person_who_takes_over_comes_with_the_ways_they_have(shop: Shop) -> None:
    said = first_reply(shop, "the same lamp came broken again", Issue.DAMAGED_OR_DEFECTIVE, 0.99, reasons=("repeated_failure",))
    assert "remedy" in acts(said)
    assert len(said.split()) <= LONGEST_MESSAGE


def test_wish_for_a_person_that_tells_more_is_acknowledged(shop: Shop) -> None:
    ranking = (("ask_human", 0.6), (str(Issue.REFUND_NOT_RECEIVED), 0.3))
    said = first_reply(shop, "whom do I talk to for the money of my trip, the desk is of no help", "ask_human", 0.6, ranking=ranking)
    assert {"restate", "apologise", "human"} <= acts(said)


def test_hint_at_a_complaint_needs_a_complaint_that_comes_next() -> None:
    hint = Heard("m", "s", "not now, and nothing of that", "deny", 0.9, ranking=(("deny", 0.9), (str(Issue.WRONG_ITEM), 0.05)))
    assert hint.hints_at_complaint
    assert not replace(hint, ranking=(("deny", 0.9), ("greet", 0.05))).hints_at_complaint
    assert not replace(hint, text="no").hints_at_complaint


def test_enquiry_that_asks_nothing_and_doubts_is_heard_as_a_complaint(shop: Shop) -> None:
    ranking = (("order_status", 0.75), ("late_delivery", 0.21))
    doubts = first_reply(shop, "yet again I doubt that it comes today", "order_status", 0.75, ranking=ranking)
    assert "sorry" in doubts and "a person looks into" in doubts
    assert "sorry" not in first_reply(shop, "when will it come today?", "order_status", 0.75, ranking=ranking)


def test_account_of_harm_is_not_said_back_as_owned(shop: Shop) -> None:
    told = Retold("we burned your hand", issues=(Issue.DAMAGED_OR_DEFECTIVE,))
    said = first_reply(shop, "you burned my hand", "damaged_or_defective", 0.9, retold=told, reasons=("injury",))
    assert "we burned" not in said


def test_thing_that_may_go_on_to_hurt_is_to_be_left_alone(shop: Shop) -> None:
    told = Retold("the kettle burned your hand", issues=(Issue.DAMAGED_OR_DEFECTIVE,), beside=True)
    told = replace(told, harm=True)
    hurt = {"retold": told, "things": (Thing("kettle", "goods"),)}
    said = first_reply(shop, "the kettle burned my hand", "late_delivery", 0.99, reasons=("injury",), **hurt)
    assert "the kettle burned your hand" in said and "Please do not use it any more" in said
    assert "do not use it" not in first_reply(shop, "the kettle is late", "late_delivery", 0.99, reasons=("media",), **hurt)


def test_doubt_between_kinds_that_no_word_names_is_unsaid_beside_a_quote(shop: Shop) -> None:
    ranking = ((str(Issue.REFUND_NOT_RECEIVED), 0.4), (str(Issue.BILLING_DISPUTE), 0.3))
    read = {"ranking": ranking, "phrase": "my code does not count"}
    said = first_reply(shop, "my code does not count", "refund_not_received", 0.4, [(Issue.REFUND_NOT_RECEIVED, 0.4)], **read)
    assert "“my code does not count”" in said and "can't tell yet" not in said and "not sure yet" not in said
    named = first_reply(shop, "on the bill my code does not count", "refund_not_received", 0.4, [(Issue.REFUND_NOT_RECEIVED, 0.4)], **read)
    assert "about the bill" in named


@pytest.mark.parametrize(("text", "second"), [("your page does not load", "call you"), ("I paid and the page does not load", "refund")])
def test_second_way_is_the_money_only_where_they_speak_of_any(shop: Shop, text: str, second: str) -> None:
    said = first_reply(shop, text, "service_outage", 0.99, [(Issue.SERVICE_OUTAGE, 0.99)])
    (ways,) = (one for one in sentences(said) if "when it works" in one)
    assert second in ways


def test_wish_is_said_back_where_nothing_else_can_be(shop: Shop) -> None:
    ranking = ((str(Issue.WRONG_ITEM), 0.4), (str(Issue.STAFF_CONDUCT), 0.3))
    said = first_reply(shop, "I want a refund of all this", "wrong_item", 0.4, [(Issue.WRONG_ITEM, 0.4)], ranking=ranking)
    assert any(text in said for text in shop.wording.responses["utter_restate_wish_refund"])


@pytest.mark.parametrize("harm", HARMS)
def test_harm_that_no_clause_tells_is_said_before_what_else_went_wrong(shop: Shop, harm: str) -> None:
    also = Retold("nobody ever replies", issues=(Issue.STAFF_CONDUCT,))
    said = first_reply(
        shop, "it brnt me n nobody replies", "staff_conduct", 0.98, [(Issue.STAFF_CONDUCT, 0.98)], retold=also, reasons=(harm,)
    )
    (told,) = (text for text in shop.wording.responses[f"utter_restate_harm_{harm}"] if text in said)
    assert said.index(told) < said.index("nobody ever replies") < said.index("sorry")
    assert not any(text in said for text in shop.wording.responses["utter_restate_staff_conduct"])


def test_unknown_thing_that_hurt_is_to_be_left_alone_too(shop: Shop) -> None:
    told = [(Issue.DAMAGED_OR_DEFECTIVE, 0.84)]
    assert "do not use it" in first_reply(shop, "the heatr burnd me", "damaged_or_defective", 0.84, told, reasons=("injury",))
    on_board = {"reasons": ("injury",), "things": (Thing("seat", "travel"),)}
    assert "do not use it" not in first_reply(shop, "the seat cut me", "damaged_or_defective", 0.84, told, **on_board)


def test_of_two_matters_each_in_a_clause_of_its_own_both_are_said(shop: Shop) -> None:
    told = [(Issue.BILLING_DISPUTE, 0.35), (Issue.DAMAGED_OR_DEFECTIVE, 0.62)]
    account = Retold("we charged you twice", issues=(Issue.BILLING_DISPUTE,), beside=True)
    said = first_reply(shop, "you charged me twice and a leg broke", "damaged_or_defective", 0.62, told, retold=account)
    assert "we charged you twice" in said
    assert any(text in said for text in shop.wording.responses["utter_restate_beside_damaged_or_defective"])


def test_what_they_will_miss_is_not_what_was_late(shop: Shop) -> None:
    flight = Thing("connecting flight", "travel", central=True)
    late = [(Issue.LATE_DELIVERY, 0.99)]
    said = first_reply(shop, "we are going to miss our connecting flight", Issue.LATE_DELIVERY, 0.99, late, things=(flight,))
    assert "connecting flight was" not in said
    said = first_reply(shop, "our connecting flight is an hour late", Issue.LATE_DELIVERY, 0.99, late, things=(flight,))
    assert "connecting flight was" in said


def test_thing_they_named_is_said_where_no_kind_is_sure(shop: Shop) -> None:
    ranking = (("nlu_fallback", 0.35), (str(Issue.DAMAGED_OR_DEFECTIVE), 0.3))
    for thing in (Thing("lampshade", "goods"), Thing("fitter", "people")):
        said = first_reply(shop, f"so much for the {thing.name}", "nlu_fallback", 0.35, [], ranking=ranking, things=(thing,))
        assert f"about the {thing.name}, and something" in said


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (Issue.LATE_DELIVERY, Issue.LOST_OR_MISSING, ("late", "missing")),
        (Issue.WRONG_ITEM, Issue.LOST_OR_MISSING, ("what", "not")),
        (Issue.SERVICE_OUTAGE, Issue.DAMAGED_OR_DEFECTIVE, ("work",)),
        (Issue.STAFF_CONDUCT, Issue.SERVICE_OUTAGE, ("how you were treated", "and about", "what does not work")),
        (Issue.CANCELLATION_PROBLEM, Issue.LATE_DELIVERY, ("cancellation", "and about", "delay")),
    ],
)
def test_two_kinds_alike_or_told_together_are_no_doubt(shop: Shop, first: Issue, second: Issue, words: tuple[str, ...]) -> None:
    ranking = ((str(first), 0.4), (str(second), 0.35))
    said = first_reply(shop, "so much for that", first, 0.4, [(first, 0.4)], ranking=ranking)
    assert "It seems" in said and "can't tell" not in said and "not sure" not in said
    likely = "restate_alike_" + "_".join(sorted((first, second)))
    if shop.wording.has(likely):
        assert any(text in said for text in shop.wording.responses[f"utter_{likely}"])
    else:
        assert all(word in said for word in words)


def test_only_kind_that_is_asked_about_is_told_as_what_it_seems(shop: Shop) -> None:
    ranking = (("nlu_fallback", 0.35), ("out_of_scope", 0.3), (str(Issue.SERVICE_OUTAGE), 0.3))
    said = first_reply(shop, "so much for that", "nlu_fallback", 0.35, [], ranking=ranking)
    assert any(text in said for text in shop.wording.responses["utter_restate_reading_service_outage"])


def test_what_was_cancelled_without_a_word_is_not_to_be_cancelled(shop: Shop) -> None:
    told = [(Issue.CANCELLATION_PROBLEM, 0.99)]
    said = first_reply(shop, "without a word you cancelled it. Help", Issue.CANCELLATION_PROBLEM, 0.99, told)
    assert "refund what was cancelled" in said and "cancel and refund" not in said


def test_time_that_their_account_holds_is_not_said_again(shop: Shop) -> None:
    account = Retold("we made you wait for 1 hour", issues=(Issue.LATE_DELIVERY,))
    more = {"retold": account, "how_long": HowLong("waited", "1 hour")}
    said = first_reply(shop, "you made me wait for 1 hour", Issue.LATE_DELIVERY, 0.99, [(Issue.LATE_DELIVERY, 0.99)], **more)
    assert said.count("1 hour") == 1


def test_enquiry_after_what_has_not_come_is_told_as_late_or_missing(shop: Shop) -> None:
    told = [(Issue.LOST_OR_MISSING, 0.2)]
    said = first_reply(shop, "my parcel did not come on time, can you look", "order_status", 0.7, told)
    assert "parcel is late or missing" in said


def test_what_people_dropped_is_not_to_be_left_alone(shop: Shop) -> None:
    torch = Thing("torch", "goods", central=True)
    told, reasons = [(Issue.STAFF_CONDUCT, 0.9)], ("injury",)
    said = first_reply(shop, "your fitter dropped a torch on me", Issue.STAFF_CONDUCT, 0.9, told, things=(torch,), reasons=reasons)
    assert "911" in said and "do not use it" not in said


def test_reply_that_is_a_word_too_long_says_least_of_what_is_said_at_length(shop: Shop) -> None:
    ranking = ((str(Issue.WRONG_ITEM), 0.34), (str(Issue.STAFF_CONDUCT), 0.33), (str(Issue.BILLING_DISPUTE), 0.2))
    for place in range(12):
        said = first_reply(shop, f"so much for that {place}", "nlu_fallback", 0.35, [], ranking=ranking)
        assert "refund" in said and len(said.split()) <= LONGEST_MESSAGE


def test_food_that_never_came_is_not_to_be_left_alone(shop: Shop) -> None:
    food = Thing("food", "food", central=True)
    told, reasons = [(Issue.LOST_OR_MISSING, 0.9)], ("safety",)
    said = first_reply(shop, "no food came, the rider crashed", Issue.LOST_OR_MISSING, 0.9, told, things=(food,), reasons=reasons)
    assert "911" in said and "no more of it" not in said


@pytest.mark.parametrize(
    ("text", "harm", "named"),
    [
        ("a cockroach in the soup", "safety", "vermin"),
        ("we were sick all night from it", "injury", "illness"),
        ("my daughter is allergic to it", "injury", "an allergy"),
        ("the plug gave off smoke", "safety", "fire"),
        ("it went wrong", "safety", "may"),
    ],
)
def test_harm_is_named_by_its_kind(shop: Shop, text: str, harm: str, named: str) -> None:
    said = first_reply(shop, text, Issue.DAMAGED_OR_DEFECTIVE, 0.9, [(Issue.DAMAGED_OR_DEFECTIVE, 0.9)], reasons=(harm,))
    assert any(named in one for one in sentences(said) if one.startswith(("This is about", "It is about", "It concerns", "You write of")))
