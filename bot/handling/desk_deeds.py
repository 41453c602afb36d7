"""What people do in a chat at the desk. Every deed is one transaction, checks that the chat is for this person, and is audited."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.cases.case import Case, Promise
from bot.cases.conversation import Author, Conversation, Handler, Message
from bot.cases.desk import SUPERVISES, Agent, Draft, HeldReply, Note
from bot.cases.hours import due_within
from bot.cases.instants import instant
from bot.cases.promises import PERSON_ANSWERS
from bot.errors import BadInput, Conflict, NotAllowed, NotFound
from bot.handling import review
from bot.handling.accept import add_reply
from bot.handling.clean import LONGEST, visible
from bot.handling.desk_cases import must_see_chat, opened
from bot.handling.handoff import hand_off, who_line
from bot.handling.people import must_be_fresh, reply_key, say_line, sent_before, take_over
from bot.handling.person_words import hold_words, reply_text, send_now, write_words
from bot.handling.resolving import end_case, hindrance, must_be_theirs
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

LONGEST_SNOOZE = timedelta(days=60)
LONGEST_LABEL = 500  # characters
MODES = ("reply", "note")


@dataclass(frozen=True)
class Reply:
    """What a person sends. `key` is the page's own id of it; `version` what it saw; `resolves`: the case ends with it."""

    text: str
    key: str
    version: int | None = None
    files: tuple[str, ...] = ()
    resolves: bool = False


@dataclass(frozen=True)
class Sent:
    """What became of it: in the chat (`message`), or held for the seconds in which it can be taken back. `version`: of the chat now."""

    message: Message | None
    held: HeldReply | None
    version: int


def send(shop: Shop, agent: Agent, reference: str, asked: Reply, now: datetime, undo_s: float) -> Sent:
    """Sends or holds a reply; either takes the chat at once. Sent again under its key, it is sent once. Raises NotFound, NotAllowed,
    BadInput, or Conflict where another has the chat or it has moved on from the version seen."""
    words = reply_text(asked.text, bool(asked.files))
    with shop.begin(True) as uow:
        case, conversation = opened(shop, uow, agent, reference)
        before = _before(uow, case, conversation, reference, asked, words)
        if before:
            return before
        _must_be_fresh(case, conversation, agent, asked.version)
        take_over(shop, uow, case, conversation, agent.name, now)
        why = hindrance(shop, uow, case, now, answers=True) if asked.resolves else None
        if why:
            raise Conflict(why)
        uow.desk.drop_draft(agent.name, conversation.id)
        key = reply_key(case, asked.key)
        if undo_s:
            send_at = now + timedelta(seconds=undo_s)
            held = hold_words(uow, case, conversation, agent.name, words, key, now, send_at, asked.files, asked.resolves)
            return Sent(None, held, conversation.handler_version)
        message = write_words(uow, case, conversation, agent.name, words, now, key, asked.files)
        if asked.resolves:
            end_case(shop, uow, case, conversation, agent.name, now)
        return Sent(message, None, conversation.handler_version)


def _before(uow: "UnitOfWork", case: Case, conversation: Conversation, reference: str, asked: Reply, words: str) -> Sent | None:
    """What became of it when it was sent before under this key."""
    message = sent_before(uow, reference, asked.key, words)
    held = uow.desk.held_by_key(reply_key(case, asked.key))
    if held and held.text != words:
        raise Conflict("Other words were sent under this key. Give every reply a key of its own.")
    return Sent(message, None if message else held, conversation.handler_version) if message or held else None


def resolve(shop: Shop, agent: Agent, reference: str, now: datetime, version: int | None = None) -> Conversation:
    """Ends the case of a chat that is this person's. Raises Conflict where something promised is still open."""
    with shop.begin(True) as uow:
        case, conversation = opened(shop, uow, agent, reference, version)
        must_be_theirs(case, conversation, agent.name)
        send_now(shop, uow, conversation, agent.name, now)
        why = hindrance(shop, uow, case, now)
        if why:
            raise Conflict(why)
        end_case(shop, uow, case, conversation, agent.name, now)
        return conversation


def assign(shop: Shop, agent: Agent, reference: str, to: str | None, now: datetime, version: int | None = None) -> Conversation:
    """Gives the chat to somebody, or back to the queue (`to` None). A lead may do so with any chat, others with what waits or is
    theirs. The customer reads who answers. Raises NotFound, NotAllowed, BadInput or Conflict."""
    with shop.begin(True) as uow:
        case, conversation = opened(shop, uow, agent, reference, version)
        is_free = conversation.handler is Handler.QUEUE or conversation.agent == agent.name
        if agent.role not in SUPERVISES and not is_free:
            raise NotAllowed(f"{case.reference} is not yours to give. A lead can.")
        if case.is_closed:
            raise Conflict(f"{case.reference} is closed.")
        if conversation.agent:
            send_now(shop, uow, conversation, agent.name, now)
        if to is None:
            _put_back(shop, uow, case, conversation, now)
            uow.note(case.id, agent.name, "case.put_back", now)
        else:
            _give(shop, uow, agent, case, conversation, to, now)
        return conversation


def _give(shop: Shop, uow: "UnitOfWork", agent: Agent, case: Case, conversation: Conversation, to: str, now: datetime) -> None:
    other = uow.agents.get(to)
    if not other.may_act:
        raise BadInput(f"{other.name} does not answer chats. Choose somebody else.")
    if conversation.agent == other.name:
        return
    for message in uow.messages.unanswered(conversation.id):
        message.answered_at = message.answered_at or (None if message.asked_at else now)
    conversation.give_to(Handler.AGENT, other.name)
    case.assignee = other.name
    say_line(shop, uow, conversation, "agent_assigned", now, agent=other.name)
    uow.note(case.id, agent.name, "case.assigned", now, to=other.name)


