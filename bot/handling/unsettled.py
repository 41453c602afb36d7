"""What the assistant has not settled: a person takes it up by a promised time, so that no complaint ends in silence."""

from datetime import datetime, timedelta

from bot.cases.case import Promise, PromiseState
from bot.cases.conversation import Author, Handler
from bot.cases.hours import due_within
from bot.cases.issue import Fault, Severity
from bot.cases.promises import TAKEN_UP as TAKEN_UP
from bot.handling.accept import add_reply
from bot.handling.handoff import hand_off, who_line
from bot.handling.saying import Part, clock_for, say
from bot.handling.scene import Scene
from bot.handling.shop import Shop

SILENT = timedelta(minutes=5)  # who wrote less long ago is still in the talk that settles it
LATE = timedelta(minutes=10)  # after which it was not taken up by its time


def unsettled(scene: Scene) -> list[Part]:
    """By when a person takes it up: said once in a conversation, with the promise that keeps it."""
    case = scene.present_case
    if case is None or not case.apologised or _promised(scene):  # a question asks for no promise
        return []
    due = due_within(scene.shop.policy.hours, scene.now, scene.shop.policy.take_up_within)
    team = scene.shop.policy.teams[scene.shop.policy.escalation("unsettled").team]
    promise = Promise(case.id, TAKEN_UP, team, due, scene.now, scene.message.id)
    finding = scene.finding
    has_news = bool(finding and finding.incident)  # its own time is said already
    is_open = case.severity is not Severity.S4 and not has_news and (finding is None or finding.fault is Fault.UNCLEAR)
    name = "inform_unsettled_why" if is_open else "inform_unsettled"
    said = say(scene, name, due=clock_for(scene).time(due), ref=case.reference)
    short = say(scene, "inform_unsettled_shortly", due=clock_for(scene).time(due), ref=case.reference) if is_open else ""
    return [Part(said, spare=2 if has_news else 0, short=short, promise=promise)]


def _promised(scene: Scene) -> bool:
    cases = scene.uow.cases.of_conversation(scene.conversation.id)
    return any(promise.what == TAKEN_UP for case in cases for promise in scene.uow.cases.promises(case.id))


def take_up(shop: Shop, promise_id: int, now: datetime) -> bool:
    """Keeps the promise that is due: brings a person where nothing was settled. False while the customer is writing.

    Where nothing ran at its time it is broken, and owned when the person is brought.
    """
    with shop.begin(True) as uow:
        conversation_id = uow.promises.conversation_of(promise_id)
        if conversation_id is None:
            return False
        conversation = uow.conversations.get(conversation_id)  # locked first, as everywhere
        promise = uow.cases.promise(promise_id)
        case = uow.cases.find(promise.case_id)
        if case is None or promise.state is not PromiseState.OPEN:
            return False
        last = max((one.at for one in uow.messages.of(conversation.id) if one.author is Author.CUSTOMER), default=case.created_at)
        is_settled = case.is_closed or any(remedy.is_filed for remedy in uow.remedies.of(case.id))
        if conversation.handler is Handler.ASSISTANT and not is_settled:
            if now - last < SILENT:
                return False
            is_late = now - max(promise.due_at, last + SILENT) > LATE
            reason = "promise_missed" if is_late else "unsettled"
            if not case.is_closed:
                conversation.case_id = case.id  # the queue shows the matter that is not settled
            escalation = hand_off(shop, uow, conversation, reason, now)
            words = (
                shop.wording.say(f"handoff_{reason}", f"{conversation.id}/{case.id}"),
                who_line(shop, uow, conversation, case, escalation, now),
            )
            add_reply(uow, conversation, Author.SYSTEM, " ".join(words), now)
            if is_late:
                promise.told_at = now
                promise.end(PromiseState.BROKEN, now)
        promise.end(PromiseState.KEPT, now)
        return True
