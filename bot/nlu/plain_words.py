"""A message's words without what only the medium put there."""

from __future__ import annotations

import re

_LINK = re.compile(r"https?://\S+|www\.\S+", re.I)
_HANDLE = re.compile(r"(?<!\w)@\w+")
_HASHTAG = re.compile(r"#([A-Za-z]\w*)")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONG_NUMBER = re.compile(r"\b\w*\d{5,}\w*\b")
_STRETCHED = re.compile(r"(\w)\1{3,}")
_QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"'})


def plain_words(text: str) -> str:
    """Return the text as a featurizer should see it: no links or handles, tags as words, straight quotes."""
    text = _HANDLE.sub(" ", _LINK.sub(" ", text.translate(_QUOTES)))
    text = _HASHTAG.sub(lambda tag: _CAMEL.sub(" ", tag[1]).replace("_", " "), text)
    # A reference tells nothing but that it is one; "sooooo" is "soo".
    text = _STRETCHED.sub(r"\1\1", _LONG_NUMBER.sub(" number ", text))
    return " ".join(text.split())
