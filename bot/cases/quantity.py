"""How many of several alike a complaint is about: "one of the two is broken", "only one came"."""

import re

_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "both": 2}
_COUNT = rf"(?P<count>\d{{1,2}}|{'|'.join(_NUMBERS)})"
_OF = re.compile(rf"\b{_COUNT}(?: out)? of (?:the|my|our|these|those|them|\d{{1,2}}|{'|'.join(_NUMBERS)})\b", re.IGNORECASE)
_ONLY = re.compile(
    rf"\bonly {_COUNT}(?: of (?:them|the \w+))? (?:came|arrived|was (?:in|sent|delivered)|were (?:in|sent|delivered)|is here)\b"
    rf"|\b(?:only )?(?:got|received) only (?P<got>\d{{1,2}}|{'|'.join(_NUMBERS)})\b",
    re.IGNORECASE,
)


def quantity_said(said: str, ordered: int) -> int | None:
    """How many of the `ordered` pieces it is about, fewer than all of them; None where that is not said."""
    only = _ONLY.search(said)
    if only:
        return _fewer(ordered - _number(only["count"] or only["got"]), ordered)
    some = _OF.search(said)
    return _fewer(_number(some["count"]), ordered) if some else None


def _fewer(count: int, ordered: int) -> int | None:
    return count if 0 < count < ordered else None


def _number(said: str) -> int:
    return _NUMBERS.get(said.lower()) or int(said)
