"""What was heard: above all, whether the customer wants a person."""

from dataclasses import replace

import pytest

from bot.cases.heard import Heard, Retold, Told, led_by, wants_nobody
from bot.cases.issue import Issue

HEARD = Heard("message-1", "conversation-1.1", "")
WANTS_A_PERSON = """
human please. the sofa you sent is the wrong colour
Real person now. order A10021 is late
a person, please: nobody answers my mails
I want to talk to a person
can i speak to a human please
HUMAN
agent please
get me a manager
let me speak with your supervisor
put me through to somebody
connect me with a representative
transfer me to a real person
is there a real person i can talk to
I need a human being
just give me a real human
I was charged twice, let me talk to a person
my order was late i want to talk to a human
I had a bad day so please connect me to an agent
pass me on to a manager
escalate this to a manager
could someone call me
have a person call me
give me someone who can help
can someone connect me to a human
i dont want a bot, get me a human
no more bots please, person
is anyone there who is not a machine
why can't I talk to a person
I’d like to speak to customer service
operator!!
"""
TALKS_OF_ONE = """
I had to speak to a manager twice already
I was told to speak to a manager
they put me through to a supervisor who hung up
I spoke to a person yesterday
the agent was rude
your manager promised me a refund
the driver gave it to the wrong person
I talked to an agent last week
I need a replacement
I want to talk about my order
someone stole my parcel
I don’t want to talk to a person
no need to speak to a human
your human resources page is broken
you put my parcel with someone else
I have already spoken to a representative
The manager, Amira, was rude
manager now says no
I was told by an agent. He hung up
"""


@pytest.mark.parametrize("said", WANTS_A_PERSON.strip().splitlines())
def test_wish_for_a_person_is_heard_in_many_words(said: str) -> None:
    assert replace(HEARD, text=said).wants_person


@pytest.mark.parametrize("said", TALKS_OF_ONE.strip().splitlines())
def test_talking_of_a_person_is_no_wish_for_one(said: str) -> None:
    assert not replace(HEARD, text=said).wants_person


def test_intent_alone_is_a_wish_for_a_person() -> None:
    assert replace(HEARD, text="is there nobody with a pulse", intent="ask_human").wants_person


@pytest.mark.parametrize(
    ("said", "lacks"),
    [
        ("I don't have it", True),
        ("I don’t have the number", True),
        ("can’t find it", True),
        ("no idea", True),
        ("lost the mail", True),
        ("here it is", False),
    ],
)
def test_customer_may_say_that_it_is_not_at_hand(said: str, lacks: bool) -> None:
    assert replace(HEARD, text=said).has_not_got_it is lacks


def test_unsure_complaint_is_still_a_complaint() -> None:
    ranking = (("nlu_fallback", 0.4), ("wrong_item", 0.3), ("greet", 0.2), ("late_delivery", 0.05))
    unsure = replace(HEARD, intent="nlu_fallback", ranking=ranking)
    assert unsure.sounds_like_complaint
    assert unsure.likely_issues() == (Issue.WRONG_ITEM,)
    assert not replace(unsure, ranking=(("nlu_fallback", 0.4), ("greet", 0.3), ("wrong_item", 0.2))).sounds_like_complaint
    assert not replace(unsure, intent="wrong_item").sounds_like_complaint


def test_complaint_beside_facts_needs_words_that_tell_it() -> None:
    facts = replace(HEARD, intent="inform", ranking=(("inform", 0.6), ("late_delivery", 0.3)), phrase="it is late")
    assert facts.issue_beside_facts is Issue.LATE_DELIVERY
    assert replace(facts, phrase=None).issue_beside_facts is None


def test_values_keep_the_order_they_were_said_in() -> None:
    heard = replace(HEARD, entities=(("email", "a@b.example"), ("phone", "1"), ("email", "c@d.example")))
    assert heard.values("email") == ("a@b.example", "c@d.example")


CHARGED, BROKE = Told(Issue.BILLING_DISPUTE, "charged twice", 0.3), Told(Issue.DAMAGED_OR_DEFECTIVE, "and a leg broke", 0.65)


@pytest.mark.parametrize(
    ("told", "account", "leads"),
    [
        ((BROKE, CHARGED), Retold("we charged you twice", issues=(Issue.BILLING_DISPUTE,)), CHARGED),
        ((BROKE, CHARGED), Retold("a leg broke", issues=(Issue.DAMAGED_OR_DEFECTIVE,)), BROKE),
        ((BROKE, CHARGED), Retold("it hums"), BROKE),
        ((BROKE, CHARGED), None, BROKE),
        ((replace(BROKE, confidence=0.96), CHARGED), Retold("we charged you twice", issues=(Issue.BILLING_DISPUTE,)), None),
        ((BROKE, replace(CHARGED, confidence=0.1)), Retold("we charged you twice", issues=(Issue.BILLING_DISPUTE,)), BROKE),
        ((BROKE, Told(Issue.STAFF_CONDUCT, "nobody replies", 0.3)), Retold("nobody replies", issues=(Issue.STAFF_CONDUCT,)), BROKE),
    ],
)
def test_what_is_said_back_leads(told: tuple[Told, ...], account: Retold | None, leads: Told | None) -> None:
    assert led_by(told, account)[0] == (leads or told[0])
    assert {*led_by(told, account)} == {*told}


@pytest.mark.parametrize(
    ("said", "none"),
    [
        ("no person. just refund it", True),
        ("Actually, no, don't bother the person, I will take the voucher", True),
        ("cancel the person. i just want my money", True),
        ("nah i dont want to wait for a person", True),
        ("I don't need a team lead, forget it", True),
        ("I don't want a bot, I want a person", False),
        ("there is no person I can talk to", False),
        ("no human answers your phone", False),
        ("not a single person replied", False),
        ("person", False),
        ("can a person help me", False),
    ],
)
def test_wanting_no_person_is_told_from_missing_one(said: str, none: bool) -> None:
    assert wants_nobody(said) is none
    assert not (none and replace(HEARD, text=said, intent="ask_human").wants_person)
