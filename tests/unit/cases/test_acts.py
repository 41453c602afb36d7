"""The acts of a text: told from our own words and from a person's, in the order they stand."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.acts import ACTS, acts, order_of, public_flaws
from bot.commands.wording import filled_in
from bot.settings import ROOT
from bot.wording import Wording

WORDING = Wording.read(ROOT / "data" / "responses")
RESPONSES = [(name.removeprefix("utter_"), said) for name, texts in WORDING.responses.items() for text in texts for said in filled_in(text)]
# By the beginning of a response's name: the acts it must perform, and those it must not. The longest beginning counts.
EXPECTED: dict[str, tuple[set[str], set[str]]] = {
    "disclose": ({"disclose", "human"}, set(ACTS) - {"disclose", "human"}),
    "restate_": ({"restate"}, {"disclose", "apologise", "own", "regret", "remedy", "next", "ask", "human"}),
    "apologise_ours": ({"own", "apologise"}, {"restate", "explain", "remedy", "ask"}),
    "apologise_third_party": ({"own", "apologise"}, {"restate", "explain", "remedy", "ask"}),
    "apologise_force_majeure": ({"apologise", "regret"}, {"own", "restate", "explain", "ask"}),
    "apologise_unclear": ({"own", "apologise"}, {"ask"}),
    "ask_about_issue": ({"ask"}, {"disclose", "restate", "apologise", "own", "regret", "explain"}),
    "apologise_customer": ({"apologise", "regret"}, {"own", "restate", "explain", "ask"}),
    "apologise_harm": ({"apologise"}, {"own", "restate", "explain", "ask"}),
    "ask_": ({"ask"}, {"disclose", "restate", "apologise", "own", "regret", "explain", "human"}),
    "offer_short": ({"ask"}, {"disclose", "restate", "apologise", "own", "regret", "explain"}),
    "offer_": ({"remedy"}, {"disclose", "restate", "apologise", "own", "regret", "explain"}),
    "offer_intro": ({"ask"}, {"disclose", "restate", "apologise", "own", "regret", "explain"}),
    "effect_": ({"remedy", "next"}, {"disclose", "restate", "apologise", "own", "regret", "explain", "ask"}),
    "effect_needs_approval": ({"human", "next"}, {"restate", "apologise", "ask"}),
    "filed_": ({"remedy", "next"}, {"disclose", "restate", "apologise", "own", "regret", "explain", "ask"}),
    "handoff_promise_missed": ({"own", "human"}, {"disclose", "restate", "apologise", "regret", "remedy", "ask"}),
    "handoff_": ({"human"}, {"disclose", "restate", "apologise", "own", "regret", "explain", "remedy", "ask"}),
    "handoff_who": ({"human", "next"}, {"disclose", "restate", "apologise", "own", "ask"}),
    "inform_with_": ({"human", "next"}, {"disclose", "restate", "apologise", "ask"}),
    "inform_late_": ({"explain"}, {"disclose", "apologise", "own", "remedy", "ask", "human"}),
    "inform_incident_news": ({"next"}, {"restate", "apologise", "remedy", "ask", "human"}),
    "inform_cause_unknown": ({"explain"}, {"restate", "apologise", "remedy", "ask", "human"}),
    "answer_ask_if_bot": ({"disclose", "human"}, {"restate", "apologise", "own", "ask"}),
    "close_filed": ({"human"}, {"restate", "apologise", "own", "ask"}),
    "failure": ({"own", "apologise", "next", "human"}, {"ask", "disclose"}),
}


def expected(name: str) -> tuple[set[str], set[str]]:
    fitting = [one for one in EXPECTED if name.startswith(one)]
    return EXPECTED[max(fitting, key=len)] if fitting else (set(), set())


@pytest.mark.parametrize("kind", sorted({name.split("_")[0] for name, _ in RESPONSES if any(expected(name))}))
def test_response_performs_the_acts_its_name_tells(kind: str) -> None:
    told = [(said, acts(said), *expected(name)) for name, said in RESPONSES if name.split("_")[0] == kind]
    assert {said: must - found for said, found, must, _ in told if must - found} == {}
    assert {said: must_not & found for said, found, _, must_not in told if must_not & found} == {}


def test_every_act_is_performed_by_some_response() -> None:
    assert set().union(*(acts(said) for _, said in RESPONSES)) == set(ACTS)


GOOD = [
    (
        "I'm the shop's automated assistant; type 'person' any time. You ordered two vases and got candles. That was our mistake: a"
        " crash of the till mixed up the orders. I'm sorry. I can have the vases with you by 18:45 today. Which do you want?",
        "disclose human restate own explain apologise remedy next ask",
    ),
    (
        "I'm an automated assistant; type 'person' any time. Your table was due at nine and you waited in for it. I'm sorry you lost"
        " that morning. Snow has closed the pass. You can take a new day, or cancel for a full refund. I'll write here by 08:00.",
        "disclose human restate apologise regret explain remedy next",
    ),
    (
        "I'm the automated assistant; a person is taking this over. You were told that your claim was in hand. The colleague who had"
        " it left, and we did not pass it on. That is our failure, and I'm sorry. Omar, who leads claims, will call you by 14:00."
        " Is the number ending 81 right?",
        "disclose human restate explain own apologise next ask",
    ),
]


@pytest.mark.parametrize(("text", "order"), GOOD)
def test_good_reply_of_the_evidence_performs_its_acts_in_their_order(text: str, order: str) -> None:
    found = order_of(text)
    assert [act for act in found if act in order.split()] == order.split()
    wanted = ["restate", "apologise", "next"]
    assert [act for act in found if act in wanted] == wanted


# What a person may write: the acts it performs, and none besides.
WRITTEN = [
    ("Hello, this is Amira. I'm a person, not a bot.", "human"),
    ("I'm sorry your lamp came broken.", "apologise regret restate"),
    ("Your lamp came broken. I'm sorry.", "restate apologise"),
    ("We sent you the wrong lamp.", "restate own"),
    ("That is not our mistake.", ""),
    ("There is no need to apologise.", ""),
    ("The van broke down on the way.", "explain"),
    ("I don't know yet why it is late.", "explain restate"),
    ("I have refunded the whole sum.", "remedy"),
    ("I'll write to you on Friday 27 November.", "next"),
    ("Please tell me the number on the box.", "ask"),
    ("Shall a colleague call you?", "ask human"),
    ("You wrote: “I'm sorry, tell me why you were late?”", "restate"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "performed"), WRITTEN)
def test_persons_words_are_told_apart(text: str, performed: str) -> None:
    assert acts(text) == frozenset(performed.split())


def test_apology_before_what_happened_shows_in_the_order() -> None:
    assert order_of("I'm sorry. Your lamp came broken.")[0] == "apologise"
    assert order_of("Your lamp came broken. I'm sorry.")[0] == "restate"


class TestAPublicReply:
    WHOLE = "Your table came late. That was our mistake, and I'm sorry. I'll have a new one with you by Friday 27 November."

    def test_passes_where_it_restates_apologises_and_goes_on(self) -> None:
        assert public_flaws(self.WHOLE) == ()

    def test_is_told_what_it_lacks(self) -> None:
        lacking = [flaw for flaw in public_flaws("Send us a DM.") if flaw.kind == "lacking_act"]
        assert len(lacking) == 3
        assert {(flaw.rule, flaw.words) for flaw in lacking} == {(35, "")}

    @pytest.mark.parametrize("private", ["ada@example.com", "+1 505 555 0123", "A10021"])
    def test_names_nothing_private(self, private: str) -> None:
        found = public_flaws(f"{self.WHOLE} It concerns {private}.")
        assert [(flaw.kind, flaw.words) for flaw in found] == [("personal_data", private)]

    def test_stays_within_fifty_words(self) -> None:
        found = public_flaws(f"{self.WHOLE} {'We do. ' * 15}")
        assert {flaw.kind for flaw in found} == {"public_length"}


PIECES = st.sampled_from(
    ["you were ", "is ", "late", "“", "”", "?", ".", "\n", "sorry", "I'm ", "automated", "by 9:00", "we ", "refund ", "A1"]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES).map("".join))


@given(TEXTS)
def test_any_text_has_acts_each_named_once(text: str) -> None:
    found = order_of(text)
    assert len(set(found)) == len(found)
    assert acts(text) == frozenset(found) <= set(ACTS)
    assert {flaw.rule for flaw in public_flaws(text)} <= set(range(1, 39))


@given(TEXTS.filter(lambda text: "”" not in text and "person" not in text))
def test_quoted_words_perform_nothing(text: str) -> None:
    assert acts(f"“{text}”") == frozenset()


@pytest.mark.parametrize("piece", ["is a ", "I am ", "we can ", "team ", "colleague ", "1 ", "a@", "a.", "type “person", "A"])
def test_time_grows_with_the_length_only(piece: str) -> None:
    def seconds(length: int) -> float:
        text, start = piece * (length // len(piece)), process_time()
        public_flaws(text)
        return process_time() - start

    assert seconds(80_000) < 12 * seconds(20_000) + 0.1
