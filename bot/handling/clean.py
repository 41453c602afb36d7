"""What a customer typed, made safe to keep: no control characters, no commands, no card numbers, no endless text."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import product

LONGEST = 4_000  # characters of one message; a longer one is cut, never refused
JOINERS = "\u200c\u200d"  # they hold letters and emoji together, so they stay
_LEADING = re.compile(rf"^[\s/{JOINERS}]*/[\s/{JOINERS}]*")
_DIGIT_GROUPS = re.compile(r"\d+(?:[ .\u00a0\u2011\u2013-]\d+)*")


@dataclass(frozen=True)
class Clean:
    """The text to keep, and how long it was before it was cut (None where it was not)."""

    text: str
    cut_from: int | None = None


def clean(text: str) -> Clean:
    """The text without control characters, outer white space, leading slashes, card numbers, and what is too long."""
    safe = mask_cards(without_slash(visible(text).strip()))
    return Clean(safe) if len(safe) <= LONGEST else Clean(safe[:LONGEST].rstrip(), len(safe))


def visible(text: str) -> str:
    """The text without control characters, bidirectional overrides and halves of characters; line ends as \\n."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(one for one in lines if one in "\n\t" + JOINERS or unicodedata.category(one) not in ("Cc", "Cf", "Cs"))


def without_slash(text: str) -> str:
    """The text without leading slashes: the assistant would read them as a command."""
    return _LEADING.sub("", text)


def mask_cards(text: str) -> str:
    """Card numbers (13 to 19 digits with a right check digit, in groups or not) as their last four digits."""
    return _DIGIT_GROUPS.sub(lambda found: _masked(found.group()), text)


def _masked(run: str) -> str:
    groups = list(re.finditer(r"\d+", run))
    for first, last in product(range(len(groups)), reversed(range(len(groups)))):
        if first > last:
            continue
        start, end = groups[first].start(), groups[last].end()
        digits = "".join(one.group() for one in groups[first : last + 1])
        if 13 <= len(digits) <= 19 and has_check_digit(digits):
            return f"{run[:start]}[card ending {digits[-4:]}]{mask_cards(run[end:])}"
    return run


def has_check_digit(digits: str) -> bool:
    """Whether the last digit is right by Luhn's rule."""
    doubled = [int(one) * 2 if place % 2 else int(one) for place, one in enumerate(reversed(digits))]
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0
