"""Amounts of money."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from bot.nlu.fact import FactExtractor, Found

if TYPE_CHECKING:
    from spacy.tokens import Doc

_FIGURE = r"(?:\d{1,3}(?:,\d{2,3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?)(?![\d,]*\d)"
_GROUPED = rf"{_FIGURE}(?:\s?(?:[km]|lakhs?|lacs?|million|thousand|hundred)(?![a-z]))?"
_SIGN = r"(?:(?:us|au|ca|a|c|s|nz|hk)?\$|£|€|₹|¥|(?<![a-z])(?:rs|inr|usd|eur|gbp|aud|cad|sgd|aed|zar|ngn|kes)\b\.?)"
_UNIT = (
    r"(?:\$|£|€|₹|¥|/-|(?:rs|inr|usd|eur|gbp|aud|cad|sgd|aed|bucks?|quid|dollars?|dollers|euros?|pounds?|pence|cents?"
    r"|rupees?|rupess|rupee|rand|naira|grand)(?![a-z]))"
)
_NUMBER_WORD = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    r"|nineteen|twenty|thirty|fou?rty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|couple|few)"
)
_SAID = rf"(?:an?\s+)?{_NUMBER_WORD}(?:(?:\s+and\s+|\s+|-){_NUMBER_WORD})*"
_WITH_SIGN = re.compile(rf"{_SIGN}\s?{_FIGURE}(?:\s?[kml](?![a-z]))?(?:\s?(?:/-|usd\b))?", re.I)
_WITH_UNIT = re.compile(rf"(?<![\w.,$£€₹]){_GROUPED}\s?{_UNIT}", re.I)
_IN_WORDS = re.compile(rf"(?<![a-z]){_SAID}\s+{_UNIT}", re.I)
# "charged 450", "refund of 30": money without a currency, if nothing countable follows.
_AFTER_VERB = re.compile(
    r"\b(?:charg(?:ed?|es|ing)|paid|pa(?:y|ys|ying)|cost(?:s|ing)?|deduct(?:ed|ing)?|debit(?:ed|ing)?|spen[dt]|spending|billed|owe|refund(?:ed)?"
    r"|amount|worth|price|bill|total|fee|fare|credit(?:ed)?)\b(?:\s+(?:me|us|him|her|of|is|was|an?|the|extra|only|just|about|around|almost|nearly|over"
    r"|approx|for|another|additional|up|to|more|than|at|like|out|my|account|card|by|with|amount|total|i|have|had))*[\s:]+"
    rf"(?P<figure>{_FIGURE})(?P<k>k\b)?(?=\s*(?:$|[.,;!?)]|(?:for|to|on|and|but|instead|extra|more|from|in|when|because|cash|by|as|while|if|or|plus|with|at|of|only|is|was|then|yet|so|which|that|online|already|back|total|twice|each)\b))",
    re.I,
)
_FEWEST = 2


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class AmountExtractor(FactExtractor):
    """Finds money with its currency as said, or figures that the words before call money."""

    entity = "amount"

    def find(self, text: str, doc: Doc | None) -> Iterator[Found]:
        """Return every amount, with its sign or unit."""
        for pattern in (_WITH_SIGN, _WITH_UNIT, _IN_WORDS):
            for match in pattern.finditer(text):
                yield Found(match.start(), match.start() + len(match[0].rstrip()))
        for match in _AFTER_VERB.finditer(text):
            figures = sum(char.isdigit() for char in match["figure"])
            if _FEWEST <= figures <= 6 and not re.fullmatch(r"(?:19|20)\d\d", match["figure"]):
                yield Found(match.start("figure"), match.end("k") if match["k"] else match.end("figure"))
