"""Lists of phrases that raise an alarm, in a notation that a reader of complaints can write.

One phrase a line: words in a row; `*` any ending; `(a|b)` one of; `[a|b]` one of or none; `..` up to five words between.
A line starting with `!` is a harmless saying: its words are not looked at. Write small letters and no apostrophes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.nlu.lexicon import read_lines

# Between two words of a phrase: anything that does not end a sentence.
_GAP = r"[^\w.!?]+"
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_CENSORED = re.compile(r"(?<=[a-z])[*@$#]+(?=[a-z])")
_NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True)
class PhraseList:
    """The alarming phrases of one list and the harmless sayings that look like them."""

    alarms: re.Pattern[str]
    sayings: re.Pattern[str]

    def found_in(self, words: str) -> bool:
        """Tell whether the words, as `spoken_words` returns them, hold a phrase of the list."""
        return bool(self.alarms.search(self.sayings.sub(" . ", words)))


@cache
def read_phrases(name: str) -> PhraseList:
    """Read the list of this name."""
    lines = read_lines(name)
    alarms = [_pattern(line) for line in lines if not line.startswith("!")]
    sayings = [_pattern(line[1:]) for line in lines if line.startswith("!")]
    return PhraseList(_any_of(alarms), _any_of(sayings))


def spoken_words(text: str) -> str:
    """Return the text in small letters without apostrophes, tags and stretched letters, for looking up phrases."""
    words = re.sub(r"(?<!\w)#|['\u2019\u2018`]", "", text.lower())
    # Two sentences run together are still two: "...me.He" must not read as one phrase.
    return _STRETCHED.sub(r"\1", _CENSORED.sub("x", words))


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)") if patterns else _NOTHING


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
