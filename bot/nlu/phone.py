"""Phone numbers, as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from phonenumbers import Leniency, PhoneNumberMatcher
from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from bot.nlu.fact import FactExtractor, Found
from bot.nlu.number_cues import announced

if TYPE_CHECKING:
    from spacy.tokens import Doc

_MANY_DIGITS = re.compile(r"\d(?:\D{0,3}\d){6}")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PhoneExtractor(FactExtractor):
    """Finds numbers that could be dialled from one of the shop's regions."""

    entity = "phone"

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the regions whose national ways of writing are understood; "+..." is understood anyway."""
        return {"regions": ["US", "GB", "IN"]}

    def find(self, text: str, doc: Doc | None) -> Iterator[Found]:
        """Return every possible number that is not announced as something else."""
        if not _MANY_DIGITS.search(text):
            return
        for region in self.config["regions"]:
            # POSSIBLE: a customer's typing slip must still count as the phone number it was meant to be.
            for match in PhoneNumberMatcher(text, region, leniency=Leniency.POSSIBLE):
                if _is_meant_as_phone(text, match.start, match.end):
                    yield Found(match.start, match.end)


def _is_meant_as_phone(text: str, start: int, end: int) -> bool:
    raw = text[start:end]
    digits = sum(char.isdigit() for char in raw)
    announcement = announced(text, start)
    if text[max(0, start - 1) : start] == "#" and announcement != "phone":
        return False
    return announcement == "phone" or raw.startswith("+") or (digits >= 10 and announcement != "order")
