"""Cases, messages and handoffs as other systems read them, and what their people do there."""

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.cases.attachment import File
from bot.cases.case import Case, CaseStatus, Escalation
from bot.cases.conversation import DEV, Author, Conversation, Handler, Message
from bot.cases.desk import Note
from bot.cases.instants import instant
from bot.errors import BadInput, Conflict, NotFound
from bot.handling.accept import add_reply
from bot.handling.export import Whole, as_json, whole
from bot.handling.files import file_json
from bot.handling.handoff import hand_off, who_line
from bot.handling.people import must_be_there
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork


def cases(
    shop: Shop, after: str | None, limit: int, statuses: Collection[CaseStatus], waiting: bool | None, since: datetime | None
) -> tuple[list[dict[str, Any]], str | None]:
    """The cases opened after this one, and the last of them: None where there are no more. Raises NotFound."""
    with shop.begin(False) as uow:
        before = _of(uow, after) if after else None
        place = (before.created_at, before.id) if before else None
        found = uow.case_pages.after(place, limit + 1, statuses=statuses, is_waiting=waiting, since=since)
        shown = [case_json(uow, one) for one in found[:limit]]
    return shown, found[limit - 1].reference if len(found) > limit else None


def case_json(uow: "UnitOfWork", case: Case) -> dict[str, Any]:
    """A case in the export format, with what is needed to act on it: `version` grows whenever it changes hands."""
    conversation = uow.conversations.get(case.conversation_id)
    found = Whole(
        case,
        conversation,
        tuple(uow.cases.facts(case.id)),
        tuple(uow.remedies.of(case.id)),
        tuple(uow.cases.promises(case.id)),
        tuple(uow.cases.escalations(case.id)),
        files=tuple(uow.files.of_case(case.id)),
    )
    return {**as_json(found), **_standing(conversation)}


def one_case(shop: Shop, reference: str) -> dict[str, Any]:
    """A case with its whole transcript. Raises NotFound, also for a developer's chat."""
    found = whole(shop, _known(shop, reference).reference)
    names = _by_message(found.files)
    messages = [message_json(one, names.get(one.id, [])) for one in found.messages]
    return {**as_json(found), **_standing(found.conversation), "messages": messages}


def _standing(conversation: Conversation) -> dict[str, Any]:
    return {"agent": conversation.agent, "version": conversation.handler_version}


def messages(shop: Shop, reference: str, after: int, limit: int) -> list[dict[str, Any]]:
    """What was said after this seq, oldest first. Raises NotFound."""
    case = _known(shop, reference)
    with shop.begin(False) as uow:
        said = uow.messages.of(case.conversation_id, after)[:limit]
        files = uow.files.of_messages([one.id for one in said])
    return [message_json(one, files.get(one.id, [])) for one in said]


def message_json(message: Message, files: Iterable[File]) -> dict[str, Any]:
    """One message. `choices` are what its reader could tap."""
    return {
        "id": message.id,
        "seq": message.seq,
        "author": message.author.value,
        "agent": message.agent,
        "text": message.text,
        "at": instant(message.at),
        "choices": [one["label"] for one in message.choices],
        "files": [{**file_json(one), "media_type": one.media_type} for one in files],
    }


def _by_message(files: Iterable[File]) -> dict[str, list[File]]:
    found: dict[str, list[File]] = {}
    for one in files:
        found.setdefault(one.message_id or "", []).append(one)
    return found


def conversation_of_case(shop: Shop, reference: str) -> str:
    """The id of the conversation in which a case stands. Raises NotFound."""
    return _known(shop, reference).conversation_id


def _known(shop: Shop, reference: str) -> Case:
    with shop.begin(False) as uow:
        return _of(uow, reference)


def _of(uow: "UnitOfWork", reference: str) -> Case:
    case = uow.cases.by_reference(reference.strip())
    if case.channel == DEV:
        raise NotFound(f"There is no case {reference}.")
    return case


def waiting(shop: Shop) -> list[dict[str, Any]]:
    """Every case that waits for a person, the next answer due first."""
    with shop.begin(False) as uow:
        queued = [one for one in uow.cases.list(waiting=True) if uow.conversations.get(one.conversation_id).case_id == one.id]
        shown = [handoff_json(uow, one, escalation) for one in queued if (escalation := _newest(uow, one))]
    return sorted(shown, key=lambda one: (str(one["due_at"]), str(one["case"])))


def handoff_json(uow: "UnitOfWork", case: Case, escalation: Escalation | None) -> dict[str, Any]:
    """Why a person is wanted, and by when; who has the chat now."""
    conversation = uow.conversations.get(case.conversation_id)
    return {
        "case": case.reference,
        "conversation_id": conversation.id,
        "handler": conversation.handler.value,
        "agent": conversation.agent,
        "version": conversation.handler_version,
        "reason": escalation.reason if escalation else None,
        "priority": escalation.priority if escalation else None,
        "team": escalation.team if escalation else None,
        "asked_at": instant(escalation.at) if escalation else None,
        "due_at": instant(escalation.due_at) if escalation else None,
    }


def _newest(uow: "UnitOfWork", case: Case) -> Escalation | None:
    return next(reversed(uow.cases.escalations(case.id)), None)


def ask_for_person(shop: Shop, reference: str, reason: str, now: datetime) -> dict[str, Any]:
    """Gives a chat that the assistant has to the queue; the customer reads who answers and by when.

    Where people have it already, it stands as it is. Raises NotFound, BadInput for a reason that escalation.yml does not know, and
    Conflict for a case that is closed or no longer the one its chat is about.
    """
    if reason not in shop.policy.escalations:
        raise BadInput(f"There is no reason {reason!r} in escalation.yml: use {', '.join(shop.policy.escalations)}.")
    with shop.begin(True) as uow:
        case = _of(uow, reference)
        conversation = uow.conversations.get(case.conversation_id)
        if case.is_closed or conversation.case_id != case.id:
            raise Conflict(f"{case.reference} is not what this chat is about any more: ask for a person for the newer case.")
        if conversation.handler is Handler.ASSISTANT:
            escalation = hand_off(shop, uow, conversation, reason, now)
            add_reply(uow, conversation, Author.SYSTEM, who_line(shop, uow, conversation, case, escalation, now), now)
            uow.flush()
        return handoff_json(uow, case, _newest(uow, case))


def add_note(shop: Shop, reference: str, agent: str, text: str, key: str, now: datetime) -> Note:
    """Words for people only, kept once however often they are sent under this key. Raises NotFound, Conflict for other words."""
    with shop.begin(True) as uow:
        case = _of(uow, reference)
        must_be_there(uow, case, uow.conversations.get(case.conversation_id))
        note_id = hashlib.sha256(f"{case.conversation_id}:{key}".encode()).hexdigest()[:32]
        known = next((one for one in uow.desk.notes(case.conversation_id) if one.id == note_id), None)
        if known:
            if known.text != text:
                raise Conflict("Another note was sent under this key. Give every note a key of its own.")
            return known
        note = Note(note_id, case.conversation_id, agent, text, now, case_id=case.id)
        uow.add(note)
        uow.note(case.id, agent, "note.written", now, note=note.id)
        return note


def asked_by(shop: Shop, reference: str, token: str, route: str, agent: str, now: datetime) -> None:
    """Notes in the case which system asks in whose name, before anything is done. Raises NotFound, also for a developer's chat."""
    with shop.begin(True) as uow:
        case = _of(uow, reference)
        uow.note(case.id, f"token {token}", "api.asked", now, route=route, agent=agent)
