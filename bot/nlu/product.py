"""The thing complained of, as a short noun phrase."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from bot.nlu.fact import FactExtractor, Found
from bot.nlu.lexicon import read_words

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

# What a customer did with a thing, and what a thing does to a customer.
_GOT = frozenset(
    "order receive get buy purchase deliver send ship return replace exchange want expect bring give pay request miss"
    " find open use try book rent hire wear".split()
)
_BEHAVED = frozenset(
    "arrive come break stop work crack leak smell taste burn look fit fall tear rip melt die fail snap smash damage"
    " shatter spill rattle bend scratch deliver send ship be turn miss have feel lack stink overheat start wash shrink fade".split()
)
_MEASURES = frozenset(
    "instead piece pieces pair pairs box boxes bottle bottles pack packs set sets quantity quantities plate plates"
    " slice slices kg each".split()
)
_SKIPPED_DEPS = frozenset("det poss predet nummod preconj advmod punct cc".split())
_ABOUT = frozenset("refund money problem issue wrong fault wait pay charge happen complaint complain replacement trouble defect".split())
_ANSWER_TOKENS = 5
_MOST = 2
_LONGEST = 4


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ProductExtractor(FactExtractor):
    """Finds what was ordered, or what behaved badly, by its place in the parse."""

    entity = "product"

    def find(self, text: str, doc: Doc | None) -> Iterator[Found]:
        """Return at most two things, the likeliest first."""
        if doc is None:
            return
        no_products = read_words("no_products")
        spans = [(_likelihood(chunk), _core(chunk, no_products)) for chunk in doc.noun_chunks]
        good = [(score, span) for score, span in spans if score > 0 and span is not None]
        seen: set[str] = set()
        for _, span in sorted(good, key=lambda pair: -pair[0]):
            if span.root.lemma_.lower() not in seen and len(seen) < _MOST:
                seen.add(span.root.lemma_.lower())
                yield Found(span.start_char, span.end_char)


def _likelihood(chunk: Span) -> int:
    """Return how strongly the phrase's place says that it is the thing; 0 means it is not."""
    root, verb = chunk.root, chunk.root.head
    if root.dep_ in {"nsubj", "nsubjpass"} and verb.lemma_.lower() in _BEHAVED:
        return 3 if verb.lemma_ != "have" else 1
    if root.dep_ in {"dobj", "attr", "dative"} and verb.lemma_.lower() in _GOT:
        return 3
    if root.dep_ == "conj" and root.head.dep_ in {"dobj", "nsubjpass"} and root.head.head.lemma_.lower() in _GOT:
        return 1
    if any(child.dep_ in {"relcl", "acl"} and child.lemma_.lower() in _GOT for child in root.children):
        return 3
    if root.dep_ == "pobj" and verb.text.lower() == "of" and verb.head.text.lower() in _MEASURES:
        return 2
    if root.dep_ == "pobj" and verb.text.lower() in {"for", "with", "on"} and verb.head.lemma_.lower() in _ABOUT:
        return 1
    # "the blue lamp", in answer to what it is about.
    return 2 if root.dep_ == "ROOT" and len(root.doc) <= _ANSWER_TOKENS else 0


def _core(chunk: Span, no_products: frozenset[str]) -> Span | None:
    """Return the phrase without what stands before the thing itself, or None if it names no thing."""
    root = chunk.root
    if root.pos_ not in {"NOUN", "PROPN"} or _is_named(root):
        return None
    words = [*chunk[: root.i - chunk.start + 1], *_model_number(root)]
    while words and (words[0].dep_ in _SKIPPED_DEPS or words[0].lower_ in no_products or words[0].is_digit):
        words.pop(0)
    if not words or len(words) > _LONGEST or any(_is_no_thing(word, no_products) for word in words):
        return None
    return chunk.doc[words[0].i : words[-1].i + 1]


def _is_named(root: Token) -> bool:
    """Tell whether spaCy takes the word for a person, a place or a time; of small letters it knows little."""
    return root.ent_type_ in {"DATE", "TIME", "MONEY"} or (root.text[0].isupper() and root.ent_type_ in {"PERSON", "GPE"})


def _model_number(root: Token) -> list[Token]:
    """Return what follows a product's name as part of it: "11 Pro" after "iPhone"."""
    following: list[Token] = []
    for token in root.doc[root.i + 1 : root.i + 3]:
        if root.pos_ != "PROPN" or not (token.pos_ in {"NUM", "PROPN"} and len(token) <= 4 and token.text.isalnum()):
            break
        following.append(token)
    return following


def _is_no_thing(word: Token, no_products: frozenset[str]) -> bool:
    return (
        word.pos_ == "PRON"
        or word.lower_ in no_products
        or word.lemma_.lower() in no_products
        or not re.fullmatch(r"[\w'\u2019-]+", word.text)
        or (word.i > 0 and word.nbor(-1).text in {"#", "@"})
    )
