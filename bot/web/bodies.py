"""Reads what a request brings. What cannot be used is refused in a sentence, before anything is changed."""

import json
import re
from datetime import datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.cases.instants import instant_in

LARGEST = 64 * 1024  # bytes of one body
LONGEST_WAIT_S = 25.0
HIGHEST_SEQ = 2**31 - 1
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


async def json_object(request: Request) -> dict[str, Any]:
    """The body as an object; an empty one where there is none."""
    raw = await bounded(request)
    return object_in(raw) if raw.strip() else {}


def object_in(raw: bytes) -> dict[str, Any]:
    """The object that these bytes are as JSON."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, "The body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise HTTPException(400, "The body must be a JSON object.")
    return body


async def bounded(request: Request, largest: int = LARGEST, refusal: HTTPException | None = None) -> bytes:
    """The body as it came, unless it has more bytes than this; then the refusal is raised."""
    too_large = refusal or HTTPException(413, f"The body is too large: send at most {largest // 1024} KB.")
    told = request.headers.get("content-length", "")
    if told.isdigit() and int(told) > largest:
        raise too_large
    raw = bytearray()
    async for part in request.stream():
        raw += part
        if len(raw) > largest:
            raise too_large
    return bytes(raw)


def text_of(body: dict[str, Any], name: str) -> str | None:
    """A field that is text, or not there."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise HTTPException(400, f"{name} must be text.")
    return value


def instant_of(body: dict[str, Any], name: str) -> datetime | None:
    """A field that is a point in time with its zone, as ISO 8601 writes it, in UTC; None where it is not there."""
    given = text_of(body, name)
    if given is None:
        return None
    found = instant_in(given)
    if found is None:
        raise HTTPException(400, f"{name} must be a time such as 2026-11-30T09:00:00Z.")
    return found


def client_id_of(body: dict[str, Any]) -> str:
    """The sender's own id of a message: the same one again is the same message."""
    return client_id_in(text_of(body, "client_id"))


def client_id_in(value: str | None) -> str:
    """This as a sender's own id."""
    if not value or not _CLIENT_ID.fullmatch(value):
        raise HTTPException(400, "client_id must be 1 to 64 letters, digits, dashes or underscores, one for each message or file.")
    return value


def file_ids_of(body: dict[str, Any]) -> list[str]:
    """The ids of the files that a message brings."""
    value = body.get("files")
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise HTTPException(400, "files must be a list of the ids of files sent before.")
    return value


def seq_of(body: dict[str, Any]) -> int:
    """The place of a message in its conversation, or 0 for none."""
    value = body.get("seq")
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= HIGHEST_SEQ:
        raise HTTPException(400, "seq must be the number of a message, or 0.")
    return value


def number_of(request: Request, name: str, highest: float) -> float:
    """A number in the address, 0 where there is none; more than the highest counts as the highest."""
    given = request.query_params.get(name, "0")
    if not re.fullmatch(r"\d{1,12}(\.\d{1,6})?", given):
        raise HTTPException(400, f"{name} must be a number, 0 or more.")
    return min(float(given), highest)
