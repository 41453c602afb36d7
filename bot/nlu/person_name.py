"""Names of people: who writes, and whom they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from bot.nlu.fact import FactExtractor, Found
from bot.nlu.lexicon import read_words

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

_NAME = r"(?P<name>[A-Z][a-z'\u2019-]+(?:\s+[A-Z][a-z'\u2019-]+){0,2})"
_ANY_NAME = r"(?P<name>[a-z][a-z'\u2019-]+(?:\s+[a-z][a-z'\u2019-]+)?)"
# After these words even a name in small letters is one, up to the first word that no name has.
_ANNOUNCED = re.compile(
    r"\b(?:my\s+(?:full\s+|first\s+|last\s+)?name(?:\s+is|'s|s|:)|name\s*(?:is|:|-)?|i\s+am\s+called|call\s+me)"
    rf"\s+{_ANY_NAME}",
    re.I,
)
_HERE = re.compile(rf"\b(?i:(?:this|it)(?:\s+is|'s)|i\s+am|i'm|im)\s+{_NAME}(?=\s*(?:[.,!;:\n]|$|\b(?i:here|and|from|my|with|order)\b))")
_SIGNED = re.compile(
    r"(?:(?i:regards|thanks|thank\s+you|cheers|sincerely|best|yours|thx)[\s,.!-]+|[-\u2013~]\s?|\n\s*)"
    rf"{_NAME}\s*[.!]?\s*$"
)
# "Dana Reed, 020 7946 0018": two capitalised words beside a number one can call.
_BESIDE_NUMBER = re.compile(r"(?P<name>\b[A-Z][a-z]+\s+[A-Z][a-z]+)[\s,/|:-]+(?=[+(]?\d[\d\s()-]{8,})")
_ALONE = re.compile(r"\s*(?P<name>[A-Z][a-z'\u2019-]+(?:\s+[A-Z][a-z'\u2019-]+){1,2})\s*[.!]?\s*")
_TITLE = re.compile(rf"\b(?i:mr|mrs|ms|miss|dr|prof)\b\.?\s+{_NAME}")
_NAMED = re.compile(
    r"\b(?i:named|called|with|(?:agent|representative|rep|driver|manager|executive|rider),?|spoke\s+(?:to|with)"
    rf"|talked\s+to|by)\s+{_NAME}(?!\w)"
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PersonNameExtractor(FactExtractor):
    """Finds names that the words around them announce, then spaCy's people, guarded."""

    entity = "person_name"

    def find(self, text: str, doc: Doc | None) -> Iterator[Found]:
        """Return the names, without title."""
        no_names = read_words("no_names")
        for pattern in (_ANNOUNCED, _HERE, _SIGNED, _TITLE, _BESIDE_NUMBER):
            for match in pattern.finditer(text):
                yield from _trimmed(text, *match.span("name"), no_names)
        if doc is None:
            return
        people = [span for span in doc.ents if span.label_ == "PERSON"]
        spans = [(span.start_char, span.end_char) for span in people if _is_person(span, no_names)]
        alone = _ALONE.fullmatch(text)
        if alone and all(token.pos_ == "PROPN" for token in doc if token.is_alpha) and not set(text.lower().split()) & no_names:
            yield Found(*alone.span("name"))
        named = [match.span("name") for match in _NAMED.finditer(text) if _overlaps_name(doc, *match.span("name"))]
        for start, end in [*spans, *named]:
            yield from _trimmed(text, start, end, no_names)


def _trimmed(text: str, start: int, end: int, no_names: frozenset[str]) -> Iterator[Found]:
    """Yield the span up to the first word that no name has, if anything is left."""
    stop = start
    for word in re.finditer(r"\S+", text[start:end]):
        if re.sub(r"['\u2019]s$|\W", "", word[0].lower()) in no_names:
            break
        stop = start + word.end()
    name = re.sub(r"['\u2019]s$", "", text[start:stop]).rstrip(" .,!-'\u2019")
    if len(name) > 1:
        yield Found(start, start + len(name))


def _is_person(span: Span, no_names: frozenset[str]) -> bool:
    """Tell whether spaCy's person may be believed: one to three capitalised words, not shouted, no handle."""
    words = [token.text for token in span]
    before = span.doc.text[max(0, span.start_char - 1) : span.start_char]
    plain = all(re.fullmatch(r"[A-Z][a-z'\u2019-]+|[A-Z]\.?|['\u2019]s", word) for word in words)
    return (
        1 <= len(words) <= 3
        and plain
        and before not in {"@", "#", "/"}
        and span.root.pos_ == "PROPN"
        and not any(word.lower() in no_names for word in words)
    )


def _overlaps_name(doc: Doc, start: int, end: int) -> bool:
    span = doc.char_span(start, end, alignment_mode="expand")
    return span is not None and all(token.pos_ == "PROPN" and token.ent_type_ not in {"ORG", "GPE", "DATE"} for token in span)
