"""All that Amends says, read from data/responses/ (Rasa's format). Python chooses and fills; it never writes sentences."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.errors import BadWording
from bot.yaml_files import parsed

_DENIES = re.compile(r"\bnot\b|n['’]t\b|\bnever\b|\bnobody\b|\bwithout\b")
_NOT_SO = re.compile(
    r"\b(no|not|never|without(?! (any |a |prior )?(word|warning|notice|reason)\b)|if|unless|instead of|to be"
    r"|(try|trying|tried|want|wanted|wants|asked|difficulty|like|need|refused?) to|\w+n['’]t)\b"
    r"([^\w.!?;]+\w+){1,4}",
    re.IGNORECASE,
)
_FINE = re.compile(  # "the fabric is fantastic", "love the fabric"
    r"\b\w+ (is|was|are|were|looks?|feels?) ((?!not\b)\w+ )?(fantastic|great|fine|good|amazing|lovely|beautiful|excellent|perfect|nice)\b"
    r"|\b(loved?|liked?|great|fantastic|beautiful|amazing|lovely|excellent) (the )?\w+",
    re.IGNORECASE,
)
STEM = 5  # letters by which two words count as one
SHORT_STEM = 4  # the same, where saying a thing twice is what is to be avoided
EMPTY = frozenset("the and you your for with that was were has have had are not this what they them been from very".split())

SHORTEST = 3  # letters of a word that is looked for
EMPTY_STEMS = frozenset("seems short order somet thing yours ours our does peopl went well got come this these kept like".split())


class Wording:
    """Sentences by name, each with variants. The same key gets the same variant, so a text never changes when rendered again."""

    def __init__(self, responses: Mapping[str, tuple[str, ...]], said: Mapping[str, tuple[frozenset[str], ...]] | None = None) -> None:
        self.responses = responses
        self.said = said or {}  # by text: the sets of words, one of which a customer must have said for it to fit

    @classmethod
    def read(cls, folder: Path) -> "Wording":
        """All response files of a folder. Raises BadWording naming the file and the response."""
        found: dict[str, tuple[str, ...]] = {}
        said: dict[str, tuple[frozenset[str], ...]] = {}
        for path in sorted(folder.glob("*.yml")):
            texts, words = _read_file(path)
            found |= texts
            said |= words
        if not found:
            raise BadWording(f"There are no responses in {folder}.")
        bound = next((name for name, texts in found.items() if all(text in said for text in texts)), None)
        if bound:
            raise BadWording(f"{bound}: each of its variants stands with `said` elsewhere; give one of them words of its own.")
        return cls(found, said)

    def say(self, name: str, key: str = "", near: str = "", /, **values: object) -> str:
        """The sentence, filled; of its variants the one whose words are nearest to those of `near`.

        Raises BadWording where it is unknown or lacks a value.
        """
        try:
            variants = self.responses[f"utter_{name}"]
        except KeyError:
            raise BadWording(f"There is no response utter_{name}.") from None
        fitting = self._nearest(variants, near)
        chosen = fitting[_number(f"{key}/{name}") % len(fitting)]
        given = {slot: value for slot, value in values.items() if value not in (None, "")}
        try:
            return chosen.format_map(given)
        except KeyError as missing:
            raise BadWording(f"utter_{name} needs a value for {{{missing.args[0]}}}.") from None

    def _nearest(self, variants: tuple[str, ...], near: str) -> tuple[str, ...]:
        """Those whose `said` words were said, and of these the ones that share most words with the message."""
        told, asked_for = _said(near), self._asked_for(variants, near)
        fitting = [one for one in variants if one not in self.said or one in asked_for]
        shared = [len(_stems(one) & told) + (one in self.said) for one in fitting]
        return tuple(one for one, count in zip(fitting, shared, strict=True) if count == max(shared))

    def _asked_for(self, variants: tuple[str, ...], near: str) -> list[str]:
        """Those whose words were said; for a sentence that denies nothing itself, not in a denial, a wish or an attempt."""
        told, happened = _said(near), _said(_FINE.sub(" ", _NOT_SO.sub(" ", near)))
        words = {one: told if _DENIES.search(one) else happened for one in variants if one in self.said}
        return [one for one, said in words.items() if any(way <= said for way in self.said[one])]

    def is_said(self, name: str, near: str) -> bool:
        """Whether these words ask for one of the variants, so that the sentence says no more than they do."""
        return bool(self._asked_for(self.responses.get(f"utter_{name}", ()), near))

    def is_named(self, name: str, text: str) -> bool:
        """Whether a text holds a telling word of a sentence, of those variants that fit whatever was said."""
        plain = (one for one in self.responses.get(f"utter_{name}", ()) if one not in self.said)
        return any(re.search(rf"\b{stem}", text.lower()) for one in plain for stem in _stems(one) - EMPTY_STEMS)

    @staticmethod
    def shares(sentence: str, text: str) -> bool:
        """Whether a text holds a telling word of a sentence already."""
        return any(_told_again(sentence, text))

    @staticmethod
    def says_again(sentence: str, text: str) -> bool:
        """Whether a text holds every telling word of a sentence already."""
        return all(_told_again(sentence, text))

    @property
    def version(self) -> str:
        """Which texts exactly these are."""
        return hashlib.sha256(repr(sorted(self.responses.items())).encode()).hexdigest()[:8]

    def has(self, name: str) -> bool:
        return f"utter_{name}" in self.responses


def _told_again(sentence: str, text: str) -> list[bool]:
    """Of each telling word of a sentence, whether a text holds it."""
    return [bool(re.search(rf"\b{stem[:SHORT_STEM]}", text.lower())) for stem in _stems(sentence) - EMPTY_STEMS]


def _stems(text: str) -> frozenset[str]:
    """The words that tell something, by their first letters: "charged" and "charge" are one. With `=` before it, the whole word."""
    words = [word for word in re.findall(r"=?[a-z]{3,}", text.lower()) if word not in EMPTY]
    return frozenset(word if word.startswith("=") else word[:STEM] for word in words)


def _said(text: str) -> frozenset[str]:
    """What a customer's words may be asked for: their stems, and each as a whole."""
    return _stems(text) | {f"={word}" for word in re.findall(r"[a-z]{3,}", text.lower())}


