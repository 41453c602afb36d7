"""Lists of phrases that raise an alarm, in a notation that a reader of complaints can write.

One phrase a line: words in a row; `*` any ending; `(a|b)` one of; `[a|b]` one of or none; `..` up to five words between.
A line starting with `!` is a harmless saying: its words are not looked at. Write small letters and no apostrophes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from bot.nlu.lexicon import read_lines

# Between two words of a phrase: anything that does not end a sentence.
_GAP = r"[^\w.!?]+"
# "BBB" stands for a bureau; any other word with a letter three times over is drawn out.
_STRETCHED = re.compile(r"(?!(?<!\w)bbb(?!\w))([a-z])\1{2,}")
_CENSORED = re.compile(r"(?<=[a-z])[*@$#]+(?=[a-z])")
_TAGS_AND_APOSTROPHES = re.compile(r"(?<!\w)#|['\u2019\u2018`]")
_WORD = re.compile(r"[a-z]+")
_FIRST_LETTERS = 3
# Where a phrase can start, with the first letters there; none before a second blank or mark.
_START = re.compile(rf"(?<!\w)\w{{0,{_FIRST_LETTERS}}}")
_TEXTS_KEPT = 256  # one message is looked up in some twenty lists, and so is each of its words


class Phrases:
    """Phrases of which any may be found, kept by their first letters: most start nowhere in a message and need no trying."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Translate the lines; of two that match at one place, the earlier counts."""
        patterns = [(_first_letters(line), re.compile(rf"{_pattern(line)}(?!\w)").match) for line in lines]
        keys = {key for starts, _ in patterns for key in starts}
        self._starting = {key: tuple(match for starts, match in patterns if key in starts or "" in starts) for key in keys}
        self._starting_anyhow = tuple(match for starts, match in patterns if "" in starts)

    def __bool__(self) -> bool:
        """Tell whether there is a phrase at all."""
        return bool(self._starting)

    def spans(self, words: str) -> Iterator[tuple[int, int]]:
        """Yield where a phrase stands, from left to right and without overlaps."""
        end = 0
        for letters, start in _starts(words):
            if start < end:
                continue
            for match in self._starting.get(letters, self._starting_anyhow):
                if found := match(words, start):
                    end = found.end()
                    yield start, end
                    break


class PhraseList:
    """The alarming phrases of one list and the harmless sayings that look like them."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Translate the lines of a list."""
        self.alarms = Phrases(line for line in lines if not line.startswith("!"))
        self.sayings = Phrases(line[1:] for line in lines if line.startswith("!"))

    def found_in(self, words: str) -> bool:
        """Tell whether the words, as `spoken_words` returns them, hold a phrase of the list."""
        return any(True for _ in self.alarms.spans(self._without_sayings(words)))

    def times_in(self, words: str) -> int:
        """Tell how many of them they hold."""
        return sum(1 for _ in self.alarms.spans(self._without_sayings(words)))

    def _without_sayings(self, words: str) -> str:
        rest, end = "", 0
        for start, stop in self.sayings.spans(words):
            rest, end = f"{rest}{words[end:start]} . ", stop
        return rest + words[end:] if end else words


@cache
def read_phrases(name: str) -> PhraseList:
    """Read the list of this name."""
    return PhraseList(read_lines(name))


@lru_cache(_TEXTS_KEPT)
def spoken_words(text: str) -> str:
    """Return the text in small letters without apostrophes, tags and stretched letters, for looking up phrases."""
    words = _TAGS_AND_APOSTROPHES.sub("", text.lower())
    # Two sentences run together are still two: "...me.He" must not read as one phrase.
    plain = _STRETCHED.sub(r"\1", _CENSORED.sub("x", words))
    return _WORD.sub(lambda word: misspellings().get(word[0], word[0]), plain)


@cache
def misspellings() -> dict[str, str]:
    """Return the word that each wrong spelling stands for."""
    lines = (line.split() for line in read_lines("misspelt"))
    return {wrong: right for right, *others in lines for wrong in others if wrong != right}


@lru_cache(_TEXTS_KEPT)
def _starts(words: str) -> tuple[tuple[str, int], ...]:
    return tuple((found[0], found.start()) for found in _START.finditer(words))


def _first_letters(line: str) -> frozenset[str]:
    """Return with what letters a phrase can start; "" where that is not known."""
    letters: set[str] = set()
    for part in _split(line.strip(), " "):
        if part[0] not in "([":
            return frozenset(letters | {_known_letters(part)})
        letters.update(*(_first_letters(one) for one in _split(part[1:-1], "|") if one.strip()))
        if part[0] == "(":
            return frozenset(letters)
    return frozenset(letters | {""})


def _known_letters(word: str) -> str:
    literal = re.split(r"\W", word, maxsplit=1)[0]
    # A shorter word is known whole, unless it goes on in any way.
    is_open = len(literal) < _FIRST_LETTERS and word[len(literal) :].startswith("*")
    return "" if is_open else literal[:_FIRST_LETTERS]


def _pattern(line: str) -> str:
    """Translate words in a row into a regular expression."""
    pattern, started = "", False
    for part in _split(line.strip(), " "):
        if part == "..":
            pattern += rf"(?:{_GAP}\w+){{0,5}}?"
        elif part.startswith("["):
            pattern += f"(?:{_GAP}{_word(part)})?" if started else f"(?:{_word(part)}{_GAP})?"
        else:
            pattern += (_GAP if started else "") + _word(part)
            started = True
    return pattern


def _word(part: str) -> str:
    """Translate one word, or the alternatives in brackets."""
    if part[0] in "([":
        alternatives = "|".join(_pattern(one) for one in _split(part[1:-1], "|") if one.strip())
        return f"(?:{alternatives})"
    return re.escape(part).replace(r"\*", r"\w*")


def _split(text: str, separator: str) -> list[str]:
    """Split at a separator that stands in no brackets."""
    parts, depth = [""], 0
    for char in text:
        depth += (char in "([") - (char in ")]")
        if char == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part for part in parts if part]
