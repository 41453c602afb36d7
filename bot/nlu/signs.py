"""How strongly a word says that something went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.nlu.lexicon import read_words
from bot.nlu.quotable import NEGATIONS

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_ORDERED = frozenset({"order", "choose", "want", "request", "select", "book"})
_CAME = frozenset({"get", "receive", "deliver", "send", "give", "come"})


def sign(token: Token) -> float:
    """Return how strongly a word says that something went wrong."""
    lemma = token.lemma_.lower()
    if token.lower_ in NEGATIONS and not (token.i + 1 < len(token.doc) and token.nbor().text[0].isdigit()):
        return _negation_sign(token)
    if lemma in {"still", "again"}:
        return 1.0
    if lemma in read_words("went_wrong") or token.lower_ in read_words("went_wrong"):
        # "the box was empty" tells more than "an empty cafe".
        return 2.5 if token.pos_ in {"VERB", "ADJ"} and token.dep_ != "amod" else 1.3
    return 0.5 if lemma in read_words("plain_deeds") else 0.0


def signs(span: Span) -> float:
    """Return how strongly a clause says it; "ordered a lamp and got a chair" does without a word for it."""
    return sum(map(sign, span)) + any(map(_is_other_than_ordered, span))


def _is_other_than_ordered(verb: Token) -> bool:
    """Tell whether it is what came, joined to what was ordered."""
    return verb.dep_ == "conj" and verb.lemma_.lower() in _CAME and verb.head.lemma_.lower() in _ORDERED and bool(_object(verb))


def _object(verb: Token) -> list[Token]:
    return [child for child in verb.children if child.dep_ == "dobj" and child.pos_ in {"NOUN", "PROPN"}]


def _negation_sign(token: Token) -> float:
    if token.head.lemma_.lower() in read_words("plain_deeds"):
        return 2.5
    return 1.8 if token.dep_ in {"neg", "det", "nsubj", "dobj"} else 0.5
