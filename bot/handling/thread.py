"""One chat as people at the desk read it: every word, how it was heard, whether it arrived, and what was done in between."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.cases.channel import Abilities
from bot.cases.conversation import Author, Message
from bot.cases.desk import Agent, HeldReply, Note
from bot.cases.instants import instant
from bot.handling.desk_cases import must_see_chat
from bot.handling.files import file_json
from bot.handling.history import ASKED_FOR, ASKS
from bot.handling.on_channels import Became, became, contact_json
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.cases.attachment import File
    from bot.store.unit_of_work import UnitOfWork

LATE_WORDS = "assistant.late_words_dropped"
Found = dict[str, Any]
# What a line of the audit says between the messages. {to}, {remedy} and the like are of its detail.
_MARKED: dict[str, str] = {
    "case.taken": "took the chat",
    "case.handed_back": "handed it back to the assistant",
    "case.resolved": "resolved the case",
    "case.assigned": "assigned it to {to}",
    "case.reassigned": "gave the case to {to}",
    "chat.reassigned": "gave the chat to {to}",
    "case.opened": "opened the case",
    "reply.dropped": "had a reply dropped: the chat was somebody else's by then",
    "remedy.confirmed": "said yes to {remedy}",
    "remedy.granted": "granted {remedy}",
    "remedy.approved": "agreed to {remedy}",
    "remedy.refused": "refused {remedy}",
    "remedy.settled": "saw {remedy} carried out",
    "remedy.settled_by_hand": "noted {remedy} as carried out",
    "remedy.failed": "could not carry out {remedy}",
    "remedy.undone": "took {remedy} back",
    "case.judged": "answered whether it is settled",
    "channel.stopped": "wants no more messages here",
    "channel.started": "wants messages here again",
    "public_reply.approved": "had the public answer posted",
    "public_reply.refused": "left the public answer unsaid",
    "message.edited": "changed what they had written",
    "message.taken_back": "took a message back",
    LATE_WORDS: "answered after the chat had changed hands: dropped, the customer saw none of it",
    "late_words_dropped": "answered after the chat had changed hands: dropped, the customer saw none of it",  # of before the desk
}


def chat(
    shop: Shop, agent: Agent, reference: str, after: int, now: datetime, channels: Mapping[str, Abilities] = MappingProxyType({})
) -> Found:
    """The chat of a case after this seq; `channels`: what the messaging channels that are set up can do.

    Raises NotFound, or NotAllowed where it is not for this person.
    """
    with shop.begin(False) as uow:
        views = uow.desk_views
        found = views.chat(reference)
        must_see_chat(shop, uow, agent, found)
        conversation_id = found["conversation"]
        said = uow.messages.of(conversation_id, after)
        states = views.states(conversation_id)
        contact, can = uow.contacts.of(conversation_id), channels.get(found["channel"])
        shows = _shows(uow, conversation_id, said, states, became(uow, contact, can, states, now))
        draft = uow.desk.draft(agent.name, conversation_id)
        leased = found["turn_lease_until"]
        return {
            "ref": found["reference"],
            "conversation": conversation_id,
            "handler": str(found["handler"]),
            "agent": found["agent"],
            "version": found["handler_version"],
            "status": str(found["status"]),
            "channel": found["channel"],
            "contact": contact_json(contact, can),
            "seq": found["last_seq"],
            "customer": found["customer"],
            "messages": [shows(one) for one in said],
            "states": states,
            "notes": [note_json(one) for one in uow.desk.notes(conversation_id)],
            "markers": _markers(uow, conversation_id),
            "held": [held_json(one) for one in uow.desk.held_in(conversation_id) if one.agent == agent.name],
            "draft": {"mode": draft.mode, "text": draft.text} if draft else None,
            "typing": bool(leased and leased > now) and bool(uow.messages.unanswered(conversation_id)),
        }


def file(shop: Shop, agent: Agent, file_id: str) -> "tuple[File, bytes]":
    """A file of a chat and its bytes. Raises NotFound, or NotAllowed where the chat is not for this person."""
    with shop.begin(False) as uow:
        found = uow.desk_views.file(file_id)
        must_see_chat(shop, uow, agent, uow.desk_views.chat_of(found.conversation_id))
        return found, uow.files.content(found.id)


def conversation_of(shop: Shop, agent: Agent, reference: str) -> str:
    """The id of a chat this person may open. Raises NotFound or NotAllowed."""
    with shop.begin(False) as uow:
        found = uow.desk_views.chat(reference)
        must_see_chat(shop, uow, agent, found)
        return str(found["conversation"])


def note_json(note: Note) -> Found:
    return {"id": note.id, "agent": note.agent, "text": note.text, "at": instant(note.at), "kind": note.kind}


def held_json(held: HeldReply) -> Found:
    return {"id": held.id, "text": held.text, "send_at": instant(held.send_at), "agent": held.agent, "files": held.files}


def _shows(
    uow: "UnitOfWork", conversation_id: str, said: list[Message], states: Mapping[str, str], became: Became
) -> Callable[[Message], Found]:
    """How a message is shown. Everything that hangs on the messages is read at once."""
    files = uow.files.of_messages([one.id for one in said])
    labels = uow.desk_views.labels(conversation_id)
    references = {one.id: one.reference for one in uow.cases.of_conversation(conversation_id)}

    def shown(one: Message) -> Found:
        label = labels.get(one.id)
        return {
            "id": one.id,
            "seq": one.seq,
            "author": str(one.author),
            "agent": one.agent,
            "text": one.text,
            "at": instant(one.at),
            "case": references.get(one.case_id or ""),
            "choices": [choice["label"] for choice in one.choices],
            "card": one.card,
            "files": [desk_file_json(file) for file in files.get(one.id, [])],
            "state": None if one.author is Author.CUSTOMER else states.get(one.id),
            "became": became(one),
            "public": one.is_public,
            "heard": _heard(one.heard),
            "label": {"intent": label["intent"], "what": label["what"]} if label else None,
        }

    return shown


def desk_file_json(one: "File") -> Found:
    return {**file_json(one), "media_type": one.media_type, "url": f"/desk/api/files/{one.id}"}


def _heard(heard: Mapping[str, Any] | None) -> Found | None:
    return {"intent": heard.get("intent"), "confidence": heard.get("confidence")} if heard else None


def _markers(uow: "UnitOfWork", conversation_id: str) -> list[Found]:
    """What was done between the messages, oldest first."""
    brought = [
        {
            "at": instant(one["at"]),
            "kind": "handed_off",
            "who": "assistant",
            "text": f"handed over to {one['team']}: {one['reason'].replace('_', ' ')}",
            "reason": one["reason"],
            "team": one["team"],
            "due_at": instant(one["due_at"]),
        }
        for one in uow.desk_views.brought(conversation_id)
    ]
    done = [
        {"at": instant(one["at"]), "kind": one["act"], "who": one["who"], "text": _filled(_said_of(one), one["detail"])}
        for one in uow.desk_views.acts(conversation_id, _MARKED)
    ]
    return sorted([*brought, *done], key=lambda one: str(one["at"]))


def _said_of(line: Mapping[str, Any]) -> str:
    """What is asked for and waits for others is not given yet."""
    return ASKED_FOR if (line["act"], line["detail"].get("state")) == ASKS else _MARKED[line["act"]]


def _filled(text: str, detail: Mapping[str, Any]) -> str:
    for name, value in detail.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text
