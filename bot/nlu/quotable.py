"""Which words of a customer may be said back, and kinds of words on which it hangs whether a few of them say something else."""

from __future__ import annotations

from functools import cache
from string import ascii_lowercase
from typing import TYPE_CHECKING

from bot.nlu.english import english_words
from bot.nlu.lexicon import read_words
from bot.nlu.phrase_list import misspellings, read_phrases, spoken_words

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

NEGATIONS = frozenset({"not", "n't", "nt", "never", "no", "nobody", "nothing", "none", "without"})
SUPPOSING = frozenset({"if", "unless", "whether", "until", "till", "so", "before"})  # what follows has not happened
# Who said or hoped it, is lost with the verb.
SAID = frozenset(
    "hope wish want expect say think promise show claim state tell inform confirm insist assure read indicate suggest see explain".split()
)
# Tags of words that nothing ends with: more is to come.
OPEN_ENDED = frozenset({"CC", "TO", "IN", "WDT", "WP", "WRB", "DT", "PRP$", "MD", "POS", "EX", "PDT", "WP$"})
_LONG_ENOUGH = 4  # a shorter word that nobody knows is mistyped or cut off
_MOST_DIGITS = 4


def is_quotable(token: Token) -> bool:
    """Tell whether a token may stand in quotation marks."""
    if not is_repeatable(token) or token.lower_ in read_words("no_quotes"):
        return False
    return token.tag_ != "MD" or token.lower_ in {"ca", "can", "wo", "cannot"}


def is_repeatable(token: Token) -> bool:
    """Tell whether a token may be said back at all: no link, sign, long number, oath or insult."""
    if token.is_punct:
        return token.text == "-" and not token.whitespace_ and token.i > 0 and not token.nbor(-1).whitespace_
    if token.is_space or token.like_url or token.like_email or any(sign in token.text for sign in "#@/\\<>*&=|_"):
        return False
    if not token.text.replace("\u2019", "'").isascii() or (token.i > 0 and token.nbor(-1).text in {"#", "@"}):
        return False
    if sum(char.isdigit() for char in token.text) > _MOST_DIGITS or token.lower_ in read_words("no_repeats"):
        return False
    return not read_phrases("swearing").found_in(spoken_words(token.text))


def is_well_written(token: Token) -> bool:
    """Tell whether a word may be said back as it stands: neither shouted nor mistyped."""
    if not token.is_alpha or token.lower_ in {"i"}:
        return True
    return token.lower_ in english_words() and not (token.is_upper and len(token) > 2)


def is_listed_as_none(span: Span) -> bool:
    """Tell whether it stands in a list of what there is none of: "no drops, spills, | damage of any kind"."""
    place = span.start - 1
    while place >= 0 and (span.doc[place].text == "," or span.doc[place].pos_ in {"NOUN", "PROPN", "ADJ", "CCONJ"}):
        place -= 1
    return place >= 0 and span.doc[place].lower_ in {"no", "without"}


@cache
def is_mistyped(word: str) -> bool:
    """Tell whether a word in small letters is none that is known, and a letter away from one that is."""
    if not word.isalpha():
        return False
    if len(word) == 1 or word in misspellings():
        return word not in {"a", "i"}
    if word in english_words():
        return False
    return len(word) < _LONG_ENOUGH or any(one in english_words() for one in _a_letter_away(word))


def _a_letter_away(word: str) -> set[str]:
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    swapped = {head + tail[1] + tail[0] + tail[2:] for head, tail in parts if len(tail) > 1}
    fewer = {head + tail[1:] for head, tail in parts if tail}
    other = {head + letter + tail[1:] for head, tail in parts if tail for letter in ascii_lowercase}
    return swapped | fewer | other | {head + letter + tail for head, tail in parts for letter in ascii_lowercase}
