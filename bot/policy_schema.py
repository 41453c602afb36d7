"""What the policy files may hold, as JSON Schema."""

from dataclasses import fields
from typing import Any

from bot.cases.assignment import Mode
from bot.cases.issue import Fault, Issue, Severity, Verdict
from bot.cases.learning import FailureType
from bot.cases.letter import AdmissionMode
from bot.cases.measures import KEYS
from bot.cases.order import STATUSES
from bot.cases.periods import PeriodKind
from bot.cases.remedy import RemedyKind
from bot.cases.retention import RetentionPolicy
from bot.cases.service_clock import PRIORITIES, ClockName
from bot.cases.voucher import FEWEST_MONTHS

_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}
_TIME = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
_SPANS = {"type": "array", "items": {"type": "array", "items": [_TIME, _TIME], "minItems": 2, "maxItems": 2}}
_FACTS = {"enum": ["order_number", "proof", "items", "what_happened", "phone"]}


def _words(words: Any) -> dict[str, Any]:
    return {"type": "array", "items": {"enum": [str(word) for word in words]}, "minItems": 1}


def _closed(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


_WHEN = _closed(
    [],
    verdict=_words(Verdict),
    fault=_words(Fault),
    status=_words(STATUSES),
    severity=_words(Severity),
    note={"type": "array", "items": _NAME},
    failure=_words(("first", "again")),
    incident={"type": "array", "items": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]*$"}, "minItems": 1},
)
_DAYS = {"type": "integer", "minimum": 1, "maximum": 3650}
_OPTION = _closed(
    ["kind", "wording", "due_days"],
    kind={"enum": [str(kind) for kind in RemedyKind]},
    wording=_NAME,
    when=_WHEN,
    of={"enum": ["order", "items", "owed"]},
    percent={"type": "integer", "minimum": 1, "maximum": 150},
    limit=_NAME,
    approval={"enum": ["never", "above_limit", "always"]},
    statutory={"anyOf": [{"type": "boolean"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]},
    due_days={"type": "integer", "minimum": 1, "maximum": 60},
    within_days={"anyOf": [_DAYS, {"type": "object", "additionalProperties": _DAYS, "minProperties": 1}]},
    needs={"type": "array", "items": _FACTS},
)
_AMOUNTS = {
    "type": "object",
    "propertyNames": {"pattern": "^[A-Z]{3}$"},
    "additionalProperties": {"type": "string", "pattern": r"^\d+(\.\d+)?$"},
}
_ISSUE = _closed(["needs", "options"], needs={"type": "array", "items": _FACTS}, options={"type": "array", "items": _OPTION, "minItems": 1})
_REASON = _closed(
    ["priority", "team", "reply_within"],
    priority={"enum": [*PRIORITIES]},
    team=_NAME,
    reply_within={"type": "integer", "minimum": 1, "maximum": 10_000},
    severity={"enum": [str(one) for one in Severity]},
    safety_line=_NAME,
)
_MINUTES = {"type": "integer", "minimum": 1, "maximum": 100_000}
_BY_PRIORITY = _closed([*PRIORITIES], **dict.fromkeys(PRIORITIES, _MINUTES))
_FAILURE_TYPE = {"enum": [str(one) for one in FailureType]}
_KIND_OF_PRODUCT = _closed(
    ["skus", "failure_type"],
    skus={"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
    failure_type=_FAILURE_TYPE,
)
_DAYS_KEPT = {"type": "integer", "minimum": 1, "maximum": 36_500}
RETENTION = tuple(one.name for one in fields(RetentionPolicy))

SCHEMAS: dict[str, dict[str, Any]] = {
    "shop": _closed(
        ["shop"],
        shop=_closed(
            ["name", "time_zone", "dates", "jurisdiction"],
            jurisdiction={"type": "string", "pattern": "^[A-Z]{2}(-[A-Z]{2})?$"},
            name={"type": "string", "minLength": 1},
            time_zone={"type": "string"},
            dates={"enum": ["day_first", "month_first"]},
        ),
    ),
    "hours": _closed(
        ["hours"],
        hours=_closed([], **{day: _SPANS for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")}),
        quiet={"type": "array", "items": [_TIME, _TIME], "minItems": 2, "maxItems": 2},
        unseen=_closed(
            [],
            mail_after={"type": "integer", "minimum": 1, "maximum": 10_000},
            link_days={"type": "integer", "minimum": 1, "maximum": 30},
        ),
        handling_days=_closed([], **{str(kind): {"type": "integer", "minimum": 1, "maximum": 60} for kind in RemedyKind}),
        holidays={"type": "array", "items": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}},
    ),
    "escalation": _closed(
        ["teams", "severe", "reasons", "take_up_within"],
        teams={"type": "object", "additionalProperties": {"type": "string", "minLength": 1}},
        owners={"type": "object", "additionalProperties": {"type": "string", "minLength": 1}},
        leads={"type": "array", "items": {"type": "string", "minLength": 1}},
        take_up_within={"type": "integer", "minimum": 5, "maximum": 10_000},
        warn_before={"type": "integer", "minimum": 5, "maximum": 10_000},
        incident_from={"type": "integer", "minimum": 2, "maximum": 1_000},
        tells_first={"type": "boolean"},
        assignment=_closed(
            ["mode"],
            mode={"enum": [str(mode) for mode in Mode]},
            offer_seconds={"type": "integer", "minimum": 10, "maximum": 3600},
        ),
        digest_after={"type": "integer", "minimum": 1, "maximum": 10_000},
        severe={"type": "array", "items": _NAME, "minItems": 1},
        reasons={"type": "object", "additionalProperties": _REASON},
    ),
    "clocks": _closed(
        [*map(str, ClockName), "warn_before"],
        **{str(name): _BY_PRIORITY for name in ClockName},
        warn_before=_closed([*map(str, ClockName)], **{str(name): _MINUTES for name in ClockName}),
    ),
    "follow_up": _closed(
        ["after_hours", "remind_days", "lapse_days", "never_after", "calls_from", "call_days"],
        effort_percent={"type": "integer", "minimum": 0, "maximum": 100},
        after_hours={"type": "number", "minimum": 0.05, "maximum": 240},
        remind_days={"type": "integer", "minimum": 1, "maximum": 60},
        lapse_days={"type": "integer", "minimum": 1, "maximum": 60},
        never_after={"type": "array", "items": _NAME},
        calls_from={"enum": [str(one) for one in Severity]},
        call_days={"type": "integer", "minimum": 1, "maximum": 30},
    ),
    "learning": _closed(
        ["failure_types", "unknown", "finish_days", "recurrence_days"],
        failure_types=_closed([str(issue) for issue in Issue], **{str(issue): _FAILURE_TYPE for issue in Issue}),
        unknown=_FAILURE_TYPE,
        product_kinds={"type": "object", "propertyNames": _NAME, "additionalProperties": _KIND_OF_PRODUCT},
        finish_days={"type": "integer", "minimum": 1, "maximum": 60},
        recurrence_days={"type": "integer", "minimum": 1, "maximum": 366},
    ),
    "review": _closed(["unsure_below"], unsure_below={"type": "number", "minimum": 0, "maximum": 1}),
    "public": _closed(["approve"], approve={"type": "boolean"}),
    "retention": _closed([*RETENTION], **{name: _DAYS_KEPT for name in RETENTION}),
    "report": _closed(
        ["contact_gap_hours", "came_back_days", "weights", "came_back_weight", "earlier", "unusual", "targets"],
        contact_gap_hours={"type": "integer", "minimum": 1, "maximum": 240},
        came_back_days=_closed(
            ["soon", "later"],
            soon={"type": "integer", "minimum": 1, "maximum": 30},
            later={"type": "integer", "minimum": 1, "maximum": 120},
        ),
        weights=_closed([*map(str, Severity)], **{str(one): {"type": "number", "minimum": 0, "maximum": 100} for one in Severity}),
        came_back_weight={"type": "number", "minimum": 0, "maximum": 100},
        earlier=_closed([*map(str, PeriodKind)], **{str(one): {"type": "integer", "minimum": 1, "maximum": 60} for one in PeriodKind}),
        unusual=_closed(
            ["at_least", "chance"],
            at_least={"type": "integer", "minimum": 1, "maximum": 1_000},
            chance={"type": "number", "exclusiveMinimum": 0, "maximum": 0.5},
        ),
        targets=_closed([], **{key: {"type": "number", "minimum": 0} for key in KEYS}),
    ),
    "authority": _closed(
        ["agent", "lead", "four_eyes", "fuses", "bands", "voucher_months"],
        agent=_AMOUNTS,
        lead=_AMOUNTS,
        four_eyes=_AMOUNTS,
        fuses=_closed(
            ["goodwill_days", "goodwill_count", "goodwill_share"],
            goodwill_days={"type": "integer", "minimum": 1, "maximum": 366},
            goodwill_count={"type": "integer", "minimum": 1, "maximum": 100},
            goodwill_share={"type": "integer", "minimum": 1, "maximum": 100},
            per_day=_AMOUNTS,
        ),
        bands=_closed(
            ["first", "second"],
            first={"type": "integer", "minimum": 50, "maximum": 150},
            second={"type": "integer", "minimum": 100, "maximum": 200},
        ),
        voucher_months={"type": "integer", "minimum": FEWEST_MONTHS, "maximum": 120},
    ),
    "jurisdictions": _closed(
        ["jurisdictions"],
        jurisdictions={
            "type": "object",
            "propertyNames": {"pattern": "^[A-Z]{2}(-[A-Z]{2})?$"},
            "additionalProperties": _closed(
                ["admission", "source"],
                admission={"enum": [str(mode) for mode in AdmissionMode]},
                source={"type": "string", "minLength": 1},
            ),
        },
    ),
    "remedies": _closed(
        ["version", "limits", "issues"],
        version={"type": "string"},
        limits={"type": "object", "additionalProperties": _AMOUNTS},
        issues=_closed([str(issue) for issue in Issue], **{str(issue): _ISSUE for issue in Issue}),
    ),
}
