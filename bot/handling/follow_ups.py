"""Follow-ups: planned when a remedy has landed, asked in the chat once and once more, given up in time."""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.cases.case import Alert, Case, CaseStatus
from bot.cases.conversation import Author, Conversation, Handler
from bot.cases.dates import clock_of, zone_of
from bot.cases.follow_up import (
    ASKED,
    PUT_RIGHT,
    ROUNDS,
    STOP,
    FollowUp,
    FollowUpPolicy,
    FollowUpState,
    Outcome,
    first_due,
    held_back,
    is_on_its_way,
    landed_at,
)
from bot.cases.hours import business_days_on
from bot.cases.quiet import next_loud
from bot.cases.remedy import RemedyState
from bot.handling import learning
from bot.handling.accept import add_reply
from bot.handling.saying import choice, chosen
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

QUIET_FOR = timedelta(hours=1)  # whoever wrote less long ago is in a talk of their own
LATER = timedelta(hours=6)  # then it is looked at again
DEV = "dev"


def plan(shop: Shop, uow: "UnitOfWork", case: Case, now: datetime) -> None:
    """Plans the next round where all that was filed has landed, or moves the one that is planned."""
    landed = landed_at(uow.remedies.of(case.id))
    if landed is not None:
        _plan(shop, uow, case, landed, now)


def plan_after_talk(shop: Shop, uow: "UnitOfWork", case: Case, now: datetime) -> None:
    """Plans a round where a person has ended the case without anything being filed."""
    if not any(one.is_filed for one in uow.remedies.of(case.id)):
        _plan(shop, uow, case, now, now)


def _plan(shop: Shop, uow: "UnitOfWork", case: Case, landed: datetime, now: datetime) -> None:
    rounds = uow.follow_ups.of(case.id)
    conversation = uow.conversations.get(case.conversation_id)
    if case.channel == DEV or conversation.erased_at:
        return
    policy = shop.policy
    due = first_due(policy.follow_up, policy.quiet, zone_of(conversation.time_zone, policy.hours.zone), landed)
    standing = next((one for one in rounds if one.is_standing), None)
    if standing is None and len(rounds) < ROUNDS:
        uow.add(FollowUp(secrets.token_hex(12), case.id, conversation.id, len(rounds) + 1, due, now))
    elif standing and standing.state is FollowUpState.PLANNED:
        standing.due_at = due


def go_on(shop: Shop, conversation_id: str, follow_up_id: str, now: datetime) -> bool:
    """What is due about one: the question, the reminder, or its end. False where somebody else did it first."""
    with shop.begin(True) as uow:
        conversation = uow.conversations.get(conversation_id)  # locked first, as everywhere
        found = uow.follow_ups.find(follow_up_id)
        if found is None or not found.is_standing or found.due_at > now:
            return False
        case = uow.cases.find(found.case_id)
        assert case is not None  # the database demands it
        if found.state is FollowUpState.REMINDED or found.is_half_answered:
            _lapse(shop, uow, conversation, case, found, now)
        elif _may_ask(shop, uow, conversation, case, found, now):
            _ask(shop, uow, conversation, case, found, now)
        return True


def _may_ask(shop: Shop, uow: "UnitOfWork", conversation: Conversation, case: Case, found: FollowUp, now: datetime) -> bool:
    """Looks again at what may have changed: withdraws it, puts it off, or lets it go on."""
    policy = shop.policy
    why = held_back(policy.follow_up, case, {one.reason for one in uow.cases.escalations(case.id)})
    if uow.follow_ups.was_stopped(conversation):
        why = STOP
    elif case.status is CaseStatus.CLOSED:
        why = "closed"
    elif is_on_its_way(uow.remedies.of(case.id)):
        why = "not_landed"  # planned anew when it has
    if why:
        found.end(FollowUpState.WITHDRAWN, now, why)
        uow.note(case.id, "worker", "follow_up.withdrawn", now, why=why)
        if why == "call":
            _have_them_called(shop, uow, case, found, now)
        elif why != "not_landed":
            _end_unasked(shop, uow, conversation, case, now)
        return False
    zone = zone_of(conversation.time_zone, policy.hours.zone)
    loud = next_loud(policy.quiet, zone, now)
    is_busy = conversation.handler in (Handler.QUEUE, Handler.AGENT) or talks_of_another(shop, uow, conversation, case, now)
    if is_busy or loud > now:
        found.due_at = max(loud, now + _at_most(LATER, policy.follow_up)) if is_busy else loud
        return False
    return True


