"""A person ends a case. What was promised and is not done yet hinders it, so that nobody's promise ends with a click."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases.case import Case, CaseStatus, Promise, PromiseState
from bot.cases.conversation import Author, Conversation, Handler
from bot.cases.dates import clock_of
from bot.cases.hours import due_within
from bot.cases.promises import ANSWER, BY_PERSON, INCIDENT_NEWS, TAKEN_UP
from bot.cases.remedy import RemedyState
from bot.errors import Conflict
from bot.handling import follow_ups, learning
from bot.handling.accept import add_reply
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork


def hindrance(shop: Shop, uow: "UnitOfWork", case: Case, now: datetime, *, answers: bool = False) -> str | None:
    """Why this case cannot be ended yet; None where nothing hinders it. `answers`: words to the customer come before its end."""
    if any(one.answered_at is None for one in uow.cases.escalations(case.id)) and not answers:
        return f"The customer waits for an answer to {case.reference}. Write to them first."
    waiting = next((one for one in uow.remedies.of(case.id) if one.state is RemedyState.NEEDS_APPROVAL), None)
    if waiting:
        return f"{waiting.reference} waits for somebody to agree. Have it agreed to or refused first."
    kept_by_words = BY_PERSON | {ANSWER} if answers else frozenset[str]()
    kept_by_itself = {INCIDENT_NEWS, TAKEN_UP}  # a person has taken it up
    others = [one for one in uow.cases.promises(case.id) if one.remedy_id is None and one.what not in kept_by_words | kept_by_itself]
    promise = next((one for one in others if one.state is PromiseState.OPEN), None)
    if promise is None:
        return None
    due = clock_of(None, shop.policy.hours.zone, now).time(promise.due_at)
    return (
        f"A promise to the customer is open until {due}: {promise.words or promise.what.replace('_', ' ')}. Keep it or take it back first."
    )


def end_case(shop: Shop, uow: "UnitOfWork", case: Case, conversation: Conversation, agent: str, now: datetime) -> None:
    """Ends the case as this person, who has the chat; says so to the customer, and not that they agree. What they write next is
    the assistant's to hear; where a matter that was split off is open yet, the chat stays with the person and goes on about it."""
    text = shop.wording.say("case_resolved", f"{conversation.id}:{conversation.last_seq}", agent=agent, ref=case.reference)
    add_reply(uow, conversation, Author.SYSTEM, text, now)
    case.status, case.closed_at = CaseStatus.RESOLVED, now
    uow.note(case.id, agent, "case.resolved", now)
    follow_ups.plan_after_talk(shop, uow, case, now)
    learning.ended(shop, uow, case, now)
    if conversation.case_id != case.id:
        return  # it was beside the matter that the chat is about
    left = next((one for one in uow.case_views.split_off(conversation.id) if one.id != case.id), None)
    if left:
        conversation.case_id = left.id
        return
    conversation.give_to(Handler.NOBODY)
    forget(conversation)
    uow.desk.wake(conversation.id)


def remember_split_off(shop: Shop, uow: "UnitOfWork", conversation: Conversation, now: datetime) -> None:
    """What was split off and is open yet is taken up by a person in time, though the assistant has the chat."""
    due = due_within(shop.policy.hours, now, shop.policy.take_up_within)
    team = shop.policy.teams[shop.policy.escalation("unsettled").team]
    for case in uow.case_views.split_off(conversation.id):
        waits = any(one.what == TAKEN_UP and one.state is PromiseState.OPEN for one in uow.cases.promises(case.id))
        if case.id != conversation.case_id and not waits:
            uow.add(Promise(case.id, TAKEN_UP, team, due, now, assignee=case.assignee))


def forget(conversation: Conversation, note: str | None = None) -> None:
    """The assistant begins anew when it next hears from here; of what was agreed it has the note, of what is known the record."""
    conversation.tracker += 1
    conversation.asked, conversation.asked_tries, conversation.asked_remedy, conversation.misunderstood = None, 0, None, 0
    conversation.note = note


def must_be_theirs(case: Case, conversation: Conversation, agent: str) -> None:
    """Raises Conflict where somebody else answers this chat."""
    if conversation.handler is not Handler.AGENT or conversation.agent != agent:
        raise Conflict(f"{case.reference} is with {conversation.with_whom}, not with you: take it first.")
