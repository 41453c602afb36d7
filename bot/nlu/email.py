"""E-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from bot.nlu.fact import FactExtractor, Found

if TYPE_CHECKING:
    from spacy.tokens import Doc

_ADDRESS = re.compile(r"[\w%+-]+(?:\.[\w%+-]+)*@[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d-]+)*\.[a-z]{2,}(?![\w@])", re.I)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EmailExtractor(FactExtractor):
    """Finds e-mail addresses, without the full stop that may follow them."""

    entity = "email"

    def find(self, text: str, doc: Doc | None) -> Iterator[Found]:
        """Return every address."""
        return (Found(*match.span()) for match in _ADDRESS.finditer(text))
