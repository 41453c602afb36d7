"""The languages of the chat: what the server says to a customer outside of it, in the one that their browser asks for."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.handling.shop import Shop

ENGLISH = "en"
SAYS = "said_"  # before the name of a response in data/responses, or a refusal's code: what that is in this language
OF_A_PAGE = "said_mail_"  # what the chat itself never says
RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur"})
_RANGE = re.compile(r"\s*([A-Za-z]{1,8})[A-Za-z0-9-]*\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?")


@dataclass(frozen=True)
class Languages:
    """The strings by language code, then by name."""

    strings: Mapping[str, Mapping[str, str]]

    @classmethod
    def read(cls, folder: Path) -> "Languages":
        """One file a language."""
        return cls({path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))})

    def of_the_chat(self) -> dict[str, dict[str, str]]:
        """Without what only pages say, so that no chat has to carry it."""
        return {
            code: {name: text for name, text in words.items() if not name.startswith(OF_A_PAGE)} for code, words in self.strings.items()
        }

    def wanted(self, accept: str) -> str:
        """The language of an Accept-Language header (RFC 9110, 12.5.4) that is spoken here and wanted most; else English."""
        found = [match for one in accept.split(",")[:20] if (match := _RANGE.fullmatch(one))]
        asked = sorted(((float(one.group(2) or 1), one.group(1).lower()) for one in found), key=lambda one: -one[0])
        return next((code for weight, code in asked if weight and code in self.strings), ENGLISH)

    def say(self, language: str, shop: Shop, name: str, /, **values: object) -> str:
        """A response in this language; in English, as the shop has it, where this language has none."""
        text = self.strings.get(language, {}).get(SAYS + name)
        return text.format_map(values) if text else shop.wording.say(name, **values)


def direction(language: str) -> str:
    """ltr or rtl."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"
