"""The rules of the apology research (docs/rules.md) on a first reply, for each issue with every set of facts; and on persons."""

import ast
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest

from bot.cases.acts import acts, order_of
from bot.cases.dates import Clock
from bot.cases.issue import Fault, Issue
from bot.cases.wording import LONGEST_APOLOGY, LONGEST_MESSAGE, apologies, flaws, masked, sentences
from bot.handling.shop import Shop
from bot.policy_files import Rules
from bot.settings import ROOT
from bot.store.database import Database
from bot.store.orders import OrderBook
from bot.wording import Wording
from tests.builders import an_incident
from tests.unit.handling.chats import Chat, fitting_order, restatements, take_incidents, take_orders, with_variant

PHRASE = "it was no good at all"
EMAIL = {"email": "nina@example.com"}
TOLD = {
    "order_number": "it is order {number}",
    "email": "my e-mail is nina@example.com",
    "product": "it is about the lamp",
    "date": "since Friday",
    "amount": "and it cost me $45.00",
    "phrase": PHRASE,
}
VALUES = {"email": "nina@example.com", "product": "lamp", "date": "Friday", "amount": "$45.00", "phrase": PHRASE}
SETS = [given for size in range(len(TOLD) + 1) for given in combinations(TOLD, size)]
LONGEST_QUOTE = 9  # words of the sentence that takes up the customer's own
PICTURES_ARE_WRITTEN_ANEW = "providers/pictures.py"  # before they are kept; nobody reads a feeling from them
BEYOND_THE_POLICY = ("remedy", "confirmation")  # asked once the facts are there
FEELINGS = re.compile(
    r"\b(angry|anger|annoyed|annoyance|anxious|disappointed|disappointment|distress\w*|frustrat\w+|furious|mad|sad|upset|worried)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class First:
    """A first reply, and what the customer had told before it."""

    issue: Issue
    given: tuple[str, ...]
    chat: Chat

    @property
    def text(self) -> str:
        return self.chat.text

    @property
    def is_proven(self) -> bool:
        return {"order_number", "email"} <= set(self.given)


@pytest.fixture(scope="module")
def firsts(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, rules: Rules, wording: Wording) -> Iterator[list[First]]:
    """The first replies; one variant of the wording after another, the longest among them."""
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("rules") / "amends.db")
    database = Database(f"sqlite:///{path}")
    shop = Shop(database.begin, OrderBook(database, incidents_kept=0), rules.policy, wording, rules.shop_name)
    take_orders(database, *(fitting_order(issue, number=number_of(issue)) for issue in Issue))
    yield [
        First(issue, given, begun(with_variant(shop, place % 4 - 1), issue, given))
        for at, issue in enumerate(Issue)
        for place, given in enumerate(SETS, at)
    ]
    database.close()


def number_of(issue: Issue) -> str:
    return f"C{list(Issue).index(issue) + 10}"


def begun(shop: Shop, issue: Issue, given: tuple[str, ...]) -> Chat:
    """A new chat whose first message tells these facts."""
    chat, number = Chat(shop), number_of(issue)
    facts: dict[str, object] = {name: {"order_number": number, **VALUES}[name] for name in given}
    if "product" in given:
        facts["things"] = ("lamp",)
    chat.say(", ".join(["Something went wrong", *(TOLD[name].format(number=number) for name in given)]), issue, **facts)
    return chat


class TestRule01TheSpecificIssue:
    def test_rule_01_every_reply_names_the_issue(self, firsts: list[First]) -> None:
        for one in firsts:
            assert any(text.lower() in one.text.lower() for text in restatements(one.chat.shop.wording, one.issue, "lamp")), one.text

    def test_rule_01_customers_own_words_or_thing_are_taken_up(self, firsts: list[First]) -> None:
        """Left out only where the rest says more than fits beside them."""
        for one in firsts:
            is_taken_up = f"“{PHRASE}”" in one.text or "lamp" in one.text or not {"phrase", "product"} & set(one.given)
            is_full = len(one.text.split()) > LONGEST_MESSAGE - LONGEST_QUOTE
            assert is_taken_up or is_full, one.text

    def test_rule_01_two_of_the_facts_told_come_back(self, chat: Chat) -> None:
        chat.say(
            "the lamp of A10021 should be here since Friday", Issue.LATE_DELIVERY, order_number="A10021", date="Friday", things=("lamp",)
        )
        assert sum(fact in chat.text for fact in ("lamp", "A10021", "Friday")) >= 2


