"""A text in parts that a channel can carry, cut where a reader would pause; and choices that are numbered where none can be tapped."""

import re
from collections.abc import Sequence

_ENDS = (re.compile(r".*\n\n", re.S), re.compile(r".*\n", re.S), re.compile(r".*[.?!…](?=\s)", re.S), re.compile(r".*\s", re.S))


def parts(text: str, longest: int) -> list[str]:
    """The text in parts of at most so many characters: cut between paragraphs, else lines, sentences or words."""
    rest, found = text.strip(), []
    while len(rest) > longest:
        head = rest[:longest]
        cut = next((match.end() for end in _ENDS if (match := end.match(rest[: longest + 1])) and longest // 3 < match.end()), len(head))
        cut = min(cut, longest)
        found.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [*found, rest] if rest else found


def numbered(labels: Sequence[str]) -> str:
    """The choices as lines, each with the number by which it is taken."""
    return "\n".join(f"{place}. {label}" for place, label in enumerate(labels, 1))


def can_be_tapped(labels: Sequence[str], buttons: int, longest: int) -> bool:
    """Whether all of them fit on buttons."""
    return 0 < len(labels) <= buttons and all(len(label) <= longest for label in labels)
