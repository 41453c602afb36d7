"""Order numbers, and any other reference of an order: booking, case, tracking, transaction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from bot.nlu.fact import FactExtractor, Found
from bot.nlu.number_cues import announced, looks_like_phone

if TYPE_CHECKING:
    from spacy.tokens import Doc

_KIND = (
    r"(?:order|ordr|booking|case|ticket|tracking|trk|file|ref(?:erence)?|pnr|awb|waybill|invoice|receipt|confirmation|conf|reservation"
    r"|transaction|txn|utr|rrn|parcel|package|shipment|consignment|purchase|complaint|docket|crn|sr|incident|claim|return|rma"
    r"|(?:bag(?:gage)?\s+)?tag|record\s+locator|locator)s?"
)
_LABEL = r"(?:ids?|nos?|num|numbers?|nr|ref(?:erence)?|codes?|hash)"
_LINK = r"(?:[\s:;.,=\-\u2013#\"'(\u201c\[]|\b(?:is|was|are|being|my|the|of|for|with|this|its|it's|here|-)\b)"
_TOKEN = r"(?P<token>[a-z\d]+(?:[-/_][a-z\d]+)*)"
# "order no. 4711", "booking ref: ab-12", "tracking id is 99 ...": a label makes even a short number a reference.
_LABELLED = re.compile(rf"\b(?:{_KIND}[\s.:]*)(?:{_LABEL})(?![a-z]){_LINK}{{0,8}}(?<![a-z\d]){_TOKEN}", re.I)
_KIND_ONLY = re.compile(rf"\b{_KIND}(?![a-z]){_LINK}{{1,6}}(?<![a-z\d]){_TOKEN}", re.I)
_LABEL_ONLY = re.compile(rf"\b{_LABEL}(?![a-z]){_LINK}{{1,4}}(?<![a-z\d]){_TOKEN}", re.I)
_HASH = re.compile(rf"#\s?{_TOKEN}", re.I)
_ANY = re.compile(rf"(?<![\w@.$£€₹+]){_TOKEN}(?![\w@])", re.I)
_FURTHER = re.compile(rf"\s*(?:,|&|and|or|/)\s*(?:{_KIND}\s*)?(?:{_LABEL})?[\s.:#]*{_TOKEN}", re.I)
_LABEL_AFTER = re.compile(r"-(?:order|ref\w*|id)$", re.I)  # "1482378322-Order ID"
_LOCATOR_TALK = re.compile(r"\b(?:confirmation|conf|booking|pnr|reservation|locator|ref|reference)\b", re.I)
_NOT_A_REFERENCE = re.compile(
    r"\d+(?:st|nd|rd|th|m?l|k?g|mg|lbs?|oz|rs|inr|usd|k|[ap]m|hrs?|hours?|mins?|minutes?|s|secs?|days?|weeks?|months?|yrs?"
    r"|years?|[gmt]b|inch|in|[cm]m|km|x|p|w|v|star|stars|bucks|quid|dollars|pounds|euros|ish)"
    r"|\d{1,2}[-/]\d{1,2}(?:[-/]\d{2,4})?|\d{4}-\d{1,2}-\d{1,2}|[a-z]{3,}(?:19|20)\d\d|(?:19|20)\d\d|24/7|\d{1,2}[-/][a-z]{3}(?:[-/]\d{2,4})?",
    re.I,
)
_MONEY_AFTER = re.compile(r"\s?(?:rs\b|inr\b|rupees?\b|usd\b|dollars?\b|bucks\b|quid\b|pounds?\b|euros?\b|/-|₹|€|£|\$|%)", re.I)
# "1,299", "45.50", "10:30"; but "4711,4712" are two references.
_GOES_ON = re.compile(r",\d{3}(?!\d)|\.\d{1,2}(?!\d)|:\d\d")
_ARTICLE = re.compile(r"[aA]\s")
_MIXED_CASE = re.compile(r"(?=\w*[a-z][A-Z]\w*[a-z][A-Z])\w{8,}")
_OF_A_JOURNEY = re.compile(r"\b(?:flight|flt|train|bus|coach|gate|seat|room|bay)s?\W*#?\s?$", re.I)  # "flight #5237"
_MONEY_BEFORE = re.compile(r"(?:[$£€₹]|\b(?:rs|inr|usd|eur|gbp)\.?)\s?$", re.I)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class OrderNumberExtractor(FactExtractor):
    """Finds the shop's own numbers however they are typed, then whatever else is announced as a reference."""

    entity = "order_number"

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the shop's patterns, matched without case, blanks, hyphens and dots."""
        return {"patterns": [r"W\d{7}"]}

    def __init__(self, config: dict[str, Any]) -> None:
        """Compile the shop's patterns."""
        super().__init__(config)
        self.patterns = [re.compile(pattern, re.I) for pattern in self.config["patterns"]]

    def find(self, text: str, doc: Doc | None) -> Iterator[Found]:
        """Return the spans, each with `normalised`: capitals and digits only."""
        spans = [*self._own(text), *_announced(text), *_tagged(text), *_evident(text)]
        whole = [(start, start + len(_LABEL_AFTER.sub("", text[start:end]))) for start, end in spans]
        return (Found(start, end, {"normalised": _squeezed(text[start:end])}) for start, end in whole)

    def _own(self, text: str) -> Iterator[tuple[int, int]]:
        kept = [(at, char) for at, char in enumerate(text) if char not in " -.\u2013"]
        squeezed = "".join(char for _, char in kept)
        for pattern in self.patterns:
            for match in pattern.finditer(squeezed):
                start, end = kept[match.start()][0], kept[match.end() - 1][0] + 1
                # "now 2611340" holds no "w 2611340", and "a 12345" need not be an order.
                whole = not text[max(0, start - 1) : start].isalnum() and not text[end : end + 1].isalnum()
                if whole and (not _ARTICLE.match(text, start) or announced(text, start) == "order"):
                    yield start, end