def test_rule_02_the_order_is_disclose_restate_apologise_next(firsts: list[First]) -> None:
    for one in firsts:
        order = order_of(one.text)
        sorry = min(order.index(act) for act in ("apologise", "own", "regret") if act in order)
        goes_on = min(order.index(act) for act in ("next", "ask") if act in order)
        assert order.index("disclose") < order.index("restate") < sorry < goes_on, (order, one.text)
        assert "“person”" in " ".join(sentences(one.text)[:2])


class TestRule03ThreeActs:
    def test_rule_03_no_reply_lacks_the_issue_the_apology_or_the_way_on(self, firsts: list[First]) -> None:
        for one in firsts:
            assert {"restate", "apologise"} <= acts(one.text), one.text
            assert acts(one.text) & {"next", "remedy"} or one.chat.asks == "items", one.text

    def test_rule_03_question_for_the_item_says_what_it_leads_to(self, shop: Shop, memory_database: Database) -> None:
        action = "The carrier sends every parcel that is held up on the first open road from the depot near Tucson."
        take_incidents(memory_database, an_incident(action=action))
        chat = Chat(with_variant(shop, -1))
        half = "half of it is not there"
        chat.say(f"A10021, {half}", Issue.LOST_OR_MISSING, order_number="A10021", phrase=half, **EMAIL)
        assert chat.asks == "items"
        assert acts(chat.text) & {"next", "remedy"}, chat.text


def test_rule_04_reply_and_apology_are_short(firsts: list[First]) -> None:
    for one in firsts:
        assert len(one.text.split()) <= LONGEST_MESSAGE, one.text
        sorry = [sentence for sentence in sentences(masked(one.text)) if acts(sentence) & {"apologise", "regret", "own"}]
        assert sum(len(sentence.split()) for sentence in sorry) <= LONGEST_APOLOGY, sorry


def test_rule_05_own_fault_is_owned_with_we_and_in_the_active(firsts: list[First]) -> None:
    ours = [one for one in firsts if one.chat.case.fault is Fault.OURS]
    assert ours
    for one in ours:
        sorry = " ".join(sentence for sentence in sentences(one.text) if "own" in acts(sentence))
        assert re.search(r"\b([Ww]e|[Oo]ur)\b", sorry), one.text


OWNS = {Fault.OURS: True, Fault.THIRD_PARTY: True, Fault.FORCE_MAJEURE: False, Fault.UNCLEAR: True, Fault.CUSTOMER: False}


@pytest.mark.parametrize("fault", [*Fault, "harm"])
def test_rule_06_form_of_the_apology_follows_the_fault(wording: Wording, fault: Fault | str) -> None:
    for text in wording.responses[f"utter_apologise_{fault}"]:
        assert ("own" in acts(text)) == OWNS.get(fault, False), text
        assert bool(re.search(r"\b(fault|failure)\b", text)) == (fault is Fault.OURS), text
        assert apologies(text) == 1


def test_rule_07_one_question_whose_answer_is_needed(firsts: list[First]) -> None:
    for one in firsts:
        assert one.text.count("?") <= 1, one.text
        assert one.chat.asks in (*one.chat.shop.policy.needed(one.issue), *BEYOND_THE_POLICY)


def test_rule_08_first_reply_asks_for_nothing_it_was_told(firsts: list[First]) -> None:
    asked_by = {"order_number": "order_number", "email": "proof", "product": "items"}
    for one in firsts:
        given = {asked_by.get(name) for name in one.given} | {"what_happened"}  # the complaint itself tells what happened
        assert one.chat.asks not in given, one.text


