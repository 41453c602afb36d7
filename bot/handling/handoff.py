"""Bringing in a person: the conversation goes to the queue with its reason, and the customer reads who and by when."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases.assignment import is_unattended
from bot.cases.case import Case, CaseStatus, Escalation, Promise
from bot.cases.conversation import Conversation, Handler, Message
from bot.cases.dates import clock_of
from bot.cases.hours import due_within
from bot.cases.issue import Severity
from bot.handling.cases import case_of
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork


def hand_off(
    shop: Shop,
    uow: "UnitOfWork",
    conversation: Conversation,
    reason: str,
    now: datetime,
    message_id: str | None = None,
    *,
    by_person: bool = False,
) -> Escalation:
    """Gives the conversation to the queue and promises an answer. Where people have it already, their escalation stands.

    `by_person`: whoever has it puts it back.
    """
    case = case_of(uow, conversation, now)
    standing = next((one for one in reversed(uow.cases.escalations(case.id)) if one.answered_at is None), None)
    if conversation.handler is not Handler.ASSISTANT and standing:
        if by_person:
            conversation.give_to(Handler.QUEUE)
        return standing
    rule = shop.policy.escalation(reason)
    due_at = due_within(shop.policy.hours, now, rule.reply_within)
    team = shop.policy.teams[rule.team]
    escalation = Escalation(case.id, reason, rule.priority, team, now, due_at, message_id)
    uow.add(escalation)
    uow.add(Promise(case.id, "person_answers", team, due_at, now, message_id))
    raise_severity(case, rule.severity)
    case.status = CaseStatus.OPEN
    if by_person or conversation.handler is not Handler.AGENT:  # nothing takes a chat from the person who has it
        conversation.give_to(Handler.QUEUE)
    conversation.ask(None)
    uow.note(case.id, "assistant", "case.handed_off", now, reason=reason, priority=rule.priority)
    return escalation


def raise_severity(case: Case, to: str | None) -> None:
    if to and Severity(to).value > case.severity.value:
        case.severity = Severity(to)


def who_and_when(shop: Shop, conversation: Conversation, case: Case, escalation: Escalation, now: datetime) -> dict[str, str]:
    """The values every sentence about a person needs."""
    due = clock_of(conversation.time_zone, shop.policy.hours.zone, now).time(escalation.due_at)
    team = escalation.team
    return {"team": team, "Team": team[:1].upper() + team[1:], "due": due, "ref": case.reference}


def who_line(shop: Shop, uow: "UnitOfWork", conversation: Conversation, case: Case, escalation: Escalation, now: datetime) -> str:
    """Who takes over and by when. While nobody is there, at night or with nobody of the team at the desk, the one who answers for
    it is named."""
    values = who_and_when(shop, conversation, case, escalation, now)
    team = next((key for key, name in shop.policy.teams.items() if name == escalation.team), None)
    owner, name = shop.policy.owners.get(team) if team else None, "handoff_who"
    if owner and not shop.policy.hours.is_open(now):
        name = "handoff_who_closed"
    elif owner and is_unattended(uow.agents.all(), team, now):
        name = "handoff_who_away"
    return shop.wording.say(name, f"{conversation.id}/{case.id}", owner=owner, **values)


def failure_line(shop: Shop, uow: "UnitOfWork", conversation: Conversation, now: datetime, message: Message) -> str:
    """What the customer reads when something failed on our side; the case is open to people from here."""
    escalation = hand_off(shop, uow, conversation, "assistant_failed", now, message.id)
    case = case_of(uow, conversation, now)
    message.case_id = case.id
    filed = next((one.reference for one in uow.remedies.of(case.id) if one.message_id == message.id and one.is_filed), None)
    values = who_and_when(shop, conversation, case, escalation, now)
    return shop.wording.say("failure_filed" if filed else "failure", conversation.id, remedy=filed, **values)
