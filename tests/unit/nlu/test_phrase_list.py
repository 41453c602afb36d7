"""The notation of the word lists means what it says, and keeping phrases by their first letters loses none."""

import random
import re

import pytest

from bot.cases.issue import Issue
from bot.nlu.clauses import BESIDE
from bot.nlu.lexicon import read_lines
from bot.nlu.phrase_list import PhraseList, _pattern, _split, misspellings, read_phrases, spoken_words
from bot.nlu.severity import REASONS

LISTS = (*REASONS, "swearing", "abuse", "anger_strong", "anger_mild", *(f"told_{issue}" for issue in BESIDE))


def said_back(line: str, chance: random.Random) -> str:
    """Return words in which a phrase of the list may stand."""
    words: list[str] = []
    for part in _split(line.strip(" !"), " "):
        if part == "..":
            words += chance.choices(["the", "driver", "not", "x"], k=chance.randint(0, 6))
        elif part[0] in "([" and (part[0] == "(" or chance.random() < 0.5):
            words.append(said_back(chance.choice([one for one in _split(part[1:-1], "|") if one.strip()]), chance))
        elif part[0] not in "([":
            words.append(part.replace("*", chance.choice(["", "s", "ing"])))
    return chance.choice([" ", " ", ", ", ". ", "  "]).join(words)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("see you in court", "see you, in court"),
        ("(lawyer*|solicitor*)", "my lawyers"),
        ("food [was|is] poison*", "food poisoning"),
        ("(card|account) .. stolen", "card number was stolen"),
        ("[so|very] late", "it is late"),
        ("[so|very] late", "it is very late"),
        ("(no show|(never|not) [yet] here)", "they were not here"),
        ("*allerg*", "it was hypoallergenic"),
        ("* broke", "it broke"),
        ("l8", "so l8"),
        ("a*x b", "ajax b"),
        ("co-op", "the co-op shop"),
    ],
)
def test_phrase_notation_means_what_it_says(line: str, text: str) -> None:
    assert PhraseList([line]).found_in(text)


@pytest.mark.parametrize(
    ("line", "text"), [("l8", "l82"), ("late", "belated"), ("a b", "a. b"), ("[so] late", "so"), ("no show", "no shows")]
)
def test_phrase_is_found_in_whole_words_of_one_sentence(line: str, text: str) -> None:
    assert not PhraseList([line]).found_in(text)


def test_harmless_saying_is_not_looked_at() -> None:
    phrases = PhraseList(["kill*", "!killing time", "![so] killer heels"])
    assert not phrases.found_in("killing time in killer heels")
    assert phrases.times_in("killing time, they kill me, kill me") == 2


@pytest.mark.parametrize("name", LISTS)
def test_phrases_kept_by_first_letters_are_those_of_one_long_pattern(name: str) -> None:
    lines, chance = read_lines(name), random.Random(name)
    alarms = re.compile(rf"(?<!\w)(?:{'|'.join(_pattern(line) for line in lines if not line.startswith('!'))})(?!\w)")
    for line in lines:
        words = spoken_words(f"{chance.choice(['', 'i ', '... ', 'x'])}{said_back(line, chance)}{chance.choice(['', '!', ' now', 's'])}")
        assert list(read_phrases(name).alarms.spans(words)) == [found.span() for found in alarms.finditer(words)]


@pytest.mark.parametrize("issue", BESIDE)
def test_every_issue_has_its_plain_words(issue: Issue) -> None:
    assert read_phrases(f"told_{issue}").alarms


def test_censored_and_stretched_words_are_understood() -> None:
    assert read_phrases("swearing").found_in(spoken_words("what the f**k"))
    assert read_phrases("swearing").found_in(spoken_words("shiiiiit"))


@pytest.mark.parametrize("text", ["I have filed with the BBB.", "bbb complaint sent", "#BBB", "you will hear from the bbb!!!"])
def test_bureau_of_three_b_is_no_stretched_letter(text: str) -> None:
    assert read_phrases("regulator").found_in(spoken_words(text))


@pytest.mark.parametrize(("text", "words"), [("bbbb", "b"), ("abbbout", "about"), ("soooo", "so"), ("zzz", "z")])
def test_any_other_letter_three_times_over_is_one(text: str, words: str) -> None:
    assert spoken_words(text) == words


def test_words_that_are_often_mistyped_are_looked_up_as_what_they_stand_for() -> None:
    assert spoken_words("u takn the money of my card twise") == "u taken the money of my card twice"
    assert set(misspellings()).isdisjoint(misspellings().values())
