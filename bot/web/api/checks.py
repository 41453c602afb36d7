"""Reads what a request brings, by the schemas of the table: what does not fit is refused in a sentence, before anything is changed."""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from bot.handling.clean import visible
from bot.web.api.schemas import REFERENCE, SCHEMAS, Schema

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_PATHS = {"ref": REFERENCE, "file": "[A-Za-z0-9_-]{1,64}", "hook": "H-[0-9a-f]{8}"}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


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


def body_of(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The body, without what cannot be seen in its texts, as this schema wants it."""
    seen = _visible(dict(given))
    _must_fit(seen, SCHEMAS[name], "The body")
    return dict(seen)


def _visible(value: Any) -> Any:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, list):
        return [_visible(one) for one in value]
    return {visible(name): _visible(one) for name, one in value.items()} if isinstance(value, dict) else value


def _must_fit(value: Any, schema: Schema, what: str) -> None:
    error = best_match(Draft7Validator(schema).iter_errors(value))
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
        "pattern": f"it must fit {value}",
        "minLength": f"it must have at least {value} characters",
        "maxLength": f"it must have at most {value} characters",
        "minimum": f"it must be at least {value}",
        "maximum": f"it must be at most {value}",
    }
    return said.get(rule, f"it breaks the rule {rule}")


def cursor(place: tuple[datetime, str]) -> str:
    """A place in the list of cases, as text that says nothing."""
    micros = (place[0] - EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(f"{micros}.{place[1]}".encode()).decode().rstrip("=")


def place_of(text: str) -> tuple[datetime, str]:
    """The place that `cursor` gave."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        raw = ""
    found = re.fullmatch(r"(\d{1,17})\.([0-9a-f]{1,64})", raw, re.ASCII)
    if not found:
        raise HTTPException(422, "cursor must be what `next` of the page before said.")
    return EPOCH + timedelta(microseconds=int(found.group(1))), found.group(2)
