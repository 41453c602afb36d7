"""Two cases that are one, and one that is two. Nothing that was promised or filed is lost or doubled by either."""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.cases.case import Case, CaseStatus, Escalation, Promise, PromiseState, known
from bot.cases.conversation import Author, Conversation, Handler, Message
from bot.cases.desk import Agent
from bot.cases.issue import Issue
from bot.errors import BadInput, Conflict, NotAllowed
from bot.handling import remedies
from bot.handling.accept import add_reply
from bot.handling.case_deeds import version_of
from bot.handling.cases import write_fact
from bot.handling.desk_cases import fit_reference, fit_words, opened
from bot.handling.doubling import doubles
from bot.handling.handoff import raise_severity
from bot.handling.listening import LONGEST_ACCOUNT
from bot.handling.matters import CARRIED_OVER
from bot.handling.resolving import remember_split_off
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

MERGED, SPLIT = "merged", "split"
MOST_MESSAGES = 200
Body = dict[str, Any]


def merge(shop: Shop, agent: Agent, reference: str, body: Body, now: datetime) -> Body:
    """{into}: this case is closed and points on to that one, which takes over what the customer still waits for.

    Raises Conflict for cases of different customers or orders, and where the same would be given twice. Done twice, it is done once.
    """
    target = fit_reference(fit_words(body.get("into"), "into", 20))
    if target == fit_reference(reference):
        raise BadInput("A case is not merged into itself.")
    with shop.begin(True) as uow:
        _lock_both(uow, fit_reference(reference), target)
        case, conversation = opened(shop, uow, agent, reference, version_of(body))
        into, _ = opened(shop, uow, agent, target)
        if (into.reference, MERGED, False) in uow.case_views.links(case.id):
            return {"ref": into.reference}
        if case.order_number:
            uow.hold(f"order:{case.order_number}")
        _must_be_one(uow, case, into)
        remedies.withdraw(uow, case, now)
        _pass_on(uow, case, into, now)
        uow.case_views.link(case.id, into.id, MERGED, agent.name, now)
        raise_severity(into, str(case.severity))
        into.assignee = into.assignee or case.assignee
        case.close(now)
        uow.note(case.id, agent.name, "case.merged", now, into=into.reference)
        uow.note(into.id, agent.name, "case.merged_from", now, case=case.reference)
        _lead_on(shop, uow, case, into, conversation, now)
        return {"ref": into.reference}


def _lock_both(uow: "UnitOfWork", one: str, other: str) -> None:
    """Locks their conversations, always in the same order: two who merge crosswise would else wait for each other for ever."""
    for conversation_id in sorted(uow.case_views.conversations_of(one, other)):
        uow.conversations.get(conversation_id)


def _must_be_one(uow: "UnitOfWork", case: Case, into: Case) -> None:
    for one in (case, into):
        if one.is_closed:
            raise Conflict(f"{one.reference} is {one.status}: only open cases are merged.")
    is_same_chat = case.conversation_id == into.conversation_id
    if case.customer_id and into.customer_id and case.customer_id != into.customer_id:
        raise NotAllowed(f"{case.reference} and {into.reference} are of different customers: they are never merged.")
    if not is_same_chat and not (case.customer_id and case.customer_id == into.customer_id):
        raise NotAllowed("That both are of the same customer is not proven: prove both orders first.")
    if case.order_number and into.order_number and case.order_number != into.order_number:
        raise Conflict(
            f"A case is about one order: {case.reference} is about {case.order_number}, {into.reference} about {into.order_number}."
        )
    ours = [one for one in uow.remedies.of(case.id) if one.is_filed]
    theirs = [one for one in uow.remedies.of(into.id) if one.is_filed]
    twice = next(((one, other) for one in ours for other in theirs if doubles(one, other)), None)
    if twice:
        raise Conflict(f"{twice[0].reference} and {twice[1].reference} would give the same twice: take one of them back first.")


def _pass_on(uow: "UnitOfWork", case: Case, into: Case, now: datetime) -> None:
    """What the customer still waits for, and what no remedy of this case keeps, is waited for in the other case, by the same time."""
    for escalation in uow.cases.escalations(case.id):
        if escalation.answered_at is None:
            escalation.answered_at = now
            uow.add(
                Escalation(into.id, escalation.reason, escalation.priority, escalation.team, now, escalation.due_at, escalation.message_id)
            )
    standing = {(one.what, one.due_at) for one in uow.cases.promises(into.id) if one.state is PromiseState.OPEN}
    for promise in uow.cases.promises(case.id):
        if promise.state is PromiseState.OPEN and promise.remedy_id is None:
            if (promise.what, promise.due_at) not in standing or promise.words:
                uow.add(_copied(promise, into))
            promise.end(PromiseState.WITHDRAWN, now)
    into.incident_code = into.incident_code or case.incident_code
    uow.flush()