class TestRule09Confirms:
    def test_rule_09_no_reply_repeats_an_address_or_number_of_the_customer(self, firsts: list[First]) -> None:
        for one in firsts:
            assert not re.search(r"nina@example|0123|85001", one.text), one.text

    def test_rule_09_signed_in_visitor_with_one_order_is_not_asked_which(self, shop: Shop) -> None:
        chat = Chat(shop, customer_id="nina_7")
        chat.say("my parcel is late", Issue.LATE_DELIVERY)
        assert chat.asks == "remedy"

    def test_rule_09_order_taken_for_granted_is_named(self, shop: Shop) -> None:
        chat = Chat(with_variant(shop, -1), customer_id="nina_7")
        assert "A10021" in chat.say("my parcel is late", Issue.LATE_DELIVERY)

    def test_rule_09_phone_number_known_is_confirmed_by_its_end(self, chat: Chat) -> None:
        chat.say("your driver swore at me", Issue.STAFF_CONDUCT)
        chat.tap("call me")
        chat.say("602 555 0134", "inform", phone="602 555 0134")
        assert chat.asks == "confirmation"
        assert "ending 34" in chat.text
        assert "602" not in chat.text
        chat.tap("Yes")
        assert "602" not in chat.text

    def test_rule_09_review_shows_no_address_or_number_in_full(self, chat: Chat) -> None:
        said = "reach me under nina@example.com or 602 555 0134, A10021 is late"
        chat.say(said, Issue.LATE_DELIVERY, order_number="A10021", phone="602 555 0134", **EMAIL)
        chat.say("show me what you have", "out_of_scope")
        assert "This is what I have" in chat.text
        assert not re.search(r"nina@example|602", chat.text), chat.text


def test_rule_16_no_reply_names_a_feeling(firsts: list[First], wording: Wording) -> None:
    assert [one.text for one in firsts if FEELINGS.search(masked(one.text))] == []
    assert [text for texts in wording.responses.values() for text in texts if FEELINGS.search(masked(text))] == []


def test_rules_10_to_12_15_17_and_18_first_replies_have_no_flaw(firsts: list[First]) -> None:
    """Conditional, blaming, shielding, vowing, feeling, vague or long: nothing of it, and no broken sentence."""
    found = {(flaw.rule, flaw.kind, flaw.words): one.text for one in firsts for flaw in flaws(one.text)}
    assert found == {}


class TestRule19Explains:
    def test_rule_19_nothing_is_explained_without_a_record(self, firsts: list[First]) -> None:
        """Neither the customer's own complaint, told again, nor why a question comes is an explanation."""
        for one in firsts:
            wording = one.chat.shop.wording
            spoken = [*restatements(wording, one.issue, "lamp"), *wording.responses["utter_inform_why_order_number"]]
            text = re.sub("|".join(map(re.escape, spoken)), "", one.text)
            text = " ".join(part for part in sentences(text) if not re.search(r"don't (yet )?know|lies behind|ours to find out", part))
            assert one.is_proven or "explain" not in acts(text), text

    def test_rule_19_cause_is_told_in_the_words_of_its_record(self, shop: Shop, memory_database: Database) -> None:
        incident = an_incident()
        take_incidents(memory_database, incident)
        chat = Chat(shop)
        chat.say("A10021 is late", Issue.LATE_DELIVERY, order_number="A10021", **EMAIL)
        assert incident.explanation in chat.text
        assert "does not say why" not in chat.text

    def test_rule_19_cause_that_is_not_known_is_found_out_by_a_time(self, chat: Chat) -> None:
        chat.say("A10021 is late", Issue.LATE_DELIVERY, order_number="A10021", **EMAIL)
        assert re.search(r"record does not say|not in our record", chat.text)
        assert chat.all_promises


class TestRule30Automated:
    def test_rule_30_first_words_say_so(self, firsts: list[First]) -> None:
        for one in firsts:
            assert "automated" in sentences(one.text)[0], one.text

    @pytest.mark.parametrize(
        ("text", "intent"), [("hello", "greet"), ("a person please", "ask_human"), ("fnord", None), ("where is it", "order_status")]
    )
    def test_rule_30_first_words_say_so_whatever_comes_first(self, chat: Chat, text: str, intent: str | None) -> None:
        assert "automated" in chat.say(text, intent)

    def test_rule_30_asked_it_says_so_again_and_never_denies_it(self, chat: Chat) -> None:
        chat.say("my parcel is late", Issue.LATE_DELIVERY)
        for said in ("are you a bot?", "are you human?"):
            text = chat.say(said, "ask_if_bot")
            assert "I am automated, not a person" in text
            assert "“person”" in text


def says(*turns: tuple[str, str | None]) -> Callable[[Chat], None]:
    def walk(chat: Chat) -> None:
        for text, intent in turns:
            facts = {"order_number": "A10021"} if "A10021" in text else {}
            chat.say(text, intent, **facts, **(EMAIL if "@" in text else {}))

    return walk


def taps(*labels: str) -> Callable[[Chat], None]:
    def walk(chat: Chat) -> None:
        chat.say("A10021 nina@example.com is late", Issue.LATE_DELIVERY, order_number="A10021", **EMAIL)
        for label in labels:
            chat.tap(label)

    return walk


