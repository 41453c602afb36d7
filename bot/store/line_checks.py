"""Checks one line of an import against its JSON Schema and says in plain words what is wrong."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

FORMATS = Path(__file__).parent / "formats"
KINDS = {"string": "text", "integer": "a whole number", "object": "an object", "array": "a list", "null": "null"}
# What to do about a text that does not match, by the name it stands under.
PATTERN_MENDS = {
    "order_number": "use letters, digits, spaces and hyphens",
    "email": "write one address, as in name@example.com",
    "currency": "write its three capital letters, as in USD",
    "offer": "write the wording of a remedy as data/policy/remedies.yml has it",
    "code": "use letters, digits, hyphens and underscores",
    "unit_price": 'write digits and a point, as in "12.50"',
    "amount": 'write digits and a point, as in "12.50"',
    "total": 'write digits and a point, as in "12.50"',
}


@dataclass(frozen=True)
class Problem:
    """What is wrong, where in the line, and how to mend it. Never a customer's data."""

    what: str
    where: str
    mend: str

    def at(self, line: int) -> str:
        return f"line {line}: {self.what} ({self.where}): {self.mend}"


class Wrong(Exception):
    """A line that cannot be used."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what)
        self.problem = problem


def check_shape(kind: str, raw: Any) -> None:
    """Raises Wrong with the first thing that does not fit formats/<kind>.json."""
    error = min(_validator(kind).iter_errors(raw), key=_order_of, default=None)
    if error is not None:
        raise Wrong(_said(error))
    if not all(_is_storable(text) for text in _texts(raw)):
        raise Wrong(Problem("a character that cannot be kept", "the line", r"remove \u0000 and lone surrogates"))


@lru_cache(maxsize=4)
def _validator(kind: str) -> Draft7Validator:
    return Draft7Validator(json.loads((FORMATS / f"{kind}.json").read_text(encoding="utf-8")))


def _order_of(error: ValidationError) -> tuple[int, str]:
    """A missing or unknown key first: it explains the rest."""
    return (0 if str(error.validator) in ("required", "additionalProperties") else 1, _path(error))


def _said(error: ValidationError) -> Problem:
    where, name, limit = (
        _path(error),
        next((one for one in reversed(error.absolute_path) if isinstance(one, str)), ""),
        error.validator_value,
    )
    match error.validator:
        case "required":
            missing = next(one for one in limit if one not in error.instance)
            return Problem(f"{missing} is missing", where, "add it")
        case "additionalProperties":
            known = error.schema["properties"]
            unknown = next(one for one in error.instance if one not in known)
            return Problem(f"unknown key {unknown}", where, f"leave it out, or use one of {', '.join(known)}")
        case "enum":
            return Problem("not a word that is known here", where, f"use one of {', '.join(limit)}")
        case "type":
            wanted = " or ".join(KINDS[one] for one in ([limit] if isinstance(limit, str) else limit))
            return Problem(f"not {wanted}", where, _type_mend(name, wanted))
        case "minItems" | "maxItems":
            return Problem("too few entries" if error.validator == "minItems" else "too many entries", where, f"write {_count(error)}")
        case "pattern" if limit != r"\S":
            return Problem("not written as it must be", where, PATTERN_MENDS[name])
        case "maxLength":
            return Problem("too long", where, f"use at most {limit} characters")
        case "minimum" | "maximum":
            return Problem("too small" if error.validator == "minimum" else "too large", where, f"the limit is {limit}")
        case _:
            return Problem("empty", where, "write something, or null where docs/orders.md allows it")


def _type_mend(name: str, wanted: str) -> str:
    return 'put it in quotes, as in "12.50"' if name in ("unit_price", "amount", "total") else f"write {wanted}"


def _count(error: ValidationError) -> str:
    exactly = error.schema.get("maxItems") == error.schema.get("minItems")
    return f"{'exactly' if exactly else 'at least'} {error.validator_value}"


def _path(error: ValidationError) -> str:
    path = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in error.absolute_path)
    return path.lstrip(".") or "the line"


def _texts(raw: Any) -> Iterator[str]:
    """Every text in it, keys too."""
    if isinstance(raw, str):
        yield raw
    elif isinstance(raw, (dict, list)):
        within: Iterable[Any] = [*raw.keys(), *raw.values()] if isinstance(raw, dict) else raw
        for one in within:
            yield from _texts(one)


def _is_storable(text: str) -> bool:
    """PostgreSQL keeps no NUL, and no database a lone surrogate."""
    return "\0" not in text and not any("\ud800" <= one <= "\udfff" for one in text)
