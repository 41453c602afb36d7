"""What a person does in a conversation: take it, answer, hand it back. Whoever is first has it; the second reads so."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases.case import Case, CaseStatus
from bot.cases.conversation import Author, Conversation, Handler, Message
from bot.cases.wording import faults
from bot.errors import BadInput, Conflict
from bot.handling.accept import add_reply
from bot.handling.clean import visible
from bot.handling.person_words import first_words, reply_text, send_now, write_words
from bot.handling.resolving import forget, remember_split_off
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

LONGEST_NOTE = 500  # characters of what was agreed


@dataclass(frozen=True)
class Replied:
    """A person's words are on their way; `warnings` name what the wording check would have refused the assistant."""

    message: Message
    warnings: tuple[str, ...]
    duplicate: bool = False  # the same words under the same key were sent before


def take(shop: Shop, reference: str, agent: str, now: datetime, version: int | None = None) -> Conversation:
    """Gives the conversation of a case to this agent. Raises NotFound; Conflict where another has it, or it has moved on from `version`."""
    with shop.begin(True) as uow:
        case, conversation = opened(uow, reference, version)
        take_over(shop, uow, case, conversation, agent, now)
        return conversation


def reply(shop: Shop, reference: str, agent: str, text: str, now: datetime, version: int | None = None, key: str | None = None) -> Replied:
    """Sends a person's words; that takes the conversation, where nobody else has it. Raises as `take`, or BadInput.

    `key` is the sender's own id of it: sent again under the same key, it is sent once. Other words under it are a Conflict.
    """
    words = reply_text(text)
    with shop.begin(True) as uow:
        known = sent_before(uow, reference, key, words)
        if known:
            return Replied(known, tuple(faults(words)), duplicate=True)
        case, conversation = opened(uow, reference, version)
        take_over(shop, uow, case, conversation, agent, now)
        message = write_words(uow, case, conversation, agent, words, now, reply_key(case, key) if key else None)
    return Replied(message, tuple(faults(words)))


def hand_back(shop: Shop, reference: str, note: str, now: datetime, agent: str | None = None, version: int | None = None) -> Conversation:
    """Gives the conversation back to the assistant, which begins with a fresh memory and the note. Says so to the customer."""
    words = " ".join(visible(note).split())
    if len(words) > LONGEST_NOTE:
        raise BadInput(f"The customer reads this note: use at most {LONGEST_NOTE} characters.")
    with shop.begin(True) as uow:
        case, conversation = opened(uow, reference, version)
        if conversation.handler is not Handler.AGENT or not conversation.agent:
            raise Conflict(f"{case.reference} is with the {conversation.handler}, not with a person: there is nothing to hand back.")
        if agent and agent != conversation.agent:
            raise Conflict(f"{conversation.agent} has {case.reference}, so {agent} cannot hand it back.")
        by = conversation.agent
        send_now(shop, uow, conversation, by, now)
        say_line(shop, uow, conversation, "hand_back_note" if words else "hand_back", now, agent=by, note=words)
        if words:
            first_words(uow, case, now)  # what was agreed is a person's answer
        conversation.give_to(Handler.ASSISTANT)
        forget(conversation, words or None)
        remember_split_off(shop, uow, conversation, now)
        uow.desk.wake(conversation.id)
        uow.note(case.id, by, "case.handed_back", now)
        return conversation


def opened(uow: "UnitOfWork", reference: str, version: int | None) -> tuple[Case, Conversation]:
    """The case and its conversation, locked; refused where they have moved on from what the caller saw."""
    case = uow.cases.by_reference(reference.strip())
    conversation = uow.conversations.get(case.conversation_id)
    must_be_there(uow, case, conversation)
    must_be_fresh(case, conversation, version)
    return case, conversation


def must_be_there(uow: "UnitOfWork", case: Case, conversation: Conversation) -> None:
    """Raises Conflict where the case's chat was erased and something was to be written: it can only be read."""
    if conversation.erased_at and uow.may_write:
        raise Conflict(f"{case.reference} was erased on {conversation.erased_at:%d %B %Y}: nothing is written in it any more.")


def must_be_fresh(case: Case, conversation: Conversation, version: int | None) -> None:
    """Raises Conflict where the chat has changed hands since the version that was seen; None: nobody looked."""
    if version is not None and version != conversation.handler_version:
        raise Conflict(f"{case.reference} has changed hands since you looked: {conversation.with_whom} answers it now.")


def sent_before(uow: "UnitOfWork", reference: str, key: str | None, words: str) -> Message | None:
    """The message that was sent under this key, where there is one. Raises Conflict where it said something else."""
    case = uow.cases.by_reference(reference.strip())
    known = uow.messages.by_provider_id(reply_key(case, key)) if key else None
    if known and known.text != words:
        raise Conflict("Other words were sent under this key. Give every reply a key of its own.")
    return known


def reply_key(case: Case, key: str) -> str:
    """No customer's browser can make an id like it: theirs have no colon."""
    return f"{case.conversation_id}:reply:{key}"


def take_over(shop: Shop, uow: "UnitOfWork", case: Case, conversation: Conversation, agent: str, now: datetime) -> None:
    """Makes this agent the one who answers. Nothing happens where it is so already."""
    if not agent.strip():
        raise BadInput("Say who you are: the agent's name is empty.")
    if conversation.handler is Handler.AGENT:
        if conversation.agent != agent:
            raise Conflict(f"{case.reference} is with {conversation.agent} already.")
        return
    conversation.give_to(Handler.AGENT, agent)
    case.assignee = agent
    if case.is_closed and conversation.case_id == case.id:
        case.status, case.closed_at = CaseStatus.OPEN, None
        uow.note(case.id, agent, "case.reopened", now)
    elif not case.is_closed:
        case.status = CaseStatus.OPEN
    _leave_to_person(uow, conversation, now)
    if shop.wording.has("agent_joined"):
        say_line(shop, uow, conversation, "agent_joined", now, agent=agent)
    uow.note(case.id, agent, "case.taken", now)


def _leave_to_person(uow: "UnitOfWork", conversation: Conversation, now: datetime) -> None:
    """Messages the assistant was not asked yet are the person's now."""
    for message in uow.messages.unanswered(conversation.id):
        if not message.asked_at:
            message.answered_at = now


def say_line(shop: Shop, uow: "UnitOfWork", conversation: Conversation, name: str, now: datetime, **values: str) -> None:
    text = shop.wording.say(name, f"{conversation.id}:{conversation.last_seq}", **values)
    add_reply(uow, conversation, Author.SYSTEM, text, now)