def _read_file(path: Path) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[frozenset[str], ...]]]:
    """Each response's variants, and what must have been said for those that ask for it."""
    content = parsed(path.read_text(encoding="utf-8"), path.name, BadWording) or {}
    found: dict[str, tuple[str, ...]] = {}
    said: dict[str, tuple[frozenset[str], ...]] = {}
    for name, variants in (content.get("responses") or {}).items():
        texts = [one.get("text") for one in variants or () if isinstance(one, dict)]
        if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
            raise BadWording(f"{path.name}: {name} needs at least one variant, each with a text.")
        found[name] = tuple(" ".join(str(text).split(" ")).strip() for text in texts)
        if all((one.get("metadata") or {}).get("said") for one in variants):
            raise BadWording(f"{path.name}: {name} needs at least one variant without `said`, for those who said none of it.")
        _check_said(path.name, name, variants)
        asked = [(text, (one.get("metadata") or {}).get("said")) for text, one in zip(found[name], variants, strict=True)]
        said |= {text: tuple(_stems(words) for words in ways.split("|")) for text, ways in asked if ways}
    return found, said


def _check_said(file: str, name: str, variants: Iterable[Mapping[str, Any]]) -> None:
    """Refuse words in a `said` that would be passed over, so that the rest of them fits far too often."""
    for said in filter(None, ((one.get("metadata") or {}).get("said") for one in variants)):
        passed = [word for word in re.findall(r"=?[a-z]+", said.lower()) if word in EMPTY or len(word.lstrip("=")) < SHORTEST]
        if passed:
            raise BadWording(f"{file}: {name} has “{passed[0]}” in `said`, which is passed over; leave it out, or write “={passed[0]}”.")


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
