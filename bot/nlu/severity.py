"""How grave a message is, and how angry: what must reach a person at once, whatever else it says."""

from __future__ import annotations

import math
import re
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.grave_meaning import GRAVE_MEANING
from bot.nlu.lexicon import fingerprint
from bot.nlu.phrase_list import read_phrases, spoken_words
from bot.nlu.text_reader import TextReader, said

REASONS = (
    "injury",
    "safety",
    "self_harm",
    "legal",
    "regulator",
    "chargeback",
    "fraud",
    "discrimination",
    "harassment",
    "threat",
    "vulnerable",
    "media",
    "repeated_failure",
)
# A second failure is worth knowing, but alone it harms nobody: the case decides what it means.
NOT_GRAVE_ALONE = frozenset({"repeated_failure"})
# How much each sign adds to anger, before it levels off towards 1.
_SWEARING, _STRONG_WORD, _COMPLAINING_WORD, _REPEATED, _SHOUTING, _EXCLAIMING = 0.9, 0.7, 0.3, 0.4, 0.5, 0.15


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Severity(TextReader):
    """Sets `severity` with its reasons, `anger` from 0 to 1, and `abuse`: insults at whoever reads."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return what changes with the word lists."""
        return fingerprint(*REASONS, "misspelt", "swearing", "anger_strong", "anger_mild", "abuse")

    def __init__(self, config: dict[str, Any]) -> None:
        """Read the word lists."""
        super().__init__(config)
        self.phrases = {reason: read_phrases(reason) for reason in REASONS}

    def read(self, message: Message) -> None:
        """Add all three to the output."""
        text = said(message)
        found = {*self.reasons(text), message.get(GRAVE_MEANING)}
        reasons = [reason for reason in REASONS if reason in found]  # the first decides who is brought in
        level = "severe" if set(reasons) - NOT_GRAVE_ALONE else "ordinary"
        message.set("severity", {"level": level, "reasons": reasons}, add_to_output=True)
        message.set("anger", anger(text), add_to_output=True)
        message.set("abuse", read_phrases("abuse").found_in(spoken_words(text)), add_to_output=True)

    def reasons(self, text: str) -> list[str]:
        """Return the reasons that the text gives for calling a person, in the order of `REASONS`."""
        words = spoken_words(text)
        return [reason for reason, phrases in self.phrases.items() if phrases.found_in(words)]


def anger(text: str) -> float:
    """Return how angry the words and their typing are; swearing counts, but proves nothing grave."""
    words = spoken_words(text)
    points = (
        _SWEARING * _times("swearing", words)
        + _STRONG_WORD * _times("anger_strong", words)
        + _COMPLAINING_WORD * _times("anger_mild", words)
        + _REPEATED * read_phrases("repeated_failure").found_in(words)
        + _SHOUTING * is_shouted(text)
        + _EXCLAIMING * min(text.count("!"), 4)
    )
    return round(1 - math.exp(-points), 2)


def is_shouted(text: str) -> bool:
    """Tell whether much of the text is in capitals; short codes and single words do not count."""
    letters = [char for char in text if char.isalpha()]
    shouted = [word for word in re.findall(r"\b[A-Z]{3,}\b", text)]
    return len(shouted) >= 2 and sum(char.isupper() for char in letters) > 0.4 * len(letters)


def _times(name: str, words: str) -> int:
    return min(3, read_phrases(name).times_in(words))