def _copied(promise: Promise, into: Case) -> Promise:
    return Promise(
        into.id,
        promise.what,
        promise.by_whom,
        promise.due_at,
        promise.created_at,
        promise.message_id,
        assignee=promise.assignee,
        warned_at=promise.warned_at,
        told_at=promise.told_at,
        words=promise.words,
    )


def _lead_on(shop: Shop, uow: "UnitOfWork", case: Case, into: Case, conversation: Conversation, now: datetime) -> None:
    """The customer reads under which number it goes on. A chat of its own is nobody's then: a further word opens another case."""
    text = shop.wording.say("case_merged", case.id, ref=case.reference, into=into.reference)
    add_reply(uow, conversation, Author.SYSTEM, text, now)
    if conversation.case_id != case.id:
        return
    conversation.ask(None)
    conversation.asked_remedy = None
    if conversation.id == into.conversation_id:
        conversation.case_id = into.id
    elif conversation.handler is not Handler.ASSISTANT:
        conversation.give_to(Handler.NOBODY)


def split(shop: Shop, agent: Agent, reference: str, body: Body, now: datetime) -> Body:
    """{messages: [ids], issue}: these words become a case of their own in the same chat, with who wrote and about which order.

    Raises Conflict where one of them belongs to another case already: pressed twice, it is done once.
    """
    ids, issue = _ids(body.get("messages")), _issue(body.get("issue"))
    with shop.begin(True) as uow:
        case, conversation = opened(shop, uow, agent, reference, version_of(body))
        said = {one.id: one for one in uow.messages.of(conversation.id)}
        chosen = [said[one] for one in ids if one in said]
        if len(chosen) < len(ids) or not any(one.author is Author.CUSTOMER for one in chosen):
            raise BadInput("Choose messages of this chat, at least one of them the customer's.")
        if any(one.case_id not in (None, case.id) for one in chosen):
            raise Conflict("One of these messages belongs to another case.")
        made = _new_case(uow, case, agent, issue, chosen, now)
        for one in chosen:
            one.case_id = made.id
        uow.case_views.link(made.id, case.id, SPLIT, agent.name, now)
        if conversation.handler is not Handler.AGENT:
            remember_split_off(shop, uow, conversation, now)
        uow.note(case.id, agent.name, "case.split", now, case=made.reference)
        uow.note(made.id, agent.name, "case.split_from", now, case=case.reference)
        return {"ref": made.reference}


def _ids(given: Any) -> list[str]:
    if not isinstance(given, list) or not given or not all(isinstance(one, str) for one in given):
        raise BadInput("messages must be a list of the ids of messages.")
    if len(given) > MOST_MESSAGES:
        raise BadInput(f"Choose at most {MOST_MESSAGES} messages.")
    return [*dict.fromkeys(given)]


def _issue(given: Any) -> Issue | None:
    issue = Issue.of(given) if isinstance(given, str) else None
    if given not in (None, "") and issue is None:
        raise BadInput(f"issue must be one of {', '.join(map(str, Issue))}.")
    return issue


def _new_case(uow: "UnitOfWork", case: Case, agent: Agent, issue: Issue | None, chosen: list[Message], now: datetime) -> Case:
    """A case beside the first: it stays the chat's present one."""
    made = Case(
        id=secrets.token_hex(12),
        reference=uow.cases.free_reference(),
        conversation_id=case.conversation_id,
        channel=case.channel,
        created_at=now,
        issue=issue,
        order_number=case.order_number,
        customer_id=case.customer_id,
        proven=case.proven,
        status=CaseStatus.OPEN,
        assignee=agent.name,
        apologised=case.apologised,
    )
    uow.add(made)
    uow.flush()
    uow.note(made.id, agent.name, "case.opened", now)
    before = known(uow.cases.facts(case.id))
    first = next(one for one in chosen if one.author is Author.CUSTOMER)
    facts = {name: before.get(name) or "" for name in CARRIED_OVER} | {"what_happened": first.text[:LONGEST_ACCOUNT]}
    for name, value in facts.items():
        write_fact(uow, made, name, value, "agent", now, first.id if name == "what_happened" else None, by=agent.name)
    return made
