"""Everything Amends may say: well worded, complete, and all of it used."""

import re
from itertools import product

import pytest
from ruamel.yaml import YAML

from bot import policy_files
from bot.cases.conversation import Author
from bot.cases.finding import examine
from bot.cases.follow_up import EASE, SCORES
from bot.cases.heard import KINDS, UNREADABLE, Thing
from bot.cases.issue import Fault, Issue
from bot.cases.money import Money
from bot.cases.order import STATUSES, Payment
from bot.cases.policy import prospects
from bot.cases.remedy import RemedyKind
from bot.cases.wording import LONGEST_SENTENCE, apologies, faults, sentences
from bot.commands.wording import SAMPLES
from bot.handling.acknowledging import thing_values
from bot.nlu.legibility import LANGUAGES
from bot.settings import ROOT
from bot.wording import Wording
from tests.builders import NOON, an_order

WORDING = Wording.read(ROOT / "data" / "responses")
RULES = policy_files.read(ROOT / "data" / "policy")
DOMAIN = YAML(typ="safe").load((ROOT / "domain.yml").read_text(encoding="utf-8"))
THINGS = [Thing(name, kind, plural) for kind, (name, plural) in product(KINDS, (("umbrella", False), ("boots", True)))]
PLAUSIBLE = {name: first for name, (first, _) in SAMPLES.items()}
TEXTS = [(name, text) for name, texts in sorted(WORDING.responses.items()) for text in texts]


def act_of(name: str) -> str:
    """`utter_restate_late_delivery` restates."""
    return name.split("_")[1]


ACTS = sorted({act_of(name) for name, _ in TEXTS})
# Names put together at run time: the part that stands in the code, and what may follow it.
COMPOSED = (
    "ask_",
    "restate_",
    "restate_alike_",
    "restate_beside_",
    "restate_harm_",
    "restate_reading_",
    "answer_unreadable_",
    "language_",
    "label_edit_",
    "label_settled_",
    "noun_",
    "why_not_",
    "apologise_",
    "apologise_unclear_",
    "inform_",
    "label_",
    "offer_",
    "effect_",
    "filed_",
    "handoff_",
    "answer_",
    "can_",
    "noun_author_",
    "inform_why_",
    "inform_could_",
    "could_",
    "could_general_",
    "restate_wish_",
    "own_",
    "settled_",
    "remedy_",
    "promise_late_",
    "label_put_right_",
    "label_satisfaction_",
    "label_effort_",
    "label_wish_",
    "mail_stop_",
    "incident_",
    "promise_broken_",
    "callback_",
    "letter_recognition_",
    "letter_responsibility_",
    "letter_reasons_",
    "letter_redress_",
    "apologise_letter_",
    "apologise_public_",
    "letter_transcript_",
    "refuse_file_",
    "along_",
    *(f"restate_{issue}_" for issue in Issue),
)


def filled(text: str) -> str:
    return text.format_map(PLAUSIBLE)


def misworded(name: str, text: str) -> list[object]:
    """What speaks against this text."""
    said = filled(text)
    sorry = 1 if name.startswith("utter_apologise_") or name in ("utter_failure", "utter_failure_filed") else 0
    too_long = [one for one in sentences(said) if len(one.split()) > LONGEST_SENTENCE]
    others = [f"{said.count('?')} questions"] * (said.count("?") > 1) + [f"{apologies(said)} apologies"] * (apologies(said) != sorry)
    return [*faults(said), *too_long, *others]


@pytest.mark.parametrize("act", ACTS)
def test_responses_are_well_worded(act: str) -> None:
    found = {text: wrong for name, text in TEXTS if act_of(name) == act and (wrong := misworded(name, text))}
    assert found == {}


def test_responses_have_braces_only_around_known_names() -> None:
    unknown = {text: names for _, text in TEXTS if (names := set(re.findall(r"\{(\w+)\}", text)) - set(PLAUSIBLE))}
    assert unknown == {}
    assert [text for _, text in TEXTS if re.search(r"[{}]", re.sub(r"\{\w+\}", "", text))] == []


def test_every_remedy_of_the_policy_can_be_offered_explained_and_filed() -> None:
    wordings = {rule.wording for needs in RULES.policy.issues.values() for rule in needs.rules}
    missing = {f"{act}_{one}" for act, one in product(("offer", "can", "effect", "filed"), wordings) if not WORDING.has(f"{act}_{one}")}
    assert not missing


@pytest.mark.parametrize("issue", list(Issue), ids=str)
def test_ways_named_before_the_order_is_seen_have_their_words(issue: Issue) -> None:
    ways = prospects(RULES.policy, issue)
    assert {
        rule.wording for rule in ways if "order_number" in RULES.policy.needed(issue) and not WORDING.has(f"could_{rule.wording}")
    } == set()


@pytest.mark.parametrize(("thing", "issue"), product(THINGS, Issue))
def test_thing_and_its_verbs_agree(thing: Thing, issue: Issue) -> None:
    name = f"restate_{issue}_{thing.kind}"
    for text in WORDING.responses.get(f"utter_{name}", ()):
        said = text.format_map(thing_values(thing))
        assert not re.search(rf"^The {thing.name} ({'is|was|has|does|falls' if thing.plural else 'are|were|have|do|fall'})\b", said), said
        assert faults(said) == []


