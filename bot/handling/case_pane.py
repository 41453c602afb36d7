"""The case beside the chat: all that is known of it, what was promised and done, and what policy lets this person do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.cases.authority import Approval, Role
from bot.cases.case import TAKEN_BACK, Case, Escalation, Fact, Promise
from bot.cases.claim import NO_RECEIPT, Claim, ClaimItem
from bot.cases.conversation import Conversation
from bot.cases.damages import totals
from bot.cases.desk import Agent
from bot.cases.instants import instant
from bot.cases.money import Money, total
from bot.cases.order import Buyer, Order
from bot.cases.proof import same_phone, same_text
from bot.cases.remedy import Remedy, RemedyState
from bot.handling import learning_views, ledger
from bot.handling.desk_cases import look_up, opened, scene_of
from bot.handling.export import follow_up_json
from bot.handling.history import in_words
from bot.handling.listening import proofs_of
from bot.handling.matters import APART
from bot.handling.remedy_rights import Rights, remedy_json
from bot.handling.roles import roles_among
from bot.handling.scene import LookedUp, Scene
from bot.handling.shop import Shop
from bot.handling.verdict import said, verdict

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

NOT_SHOWN = (RemedyState.PROPOSED, RemedyState.CANCELLED)  # of earlier cases: what came of nothing
LABELS = {
    "order_number": "Order number",
    "email": "E-mail",
    "phone": "Phone",
    "postcode": "Postcode",
    "person_name": "Name",
    "what_happened": "What happened",
    "lead": "In their words",
    "items": "Items",
    "quantity": "How many",
    "amount": "Amount",
    "date": "Date, as said",
    "day": "Day",
    "product": "Product",
    "wish": "Wish",
    "enquiry": "Question",
    "settled": "Put right",
    "language": "Language",
    "call_at": "Time of the call",
    "delivery_note": "Wish for the delivery",
}
Found = dict[str, Any]


@dataclass(frozen=True)
class Read:
    """The rows of one case, read in one unit of work."""

    case: Case
    conversation: Conversation
    facts: Sequence[Fact]
    promises: Sequence[Promise]
    escalations: Sequence[Escalation]
    remedies: Sequence[Remedy]
    earlier: Sequence[Case]
    theirs: Sequence[Remedy]  # of the earlier cases
    claims: Sequence[Claim]
    losses: Sequence[ClaimItem]
    approvals: Mapping[str, Sequence[Approval]]
    sending: Mapping[str, str]


def shown(shop: Shop, agent: Agent, reference: str, now: datetime) -> Found:
    """The whole pane. Raises NotFound, or NotAllowed where the case is not for this person."""
    looked = look_up(shop, reference)
    with shop.begin(False) as uow:
        case, conversation = opened(shop, uow, agent, reference)
        read = _read(uow, case, conversation)
        scene = scene_of(shop, uow, case, conversation, looked, now)
        role = roles_among(shop, uow.agents.all())
        rights = Rights(shop, agent, role)
        return {
            **_head(read),
            "customer": _customer(scene, looked),
            "facts": facts_json(read.facts, scene.order, case),
            "order": order_json(scene.order) if scene.order else None,
            "order_state": _order_state(scene),
            "earlier": _earlier(shop, uow, read),
            "learning": learning_views.pane(shop, uow, agent, case, now),
            "earlier_totals": _totals(read.theirs),
            "remedies": [remedy_json(rights, one, case, read.approvals[one.id], read.sending.get(one.id)) for one in read.remedies],
            "verdict": verdict(scene),
            "may_grant": _may_grant(shop, agent, role(agent.name), scene, read),
            "promises": [_promise(one) for one in read.promises],
            "incident": _incident(case, looked),
            "follow_up": follow_up_json(tuple(uow.follow_ups.of(case.id))),
            "tags": uow.desk.tags(case.id),
            "links": [{"ref": ref, "kind": kind, "back": back} for ref, kind, back in uow.case_views.links(case.id)],
            "escalations": [_escalation(one) for one in read.escalations],
            "claims": [_claim(one, read) for one in read.claims],
            "callbacks": [_call(one, read) for one in uow.case_views.calls(case.id)],
            "history": in_words(uow.cases.audit(case.id)),
            "money": _at_stake(scene, read),
        }


def _order_state(scene: Scene) -> str | None:
    """Why no order is shown: none is named, the shop has no such one, nothing has proven it, or what was given does not fit it."""
    number = scene.known.get("order_number")
    if scene.order or not number:
        return None if scene.order else "none"
    if scene.looked.orders.get(number) is None:
        return "unknown"
    return "mismatch" if any(proofs_of(scene)) else "unproven"


def _read(uow: "UnitOfWork", case: Case, conversation: Conversation) -> Read:
    views = uow.case_views
    remedies, earlier, claims = uow.remedies.of(case.id), views.others_of(case), uow.claims.of(case.id)
    ids = [one.id for one in remedies]
    return Read(
        case,
        conversation,
        uow.cases.facts(case.id),
        uow.cases.promises(case.id),
        uow.cases.escalations(case.id),
        remedies,
        earlier,
        uow.remedies.of(*(one.id for one in earlier)),
        claims,
        views.claim_items([one.id for one in claims]),
        views.approvals(ids),
        views.sending(ids),
    )


def _head(read: Read) -> Found:
    case, conversation = read.case, read.conversation
    newest = read.escalations[-1] if read.escalations else None
    return {
        "ref": case.reference,
        "version": conversation.handler_version,
        "conversation": conversation.id,
        "channel": case.channel,
        "status": str(case.status),
        "severity": str(case.severity),
        "fault": str(case.fault),
        "issue": str(case.issue) if case.issue else None,
        "priority": newest.priority if newest else "normal",
        "assignee": case.assignee,
        "handler": str(conversation.handler),
        "agent": conversation.agent,
        "proven": case.proven,
        "created_at": instant(case.created_at),
        "first_reply_at": instant(case.first_reply_at),
        "closed_at": instant(case.closed_at),
    }


def _customer(scene: Scene, looked: LookedUp) -> Found | None:
    """Who it is, once that is proven by an order or by the shop's own sign-in."""
    buyer: Buyer | None = scene.order.buyer if scene.order else next((one.buyer for one in looked.own), None)
    return {"id": buyer.id, "name": buyer.name, "email": buyer.email, "phone": buyer.phone} if buyer else None


