"""How strongly a word says that something went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.nlu.lexicon import read_words
from bot.nlu.quotable import NEGATIONS

if TYPE_CHECKING:
    from spacy.tokens import Token


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


def _negation_sign(token: Token) -> float:
    if token.head.lemma_.lower() in read_words("plain_deeds"):
        return 2.5
    return 1.8 if token.dep_ in {"neg", "det", "nsubj", "dobj"} else 0.5