def _put_back(shop: Shop, uow: "UnitOfWork", case: Case, conversation: Conversation, now: datetime) -> None:
    """Back to those who wait, with a time for the answer; the customer reads whose and by when."""
    if conversation.handler is Handler.QUEUE:
        return
    brought = uow.cases.escalations(case.id)
    escalation = hand_off(shop, uow, conversation, brought[-1].reason if brought else "asked", now, by_person=True)
    case.assignee = None
    if escalation.due_at <= now:  # what was promised has passed, and is not said again
        escalation.due_at = due_within(shop.policy.hours, now, shop.policy.escalation(escalation.reason).reply_within)
        uow.add(Promise(case.id, PERSON_ANSWERS, escalation.team, escalation.due_at, now))
    add_reply(uow, conversation, Author.SYSTEM, who_line(shop, uow, conversation, case, escalation, now), now)


def note(shop: Shop, agent: Agent, reference: str, text: str, key: str, now: datetime, kind: str = "note") -> Note:
    """Words for people only, once however often they are sent under this key. A whisper is a lead's, to whoever answers."""
    words = _tidy(text, "The note is empty.")
    note_id = hashlib.sha256(f"{agent.name}:{reference}:{key}".encode()).hexdigest()[:32]
    with shop.begin(True) as uow:
        case, conversation = opened(shop, uow, agent, reference)
        known = next((one for one in uow.desk.notes(conversation.id) if one.id == note_id), None)
        if known:
            return known
        made = Note(note_id, conversation.id, agent.name, words, now, kind, case.id)
        uow.add(made)
        draft = uow.desk.draft(agent.name, conversation.id)
        if draft and draft.mode == "note":
            uow.desk.drop_draft(agent.name, conversation.id)
        uow.note(case.id, agent.name, "note.whispered" if kind == "whisper" else "note.written", now, note=made.id)
        return made


def keep_draft(shop: Shop, agent: Agent, reference: str, mode: str, text: str, now: datetime) -> None:
    """What this person has typed and not sent. Nobody else can read it."""
    if mode not in MODES:
        raise BadInput(f"The mode is one of {', '.join(MODES)}.")
    if len(text) > 2 * LONGEST:
        raise BadInput(f"A draft has at most {2 * LONGEST:,} characters.")
    with shop.begin(True) as uow:
        _case, conversation = opened(shop, uow, agent, reference)
        uow.desk.keep_draft(Draft(agent.name, conversation.id, mode, visible(text), now))


def looking(shop: Shop, agent: Agent, reference: str, now: datetime, *, gone: bool = False) -> None:
    """This person has the chat on their screen, or no more."""
    with shop.begin(False) as uow:
        found = uow.desk_views.chat(reference)
        must_see_chat(shop, uow, agent, found)
    with shop.begin(True) as uow:
        if gone:
            uow.desk.look_away(agent.name, found["conversation"])
        else:
            uow.desk.look(agent.name, found["conversation"], now)


def snooze(shop: Shop, agent: Agent, reference: str, until: datetime | None, now: datetime) -> None:
    """Puts a chat aside until an instant, or takes it up again (None). A word of the customer wakes it before."""
    if until and not now < until <= now + LONGEST_SNOOZE:
        raise BadInput(f"Choose a time to come, within {LONGEST_SNOOZE.days} days.")
    with shop.begin(True) as uow:
        case, conversation = opened(shop, uow, agent, reference)
        if until:
            must_be_theirs(case, conversation, agent.name)
            uow.desk.snooze(conversation.id, until, agent.name, now)
            uow.note(case.id, agent.name, "chat.snoozed", now, until=instant(until))
        else:
            uow.desk.wake(conversation.id)
            uow.note(case.id, agent.name, "chat.woken", now)


def label(shop: Shop, agent: Agent, reference: str, message_id: str, intent: str | None, what: str, now: datetime) -> None:
    """Says that the assistant got a message wrong and, if more is said, what was meant; a lead finds it in the review.

    Raises NotFound where it is none of this chat's, BadInput where the customer did not write it.
    """
    words = _tidy(what, "", LONGEST_LABEL) if what.strip() else ""
    if intent is not None and not (0 < len(intent) <= 60 and intent.replace("_", "").isalnum()):
        raise BadInput("The intent is a name such as late_delivery.")
    with shop.begin(True) as uow:
        case, conversation = opened(shop, uow, agent, reference)
        message = uow.messages.find(message_id)
        if message is None or message.conversation_id != conversation.id:
            raise NotFound("There is no such message in this chat.")
        if message.author is not Author.CUSTOMER:
            raise BadInput("Mark a message that the customer wrote.")
        if not words and intent is None and message.id in uow.desk_views.labels(conversation.id):
            return  # marked already, and perhaps with more words
        review.mark(shop, uow, message, agent.name, label=intent)
        uow.desk.label(message.id, agent.name, intent, words, now)
        uow.note(case.id, agent.name, "message.labelled", now, message=message.id)


def _must_be_fresh(case: Case, conversation: Conversation, agent: Agent, version: int | None) -> None:
    """What was seen may be old only where the chat is this person's anyway: a second reply, or one from another tab."""
    is_theirs = conversation.handler is Handler.AGENT and conversation.agent == agent.name
    if not is_theirs:
        must_be_fresh(case, conversation, version)


def _tidy(text: str, empty: str, longest: int = LONGEST) -> str:
    words = visible(text).strip()
    if not words:
        raise BadInput(empty)
    if len(words) > longest:
        raise BadInput(f"Use at most {longest:,} characters.")
    return words