def facts_json(facts: Sequence[Fact], order: Order | None, case: Case) -> list[Found]:
    """The present facts, each with where it is from; `verified`: the shop's own record says so too."""
    newest = {one.name: one for one in facts}
    return [
        {
            "name": one.name,
            "label": LABELS.get(one.name, one.name.replace("_", " ").capitalize()),
            "value": one.value,
            "source": one.source,
            "at": instant(one.at),
            "message": one.message_id,
            "verified": _is_verified(one, order, case),
        }
        for one in newest.values()
        if one.value != TAKEN_BACK and one.name != APART
    ]


def _is_verified(fact: Fact, order: Order | None, case: Case) -> bool:
    if order is None or not case.proven:
        return False
    checks = {
        "order_number": lambda: fact.value == order.number,
        "email": lambda: same_text(fact.value, order.buyer.email),
        "phone": lambda: same_phone(fact.value, order.buyer.phone),
        "postcode": lambda: same_text(fact.value, order.ship_to.get("zip")),
        "person_name": lambda: same_text(fact.value, order.buyer.name),
    }
    return checks[fact.name]() if fact.name in checks else fact.source == "record"


def order_json(order: Order) -> Found:
    """Sums are decimal, in the order's currency."""
    return {
        "number": order.number,
        "status": order.status,
        "placed_at": instant(order.placed_at),
        "promised_by": instant(order.promised_by),
        "delivered_at": instant(order.delivered_at),
        "carrier": order.carrier,
        "tracking": list(order.tracking_numbers),
        "ship_to": dict(order.ship_to),
        "items": [
            {"line": one.line, "name": one.name, "quantity": one.quantity, "price": str(one.price.amount), "options": dict(one.options)}
            for one in order.items
        ],
        "total": str(order.total.amount),
        "paid": str(order.paid.amount),
        "refunded": str(order.refunded.amount),
        "currency": order.currency,
    }


