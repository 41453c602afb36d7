"""Cutting a message into clauses, so that two issues told in one message are both heard."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.text_reader import TextReader, said

CLAUSES = "clauses"
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
    """Puts a message's clauses on it, each a message of its own with its `span`, for the featurizers and the classifier."""

    def read(self, message: Message) -> None:
        """Add them, none where the message is a single clause; they stay out of the output."""
        text = said(message)
        spans = clauses(text)
        parts = [Message(data={TEXT: text[start:end], "span": (start, end)}) for start, end in spans]
        message.set(CLAUSES, parts if len(parts) > 1 else [])


def with_clauses(messages: Iterable[Message]) -> Iterator[Message]:
    """Yield every message and, after it, its clauses."""
    for message in messages:
        yield message
        yield from message.get(CLAUSES) or ()


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
