"""When somebody leaves: all they have open goes to one other person, in one transaction, and their customers read of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases.conversation import Author, Conversation, Handler
from bot.cases.names import tidy_name
from bot.errors import BadInput, NotFound
from bot.handling.accept import add_reply
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Moved:
    """How much went to the other person, and where the policy files still name the one who leaves."""

    cases: int
    chats: int
    promises: int
    calls: int
    claims: int
    alerts: int
    named_in: tuple[str, ...]
    lessons: int = 0  # learning records to finish and improvements to do


def leave(shop: Shop, agent: str, to: str, now: datetime, by: str | None = None) -> Moved:
    """Gives it all over; `by`: who does that for them. Raises BadInput where it is not clear who to whom, NotFound where there is
    nothing of theirs."""
    agent, to = tidy_name(agent), tidy_name(to)
    if not agent or not to or agent == to:
        raise BadInput("Say who leaves and who takes over: two different names.")
    with shop.begin(True) as uow:
        uow.staff.lock_chats(agent)
        chats, cases = uow.staff.chats(agent), uow.staff.cases(agent)
        for chat in chats:
            _hand_over(shop, uow, chat, agent, to, now)
        for case in cases:
            case.assignee = to
            uow.note(case.id, agent, "case.reassigned", now, to=to)
        uow.flush()
        promises = uow.promises.hand_over(agent, to, [case.id for case in cases])
        calls, alerts = uow.staff.calls(agent), uow.staff.alerts(agent)
        for call in calls:
            call.assignee, call.changed_at = to, now
            uow.note(call.case_id, agent, "callback.reassigned", now, callback=call.id, to=to)
        for alert in alerts:
            alert.for_whom = to
        claims = uow.staff.claims([case.id for case in cases])
        lessons = uow.learning.hand_over(agent, to)
        moved = Moved(len(cases), len(chats), promises, len(calls), len(claims), len(alerts), _named_in(shop, agent), lessons)
        if not any((cases, chats, promises, calls, alerts, moved.named_in, lessons)):
            raise NotFound(f"Nothing is open for {agent}: check the name as `amends cases list` shows it.")
        counts = {"cases": len(cases), "chats": len(chats), "promises": promises, "calls": len(calls), "lessons": lessons}
        uow.note(None, by or agent, "agent.left", now, agent=agent, to=to, **counts)
        return moved


def _hand_over(shop: Shop, uow: "UnitOfWork", chat: Conversation, agent: str, to: str, now: datetime) -> None:
    chat.give_to(Handler.AGENT, to)
    case = uow.cases.find(chat.case_id)
    text = shop.wording.say("agent_left", chat.id, by=agent, agent=to, ref=case.reference if case else "")
    add_reply(uow, chat, Author.SYSTEM, text, now)
    uow.note(chat.case_id, agent, "chat.reassigned", now, to=to)


def _named_in(shop: Shop, agent: str) -> tuple[str, ...]:
    """Files are the shop's to change: where this name stands in them is only said."""
    owners = tuple(f"owners.{team} in escalation.yml" for team, owner in shop.policy.owners.items() if owner == agent)
    return owners + (("leads in escalation.yml",) if agent in shop.policy.authority.leads else ())
