"""The description of the API, OpenAPI 3.1, made from the table."""

import re
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from bot.web.api.schemas import REFERENCE, Schema, ref
from bot.web.api.table import Operation

REFUSED = {
    400: "The body is not a JSON object.",
    401: "The token is missing, or opens nothing (any more).",
    403: "The token lacks the scope.",
    404: "There is nothing of this name.",
    409: "Somebody else has the chat, it has moved on, or the key was used for something else.",
    413: "The body is too large.",
    415: "The body is not application/json.",
    422: "Something in the request cannot be used; nothing was changed.",
    429: "Too many requests: `retry-after` says how many seconds to wait.",
    500: "Something failed on our side. Send it again under the same key.",
    503: "The store cannot be reached just now. Send it again under the same key.",
}
PATHS: dict[str, Schema] = {
    "ref": {"type": "string", "pattern": f"^{REFERENCE}$", "description": "The case's reference, such as A-7K3M9Q."},
    "file": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
    "hook": {"type": "string", "pattern": "^H-[0-9a-f]{8}$"},
}


def description(operations: Iterable[Operation], schemas: dict[str, Schema], base: str, shop: str) -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Amends of {shop}",
            "version": version("amends"),
            "description": "Cases, messages and handoffs, for a help desk of your own. docs/api.md has a worked example.",
        },
        "servers": [{"url": base}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "`amends tokens add NAME --scope read`"}},
            "responses": {f"Refused{status}": _answer(words, ref("Error")) for status, words in REFUSED.items()},
        },
    }


def _operation(one: Operation) -> dict[str, Any]:
    status, name = one.answer
    schema = ref(name) if name else None
    answers: dict[str, Any] = {str(code): _answer(one.summary, schema, one.media_type) for code in (status, *one.also)}
    if one.media_type == "*/*":
        answers[str(status)] = {"description": one.summary, "content": {"*/*": {"schema": {}}}}
    for code in sorted({*one.refusals, 401, 403, 429, 500, 503}):
        answers[str(code)] = {"$ref": f"#/components/responses/Refused{code}"}
    told: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "description": f"Needs the scope `{one.scope}`.",
        "parameters": [*_path_parameters(one.path), *(_parameter(name, "query", schema) for name, schema in one.query.items())],
        "responses": answers,
    }
    if one.body:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": ref(one.body)}}}
    return told


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [_parameter(name, "path", PATHS[name]) for name in re.findall(r"{(\w+)}", path)]


def _parameter(name: str, place: str, schema: Schema) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def _answer(words: str, schema: Schema | None, media_type: str = "application/json") -> dict[str, Any]:
    return {"description": words} | ({"content": {media_type: {"schema": schema}}} if schema else {})
