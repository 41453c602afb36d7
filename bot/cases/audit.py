"""The audit as a chain: each line seals the one before it, so that none can be changed, taken out or put in unseen."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

FIRST = ""  # what the first line of a chain seals
SHOPS_OWN = "shop"  # the chain of what belongs to no case
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Line:
    """One line: what was done, by whom, when; its number in its chain, and the seal over all of it and the line before."""

    chain: str
    number: int
    at: datetime
    who: str
    act: str
    detail: dict[str, Any]
    seal: str


def seal(before: str, chain: str, number: int, at: datetime, who: str, act: str, detail: dict[str, Any]) -> str:
    """SHA-256 over the seal before and the line itself, in one canonical form."""
    moment = (at - EPOCH) // MICROSECOND  # whole microseconds, as the database keeps them
    content = json.dumps(
        [before, chain, number, moment, who, act, detail], sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str
    )
    return hashlib.sha256(content.encode()).hexdigest()


def first_fault(lines: Iterable[Line], length: int, head: str) -> str | None:
    """What is wrong with a chain, None where nothing is. `length` and `head` are what its end was noted to be."""
    before, number = FIRST, 0
    for line in lines:
        number += 1
        if line.number != number:
            return f"line {number} is missing: line {line.number} stands in its place"
        if seal(before, line.chain, line.number, line.at, line.who, line.act, line.detail) != line.seal:
            return f"line {number} ({line.act}) is not what was written"
        before = line.seal
    if number != length:
        return f"{length - number} lines are missing at its end" if number < length else f"{number - length} lines were added at its end"
    return None if before == head else "its end is not what was noted"
