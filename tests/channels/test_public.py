"""The public reply (rule 35): one short sorry-and-action answer to a complaint that everybody reads, and never a word about whom."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from bot.cases.acts import LONGEST_PUBLIC, acts, order_of, public_flaws
from bot.cases.conversation import Handler
from bot.cases.incident import Incident
from bot.cases.issue import Fault, Issue, Severity
from bot.cases.letter import AdmissionMode
from bot.cases.public import MOST_TURNS, Mention, PublicPolicy, fitting, is_fit, why_silent
from bot.cases.wording import apologies, faults
from bot.handling.public_replies import compose, needs_approval
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import an_incident, an_order
from tests.doors import a_shop
from tests.unit.handling.chats import Chat, take_incidents, take_orders

NASTY = (
    "Robert'); DROP TABLE",
    "{due} {name}",
    "“Nina” <b>Berg</b>",
    "GREAT SHOP!!! 5/5",
    "None",
    "Sorry Sorrow",
    "@amira@b.example",
    "؜‮evil",
)
PRIVATE = ("A10021", "nina", "berg", "@", "75.00", "4242", "lamp", "clock", "phoenix, az", "555", "northway", "a-")
EVERYBODY = {"published": True, "scope": {}, "issues": tuple(Issue), "offer": None}
INCIDENTS: tuple[Incident | None, ...] = (
    None,
    an_incident(code="I-OURS", fault=Fault.OURS, explanation="Our system was down for a day.", **EVERYBODY),
    an_incident(
        code="I-STORM",
        explanation="A winter storm has closed the passes, so parcels for both states are waiting in the depots.",
        **EVERYBODY,
    ),
    an_incident(
        code="I-LONG",
        explanation="A winter storm has closed the passes, " + "and all that lies behind them, " * 5 + "since Monday.",
        **EVERYBODY,
    ),
    an_incident(code="I-TELLS", fault=Fault.THIRD_PARTY, explanation="Write to jo@carrier.example about A10021.", **EVERYBODY),
    an_incident(code="I-QUIET", explanation="A fire in the depot stopped all parcels.", issues=tuple(Issue), scope={}),
)


@pytest.fixture
def shop(memory_database: Database) -> Shop:
    """Answers in public at once; Nina's late order is in it."""
    take_orders(memory_database, an_order())
    shop = a_shop(memory_database)
    return replace(shop, policy=replace(shop.policy, public=PublicPolicy(approve=False)))


def said_to(shop: Shop, chat: Chat, turns: int = 0, is_public: bool = True) -> str | None:
    """What everybody reads under the newest message of a chat."""
    assert chat.last
    with shop.begin(True) as uow:
        conversation, message = uow.conversations.get(chat.id), uow.messages.get(chat.last.message_id)
        message.is_public = is_public
        case = uow.cases.find(message.case_id or conversation.case_id)
        return compose(shop, uow, conversation, case, message, chat.now, turns=turns)


def answer(shop: Shop, text: str, intent: str | None = "late_delivery", **facts: Any) -> str | None:
    chat = Chat(shop)
    chat.say(text, intent, **facts)
    return said_to(shop, chat)


def must_be_fit(text: str, turns: int = 0) -> None:
    performed = acts(text)
    assert len(text.split()) <= LONGEST_PUBLIC, text
    assert {"restate", "next"} <= performed and performed & {"apologise", "own", "regret"}, text
    assert order_of(text).index("restate") < order_of(text).index("next"), text
    assert apologies(text) == (0 if turns else 1), text
    assert faults(text) == [] and "!" not in text and "?" not in text, text
    assert not any(one.kind in ("personal_data", "public_length", "lacking_act") for one in public_flaws(text)), text
    assert [one for one in PRIVATE if one in text.lower()] == [], text


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda one: one.code if one else "none")
def test_every_complaint_is_answered_short_whole_and_without_a_name(
    shop: Shop, memory_database: Database, incident: Incident | None
) -> None:
    take_incidents(memory_database, *filter(None, [incident]))
    told = set()
    for place, issue in enumerate(Issue):
        name = NASTY[place % len(NASTY)]
        chat = Chat(shop)
        words = f"I am {name}. My order A10021, $75.00 on visa 4242, nina@example.com, +1 555 0123 456: the lamp."
        chat.say(words, str(issue), order_number="A10021", confidence=0.97, things=("lamp",))
        for turns in range(MOST_TURNS):
            text = said_to(shop, chat, turns)
            assert text and name not in text
            must_be_fit(text, turns)
            told.add(text)
        assert said_to(shop, chat, MOST_TURNS) is None
        assert said_to(shop, chat, is_public=False) is None
    is_told = bool(incident) and any(incident.explanation in text for text in told)
    assert is_told == (incident is not None and incident.code in ("I-OURS", "I-STORM"))


def test_every_wording_fits(shop: Shop) -> None:
    """Whatever variants come together, the shortest of the candidates stands."""
    texts = {name.removeprefix("utter_"): variants for name, variants in shop.wording.responses.items()}
    openings = texts["inform_public_automated"]
    restated = [one for issue in Issue for one in texts[f"restate_{issue}"]]
    owned = [one for fault in Fault for one in texts[f"apologise_public_{fault}"]] + list(texts["own_public_again"])
    longest = {name: max(options, key=lambda one: len(one.split())) for name, options in (("o", openings), ("a", owned))}
    for restatement, next_step in product(restated, texts["inform_public_private"]):
        assert is_fit(" ".join((longest["o"], restatement, longest["a"], next_step)))
    for restatement, sorry, next_step in product(restated[::5], owned, ("inform_public_person", "inform_public_taken_up")):
        assert is_fit(" ".join((restatement, sorry, texts[next_step][0].format(due="Wednesday 30 September"))))


