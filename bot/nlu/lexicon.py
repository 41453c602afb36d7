"""Word lists beside the components, one entry a line; `#` starts a comment."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from bot.cases.heard import KINDS

FOLDER = Path(__file__).parent / "lexicons"


@cache
def read_lines(name: str) -> tuple[str, ...]:
    """Return the entries of a list in their order, without comments and blanks."""
    lines = (line.split("#", 1)[0].strip() for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line)


@cache
def read_words(name: str) -> frozenset[str]:
    """Return the words of a list; a line may hold several."""
    return frozenset(word for line in read_lines(name) for word in line.split())


@cache
def known_things() -> frozenset[str]:
    """Return the nouns of all kinds that a complaint is about."""
    return frozenset(name for kind in KINDS for name in read_lines(f"things_{kind}"))


def fingerprint(*names: str) -> str:
    """Return what changes when one of the lists changes, for `fingerprint_addon`."""
    digest = hashlib.sha256()
    for name in names:
        digest.update((FOLDER / f"{name}.txt").read_bytes())
    return digest.hexdigest()
