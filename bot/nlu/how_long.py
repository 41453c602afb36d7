"""How long it has gone on, as the customer counts it: the time they waited, or by how much it is late."""

from __future__ import annotations

import re
from dataclasses import asdict

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.cases.heard import HowLong
from bot.nlu.text_reader import TextReader, said

_COUNT = r"(?:\d{1,3}(?:\.5)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_NUMBERS = {word: number for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)}
_UNITS = {"min": "minutes", "hr": "hours", "wk": "weeks", "yr": "years"}
_UNIT = r"(?:minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|years?|yrs?)"
_LONG = rf"(?<![\d:.,])(?P<count>{_COUNT}) ?(?P<unit>{_UNIT})\b"
_ABOUT = r"(?:(?:here|for|over|about|around|almost|nearly|like|at least|more than|the|past|last|another|a good|already|now|on hold) )*"
# "wait 24 hours" alone is what somebody was told to do.
_KEPT = (
    r"(?<=it's )been|(?<=its )been|(?<=it has )been|(?<=it’s )been"
    r"|(?<=made me )wait|(?<=made us )wait|(?<=had to )wait|waited|waiting|hold|stuck|sitting|sat|stranded"
)
_NEARLY = re.compile(r"\b(over|more than|almost|nearly|about|around|at least) $", re.IGNORECASE)
_FORESEEN = re.compile(r"\b(would|will|could|may|might|expected|going to|gonna)( \w+){0,4} $", re.IGNORECASE)
_WAYS = {
    "late": re.compile(rf"\b{_LONG} (?:late|overdue|delay\w*|behind)\b", re.IGNORECASE),
    "waited": re.compile(rf"\b(?:{_KEPT}) {_ABOUT}{_LONG}", re.IGNORECASE),
}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TimeSpan(TextReader):
    """Sets `how_long` to {way, text}, where way is late or waited, or to None."""

    def read(self, message: Message) -> None:
        """Add it to the output."""
        found = how_long(said(message))
        message.set("how_long", asdict(found) if found else None, add_to_output=True)


def how_long(text: str) -> HowLong | None:
    """Return the first time span told, in whole words: "2 hrs" is "2 hours"."""
    for way, pattern in _WAYS.items():
        found = pattern.search(text)
        if found and not _FORESEEN.search(text[: found.start()]) and not _is_longer_elsewhere(text, found):
            about = _NEARLY.search(text[: found.start("count")])
            long = _in_words(found["count"].lower(), found["unit"].lower())
            return HowLong(way, f"{about[1].lower()} {long}" if about else long)
    return None


def _is_longer_elsewhere(text: str, found: re.Match[str]) -> bool:
    """Tell whether another span of the same unit is longer, so that this one is a part: "waited 1 hour, it came two hours later"."""
    unit = _unit(found["unit"])
    same = [one["count"].lower() for one in re.finditer(_LONG, text, re.IGNORECASE) if _unit(one["unit"]) == unit]
    return max(map(_number, same), default=0.0) > _number(found["count"].lower())


def _unit(unit: str) -> str:
    """Return one of it, in whole: "hrs" is "hour"."""
    one = unit.lower().rstrip("s")
    return _UNITS.get(one, one).rstrip("s")


def _number(count: str) -> float:
    return float(_NUMBERS.get(count, 1)) if count.isalpha() else float(count)


def _in_words(count: str, unit: str) -> str:
    stem = _unit(unit)
    if count in ("a", "an"):
        return f"{'an' if stem == 'hour' else 'a'} {stem}"
    return f"{count} {stem}" if count in ("one", "1") else f"{count} {stem}s"