def notes() -> set[str]:
    """Every note a finding can bear, over what an order's record can hold."""
    paid, back = Payment("payment", Money(7500, "USD"), "visa"), Payment("refund", Money(7500, "USD"), "visa")
    more = Payment("payment", Money(100, "USD"), "amex")
    found = set()
    for issue, status, payments, promised in product(
        Issue,
        STATUSES,
        ((), (paid,), (paid, paid), (paid, more), (paid, back)),
        (None, NOON.replace(month=1), NOON.replace(month=2, day=27), NOON.replace(month=6)),
    ):
        order = an_order(status=status, payments=payments, promised_by=promised)
        found.add(examine(issue, order, (), NOON).note)
    return {note for note in found if note}


def test_every_note_of_a_finding_has_its_sentence() -> None:
    source = (ROOT / "bot" / "cases" / "finding.py").read_text(encoding="utf-8")
    written = {word for word in re.findall(r'"([a-z]+(?:_[a-z]+)+)"', source)}
    assert written <= notes()
    assert {note for note in notes() if not WORDING.has(f"inform_{note}")} == set()


def test_every_issue_and_fault_has_its_words() -> None:
    wanted = {f"{act}_{issue}" for act, issue in product(("restate", "restate_beside", "label"), Issue)} | {
        f"apologise_{fault}" for fault in Fault
    }
    assert {name for name in wanted if not WORDING.has(name)} == set()


def test_every_kind_of_unreadable_message_has_its_words() -> None:
    assert {why for why in UNREADABLE if not WORDING.has(f"answer_unreadable_{why}")} == set()


def test_everything_a_sentence_may_name_has_its_noun() -> None:
    assert {name for name in (*Issue, *RemedyKind) if not WORDING.has(f"noun_{name}")} == set()


def test_every_safety_line_of_the_policy_has_its_words() -> None:
    lines = {rule.safety_line for rule in RULES.policy.escalations.values() if rule.safety_line}
    assert {line for line in lines if not WORDING.has(line)} == set()


def test_no_response_bears_the_name_the_form_would_take_by_itself() -> None:
    taken = {f"utter_ask_{prefix}{slot}" for slot, prefix in product(DOMAIN["slots"], ("", "complaint_form_"))}
    assert taken & set(WORDING.responses) == set()


def code() -> str:
    return "".join(path.read_text(encoding="utf-8") for top in ("bot", "actions") for path in sorted((ROOT / top).rglob("*.py")))


def test_variant_nearest_to_the_customers_words_is_said() -> None:
    assert WORDING.say("restate_billing_dispute", "any", "you charged me twice") == "You were charged twice."
    assert WORDING.say("restate_service_outage", "any", "the page keeps crashing") == "It keeps crashing and does not work."


def test_variant_for_words_that_were_not_said_is_never_taken() -> None:
    for name, texts in WORDING.responses.items():
        plain = (
            [WORDING.say(name.removeprefix("utter_"), str(key)) for key in range(12)]
            if len(texts) > 3 and "{" not in "".join(texts)
            else []
        )
        assert not set(plain) & set(WORDING.said)


def test_every_response_the_code_names_exists() -> None:
    said = set(re.findall(r"""say\((?:[\w.]+, )*["'](\w+)["'][,)]""", code()))
    optional = set(re.findall(r"""wording\.has\(["'](\w+)["']\)""", code()))
    assert "disclose" in said
    assert {name for name in said - optional if not WORDING.has(name)} == set()


def is_used(name: str, words: set[str]) -> bool:
    """Named whole, or put together from a beginning and an end that are both said somewhere."""
    plain = re.sub(r"_(again|wrong|example)$", "", name) if name.startswith("ask_") else name
    return plain in words or any(name.startswith(one) and name.removeprefix(one) in words for one in COMPOSED)


def test_no_response_is_left_unused() -> None:
    policy = RULES.policy
    words = set(re.findall(r"""["'](\w+)["']""", code())) | notes() | set(policy.escalations)
    words |= {rule.wording for needs in policy.issues.values() for rule in needs.rules} | {
        rule.safety_line or "" for rule in policy.escalations.values()
    }
    words |= (
        {f"status_{status}" for status in STATUSES}
        | set(LANGUAGES)
        | {"unclear", *map(str, Author), *KINDS, *map(str, (*Issue, *RemedyKind, *SCORES, *EASE))}
    )
    words |= {f"{one}_{other}" for one in Issue for other in Issue if str(one) < str(other)}  # two that are easily mistaken
    assert {name for name in WORDING.responses if not is_used(name.removeprefix("utter_"), words)} == set()


def test_variants_of_a_response_differ() -> None:
    for name, texts in WORDING.responses.items():
        assert len(set(texts)) == len(texts), name


def test_same_conversation_reads_the_same_variant_again() -> None:
    said = {WORDING.say("restate_late_delivery", f"conversation-{number}") for number in range(60)}
    assert said == set(WORDING.responses["utter_restate_late_delivery"]) - set(WORDING.said)
    assert WORDING.say("restate_late_delivery", "one") == WORDING.say("restate_late_delivery", "one")
