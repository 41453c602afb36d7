"""A case as one JSON object, and all that is known of it for whoever reads it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from bot.cases.attachment import File
from bot.cases.case import Case, Escalation, Fact, Promise, known
from bot.cases.conversation import Conversation, Message
from bot.cases.follow_up import FollowUp
from bot.cases.instants import instant
from bot.cases.order import Order
from bot.cases.remedy import Remedy
from bot.handling.files import file_json
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Whole:
    """A case with everything that hangs on it."""

    case: Case
    conversation: Conversation
    facts: tuple[Fact, ...]
    remedies: tuple[Remedy, ...]
    promises: tuple[Promise, ...]
    escalations: tuple[Escalation, ...]
    messages: tuple[Message, ...] = ()
    order: Order | None = None
    follow_ups: tuple[FollowUp, ...] = ()
    files: tuple[File, ...] = ()  # of the whole transcript where there is one, else of the case's own messages


def whole(shop: Shop, reference: str) -> Whole:
    """One case with its transcript and order. Raises NotFound."""
    with shop.begin(False) as uow:
        case = uow.cases.by_reference(reference.strip())
        messages = tuple(uow.messages.of(case.conversation_id))
        found = _gathered(uow, case)
        files = uow.files.of_messages([one.id for one in messages])
    order = shop.orders.find(case.order_number) if case.order_number else None
    return Whole(**{**vars(found), "messages": messages, "order": order, "files": tuple(chain(*files.values()))})


def export(shop: Shop, waiting: bool = False, with_dev: bool = False) -> Iterator[dict[str, Any]]:
    """All cases, oldest first."""
    with shop.begin(False) as uow:
        references = [case.reference for case in uow.cases.list(waiting=waiting, with_dev=with_dev)]
    for reference in references:
        with shop.begin(False) as uow:
            found = _gathered(uow, uow.cases.by_reference(reference))
        yield as_json(found)


def _gathered(uow: "UnitOfWork", case: Case) -> Whole:
    return Whole(
        case,
        uow.conversations.get(case.conversation_id),
        tuple(uow.cases.facts(case.id)),
        tuple(uow.remedies.of(case.id)),
        tuple(uow.cases.promises(case.id)),
        tuple(uow.cases.escalations(case.id)),
        follow_ups=tuple(uow.follow_ups.of(case.id)),
        files=tuple(uow.files.of_case(case.id)),
    )


def as_json(one: Whole) -> dict[str, Any]:
    """The fields of the export format, in its order."""
    case, facts = one.case, known(list(one.facts)).values
    return {
        "reference": case.reference,
        "conversation_id": case.conversation_id,
        "channel": case.channel,
        "issue": _word(case.issue),
        "order_number": case.order_number or facts.get("order_number"),
        "items": [int(line) for line in (facts.get("items") or "").split(",") if line.strip().isdigit()],
        "facts": facts,
        "severity": case.severity.value,
        "fault": case.fault.value,
        "status": case.status.value,
        "handler": one.conversation.handler.value,
        "assignee": case.assignee,
        "remedies": [_remedy(remedy) for remedy in one.remedies],
        "escalation": _escalation(one.escalations),
        "promises": [{"what": p.what, "due_at": instant(p.due_at), "state": p.state.value} for p in one.promises],
        "follow_up": follow_up_json(one.follow_ups),
        "csat": next((f.satisfaction for f in reversed(one.follow_ups) if f.satisfaction), None),
        "created_at": instant(case.created_at),
        "first_reply_at": instant(case.first_reply_at),
        "closed_at": instant(case.closed_at),
        "files": [file_json(file) for file in one.files],
    }


def transcript_json(one: Whole) -> list[dict[str, Any]]:
    """What was said, for a program."""
    return [
        {"seq": m.seq, "at": instant(m.at), "author": m.author.value, "agent": m.agent, "text": m.text, "files": names_of(one, m)}
        for m in one.messages
    ]


def names_of(one: Whole, message: Message) -> list[str]:
    """The names of the files that came with a message."""
    return [file.name for file in one.files if file.message_id == message.id]


def _remedy(remedy: Remedy) -> dict[str, Any]:
    amount = remedy.amount
    return {
        "kind": remedy.kind.value,
        "amount": str(amount.amount) if amount else None,
        "currency": amount.currency if amount else None,
        "state": remedy.state.value,
        "key": remedy.key,
    }


def _escalation(escalations: tuple[Escalation, ...]) -> dict[str, Any] | None:
    if not escalations:
        return None
    newest = escalations[-1]
    return {"reason": newest.reason, "priority": newest.priority, "at": instant(newest.at)}


def follow_up_json(rounds: tuple[FollowUp, ...]) -> dict[str, Any] | None:
    """The newest round of questions whether it was put right; None where none is planned."""
    if not rounds:
        return None
    newest = rounds[-1]
    told = {"round": newest.number, "state": newest.state.value, "due_at": instant(newest.due_at), "asked_at": instant(newest.asked_at)}
    return {**told, "outcome": _word(newest.outcome), "satisfaction": newest.satisfaction, "effort": newest.effort, "why": newest.why}


def _word(word: Any) -> str | None:
    return None if word is None else str(word)
