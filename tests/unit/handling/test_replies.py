"""What the customer reads: short, honest, checked sentence by sentence, and traced to a record."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cases.dates import Clock, day_said
from bot.cases.issue import Fault, Issue
from bot.cases.wording import apologies, faults, sentences
from bot.commands.wording import SAMPLES
from bot.handling.remedies import effect_due
from bot.handling.shop import Shop
from bot.policy_files import Rules
from bot.store.database import Database
from bot.store.orders import OrderBook
from bot.wording import Wording
from tests.builders import NOON, an_incident, an_item, an_order
from tests.unit.handling.chats import Chat, anothers_order, dear_order, fitting_order, paid, take_incidents, take_orders, with_variant

LONGEST_SENTENCE = 25
LONGEST_FIRST_REPLY = 80
PHRASE = "the lamp fell apart at once"
VARIANTS = (0, 1, 2, -1)
EMAIL = {"email": "nina@example.com"}
A_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day \d{1,2} [A-Z][a-z]+"
PROOFS = {"nothing": {}, "number": {"order_number": "B1"}, "number and proof": {"order_number": "B1", **EMAIL}}


First = dict[tuple[Issue, str], list[Chat]]


@pytest.fixture(scope="module")
def first(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, rules: Rules, wording: Wording) -> Iterator[First]:
    """The first reply to every issue, with each set of facts, in every variant of the wording."""
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("first") / "amends.db")
    database = Database(f"sqlite:///{path}")
    orders = OrderBook(database, incidents_kept=0)
    shop = Shop(database.begin, orders, rules.policy, wording, rules.shop_name)
    found: First = {}
    for issue in Issue:
        take_orders(database, fitting_order(issue, number="B1"))
        for given, facts in PROOFS.items():
            found[issue, given] = [Chat(with_variant(shop, variant)) for variant in VARIANTS]
            for chat in found[issue, given]:
                chat.say(f"My order B1 went wrong, {PHRASE}", issue, phrase=PHRASE, **facts)
    yield found
    database.close()


@pytest.mark.parametrize("given", PROOFS)
@pytest.mark.parametrize("issue", Issue)
class TestTheFirstReply:
    def test_is_short_and_passes_the_wording_check(self, first: First, issue: Issue, given: str) -> None:
        for chat in first[issue, given]:
            assert len(chat.text.split()) <= LONGEST_FIRST_REPLY, chat.text
            assert max(len(one.split()) for one in sentences(chat.text)) <= LONGEST_SENTENCE, chat.text
            assert faults(chat.text) == [], chat.text

    def test_apologises_once_and_asks_one_thing(self, first: First, issue: Issue, given: str) -> None:
        for chat in first[issue, given]:
            assert apologies(chat.text) == 1, chat.text
            assert chat.text.count("?") == 1, chat.text
            assert chat.asks

    def test_discloses_then_restates_then_apologises(self, first: First, issue: Issue, given: str) -> None:
        for chat in first[issue, given]:
            restated = chat.shop.wording.say(f"restate_{issue}")
            assert "automated" in chat.text
            assert "“person”" in chat.text
            assert chat.text.index("automated") < chat.text.index(restated) < chat.text.lower().index("sorry"), chat.text

    def test_asks_for_nothing_that_was_given(self, first: First, issue: Issue, given: str) -> None:
        for chat in first[issue, given]:
            assert chat.asks not in PROOFS[given]
            assert not (chat.asks == "proof" and "email" in PROOFS[given])
            assert chat.asks != "what_happened"


@pytest.mark.parametrize("issue", Issue)
def test_second_reply_neither_apologises_nor_discloses_again(chat: Chat, issue: Issue) -> None:
    chat.say(f"My order went wrong, {PHRASE}", issue, phrase=PHRASE)
    chat.say("A10021 nina@example.com", "inform", order_number="A10021", **EMAIL)
    assert apologies(chat.text) == 0
    assert "automated" not in chat.text


DETAILS = ("Desk Lamp", "Wall Clock", "Northway", "$", "February", "shipped", "Nina", "Berg", "4242", "4 days", "Phoenix", "visa")
SHOPS_CLOCK = "Phoenix time"


@pytest.mark.parametrize("issue", Issue)
def test_no_text_before_proof_shows_a_detail_of_the_order(chat: Chat, issue: Issue) -> None:
    chat.say("A10021 went wrong for me", issue, order_number="A10021")
    chat.say("it's otto@example.com", "inform", email="otto@example.com")
    chat.say("where is it", "order_status")
    chat.say("are you a robot", "ask_if_bot")
    chat.say("let me talk to someone", "ask_human")
    # Payloads and references are drawn by lot, so that any digits may stand in them; neither tells a detail.
    shown = " ".join([*chat.texts, *(choice["label"] for one in chat.outcomes for choice in one.reply.choices)])
    shown = shown.replace(SHOPS_CLOCK, "").replace(chat.case.reference, "")
    assert [one for one in DETAILS if one in shown] == []


def test_unknown_order_and_wrong_proof_read_the_same(shop: Shop, memory_database: Database) -> None:
    take_orders(memory_database, anothers_order())
    told = []
    for number in ("A20077", "A99999"):
        chat = Chat(with_variant(shop, 0))
        chat.say(f"{number} is late", "late_delivery", order_number=number)
        chat.say("nina@example.com", "inform", **EMAIL)
        chat.say("85001", "inform")
        told.append([re.sub(rf"{number}|A-\w+", "N", text) for text in chat.texts])
        assert chat.asks == "proof"
    assert told[0] == told[1]


@pytest.mark.parametrize("asked", ["remedy", "confirmation"])
def test_anothers_order_and_none_read_the_same_once_ones_own_is_open(shop: Shop, memory_database: Database, asked: str) -> None:
    take_orders(memory_database, anothers_order())
    told = []
    for number in ("A20077", "A99999"):
        chat = Chat(with_variant(shop, 0))
        chat.say("A10021 is late", "late_delivery", order_number="A10021", **EMAIL)
        if asked == "confirmation":
            chat.tap("refund")
        told.append(chat.say(f"sorry, I meant {number}", "inform", order_number=number))
        assert chat.case.order_number == "A10021"
        assert chat.asks == asked
    assert told[0] == told[1]


def test_late_parcel_under_an_incident_gets_its_explanation_and_a_news_promise(shop: Shop, memory_database: Database) -> None:
    incident = an_incident()
    take_incidents(memory_database, incident)
    chat = Chat(shop)
    chat.say("A10021 is late", "late_delivery", order_number="A10021")
    chat.say("nina@example.com", "inform", **EMAIL)
    assert incident.explanation in chat.text
    assert incident.action in chat.text
    assert [(one.what, one.due_at) for one in chat.promises] == [("incident_news", incident.next_update_at)]
    assert day_said(incident.next_update_at or NOON, shop.policy.hours.zone) in chat.text
    assert chat.case.incident_code == incident.code
    assert chat.case.fault is Fault.FORCE_MAJEURE
    assert faults(chat.text) == []


def test_parcel_that_failed_before_the_incident_began_is_not_explained_by_it(shop: Shop, memory_database: Database) -> None:
    take_incidents(memory_database, an_incident(started_at=NOON - timedelta(days=2)))
    chat = Chat(shop)
    chat.say("A10021 is late", "late_delivery", order_number="A10021")
    chat.say("nina@example.com", "inform", **EMAIL)
    assert "storm" not in chat.text
    assert re.search(r"record does not say|not in our record", chat.text)
    assert chat.promises == []
    assert chat.case.incident_code is None


def test_news_that_did_not_fit_into_the_first_reply_is_not_promised(shop: Shop, memory_database: Database) -> None:
    take_incidents(memory_database, an_incident(explanation="A storm has closed " + "every road " * 10 + "today."))
    chat = Chat(shop)
    chat.say("A10021 is late", "late_delivery", order_number="A10021", phrase=PHRASE, **EMAIL)
    assert ("next news" in chat.text) == bool(chat.promises)


def test_charged_twice_tells_and_offers_exactly_what_is_owed(shop: Shop, memory_database: Database) -> None:
    take_orders(memory_database, fitting_order(Issue.BILLING_DISPUTE, number="B2"))
    chat = Chat(shop)
    chat.say("B2 was charged twice", "billing_dispute", order_number="B2", **EMAIL)
    assert "$75.00 is owed back to you" in chat.text
    assert "you paid $150.00 for an order of $75.00" in chat.text
    assert chat.offered[0] == ("refund_owed", "$75.00", False)


def test_refund_never_sent_tells_and_offers_exactly_what_is_owed(shop: Shop, memory_database: Database) -> None:
    order = an_order(number="B3", status="cancelled", items=(an_item(1, "Rug", "61.20"),))
    take_orders(memory_database, order)
    chat = Chat(shop)
    chat.say("B3, no refund yet", "refund_not_received", order_number="B3", **EMAIL)
    assert "$61.20 was never sent back" in chat.text
    assert chat.offered[0] == ("refund_owed", "$61.20", False)


def conversations_to_the_end(shop: Shop, database: Database) -> list[Chat]:
    """For each issue: what went wrong, the first remedy on offer, a yes."""
    take_orders(database, dear_order(number="D1"))
    chats = []
    for place, issue in enumerate(Issue):
        take_orders(database, fitting_order(issue, number=f"B7{place}"))
        chats.append(settled(Chat(shop), issue, f"B7{place}"))
    return [*chats, settled(Chat(shop), Issue.DAMAGED_OR_DEFECTIVE, "D1")]


def settled(chat: Chat, issue: Issue, number: str) -> Chat:
    chat.say(f"{number} went wrong for me", issue, order_number=number, **EMAIL)
    if chat.asks == "items":
        chat.tap("Desk Lamp")
    chat.tap(chat.labels[0])
    chat.tap("Yes")
    return chat


def test_every_sum_and_day_in_a_reply_is_that_of_a_record(shop: Shop, memory_database: Database) -> None:
    zone = shop.policy.hours.zone
    for chat in conversations_to_the_end(shop, memory_database):
        order = shop.orders.find(chat.facts["order_number"])
        assert order
        sums = {str(one) for one in (order.paid, order.total, *(remedy.amount for remedy in chat.remedies))}
        offered = [effect_due(shop, one, NOON) for one in chat.remedies]
        instants = [order.promised_by, order.delivered_at, *offered, *(one.due_at for one in chat.promises)]
        days = {day_said(one, zone) for one in instants if one}
        # Approval first: the day in the effect counts from today, and is promised once it is granted.
        text = " ".join(one for one in chat.texts if "must agree first" not in one)
        assert set(re.findall(r"\$[\d,.]+\d", text)) <= sums
        assert set(re.findall(A_DAY, text)) <= days


def test_every_promise_in_words_has_a_row(shop: Shop, memory_database: Database) -> None:
    zone = shop.policy.hours.zone
    for chat in conversations_to_the_end(shop, memory_database):
        last = chat.text
        clock = Clock(zone, NOON)
        promised = re.findall(rf"by (\d\d:\d\d Phoenix time (?:today|on {A_DAY})|{A_DAY})", last)
        assert promised, last
        assert set(promised) <= {said(one.due_at) for one in chat.promises for said in (clock.day, clock.time)}


def test_effect_says_the_same_day_as_what_is_filed(shop: Shop, memory_database: Database) -> None:
    for chat in conversations_to_the_end(shop, memory_database)[:-1]:
        assert re.findall(A_DAY, chat.texts[-2]) == re.findall(A_DAY, chat.text), chat.texts


def test_every_reply_passes_the_wording_check(shop: Shop, memory_database: Database) -> None:
    for chat in conversations_to_the_end(with_variant(shop, -1), memory_database):
        for text in chat.texts:
            assert faults(text) == [], text
            assert text.count("?") <= 1, text
            assert max(len(one.split()) for one in sentences(text)) <= LONGEST_SENTENCE, text


def test_every_sentence_there_is_passes_the_wording_check(wording: Wording) -> None:
    for name, variants in wording.responses.items():
        for text in variants:
            filled = text.format_map({slot: sample for slot, (sample, _) in SAMPLES.items()})
            assert faults(filled) == [], f"{name}: {text}"
            assert apologies(filled) == (name.startswith("utter_apologise") or name in ("utter_failure", "utter_failure_filed")), (
                f"{name}: {text}"
            )


def test_every_response_has_the_values_it_needs(shop: Shop) -> None:
    """Each remedy of the policy has its three sentences, each severe reason its words."""
    for needs in shop.policy.issues.values():
        for rule in needs.rules:
            assert all(shop.wording.has(f"{act}_{rule.wording}") for act in ("offer", "effect", "filed")), rule.wording
    for name in (one.safety_line for one in shop.policy.escalations.values()):
        assert name is None or shop.wording.has(name)


def test_sum_owed_is_what_was_paid_too_much_and_not_yet_sent_back(shop: Shop, memory_database: Database) -> None:
    overpaid = replace(fitting_order(Issue.BILLING_DISPUTE, number="B5"), payments=paid(75, 20))
    take_orders(memory_database, overpaid)
    chat = Chat(shop)
    chat.say("B5 cost too much", "billing_dispute", order_number="B5", **EMAIL)
    assert chat.offered[0] == ("refund_owed", "$20.00", False)


def test_greeting_is_answered_by_asking_what_went_wrong(chat: Chat) -> None:
    chat.say("hello", "greet")
    assert "automated" in chat.text
    assert "went wrong" in chat.text
    assert chat.say("hi again", "greet") and "went wrong" in chat.text
    assert chat.cases == []


def test_order_status_is_told_once_and_then_left_alone(shop: Shop, memory_database: Database) -> None:
    take_orders(memory_database, an_order(number="B6", status="processing", promised_by=NOON + timedelta(days=3)))
    chat = Chat(shop)
    chat.say("where is B6", "order_status", order_number="B6")
    assert chat.say("nina@example.com", "inform", **EMAIL).startswith("Your order B6 is being packed")
    assert "B6" not in chat.say("thanks", "thanks")


def test_question_where_a_late_order_is_becomes_a_complaint(chat: Chat) -> None:
    chat.say("where is A10021", "order_status", order_number="A10021")
    chat.say("nina@example.com", "inform", **EMAIL)
    assert chat.case.issue is Issue.LATE_DELIVERY
    assert apologies(chat.text) == 1
    assert chat.asks == "remedy"
