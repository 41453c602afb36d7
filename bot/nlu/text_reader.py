"""The base of every component that only reads a message's text and adds what it found."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.component import Component

if TYPE_CHECKING:
    from spacy.tokens import Doc

SPACY_DOC = "spacy_doc"
# Nobody tells the essence after this many characters, and every reader stays fast on a pasted novel.
READ_CHARACTERS = 2000


class TextReader(Component):
    """Reads each message and adds to it; needs no training and changes no text."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Read every message; the same messages come back, richer."""
        for message in messages:
            self.read(message)
        return messages

    @abstractmethod
    def read(self, message: Message) -> None:
        """Add to the message what this component understands of it."""


def said(message: Message) -> str:
    """Return the words to read: the text, bounded; nothing for a stored intent such as "/affirm"."""
    text = message.get(TEXT) or ""
    return "" if text.startswith("/") else text[:READ_CHARACTERS]


def parsed(message: Message) -> Doc | None:
    """Return spaCy's parse of what was said, if SpacyDoc ran before."""
    doc: Doc | None = message.get(SPACY_DOC)
    return doc
