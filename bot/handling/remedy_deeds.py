"""What people at the desk do with remedies that are filed. Each is the ledger's own deed, for whoever may see the case."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.cases.authority import Role
from bot.cases.case import Case
from bot.cases.desk import Agent
from bot.cases.desk_access import may_see, team_keys
from bot.cases.instants import instant
from bot.cases.remedy import Remedy
from bot.errors import Conflict, NotAllowed
from bot.handling import ledger
from bot.handling.carrying_out import settle_by_hand
from bot.handling.desk_cases import fit_reference, fit_words, must_see
from bot.handling.remedy_rights import Rights, agreed_json
from bot.handling.roles import role_of, roles_among
from bot.handling.shop import Shop
from bot.handling.verdict import said

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

LONGEST_REASON = 300
MOST_WAITING = 500
Body = dict[str, Any]


def _found(shop: Shop, uow: "UnitOfWork", agent: Agent, reference: str) -> tuple[Remedy, Case]:
    """Raises NotFound, or NotAllowed where its case is not this person's to see."""
    remedy = uow.remedies.by_reference(fit_reference(reference))
    case = uow.cases.find(remedy.case_id)
    assert case is not None  # the database demands it
    must_see(shop, uow, agent, case, uow.conversations.get(case.conversation_id))
    return remedy, case


def _must_be_theirs(shop: Shop, agent: Agent, reference: str) -> str:
    with shop.begin(False) as uow:
        return _found(shop, uow, agent, reference)[0].reference


def approve(shop: Shop, agent: Agent, reference: str, body: Body, now: datetime) -> Body:
    """Agrees to exactly the act that was seen: its `digest` is asked for. Raises as `ledger.approve`."""
    digest = fit_words(body.get("digest"), "digest", 40)
    reason = fit_words(body.get("reason"), "reason", LONGEST_REASON, may_be_empty=True)
    reference = _must_be_theirs(shop, agent, reference)
    done = ledger.approve(shop, reference, agent.name, reason, now, digest)
    return {"ref": reference, "state": str(done.remedy.state), "lacking": done.lacking}


def refuse(shop: Shop, agent: Agent, reference: str, body: Body, now: datetime) -> Body:
    """Says no, with the reason that the customer reads. Only whoever could agree alone, a lead, or who asked for it themselves."""
    reason = fit_words(body.get("reason"), "reason", LONGEST_REASON)
    with shop.begin(False) as uow:
        remedy, case = _found(shop, uow, agent, reference)
        role = role_of(shop, uow, agent.name)
        if body.get("digest") not in (None, "", ledger.digest_of(remedy, case)):
            raise Conflict(f"{remedy.reference} has changed since you looked: it is {remedy.amount or remedy.kind} now. Look again.")
        is_theirs = role is Role.LEAD or remedy.granted_by == agent.name
        if role is None or not (is_theirs or shop.policy.authority.may_grant(role, remedy.worth)):
            raise NotAllowed(f"{said(remedy.amount)} is more than you decide: a lead says no to it.")
    return _state(ledger.refuse(shop, remedy.reference, agent.name, reason, now))


def undo(shop: Shop, agent: Agent, reference: str, body: Body, now: datetime) -> Body:
    """Takes it back: before it goes out at once, later by a record of its own that somebody else must agree to."""
    reason = fit_words(body.get("reason"), "reason", LONGEST_REASON)
    return _state(ledger.undo(shop, _must_be_theirs(shop, agent, reference), agent.name, reason, now))


def redrive(shop: Shop, agent: Agent, reference: str, _body: Body, now: datetime) -> Body:
    """Sends what failed on its way again."""
    return _state(ledger.redrive(shop, _must_be_theirs(shop, agent, reference), agent.name, now))


def settle(shop: Shop, agent: Agent, reference: str, body: Body, now: datetime) -> Body:
    """Somebody has done it by hand; the note says how, such as the bank's number of the payment."""
    note = fit_words(body.get("note"), "note", LONGEST_REASON)
    return _state(settle_by_hand(shop, _must_be_theirs(shop, agent, reference), agent.name, note, now))


def _state(remedy: Remedy) -> Body:
    return {"ref": remedy.reference, "state": str(remedy.state), "lacking": 0}


Deed = Callable[[Shop, Agent, str, Body, datetime], Body]
DEEDS: dict[str, Deed] = {"approve": approve, "refuse": refuse, "undo": undo, "redrive": redrive, "settle": settle}


def inbox(shop: Shop, agent: Agent) -> list[Body]:
    """What waits for people to agree, the one due first at the front: only what this person may see, with whether they may agree."""
    with shop.begin(False) as uow:
        views, teams = uow.case_views, shop.policy.teams
        waiting = views.to_decide(MOST_WAITING)
        brought = {one.case_id: one.team for one in views.escalations([case.id for _, case, _ in waiting])}  # the newest of each
        approvals = views.approvals([remedy.id for remedy, _, _ in waiting])
        rights = Rights(shop, agent, roles_among(shop, uow.agents.all()))
        return [
            _waiting(rights, remedy, case, approvals[remedy.id])
            for remedy, case, conversation in waiting
            if may_see(agent, case, conversation, team_keys(teams, [brought.get(case.id, "")]))
        ]


def _waiting(rights: Rights, remedy: Remedy, case: Case, approvals: list[Any]) -> Body:
    digest = ledger.digest_of(remedy, case)
    why_not = rights.why_not_approve(remedy, digest, approvals)
    agreed = agreed_json(approvals, digest)
    return {
        "remedy": remedy.reference,
        "case": case.reference,
        "kind": str(remedy.kind),
        "what": ledger.noun_of(rights.shop, remedy),
        "amount": said(remedy.amount),
        "undoes": remedy.undoes is not None,
        "asked_by": remedy.granted_by,
        "at": instant(remedy.changed_at),
        "due_at": instant(remedy.due_at),
        "reasons": remedy.reasons,
        "severity": str(case.severity),
        "order": case.order_number,
        "digest": digest,
        "lacking": max(0, rights.shop.policy.authority.eyes(remedy.worth) - len(agreed)),
        "may": why_not is None,
        "why_not": why_not,
        "agreed": agreed,
    }
