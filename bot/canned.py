"""Replies that people at the desk have at hand, read from data/desk/canned.yml and checked when a process starts."""

import re
from pathlib import Path
from typing import Any

from bot.cases.desk import Canned
from bot.errors import BadWording
from bot.yaml_files import parsed

VARIABLES = ("customer", "ref", "order", "item", "agent")  # what the desk's page fills
LONGEST_TITLE, LONGEST_TEXT = 60, 1_000  # characters
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def read(path: Path) -> tuple[Canned, ...]:
    """All of them, in the order of the file. Raises BadWording, naming the reply and what is amiss."""
    try:
        found = parsed(path.read_text(encoding="utf-8"), path.name, BadWording)
    except FileNotFoundError:
        raise BadWording(f"{path} is missing.") from None
    replies = found.get("canned") if isinstance(found, dict) else None
    if not isinstance(replies, dict):
        raise BadWording(f"{path.name} has no replies under `canned`.")
    return tuple(_checked(path.name, name, one) for name, one in replies.items())


def _checked(file: str, name: object, one: Any) -> Canned:
    where = f"{file}: {name}"
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BadWording(f"{where}: a name is small letters, digits and underscores.")
    title, text = (one.get("title"), one.get("text")) if isinstance(one, dict) else (None, None)
    if not isinstance(title, str) or not 0 < len(title.strip()) <= LONGEST_TITLE:
        raise BadWording(f"{where} needs a title of at most {LONGEST_TITLE} characters.")
    if not isinstance(text, str) or not 0 < len(text.strip()) <= LONGEST_TEXT:
        raise BadWording(f"{where} needs a text of at most {LONGEST_TEXT} characters.")
    unknown = [inner for inner in re.findall(r"\{([^{}]*)\}", text) if inner not in VARIABLES]
    if unknown or re.search(r"[{}]", re.sub(r"\{\w+\}", "", text)):
        raise BadWording(f"{where}: {{{', '.join(unknown)}}} is not filled by anybody: use {', '.join(VARIABLES)}.")
    return Canned(name, title.strip(), text.strip())