def test_person_who_is_promised_is_named_with_the_day(shop: Shop) -> None:
    chat = Chat(shop)
    chat.say("My parcel is late.", "late_delivery")
    assert "a person takes it up by Tuesday 3 March" in (said_to(shop, chat) or "")
    chat.say("Let me talk to a person, it is late.", "late_delivery")
    assert chat.conversation.handler is Handler.QUEUE
    text = said_to(shop, chat, 0)
    assert text and "person answers you in our private message" in text and "Tuesday 3 March" in text
    must_be_fit(text)


def test_sorry_is_said_once_in_a_thread_and_then_it_ends(shop: Shop) -> None:
    chat = Chat(shop)
    chat.say("My parcel is late.", "late_delivery")
    first = said_to(shop, chat)
    chat.say("Still nothing, it is so late!", "late_delivery")
    second, third = said_to(shop, chat, 1), said_to(shop, chat, 2)
    assert first and second and third is None
    assert (apologies(first), apologies(second)) == (1, 0) and "own" in acts(second)
    assert "automated" in first and "automated" not in second


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Best lamp ever, thank you", "thanks"),
        ("Hello there", "greet"),
        ("Where is my order?", "order_status"),
        ("Do you sell boats?", "out_of_scope"),
    ],
)
def test_praise_and_questions_get_no_robot_under_them(shop: Shop, text: str, intent: str) -> None:
    assert answer(shop, text, intent) is None
    chat = Chat(shop)
    chat.say("My parcel is late.", "late_delivery")
    chat.say(text, intent)
    assert said_to(shop, chat, 1) is None


def test_what_is_not_surely_a_complaint_is_not_answered_as_one(shop: Shop) -> None:
    assert answer(shop, "Happy birthday to my favourite shop", "other_complaint", confidence=0.74) is None
    assert answer(shop, "This shop is a joke", "other_complaint", confidence=0.96)


def test_grave_matters_are_for_people_alone(shop: Shop) -> None:
    silent = {reason: answer(shop, "It is late and worse.", reasons=(reason,)) for reason in shop.policy.severe_reasons}
    assert silent == dict.fromkeys(shop.policy.severe_reasons)
    chat = Chat(shop)
    chat.say("My parcel is late.", "late_delivery")
    with shop.begin(True) as uow:
        uow.cases.find(chat.case.id).severity = Severity.S4
    assert said_to(shop, chat) is None


def test_who_only_insults_is_not_answered_in_public(shop: Shop) -> None:
    chat = Chat(shop)
    chat.say("My parcel is late.", "late_delivery")
    for turns in range(2):
        chat.say("You idiots", "nlu_fallback", abuse=True)
        assert said_to(shop, chat, turns) is None
    angry = answer(shop, "You idiots lost it, it is late", "late_delivery", abuse=True, anger=0.9)
    assert angry and ("late" in angry or "delay" in angry or "wait" in angry)


def test_what_a_person_has_is_theirs_to_answer(shop: Shop) -> None:
    chat = Chat(shop)
    chat.say("My parcel is late.", "late_delivery")
    with shop.begin(True) as uow:
        uow.conversations.get(chat.id).give_to(Handler.AGENT, "Amira")
    assert said_to(shop, chat) is None


def test_apology_follows_the_fault_and_the_law(shop: Shop, memory_database: Database) -> None:
    take_incidents(memory_database, INCIDENTS[1] or an_incident())
    mode = {
        one: replace(shop, policy=replace(shop.policy, jurisdiction=replace(shop.policy.jurisdiction, admission=one)))
        for one in AdmissionMode
    }
    owned = {one: answer(at, "Your app is down.", "service_outage") or "" for one, at in mode.items()}
    assert "Our system was down for a day." in owned[AdmissionMode.REGRET]
    ours = ("our failure", "at fault")
    assert {one: any(words in text for words in ours) for one, text in owned.items()} == {
        one: one is not AdmissionMode.REGRET for one in AdmissionMode
    }
    late = answer(shop, "It is late.") or ""  # whether it touches this order, nobody knows
    assert "our failure" not in late and "own" in acts(late)


def test_record_that_says_otherwise_keeps_the_incident_out(shop: Shop, memory_database: Database) -> None:
    take_incidents(memory_database, an_incident(code="I-ELSEWHERE", **(EVERYBODY | {"scope": {"states": ("TX",)}})))
    chat = Chat(shop)
    chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", email="nina@example.com")
    text = said_to(shop, chat) or ""
    assert chat.case.proven and "storm" not in text
    must_be_fit(text)


def test_approval_is_the_shops_to_choose(shop: Shop) -> None:
    asked = replace(shop, policy=replace(shop.policy, public=PublicPolicy()))
    assert (needs_approval(shop), needs_approval(asked)) == (False, True)
    text, read_before = answer(shop, "It is late."), answer(asked, "It is late.")
    assert text and read_before and "automated" in text and "automated" not in read_before
    must_be_fit(read_before)


def test_reasons_for_silence_are_told_apart() -> None:
    late = Mention(Issue.LATE_DELIVERY, 0.99, frozenset(), Severity.S1, Handler.ASSISTANT, 0)
    cases: dict[str | None, Callable[[], Mention]] = {
        None: lambda: late,
        "enough_said": lambda: replace(late, turns=2),
        "with_a_person": lambda: replace(late, handler=Handler.NOBODY),
        "for_a_person": lambda: replace(late, reasons=frozenset({"erasure"})),
        "vindictive": lambda: replace(late, reasons=frozenset({"abuse"})),
        "no_complaint": lambda: replace(late, issue=None),
    }
    assert {why: why_silent(make(), ("injury",)) for why, make in cases.items()} == {why: why for why in cases}
    assert fitting([["Please write to us privately."], []]) is None