def rude(chat: Chat) -> None:
    chat.say("my parcel is late", Issue.LATE_DELIVERY)
    chat.say("you idiot", None, abuse=True)


def wants_a_call(chat: Chat) -> None:
    chat.say("your driver swore at me", Issue.STAFF_CONDUCT)
    chat.tap("call me")


# Every state a conversation can be in while the assistant answers, and what it asks there.
LATE = ("my parcel is late", "late_delivery")
STATES: dict[str, tuple[Callable[[Chat], None], str | None]] = {
    "nothing said": (says(), None),
    "greeted": (says(("hello", "greet")), None),
    "issue": (says(("fnord", None)), "issue"),
    "order_number": (says(LATE), "order_number"),
    "proof": (says(LATE, ("A10021", "inform")), "proof"),
    "items": (says(("A10021 nina@example.com broken", "damaged_or_defective")), "items"),
    "what_happened": (says(("bad", "staff_conduct")), "what_happened"),
    "remedy": (taps(), "remedy"),
    "confirmation": (taps("refund"), "confirmation"),
    "phone": (wants_a_call, "phone"),
    "settled": (taps("refund", "Yes"), "settled"),
    "all right": (taps("refund", "Yes", "Yes"), None),
    "review": (says(LATE, ("show me what you have", "out_of_scope")), "order_number"),
    "dropped": (says(LATE, ("never mind", "never_mind")), None),
    "started again": (says(LATE, ("start again", "out_of_scope")), "issue"),
    "asked back": (says(LATE, ("what happens next?", "out_of_scope")), "order_number"),
    "boundary": (rude, "order_number"),
    "goodbye": (says(LATE, ("bye", "goodbye")), "order_number"),
}


@pytest.mark.parametrize("state", STATES)
class TestRule31APerson:
    @pytest.mark.parametrize(
        ("said", "intent"), [("person", None), ("let me talk to a human", "ask_human"), ("give me your manager", "staff_conduct")]
    )
    def test_rule_31_is_reached_in_every_state(self, chat: Chat, state: str, said: str, intent: str | None) -> None:
        walk, asks = STATES[state]
        walk(chat)
        assert (chat.asks if chat.outcomes else None) == asks
        chat.say(said, intent)
        assert [one.reason for one in chat.escalations] == ["asked"]
        assert Clock(chat.shop.policy.hours.zone, chat.now).time(chat.escalations[0].due_at) in chat.text
        assert "?" not in chat.text


@pytest.mark.parametrize("state", [name for name, (_, asks) in STATES.items() if asks and name != "issue"])
class TestRule33NotUnderstood:
    def test_rule_33_choices_once_then_a_person(self, chat: Chat, state: str) -> None:
        walk, asks = STATES[state]
        walk(chat)
        chat.say("fnord wibble")
        assert chat.escalations == []
        assert chat.asks == asks
        assert "Talk to a person" in chat.labels
        chat.say("wibble fnord")
        assert [one.reason for one in chat.escalations] == ["not_understood"]


def test_rule_33_third_in_all_brings_a_person(chat: Chat) -> None:
    for text, intent in (("fnord", None), LATE, ("fnord", None), ("A10021", "inform")):
        says((text, intent))(chat)
        assert chat.escalations == []
    chat.say("fnord")
    assert [one.reason for one in chat.escalations] == ["not_understood"]


@pytest.mark.parametrize("reason", ["legal", "regulator", "chargeback"])
def test_rule_38_rights_language_brings_a_person(chat: Chat, reason: str) -> None:
    chat.say("I know my rights", "other_complaint", reasons=(reason,))
    assert [one.reason for one in chat.escalations] == [reason]


def test_rule_38_wish_for_erasure_is_routed(chat: Chat) -> None:
    chat.say("delete all my data", "out_of_scope")
    assert chat.escalations


def test_rule_37_feelings_are_read_from_text_alone() -> None:
    sound_or_picture = {"audioop", "cv2", "librosa", "PIL", "pyaudio", "soundfile", "speech_recognition", "torchaudio", "wave", "whisper"}
    paths = {path for top in ("bot", "actions") for path in (ROOT / top).rglob("*.py")} - {ROOT / "bot" / PICTURES_ARE_WRITTEN_ANEW}
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in paths]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    imported = {name.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for name in node.names}
    imported |= {(node.module or "").split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}
    assert imported & sound_or_picture == set()