def _earlier(shop: Shop, uow: "UnitOfWork", read: Read) -> list[Found]:
    learned = uow.learning.of_cases([one.id for one in read.earlier])
    of_case: dict[str, list[Remedy]] = {one.id: [] for one in read.earlier}
    for remedy in read.theirs:
        if remedy.state not in NOT_SHOWN:
            of_case[remedy.case_id].append(remedy)
    return [
        {
            "ref": one.reference,
            "issue": str(one.issue) if one.issue else None,
            "status": str(one.status),
            "order": one.order_number,
            "created_at": instant(one.created_at),
            "remedies": [
                {
                    "ref": remedy.reference,
                    "kind": str(remedy.kind),
                    "what": ledger.noun_of(shop, remedy),
                    "amount": said(remedy.amount),
                    "state": str(remedy.state),
                }
                for remedy in of_case[one.id]
            ],
            "totals": _totals(of_case[one.id]),
            "again": one.issue is not None and one.issue is read.case.issue,
            "learned": learning_views.cause_json(learned.get(one.id)),
        }
        for one in read.earlier
    ]


def _totals(remedies: Sequence[Remedy]) -> list[str]:
    """What was given in all, by currency; nothing that was refused, taken back or only asked for."""
    given = [one.amount for one in remedies if one.is_filed and one.state is not RemedyState.NEEDS_APPROVAL and not one.undoes]
    sums = [one for one in given if one]
    return [said(total([one for one in sums if one.currency == code], code)) or "" for code in dict.fromkeys(one.currency for one in sums)]


def _may_grant(shop: Shop, agent: Agent, role: Role | None, scene: Scene, read: Read) -> Found | None:
    """How far this person's word goes: their limit, and what the case's remedies may still reach. None: they grant nothing."""
    if role is None or not agent.may_act:
        return None
    authority, order = shop.policy.authority, scene.order
    limits = authority.limits.get(role, {})
    currency = order.currency if order else next(iter(limits), "USD")
    limit, four_eyes = limits.get(currency), authority.four_eyes.get(currency)
    left = ledger.room(authority, read.escalations, read.remedies, order.paid)[0] if order else None
    return {
        "limit": str(limit.amount) if limit else "0",
        "currency": currency,
        "left": str(left.amount) if left else None,
        "two_from": str(four_eyes.amount) if four_eyes else None,
        "role": str(role),
    }


def _promise(one: Promise) -> Found:
    return {
        "id": one.id,
        "what": one.words or one.what,
        "kind": one.what,
        "by_whom": one.by_whom,
        "assignee": one.assignee,
        "due_at": instant(one.due_at),
        "state": str(one.state),
        "done_at": instant(one.done_at),
    }


def _incident(case: Case, looked: LookedUp) -> Found | None:
    one = next((one for one in looked.incidents if one.code == case.incident_code), None)
    if one is None:
        return None
    told = {"code": one.code, "title": one.title, "explanation": one.explanation, "action": one.action}
    return {**told, "next_update_at": instant(one.next_update_at), "ended_at": instant(one.ended_at)}


def _escalation(one: Escalation) -> Found:
    return {
        "reason": one.reason,
        "priority": one.priority,
        "team": one.team,
        "at": instant(one.at),
        "due_at": instant(one.due_at),
        "answered_at": instant(one.answered_at),
    }


def _claim(one: Claim, read: Read) -> Found:
    losses = [loss for loss in read.losses if loss.claim_id == one.id]
    paid = next((remedy.reference for remedy in read.remedies if remedy.id == one.remedy_id), None)
    return {
        "ref": one.reference,
        "state": str(one.state),
        "total": [said(money) for money in totals(losses)],
        "decide_by": instant(one.decide_by),
        "decided_by": one.decided_by,
        "reason": one.reason,
        "remedy": paid,
        "items": [
            {
                "what": loss.what,
                "amount": said(loss.amount) if loss.amount_minor else None,
                "receipt": None if loss.receipt == NO_RECEIPT else loss.receipt,
            }
            for loss in losses
        ],
        "may_decide": str(one.state) in ("open", "received"),
    }


def _call(one: Any, read: Read) -> Found:
    remedy = next((remedy.reference for remedy in read.remedies if remedy.id == one.remedy_id), None)
    span = {"starts_at": instant(one.starts_at), "ends_at": instant(one.ends_at)}
    return {"remedy": remedy, "phone": one.phone, **span, "state": str(one.state), "assignee": one.assignee}


def _at_stake(scene: Scene, read: Read) -> str | None:
    """The money it is about: that of its order, else what was asked for or granted."""
    if scene.order:
        return said(scene.order.total)
    sums: list[Money] = [one.amount for one in read.remedies if one.amount and one.is_filed]
    return said(sums[0]) if sums else None
