"""Reads what a request brings, by the schemas of the table: what does not fit is refused in a sentence, before anything is changed."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from bot.handling.clean import visible
from bot.web.api.schemas import REFERENCE, Schema

_PATHS = {"ref": REFERENCE, "file": "[A-Za-z0-9_-]{1,64}", "hook": "H-[0-9a-f]{8}"}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def _pattern(_validator: Any, pattern: str, value: Any, _schema: Any) -> Iterator[ValidationError]:
    """A `$` is the end, as ECMA has it: Python's would let a line's end follow."""
    exact = pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern
    if isinstance(value, str) and not re.search(exact, value):
        yield ValidationError("it does not fit its pattern")


_Exact = extend(Draft7Validator, {"pattern": _pattern})


def path_of(given: Mapping[str, Any]) -> dict[str, str]:
    """The named parts of the address; one that can name nothing is 404."""
    for name, value in given.items():
        if not re.fullmatch(_PATHS[name], value):
            raise HTTPException(404)
    return dict(given)


def query_of(given: QueryParams, schemas: Mapping[str, Schema]) -> dict[str, Any]:
    """The query by name. One that is not known, or comes twice, is refused: it would be passed over."""
    found: dict[str, Any] = {}
    for name, value in given.multi_items():
        if name not in schemas:
            raise HTTPException(422, f"Leave out {visible(name)[:40]!r}: " + _those(schemas))
        if name in found:
            raise HTTPException(422, f"Give {name} once.")
        found[name] = _read(name, value, schemas[name])
    return found


def _those(schemas: Mapping[str, Schema]) -> str:
    return f"the query may hold {', '.join(schemas)}." if schemas else "nothing is asked for in the query."


def _read(name: str, value: str, schema: Schema) -> Any:
    read: Any = value
    if schema["type"] == "integer" and re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
        read = int(value)
    elif schema["type"] == "boolean" and value in ("true", "false"):
        read = value == "true"
    _must_fit(read, schema, name)
    return instant_of(name, value) if schema.get("format") == "date-time" else read


def instant_of(name: str, value: str) -> datetime:
    """An instant as RFC 3339 writes it."""
    if not _INSTANT.fullmatch(value):
        raise HTTPException(422, f"{name} must be an instant such as 2026-03-03T12:00:00Z.")
    fraction = re.sub(r"\.(\d+)", lambda digits: "." + digits.group(1)[:6].ljust(6, "0"), value.upper().replace("Z", "+00:00"))
    try:
        return datetime.fromisoformat(fraction).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise HTTPException(422, f"{name} must be an instant such as 2026-03-03T12:00:00Z.") from None


def body_of(given: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """The body as this schema wants it; then what cannot be seen is taken out of its texts."""
    _must_fit(given, schema, "The body")
    seen = _visible(dict(given))
    _must_fit(seen, schema, "The body")
    return dict(seen)


def _visible(value: Any) -> Any:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, list):
        return [_visible(one) for one in value]
    return {visible(name): _visible(one) for name, one in value.items()} if isinstance(value, dict) else value


def _must_fit(value: Any, schema: Schema, what: str) -> None:
    error = best_match(_Exact(schema).iter_errors(value))
    if error is not None:
        where = ".".join(str(one) for one in error.absolute_path)
        raise HTTPException(422, f"{where or what} cannot be used: {_plain(error)}.")


def _plain(error: Any) -> str:
    """What the rule says, without what was sent: it may be personal."""
    rule, value = error.validator, error.validator_value
    if rule == "required":
        missing = [one for one in value if one not in error.instance]
        return f"{', '.join(missing)} must be given"
    if rule == "additionalProperties":
        return f"only {', '.join(error.schema['properties'])} may be given"
    if rule == "enum":
        return f"it must be one of {', '.join(map(str, value))}"
    said = {
        "type": f"it must be of type {value}",
        "pattern": "it must fit its pattern in openapi.json",
        "minLength": f"it must have at least {value} characters",
        "maxLength": f"it must have at most {value} characters",
        "minimum": f"it must be at least {value}",
        "maximum": f"it must be at most {value}",
    }
    return said.get(rule, f"it breaks the rule {rule}")
