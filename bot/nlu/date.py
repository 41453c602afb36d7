"""Dates: of the calendar, of the week, and reckoned from today."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from bot.nlu.fact import FactExtractor, Found

if TYPE_CHECKING:
    from spacy.tokens import Doc

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary|uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:\s?(?:st|nd|rd|th)\b)?"
_ORDINAL = r"(?:0?[1-9]|[12]\d|3[01])\s?(?:st|nd|rd|th)"
_YEAR = r"(?:(?:19|20)\d\d|'\d\d)"
_FULL_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_SHORT_WEEKDAY = r"(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)"
_PART = r"(?:\s+(?:morning|afternoon|evening|night|noon))"
_COUNT = r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|few|(?:a\s+)?(?:couple(?:\s+of)?|few))"
_SHAPES = tuple(
    re.compile(rf"(?<![\w/.$£€₹#]){shape}(?![\w/]|-\d{{3,}})", re.I)
    for shape in (
        r"(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])",
        r"\d{1,2}[-/]\d{1,2}[-/](?:\d{4}|\d{2,3})",
        r"\d{1,2}\.\d{1,2}\.(?:(?:19|20)\d\d|\d\d)",
        rf"(?:\d{{1,2}}[-/]{_MONTH}|{_MONTH}[-/]\d{{1,2}})(?:[-/]\d{{2,4}})?",
        rf"(?:{_FULL_WEEKDAY},?\s+)?(?:the\s+)?{_DAY}\s*(?:of\s+)?{_MONTH}(?:,?\s*{_YEAR})?",
        rf"(?:{_FULL_WEEKDAY},?\s+)?{_MONTH}\s*{_DAY}(?:,?\s*{_YEAR})?",
        rf"{_MONTH},?\s+{_YEAR}",
        rf"(?:(?:last|this|next|coming)\s+)?{_FULL_WEEKDAY}(?:\s+(?:the\s+)?{_DAY}(?!\s?(?:[ap]m|:)))?{_PART}?",
        rf"(?:last|this|next)\s+{_SHORT_WEEKDAY}{_PART}?",
        rf"the\s+day\s+(?:before\s+yesterday|after\s+tomorrow)|yesterday{_PART}?|today|tomorrow{_PART}?|tonight",
        r"(?:last|this|next|previous|earlier\s+this)\s+(?:night|week|weekend|month|year|morning|afternoon|evening)",
        rf"{_COUNT}\s+(?:days?|weeks?|months?|nights?|years?)\s+(?:ago|back)",
    )
)
# "On the 2nd" is a day, "the 2nd charge" is none.
_NTH = re.compile(rf"(?<![\w/.$£€₹#])(?:{_SHORT_WEEKDAY},?\s+)?the\s+{_ORDINAL}(?![\w/]|-\d{{3,}})", re.I)
# Too short to stand alone: "on 3/12" and "since sat" are dates, "2/10" and "sat" are not.
_AFTER_PREPOSITION = re.compile(
    rf"\b(?:on|since|by|until|till|before|from|dated|date|for|between|to)\s+"
    rf"(?P<date>(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|[12]\d|3[01])|{_ORDINAL}|{_SHORT_WEEKDAY}{_PART}?)(?![\w/])",
    re.I,
)
_IN_MONTH = re.compile(r"\b(?:in|since|last|until|of|by|this|back\s+in)\s+(?P<date>" + _MONTH.replace("may|", "") + r")(?!\s+\d)", re.I)
_MONTH_AS_WORD = re.compile(r"\b(?:may|march)\b\.?", re.I)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class DateExtractor(FactExtractor):
    """Finds the words of a date; `bot.cases.dates` says which day they mean."""

    entity = "date"

    def find(self, text: str, doc: Doc | None) -> Iterator[Found]:
        """Return every date, without the preposition before it."""
        for shape in _SHAPES:
            for match in shape.finditer(text):
                yield Found(match.start(), match.start() + len(match[0].rstrip(" .,")))
        for match in _NTH.finditer(text):
            if not _names_what(doc, match.end()):
                yield Found(match.start(), match.end())
        for pattern in (_AFTER_PREPOSITION, _IN_MONTH):
            for match in pattern.finditer(text):
                if not _MONTH_AS_WORD.fullmatch(match["date"]):
                    yield Found(match.start("date"), match.start("date") + len(match["date"].rstrip(" .")))


def _names_what(doc: Doc | None, end: int) -> bool:
    """Tell whether the word that follows is what the ordinal counts."""
    following = next((token for token in doc or () if token.idx >= end), None)
    return following is not None and following.pos_ in {"NOUN", "PROPN"}
