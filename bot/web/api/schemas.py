"""The shapes of what goes in and out, as JSON Schema: they check what comes in, and describe both in openapi.json."""

from collections.abc import Iterable
from typing import Any

from bot.cases.api import SUBSCRIBED
from bot.cases.case import CaseStatus, PromiseState
from bot.cases.conversation import Author, Handler
from bot.cases.issue import Fault, Issue, Severity
from bot.cases.remedy import RemedyKind, RemedyState
from bot.handling.people import LONGEST_NOTE

Schema = dict[str, Any]
HIGHEST = 2**31 - 1
REFERENCE = r"[A-Za-z]{1,3}-[0-9A-Za-z]{1,12}"
TEXT: Schema = {"type": "string"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": HIGHEST}
FLAG: Schema = {"type": "boolean"}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def many(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def words(of: Any) -> Schema:
    return {"type": "string", "enum": [one.value for one in of]}


def or_none(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def record(fields: dict[str, Schema], about: str = "", optional: tuple[str, ...] = (), closed: bool = False) -> Schema:
    """An object with these fields. `closed`: with no others, so that a misspelt one is not passed over."""
    found: Schema = {"type": "object", "properties": fields, "required": [one for one in fields if one not in optional]}
    return found | ({"description": about} if about else {}) | ({"additionalProperties": False} if closed else {})


# Signs that nobody sees are taken out of what is sent: a text of nothing else is none. As regular expressions, for classes.
_UNSEEN = r"\u0000-\u001f\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
_SEEN = rf"[^\s{_UNSEEN}]"
AGENT: Schema = {
    "type": "string",
    "minLength": 1,
    "maxLength": 80,
    "pattern": rf"^{_SEEN}([^{_UNSEEN}]{{0,78}}{_SEEN})?$",
    "description": "Who acts; customers read this name.",
}
KEY: Schema = {
    "type": "string",
    "pattern": "^[A-Za-z0-9_.:-]{1,100}$",
    "description": "Your own id of it, such as your message's: sent again under the same key, it is done once.",
}
VERSION: Schema = {
    "type": "integer",
    "minimum": 0,
    "maximum": HIGHEST,
    "description": "The version of the case that you saw: 409 where the chat has changed hands since.",
}
WORDS: Schema = {"type": "string", "minLength": 1, "maxLength": 4000, "pattern": _SEEN}
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PORT = "6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}"
URL: Schema = {
    "type": "string",
    "maxLength": 2000,
    "pattern": rf"^https?://{_LABEL}([.]{_LABEL}){{0,9}}(:({_PORT}))?(/[!\"$-~]*)?$",
    "description": "In production it must begin with https:// and be on the public internet.",
}

_FILE = record(
    {"id": TEXT, "kind": TEXT, "name": TEXT, "width": or_none(COUNT), "height": or_none(COUNT), "size": COUNT, "media_type": TEXT},
    "Its bytes are at /cases/{ref}/files/{id}.",
    optional=("media_type",),
)
_REMEDY = record({"kind": words(RemedyKind), "amount": or_none(TEXT), "currency": or_none(TEXT), "state": words(RemedyState), "key": TEXT})
_CASE_FIELDS: dict[str, Schema] = {
    "reference": TEXT,
    "conversation_id": TEXT,
    "channel": TEXT,
    "issue": or_none(words(Issue)),
    "order_number": or_none(TEXT),
    "items": many(COUNT),
    "facts": {"type": "object", "additionalProperties": TEXT},
    "severity": words(Severity),
    "fault": words(Fault),
    "status": words(CaseStatus),
    "handler": words(Handler),
    "assignee": or_none(TEXT),
    "remedies": many(_REMEDY),
    "escalation": or_none(record({"reason": TEXT, "priority": TEXT, "at": INSTANT})),
    "promises": many(record({"what": TEXT, "due_at": INSTANT, "state": words(PromiseState)})),
    "created_at": INSTANT,
    "first_reply_at": or_none(INSTANT),
    "closed_at": or_none(INSTANT),
    "files": many(_FILE),
    "agent": or_none(TEXT),
    "version": COUNT,
}
_HOOK_FIELDS: dict[str, Schema] = {
    "id": TEXT,
    "url": TEXT,
    "events": many(words(SUBSCRIBED)),
    "created_at": INSTANT,
    "waiting": COUNT,
    "dead": COUNT,
}

SCHEMAS: dict[str, Schema] = {
    "Error": record({"error": TEXT, "code": TEXT}, "What is wrong, as a sentence.", optional=("code",)),
    "Case": record(_CASE_FIELDS, "A case. `handler` says who answers now; `version` grows whenever that changes."),
    "CaseWithMessages": record({**_CASE_FIELDS, "messages": many(ref("Message"))}),
    "Cases": record(
        {"cases": many(ref("Case")), "next": or_none(TEXT)}, "`next` is the cursor of the next page, its last case; null: there is none."
    ),
    "Message": record(
        {
            "id": TEXT,
            "seq": COUNT,
            "author": words(Author),
            "agent": or_none(TEXT),
            "text": TEXT,
            "at": INSTANT,
            "choices": many(TEXT),
            "files": many(_FILE),
        }
    ),
    "Messages": record({"messages": many(ref("Message"))}),
    "Handoff": record(
        {
            "case": TEXT,
            "conversation_id": TEXT,
            "handler": words(Handler),
            "agent": or_none(TEXT),
            "version": COUNT,
            "reason": or_none(TEXT),
            "priority": or_none(TEXT),
            "team": or_none(TEXT),
            "asked_at": or_none(INSTANT),
            "due_at": or_none(INSTANT),
        },
        "Why a person is wanted, by when an answer is promised, and who has the chat now.",
    ),
    "Handoffs": record({"handoffs": many(ref("Handoff"))}),
    "Replied": record(
        {"message": ref("Message"), "version": COUNT, "duplicate": FLAG, "warnings": many(TEXT)},
        "`warnings`: what the wording rules find in the reply; it is sent all the same.",
    ),
    "Standing": record({"case": TEXT, "handler": words(Handler), "agent": or_none(TEXT), "version": COUNT}),
    "Note": record({"id": TEXT, "agent": TEXT, "text": TEXT, "at": INSTANT}),
    "Hook": record(_HOOK_FIELDS),
    "NewHook": record({**_HOOK_FIELDS, "secret": TEXT}, "The secret is shown this once."),
    "Hooks": record({"hooks": many(ref("Hook"))}),
    "Reply": record({"agent": AGENT, "text": WORDS, "key": KEY, "version": VERSION}, optional=("version",), closed=True),
    "Take": record({"agent": AGENT, "version": VERSION}, optional=("version",), closed=True),
    "HandBack": record(
        {
            "agent": AGENT,
            "note": {"type": "string", "maxLength": LONGEST_NOTE, "description": "What you agreed; the customer reads it too."},
            "version": VERSION,
        },
        optional=("note", "version"),
        closed=True,
    ),
    "NewNote": record({"agent": AGENT, "text": WORDS, "key": KEY}, closed=True),
    "AskForPerson": record(
        {
            "case": {"type": "string", "minLength": 1, "maxLength": 20},
            "agent": AGENT,
            "reason": {
                "type": "string",
                "pattern": "^[a-z_]{1,40}$",
                "description": "A reason of escalation.yml; asked, where none is given.",
            },
        },
        optional=("reason",),
        closed=True,
    ),
    "AskForHook": record(
        {
            "url": URL,
            "events": {**many(words(SUBSCRIBED)), "description": "All of them, where none is given."},
        },
        optional=("events",),
        closed=True,
    ),
}


def schemas_of(reasons: Iterable[str]) -> dict[str, Schema]:
    """All of them, with the reasons for which this shop brings in a person."""
    asks = SCHEMAS["AskForPerson"]
    reason = asks["properties"]["reason"] | {"enum": [*reasons]}
    return SCHEMAS | {"AskForPerson": asks | {"properties": asks["properties"] | {"reason": reason}}}
