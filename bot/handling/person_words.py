"""What a person at the desk writes to a customer: how it gets into the chat, and what it keeps."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases.case import Case
from bot.cases.conversation import Author, Conversation, Handler, Message
from bot.cases.desk import Draft, HeldReply
from bot.cases.promises import ANSWER, BY_PERSON
from bot.errors import BadInput, Conflict
from bot.handling.accept import add_reply, visible_reply
from bot.handling.clean import LONGEST
from bot.handling.files import attach, check_attachable
from bot.handling.resolving import end_case, hindrance
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

_GAP = re.compile(r"\{[a-z_]+\}")  # of a ready answer


def reply_text(text: str, has_files: bool = False) -> str:
    """What a person typed, fit to be sent; files may come without words. Raises BadInput."""
    if len(text) > LONGEST:
        raise BadInput(f"A reply has at most {LONGEST:,} characters; this one has {len(text):,}. Send it in two.")
    gap = _GAP.search(text)
    if gap:
        raise BadInput(f"{gap[0]} stands for something that is not filled in yet. Put the words in its place, then send.")
    return "" if has_files and not text.strip() else visible_reply(text)


def write_words(
    uow: "UnitOfWork",
    case: Case,
    conversation: Conversation,
    agent: str,
    words: str,
    now: datetime,
    key: str | None = None,
    files: Sequence[str] = (),
) -> Message:
    """Sends a person's words, with files that were sent ahead. `key`: UNIQUE, so that it is sent once."""
    message = add_reply(uow, conversation, Author.AGENT, words, now, agent=agent)
    message.provider_id = key
    attach(uow, message, files)
    first_words(uow, case, now)
    uow.note(case.id, agent, "case.replied", now, message=message.id)
    return message


def first_words(uow: "UnitOfWork", case: Case, now: datetime) -> None:
    """A person has answered: the escalations are met, and the promise of an answer is kept or was broken."""
    case.first_reply_at = case.first_reply_at or now
    for escalation in uow.cases.escalations(case.id):
        escalation.answered_at = escalation.answered_at or now
    for promise in uow.cases.promises(case.id):
        if promise.what in BY_PERSON or promise.what == ANSWER:
            promise.keep(now)


def hold_words(
    uow: "UnitOfWork",
    case: Case,
    conversation: Conversation,
    agent: str,
    words: str,
    key: str,
    now: datetime,
    send_at: datetime,
    files: Sequence[str] = (),
    resolves: bool = False,
) -> HeldReply:
    """Keeps a person's words until `send_at`; until then they can be taken back. Raises BadInput for files that cannot be sent."""
    taken = [one for held in uow.desk.held_in(conversation.id) for one in held.files]
    check_attachable(uow, conversation.id, files, taken)
    kept = HeldReply(
        secrets.token_hex(16), conversation.id, case.id, agent, words, key, now, send_at, files=[*dict.fromkeys(files)], resolves=resolves
    )
    uow.add(kept)
    uow.note(case.id, agent, "reply.held", now, reply=kept.id)
    return kept


def take_back(shop: Shop, agent: str, held_id: str, now: datetime) -> HeldReply:
    """Takes a reply back that has not gone out; its words are the agent's draft again. Raises NotFound, or Conflict where it has."""
    with shop.begin(False) as uow:
        conversation_id = uow.desk.held_of(agent, held_id).conversation_id
    with shop.begin(True) as uow:
        uow.conversations.get(conversation_id)  # locked first, as everywhere
        held = uow.desk.held_of(agent, held_id)
        if held.state not in ("held", "undone"):
            raise Conflict(
                "It has gone out and cannot be taken back." if held.state == "sent" else "It was not sent: the chat is another's."
            )
        if held.state == "held":
            held.state = "undone"
            _as_draft(uow, held, now)
            uow.note(held.case_id, agent, "reply.undone", now, reply=held.id)
        return held


def send_due(shop: Shop, now: datetime, limit: int) -> int:
    """Sends the replies whose seconds are over, those of one chat in order; how many were sent or dropped."""
    with shop.begin(False) as uow:
        chats = dict.fromkeys(conversation_id for conversation_id, _ in uow.desk.held_due(now, limit))
    return sum(_send_in(shop, conversation_id, now) for conversation_id in chats)


def _send_in(shop: Shop, conversation_id: str, now: datetime) -> int:
    with shop.begin(True) as uow:
        conversation = uow.conversations.get(conversation_id)
        due = [one for one in uow.desk.held_in(conversation_id) if one.send_at <= now]
        for held in due:
            _settle(shop, uow, conversation, held, now)
        return len(due)


def send_now(shop: Shop, uow: "UnitOfWork", conversation: Conversation, agent: str, now: datetime) -> None:
    """Sends what this person still could take back, since what they do next comes after it."""
    for held in uow.desk.held_in(conversation.id):
        if held.agent == agent:
            held.resolves = False  # the newer wish counts
            _settle(shop, uow, conversation, held, now)


def _settle(shop: Shop, uow: "UnitOfWork", conversation: Conversation, held: HeldReply, now: datetime) -> None:
    """Sends it, or drops it where the chat is somebody else's by now: then its writer has it as a draft, and reads why."""
    case = uow.cases.find(held.case_id)
    if case is None or conversation.handler is not Handler.AGENT or conversation.agent != held.agent:
        held.state = "dropped"
        _as_draft(uow, held, now)
        uow.note(held.case_id, held.agent, "reply.dropped", now, reply=held.id)
        return
    message = write_words(uow, case, conversation, held.agent, held.text, now, held.key, held.files)
    held.state, held.message_id = "sent", message.id
    if not held.resolves:
        return
    why = hindrance(shop, uow, case, now)
    if why:  # the words are out all the same
        uow.note(case.id, held.agent, "case.not_resolved", now, reply=held.id)
    else:
        end_case(shop, uow, case, conversation, held.agent, now)


def _as_draft(uow: "UnitOfWork", held: HeldReply, now: datetime) -> None:
    """Puts the words back where they were typed. What has been typed there since stays, below them."""
    present = uow.desk.draft(held.agent, held.conversation_id)
    since = present.text if present and present.mode == "reply" and present.text.strip() != held.text.strip() else ""
    text = f"{held.text}\n\n{since}" if since else held.text
    uow.desk.keep_draft(Draft(held.agent, held.conversation_id, "reply", text, now))
