"""Cutting a message into clauses, so that two issues told in one message are both heard."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.cases.issue import Issue
from bot.nlu.lexicon import fingerprint
from bot.nlu.phrase_list import PhraseList, read_phrases, spoken_words
from bot.nlu.text_reader import TextReader, said

CLAUSES, TELLS = "clauses", "tells"
BESIDE: tuple[Issue, ...] = tuple(issue for issue in Issue if issue is not Issue.OTHER_COMPLAINT)  # what has plain words of its own
# A boundary stands after a mark or before a connector; "and" between two nouns leaves a scrap, which is mended below.
_BOUNDARY = re.compile(
    r"[.!?;\n…]+(?=\s|$)|\s[-–—]+\s|,(?=\s)"
    r"|\s(?=(?:and|but|also|plus|then|besides|additionally|moreover|meanwhile|while|yet|furthermore|secondly|as well as"
    r"|on top|to (?:top|make|add)|not only|now|n)\b)|\s(?=[&+]\s)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w[\w'’]*")
FEWEST_WORDS = 2
MOST_CLAUSES = 6  # more would only cost time: who tells seven things needs a person's ear

Span = tuple[int, int]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Clauses(TextReader):
    """Puts on a message the clauses that plainly tell an issue, each a message of its own, for featurizers and classifier."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return what changes with the word lists."""
        return told_fingerprint()

    def __init__(self, config: dict[str, Any]) -> None:
        """Read the plain words of each issue."""
        super().__init__(config)
        plain_phrases()

    def read(self, message: Message) -> None:
        """Add them with their `span` and the issues they `tell`, none for a single clause; they stay out of the output."""
        text = said(message)
        spans = clauses(text)
        parts = [self._part(text, span) for span in spans] if len(spans) > 1 else []
        message.set(CLAUSES, [part for part in parts if part.get(TELLS)])
        message.set(TELLS, tells(text))

    def _part(self, text: str, span: Span) -> Message:
        said_here = text[slice(*span)]
        return Message(data={TEXT: said_here, "span": span, TELLS: tells(said_here)})


@cache
def plain_phrases() -> dict[Issue, PhraseList]:
    """Return the plain words of each issue."""
    return {issue: read_phrases(f"told_{issue}") for issue in BESIDE}


def told_fingerprint() -> str:
    """Return what changes with the plain words."""
    return fingerprint("misspelt", *(f"told_{issue}" for issue in BESIDE))


def told_plainly(message: Message) -> list[Issue]:
    """Return the issues that a message or clause has plain words for; Clauses found them, but does not run in training."""
    told: list[Issue] | None = message.get(TELLS)
    return tells(said(message)) if told is None else told


def tells(text: str) -> list[Issue]:
    """Return the issues that a text has plain words for."""
    words = spoken_words(text)
    return [issue for issue, phrases in plain_phrases().items() if phrases.found_in(words)]


def clauses(text: str) -> list[Span]:
    """Return start and end of each clause; a single word goes with what stands before it."""
    spans: list[Span] = []
    for start, end in _pieces(text):
        if spans and (_words(text, start, end) < FEWEST_WORDS or _words(text, *spans[-1]) < FEWEST_WORDS or len(spans) == MOST_CLAUSES):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _pieces(text: str) -> list[Span]:
    cuts = [0, *(match.end() for match in _BOUNDARY.finditer(text)), len(text)]
    return [_trimmed(text, start, end) for start, end in pairwise(cuts) if _words(text, start, end)]


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _words(text: str, start: int, end: int) -> int:
    return len(_WORD.findall(text, start, end))
