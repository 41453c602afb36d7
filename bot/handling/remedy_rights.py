"""What somebody at the desk may do with a remedy as it stands, and why not; the deeds themselves check again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.cases.authority import Approval, Role, still_lacking
from bot.cases.case import Case
from bot.cases.desk import Agent
from bot.cases.instants import instant
from bot.cases.remedy import Remedy, RemedyKind, RemedyState
from bot.handling import ledger
from bot.handling.carrying_out import BY_HAND
from bot.handling.shop import Shop
from bot.handling.verdict import said

TAKEN_BACK_BEFORE = (RemedyState.QUEUED, RemedyState.NEEDS_APPROVAL, RemedyState.FAILED)
HAS_AGREED = "You have agreed already: somebody else must agree as well."


@dataclass(frozen=True)
class Rights:
    """Of one person. `role`: how far each name's word goes."""

    shop: Shop
    agent: Agent
    role: Callable[[str], Role | None]

    def why_not_approve(self, remedy: Remedy, digest: str, approvals: Sequence[Approval]) -> str | None:
        """Why this person may not agree to it now; None where they may."""
        if remedy.state is not RemedyState.NEEDS_APPROVAL:
            return f"It waits for no approval: it is {str(remedy.state).replace('_', ' ')}."
        name = self.agent.name
        agreed = [one for one in approvals if one.digest == digest and one.verdict == "approved"]
        first = [self.role(one.who) for one in agreed if one.who != name]
        problem = ledger.why_not_approve(self.shop.policy.authority, remedy, name, self.role(name), first)
        return problem or (HAS_AGREED if any(one.who == name for one in agreed) else None)

    @property
    def acts(self) -> bool:
        return self.agent.may_act and self.role(self.agent.name) is not None


def remedy_json(rights: Rights, one: Remedy, case: Case, approvals: Sequence[Approval], sending: str | None) -> dict[str, Any]:
    """A remedy with what this person may do about it. `lacking`: how many more must agree."""
    digest, waits = ledger.digest_of(one, case), one.state is RemedyState.NEEDS_APPROVAL
    why_not = rights.why_not_approve(one, digest, approvals)
    is_by_hand = sending == BY_HAND or one.state in (RemedyState.SENT, RemedyState.UNKNOWN, RemedyState.FAILED)
    return {
        "ref": one.reference,
        "kind": str(one.kind),
        "what": ledger.noun_of(rights.shop, one),
        "amount": said(one.amount),
        "lines": list(one.line_numbers),
        "state": str(one.state),
        "granted_by": one.granted_by,
        "created_at": instant(one.created_at),
        "due_at": instant(one.due_at),
        "settled_at": instant(one.settled_at),
        "why": one.why,
        "reasons": one.reasons,
        "statutory": one.statutory,
        "sending": sending,
        "digest": digest,
        "lacking": still_lacking(rights.shop.policy.authority, one, digest, approvals) if waits else 0,
        "agreed": agreed_json(approvals, digest),
        "may_approve": why_not is None,
        "why_not": why_not if waits else None,
        "may_refuse": waits and rights.acts,
        "may_undo": rights.acts and (one.state in TAKEN_BACK_BEFORE or (one.state is RemedyState.SETTLED and not one.undoes)),
        "may_redrive": rights.acts and one.state is RemedyState.FAILED,
        "may_settle": rights.acts and one.kind not in (RemedyKind.VOUCHER, RemedyKind.CALLBACK) and is_by_hand,
    }


def agreed_json(approvals: Sequence[Approval], digest: str) -> list[dict[str, str]]:
    """Who has agreed to exactly this act."""
    return [
        {"who": one.who, "at": instant(one.at), "reason": one.reason}
        for one in approvals
        if one.digest == digest and one.verdict == "approved"
    ]
