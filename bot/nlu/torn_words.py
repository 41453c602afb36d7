"""Words of the customer's torn out between two joints of a sentence, where nothing that hangs together can be quoted.

"Half the time | it does not respond | when I say its name": not the best quotation, but theirs, where else there would be none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.nlu.lexicon import read_words
from bot.nlu.quotable import NEGATIONS, OPEN_ENDED, SUPPOSING, is_quotable, is_well_written
from bot.nlu.signs import sign

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

_JOINS = frozenset({"CCONJ", "SCONJ"})
_GOES_ON = frozenset({"ADP", "ADV"})  # what says where, when or how may be left out behind
_NOT_FIRST = frozenset({"ADP", "CCONJ", "SCONJ", "PART", "PUNCT", "INTJ", "ADV", "AUX"})
_NOT_LAST = frozenset("i we he she they is are was were am be been has have had do does did so very too 's 'm 're 've n't not no".split())
_OBJECTS = frozenset({"me", "us", "him", "them"})
_ABOUT_YOU = frozenset("you your u ur i me my".split())
_FEWEST, _MOST, _ENOUGH = 3, 6, 1.8


def torn_words(doc: Doc, read: int) -> Iterator[tuple[float, Span]]:
    """Yield what of the first `read` tokens can be quoted so, each with how well it tells what went wrong."""
    may_stand = [is_quotable(token) and is_well_written(token) for token in doc[:read]]
    for start in range(len(may_stand)):
        if not (may_stand[start] and _starts(doc[start])):
            continue
        for end in range(start + 1, len(may_stand) + 1):
            if not may_stand[end - 1] or (end - 1 > start and doc[end - 1].is_sent_start):
                break
            span = doc[start:end]
            if _FEWEST <= len(re.findall(r"\w+", span.text)) <= _MOST and _ends(span) and _is_told(span):
                worth = _worth(span)
                if worth >= _ENOUGH:
                    yield worth, span


def _starts(first: Token) -> bool:
    """Tell whether a part of a sentence begins with it."""
    if first.pos_ in _NOT_FIRST or first.tag_ == "VB" or not first.text[0].isalnum() or first.lower_ in NEGATIONS | _OBJECTS:
        return False
    if first.lower_ == "i" and first.head.lemma_ == "be":
        return False  # "I am being difficult"
    before = first.nbor(-1) if first.i else None
    if before is None or first.is_sent_start:
        return True
    if before.lower_ in NEGATIONS or not before.whitespace_:
        return before.is_punct and before.text not in {"'", "’", "-", "/"}
    return before.is_punct or before.pos_ in _JOINS or _opens_a_clause(first)


def _opens_a_clause(first: Token) -> bool:
    """Tell whether it opens the subject of a clause."""
    return any(one.dep_ in {"nsubj", "nsubjpass"} and one.left_edge == first for one in (first, first.head))


def _ends(span: Span) -> bool:
    """Tell whether a part of a sentence ends with its last word."""
    last, end = span[-1], span.end
    if last.tag_ == "PRP" and last.nbor(-1).pos_ in _JOINS | {"ADP"}:
        return False  # "disappointing as it"
    if last.tag_ in OPEN_ENDED or last.lower_ in _NOT_LAST or not last.text[-1].isalnum() or last.pos_ in _NOT_FIRST - {"ADV"}:
        return False
    after = span.doc[end] if end < len(span.doc) else None
    if after is None or after.is_sent_start or after.is_punct or after.is_space:
        return True
    return after.pos_ in _JOINS or (after.pos_ in _GOES_ON and after.dep_ != "prt" and not (last.pos_ == "VERB" and after.head == last))


def _is_told(span: Span) -> bool:
    """Tell whether it is no part of a question or of what is only supposed, and nothing outside denies it."""
    sentence = span.sent
    if sentence.text.rstrip().endswith("?") or any(
        token.lower_ in SUPPOSING - {"so", "before"} for token in sentence if token.i < span.end
    ):
        return False
    inside, lost = range(span.start, span.end), read_words("went_wrong")
    denied = [(token, child) for token in span for child in token.children if child.lower_ in NEGATIONS]
    return not any(child.i not in inside or (child.dep_ == "neg" and token.lemma_.lower() in lost) for token, child in denied)


def _worth(span: Span) -> float:
    """Return how much it tells, less for each word that hangs on none of the others."""
    inside = range(span.start, span.end)
    cut = sum(token.head.i not in inside for token in span) - 1
    return sum(map(sign, span)) - 0.4 * cut - 0.7 * bool({token.lower_ for token in span} & _ABOUT_YOU)
