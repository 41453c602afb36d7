"""What policy says of a case as it stands now, for a person who decides: what is allowed, what is not, and why. Nothing is written."""

from typing import Any

from bot.cases.finding import Finding
from bot.cases.issue import Fault, Verdict
from bot.cases.money import Money
from bot.cases.policy import Policy, window
from bot.cases.remedy import RemedyKind
from bot.handling.offering import GIVEN, PAUSED, WORTHLESS, weighed
from bot.handling.scene import Scene

FOUND = {
    Verdict.CONFIRMED: "The record shows the failure.",
    Verdict.CONSISTENT: "The record cannot show it, and nothing speaks against it.",
    Verdict.CONFLICTS: "The record shows something else.",
}
FAULTS = {
    Fault.OURS: "The fault is ours.",
    Fault.THIRD_PARTY: "The fault is a third party's, such as the carrier's.",
    Fault.FORCE_MAJEURE: "Nobody could have prevented it.",
    Fault.CUSTOMER: "The record shows no failure of ours.",
    Fault.UNCLEAR: "Whose fault it is, is not clear.",
}
REASONS = {
    PAUSED: "goodwill to this customer waits for a person: they have had much of it",
    GIVEN: "another case of this order has filed it already",
    WORTHLESS: "it is worth nothing here: all is paid back already, or no order is proven",
    "not_mine": "no rule grants it in such a case",
}


def verdict(scene: Scene) -> dict[str, Any]:
    """{allowed: [{kind, wording, amount, worth, reasons, needs_approval, statutory}], refused: [{kind, wording, reason}], clauses}."""
    issue, finding = scene.case.issue, scene.finding
    if issue is None or finding is None:
        return {"allowed": [], "refused": [], "clauses": ["What went wrong is not known yet."], "found": None}
    kept, left_out = weighed(scene, issue, finding)
    kinds = {row.wording: row.kind for row in scene.shop.policy.issues[issue].rules}
    allowed = [
        {
            "kind": str(one.kind),
            "wording": one.wording,
            "amount": said(one.amount),
            "value": str(one.amount.amount) if one.amount else None,
            "currency": one.amount.currency if one.amount else None,
            "worth": said(one.worth),
            "lines": list(one.lines),
            "reasons": one.reasons,
            "needs_approval": one.needs_approval,
            "statutory": one.statutory,
        }
        for one in kept
    ]
    refused = [
        {"kind": str(kinds[one["wording"]]), "wording": one["wording"], "reason": REASONS.get(one["why"], one["why"].replace("_", " "))}
        for one in left_out
    ]
    found = {"verdict": str(finding.verdict), "fault": str(finding.fault), "severity": str(finding.severity), "note": finding.note}
    return {"allowed": allowed, "refused": refused, "clauses": _clauses(scene, finding), "found": found}


def _clauses(scene: Scene, finding: Finding) -> list[str]:
    """What the verdict rests on, each in a sentence."""
    incident = finding.incident
    late = finding.days_late
    return [
        FOUND[finding.verdict],
        FAULTS[finding.fault],
        *([f"It is {late} {'day' if late == 1 else 'days'} late."] if late else []),
        *([f"{said(finding.owed)} is owed."] if finding.owed else []),
        *([f"Incident {incident.code} explains it: {incident.title}."] if incident else []),
        *(["Another order of this customer failed alike within a year."] if finding.again else []),
        *_days(scene.shop.policy, scene, finding),
        *([] if scene.order else ["No order is proven to be this customer's, so no sum can be reckoned from one."]),
    ]


def _days(policy: Policy, scene: Scene, finding: Finding) -> list[str]:
    """Where a remedy is open for so many days only: which day this is."""
    issue = scene.case.issue
    if issue is None or finding.days is None:
        return []
    ends = {kind: window(policy, issue, finding, kind) for kind in RemedyKind}
    return [f"Day {finding.days} of {end} for {str(kind).replace('_', ' ')}." for kind, end in ends.items() if end is not None]


def said(amount: Money | None) -> str | None:
    """Such as "45.00 USD"."""
    return f"{amount.amount} {amount.currency}" if amount else None
