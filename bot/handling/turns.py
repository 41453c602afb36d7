"""The assistant's turn: every unanswered message of a conversation, in order, each asked at most once.

Three steps, and no unit of work is open across the second: note that the assistant is asked, ask it, write its words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from bot.cases.case import Promise, PromiseState
from bot.cases.conversation import Author, Conversation, Handler, Message
from bot.cases.promises import ANSWER
from bot.cases.wording import faults
from bot.errors import AssistantFailed, AssistantNotReady
from bot.handling.accept import add_reply
from bot.handling.cases import case_of
from bot.handling.handoff import failure_line, who_and_when
from bot.handling.public_posts import answer_in_public
from bot.handling.shop import Shop
from bot.handling.taking_back import takes_back
from bot.ports import Assistant, Reply

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

LEASE = timedelta(seconds=30)  # longer than the assistant may take, so that only a crash lets it run out
PATIENCE = timedelta(minutes=2)  # how long a message waits for an assistant that is not up
SAID_AGAIN = timedelta(minutes=2)  # after which who waits for a person, and writes again, is told again by when one answers
WORDLESS = "..."  # put to the assistant where files came without words; what is done about them the store tells
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Asked:
    """One message on its way to the assistant, and who answered when it left."""

    message_id: str
    sender_id: str
    text: str
    handler_version: int


@dataclass
class Turn:
    """One run over a conversation, for as long as its lease holds. `done` counts the messages dealt with."""

    shop: Shop
    assistant: Assistant
    conversation_id: str
    now: Callable[[], datetime]
    lease: datetime
    done: int = 0

    def holds(self, conversation: Conversation) -> bool:
        """Whether the lease is still this one's: nobody took over from it."""
        return conversation.turn_lease_until == self.lease


def run_turns(shop: Shop, assistant: Assistant, conversation_id: str, now: Callable[[], datetime]) -> int:
    """Answers what is unanswered, unless somebody is at it already. Returns how many messages were dealt with."""
    begun = now()
    turn = Turn(shop, assistant, conversation_id, now, begun + LEASE)
    with shop.begin(True) as uow:
        if not uow.conversations.take_turn(conversation_id, begun, turn.lease):
            return 0
        asked = _next(turn, uow, uow.conversations.get(conversation_id))
    try:
        while asked:
            asked = _put(turn, asked)
    except BaseException:
        _let_go(turn)
        raise
    return turn.done


def _next(turn: Turn, uow: "UnitOfWork", conversation: Conversation) -> Asked | None:
    """The next message to ask, noted as asked. Ends the lease in the same breath where there is none."""
    if not turn.holds(conversation):
        return None
    for message in uow.messages.unanswered(conversation.id):
        now = turn.now()
        turn.done += 1
        if message.asked_at:  # somebody crashed between asking and writing the words
            _fail(turn, uow, conversation, message, now, "crashed")
        elif conversation.handler is not Handler.ASSISTANT and not takes_back(uow, conversation, message.text or "", now):
            message.answered_at = now  # a person's to answer
            _say_who_answers(turn, uow, conversation, now)
        else:
            message.asked_at = now
            conversation.turn_lease_until = turn.lease = now + LEASE
            return Asked(message.id, conversation.sender_id, message.choice or message.text or WORDLESS, conversation.handler_version)
    conversation.turn_lease_until = None
    return None


def _say_who_answers(turn: Turn, uow: "UnitOfWork", conversation: Conversation, now: datetime) -> None:
    """Nobody who waits in the queue is met with silence for long; nor with the same line twice in a row."""
    case = uow.cases.find(conversation.case_id)
    brought = uow.cases.escalations(case.id) if case else []
    if conversation.handler is not Handler.QUEUE or case is None or not brought:
        return
    text = turn.shop.wording.say("inform_with_person", conversation.id, **who_and_when(turn.shop, conversation, case, brought[-1], now))
    noted = turn.shop.wording.say("inform_noted", conversation.id, **who_and_when(turn.shop, conversation, case, brought[-1], now))
    ours = [one for one in uow.messages.of(conversation.id) if one.author is not Author.CUSTOMER][-1:]
    said, at = (ours[0].text, ours[0].at) if ours else ("", now)
    if said != noted or now - at >= SAID_AGAIN:
        add_reply(uow, conversation, Author.SYSTEM, noted if said == text else text, now)


