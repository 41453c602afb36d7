"""A customer who waits for a person and would rather go on with the assistant: they may, until somebody has taken the chat."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases.case import PromiseState
from bot.cases.conversation import Conversation, Handler
from bot.cases.heard import wants_nobody
from bot.cases.promises import PERSON_ANSWERS

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

# What a person was brought for without need of one; whatever is grave, or waits for a decision, stays with people.
LIGHT = ("asked", "not_understood", "no_option_chosen", "no_proof", "not_settled")


def takes_back(uow: "UnitOfWork", conversation: Conversation, text: str, now: datetime) -> bool:
    """Gives the chat back to the assistant where its customer says "no person, just refund it". Whether it did.

    What was offered before stands as it was, and the promise that a person answers is withdrawn with the wait for one.
    """
    case = uow.cases.find(conversation.case_id) if conversation.case_id else None
    if case is None or conversation.handler is not Handler.QUEUE or not wants_nobody(text):
        return False
    waiting = [one for one in uow.cases.escalations(case.id) if one.answered_at is None]
    if not waiting or any(one.reason not in LIGHT for one in waiting):
        return False
    for escalation in waiting:
        escalation.answered_at = now
    for promise in uow.cases.promises(case.id):
        if promise.what == PERSON_ANSWERS and promise.state is PromiseState.OPEN:
            promise.state = PromiseState.WITHDRAWN
    conversation.give_to(Handler.ASSISTANT)
    conversation.misunderstood = 0
    uow.desk.wake(conversation.id)
    uow.note(case.id, "customer", "case.handed_back", now)
    return True