def _announced(text: str) -> Iterator[tuple[int, int]]:
    """Yield what follows words such as "order no."; a second number may follow the first."""
    for pattern, digits in ((_LABELLED, 3), (_KIND_ONLY, 4), (_LABEL_ONLY, 5)):
        for match in pattern.finditer(text):
            start, end = match.span("token")
            if pattern is _LABEL_ONLY and announced(text, start) == "phone":
                continue
            while _is_reference(text, start, end, digits):
                yield start, end
                further = _FURTHER.match(text, end)
                if further is None:
                    break
                start, end = further.span("token")


def _tagged(text: str) -> Iterator[tuple[int, int]]:
    """Yield "#12345", but not "#1" or a hashtag of words."""
    for match in _HASH.finditer(text):
        start, end = match.span("token")
        is_other = announced(text, start) == "phone" or bool(_OF_A_JOURNEY.search(text[:start]))
        if not is_other and _is_reference(text, start, end, 3) and not text[start:end].isalpha():
            yield start, end


def _evident(text: str) -> Iterator[tuple[int, int]]:
    """Yield what nobody announced but what can hardly be anything else."""
    for match in _ANY.finditer(text):
        start, end = match.span("token")
        token = text[start:end]
        if not _is_reference(text, start, end, 1) or announced(text, start) == "phone":
            continue
        if _is_long(text, start, end) or _is_locator(text, token):
            yield start, end


def _is_reference(text: str, start: int, end: int, digits: int) -> bool:
    """Tell whether a token with at least so many digits may be a reference at all."""
    token = text[start:end]
    if _NOT_A_REFERENCE.fullmatch(token) or _MONEY_AFTER.match(text, end) or _MONEY_BEFORE.search(text[:start]):
        return False
    if text[end : end + 1] == "@" or _GOES_ON.match(text, end):
        return False
    return sum(char.isdigit() for char in token) >= digits or _is_locator(text, token) or bool(_MIXED_CASE.fullmatch(token))


def _is_long(text: str, start: int, end: int) -> bool:
    """Tell whether a token is too long, or too mixed, for anything but a reference."""
    token = text[start:end]
    figures = sum(char.isdigit() for char in token)
    if token.isdigit():
        near_order = announced(text, start) == "order"
        return figures >= (6 if near_order else 7) and (near_order or not looks_like_phone(text, start, end))
    if re.fullmatch(r"[\d\-/_]+", token):
        return figures >= 11 and not looks_like_phone(text, start, end)
    return figures >= 5 and len(token) >= 7 and not re.fullmatch(r"\d{10}[a-z]{1,4}", token)


def _is_locator(text: str, token: str) -> bool:
    """Tell whether a token is an airline's or hotel's record locator, such as "G7HQ2T"."""
    if not re.fullmatch(r"(?=.*[A-Z])[A-Z\d]{6}", token) or not _LOCATOR_TALK.search(text):
        return False
    return any(char.isdigit() for char in token) or (text.upper() != text and not _common_capitals(token))


def _common_capitals(token: str) -> bool:
    """Tell whether capitals are more likely a shouted word: it has vowels as words have them."""
    return bool(re.search(r"[AEIOU]", token)) and not re.search(r"[^AEIOUY]{4}", token)


def _squeezed(token: str) -> str:
    return "".join(char for char in token.upper() if char.isalnum())