def _end_unasked(shop: Shop, uow: "UnitOfWork", conversation: Conversation, case: Case, now: datetime) -> None:
    """Ends a case that only waited for its remedies, once all have landed: nobody is to be asked about it."""
    is_with_people = conversation.handler in (Handler.QUEUE, Handler.AGENT)
    if case.status is CaseStatus.ON_HOLD and not is_with_people and not is_on_its_way(uow.remedies.of(case.id)):
        case.status, case.closed_at = CaseStatus.RESOLVED, now
        learning.ended(shop, uow, case, now)


def _have_them_called(shop: Shop, uow: "UnitOfWork", case: Case, found: FollowUp, now: datetime) -> None:
    """A person asks in place of the assistant, within the shop's days for it."""
    policy = shop.policy
    by = business_days_on(policy.hours, now, policy.follow_up.call_days)
    to = case.assignee or policy.escalation("not_settled").team
    told: dict[str, object] = {"case": case.reference, "by": by.isoformat()}
    uow.alerts.raise_once(Alert("follow_up_call", to, now, f"follow_up_call:{found.id}", case.id, told))


def _at_most(span: timedelta, policy: FollowUpPolicy) -> timedelta:
    """A shop that brings meals asks after half an hour: then an hour of silence is not to be waited for."""
    return min(span, timedelta(hours=policy.after_hours))


def talks_of_another(shop: Shop, uow: "UnitOfWork", conversation: Conversation, case: Case, now: datetime) -> bool:
    """Whether they are in the middle of something: another matter, or a talk of this hour."""
    present = uow.cases.find(conversation.case_id)
    if present and present.id != case.id and present.status in (CaseStatus.NEW, CaseStatus.OPEN):
        return True
    return any(
        one.author is Author.CUSTOMER and now - one.at < _at_most(QUIET_FOR, shop.policy.follow_up)
        for one in uow.messages.of(conversation.id)
    )


def _ask(shop: Shop, uow: "UnitOfWork", conversation: Conversation, case: Case, found: FollowUp, now: datetime) -> None:
    """Puts the first question, or puts it once more. From here on the assistant hears the answer, with a fresh memory."""
    policy, is_first = shop.policy, found.state is FollowUpState.PLANNED
    text = _question(shop, uow, conversation, case, found, now)
    if conversation.handler is Handler.NOBODY:
        conversation.give_to(Handler.ASSISTANT)
    conversation.case_id = case.id
    conversation.tracker += 1
    conversation.asked_remedy = None
    conversation.ask(PUT_RIGHT)
    case.status = CaseStatus.PENDING
    labels = (*map(str, Outcome), STOP)
    name = f"{conversation.id}/{case.id}"
    choices = [choice(shop.wording.say(f"label_put_right_{one}", name), chosen(f"{PUT_RIGHT}:{one}")) for one in labels]
    add_reply(uow, conversation, Author.SYSTEM, text, now, choices)
    days = policy.follow_up.remind_days if is_first else policy.follow_up.lapse_days
    found.due_at = now + timedelta(days=days)
    if is_first:
        found.state, found.asked_at = FollowUpState.ASKED, now
    else:
        found.state, found.reminded_at = FollowUpState.REMINDED, now
    uow.note(case.id, "worker", "follow_up.asked" if is_first else "follow_up.reminded", now)


def _question(shop: Shop, uow: "UnitOfWork", conversation: Conversation, case: Case, found: FollowUp, now: datetime) -> str:
    clock, name = clock_of(conversation.time_zone, shop.policy.hours.zone, now), f"{conversation.id}/{case.id}"
    if found.asked_at:
        return shop.wording.say("follow_up_remind", name, ref=case.reference, day=clock.day(found.asked_at))
    settled = [one for one in uow.remedies.of(case.id) if one.state is RemedyState.SETTLED and not one.undoes and one.settled_at]
    if not settled:
        return shop.wording.say("follow_up_ask_resolved", name, ref=case.reference, day=clock.day(case.closed_at or found.created_at))
    newest = max(settled, key=lambda one: one.settled_at or now)
    what = shop.wording.say(f"noun_{newest.kind}")
    if newest.amount:
        what = shop.wording.say("noun_of_amount", what=what, amount=newest.amount)
    return shop.wording.say("follow_up_ask", name, ref=case.reference, what=what, day=clock.day(newest.settled_at or now))


def _lapse(shop: Shop, uow: "UnitOfWork", conversation: Conversation, case: Case, found: FollowUp, now: datetime) -> None:
    """No answer came, or none to the later questions. Silence is no satisfaction, and is kept as what it is."""
    found.end(FollowUpState.ANSWERED if found.outcome else FollowUpState.UNANSWERED, now)
    if conversation.asked in ASKED and conversation.case_id == case.id:
        conversation.ask(None)
    if case.status is CaseStatus.PENDING:
        case.close(now)
        learning.ended(shop, uow, case, now)
    uow.note(case.id, "worker", "follow_up.ended" if found.outcome else "follow_up.unanswered", now)