def _put(turn: Turn, asked: Asked) -> Asked | None:
    """Asks, writes what came of it, and notes the next message as asked: that and the words are one transaction."""
    reply, why, is_up = None, "", True
    try:
        reply = turn.assistant.ask(asked.sender_id, asked.text, {"message_id": asked.message_id})
        _check(reply)
    except AssistantNotReady:
        is_up = False
    except AssistantFailed as error:
        reply, why = None, str(error)
    with turn.shop.begin(True) as uow:
        conversation = uow.conversations.get(turn.conversation_id)
        message = uow.messages.get(asked.message_id)
        if message.answered_at:  # too late: somebody took this for a crash and has told the customer
            _drop(uow, conversation, message, turn.now())
        elif not is_up:
            return _hold(turn, uow, conversation, message)
        elif reply is None:
            _fail(turn, uow, conversation, message, turn.now(), why)
        else:
            _say(turn.shop, uow, conversation, message, asked, reply, turn.now())
        return _next(turn, uow, conversation)


def _check(reply: Reply) -> None:
    """Raises AssistantFailed for words that must not be sent."""
    if not reply.text.strip():
        raise AssistantFailed("empty answer")
    found = [*faults(reply.text), *(faults(reply.card["text"]) if reply.card else [])]
    if found:
        raise AssistantFailed("wording: " + ", ".join(found))


def _say(shop: Shop, uow: "UnitOfWork", conversation: Conversation, message: Message, asked: Asked, reply: Reply, now: datetime) -> None:
    """Sends the assistant's words, if it is still the one who answers."""
    was_held = conversation.held_at is not None
    message.answered_at, conversation.held_at = now, None
    if not _may_speak(uow, conversation, asked):
        _drop(uow, conversation, message, now)
        return
    add_reply(uow, conversation, Author.ASSISTANT, reply.text, now, reply.choices, card=reply.card)
    for promise in _awaited(uow, conversation) if was_held else []:
        promise.keep(now)
    case = uow.cases.find(conversation.case_id)
    if case and not case.first_reply_at:
        case.first_reply_at = now
    answer_in_public(shop, uow, conversation, message, now)


def _drop(uow: "UnitOfWork", conversation: Conversation, message: Message, now: datetime) -> None:
    uow.note(conversation.case_id, "assistant", "assistant.late_words_dropped", now, message=message.id)
    log.info("turn.late_words_dropped", conversation=conversation.id, message=message.id)


def _may_speak(uow: "UnitOfWork", conversation: Conversation, asked: Asked) -> bool:
    """Whether nobody else answers by now. A hand-off that this very message brought about is the assistant's to tell."""
    if conversation.handler_version == asked.handler_version:
        return conversation.handler is Handler.ASSISTANT
    brought = uow.cases.escalations(conversation.case_id or "")
    own = bool(brought) and brought[-1].message_id == asked.message_id
    return own and conversation.handler is Handler.QUEUE and conversation.handler_version == asked.handler_version + 1


def _hold(turn: Turn, uow: "UnitOfWork", conversation: Conversation, message: Message) -> Asked | None:
    """Nothing was asked: takes the asking back, says once that the assistant is starting, and leaves the turn for later."""
    now = turn.now()
    if now - message.at >= PATIENCE:
        _fail(turn, uow, conversation, message, now, "not_ready")
        return _next(turn, uow, conversation)
    message.asked_at = None
    turn.done -= 1
    if turn.holds(conversation):
        conversation.turn_lease_until = None
    if conversation.held_at is None and conversation.handler is Handler.ASSISTANT:
        conversation.held_at = now
        text = turn.shop.wording.say("hold_starting", f"{conversation.id}:{message.seq}")
        case = case_of(uow, conversation, now)
        uow.add(Promise(case.id, ANSWER, turn.shop.name, now + PATIENCE, now, message.id))
        add_reply(uow, conversation, Author.SYSTEM, text, now)
    log.info("turn.held", conversation=conversation.id, message=message.id)
    return None


def _awaited(uow: "UnitOfWork", conversation: Conversation) -> list[Promise]:
    """The promises that an answer comes once the assistant is up."""
    cases = uow.cases.of_conversation(conversation.id)
    return [one for case in cases for one in uow.cases.promises(case.id) if one.what == ANSWER and one.state is PromiseState.OPEN]


def _fail(turn: Turn, uow: "UnitOfWork", conversation: Conversation, message: Message, now: datetime, why: str) -> None:
    """Opens the case to people and says so, unless a person answers already."""
    log.warning("turn.failed", conversation=conversation.id, message=message.id, why=why)
    message.answered_at, conversation.held_at = now, None
    if conversation.handler is not Handler.AGENT:
        text = failure_line(turn.shop, uow, conversation, now, message)
        add_reply(uow, conversation, Author.SYSTEM, text, now)
        for promise in _awaited(uow, conversation):  # the assistant has not answered, and these words say who does
            promise.end(PromiseState.BROKEN, now)
            promise.told_at = now


def _let_go(turn: Turn) -> None:
    """Gives the lease back at once after a crash of our own: the worker finds the message asked and says so to the customer."""
    with turn.shop.begin(True) as uow:
        conversation = uow.conversations.get(turn.conversation_id)
        if turn.holds(conversation):
            conversation.turn_lease_until = None
