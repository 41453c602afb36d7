"""Keeping the service clocks: each case's rows brought up to date, whoever must know told once, and all of it in the audit."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases.case import Alert, Case
from bot.cases.clock_steps import Step, Taken, advance
from bot.cases.conversation import Conversation
from bot.cases.instants import instant
from bot.cases.service_clock import ClockName, ServiceClock
from bot.handling.offers import team_key
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

DUE, BREACHED = "clock_due", "clock_breached"
LEADS = "promise_missed"  # the reason whose team answers for what went wrong
AUDITED = {Step.WARNED: "clock.warned", Step.BREACHED: "clock.breached"}


def asking(shop: Shop, now: datetime, *, afresh: bool = False) -> list[str]:
    """The cases whose clocks are not as they should be now. A few queries, however many cases."""
    with shop.begin(False) as uow:
        watched = uow.clocks.watched()
        seen, kept = uow.clocks.seen(watched), uow.clocks.looked_at(watched)
    policy = shop.policy
    return [one for one in seen if advance(one, seen[one], kept.get(one, ()), policy.clocks, policy.hours, now, afresh=afresh)]


def keep(shop: Shop, case_id: str, now: datetime, *, afresh: bool = False) -> int:
    """Brings the clocks of one case up to date, in one transaction under the lock of its conversation; how many steps that took."""
    with shop.begin(True) as uow:
        conversation_id = uow.clocks.conversation_of(case_id)
        conversation = uow.conversations.find(conversation_id) if conversation_id else None
        case = uow.cases.find(case_id)
        if conversation is None or case is None:
            return 0
        seen = uow.clocks.seen([case_id])[case_id]
        taken = advance(case_id, seen, uow.clocks.of(case_id), shop.policy.clocks, shop.policy.hours, now, afresh=afresh)
        for one in taken:
            if one.step is Step.STARTED:
                uow.add(one.row)  # one that goes on again is known already
        for one in taken:
            _tell(shop, uow, conversation, case, one, now)
        return len(taken)


def _tell(shop: Shop, uow: "UnitOfWork", conversation: Conversation, case: Case, taken: Taken, now: datetime) -> None:
    """Of a first answer the promise itself warns (bot.handling.promises); that it is breached, leads are told here as of every clock."""
    act, row = AUDITED.get(taken.step), taken.row
    if act is None:
        return
    uow.note(case.id, "worker", act, now, clock=str(row.clock), due=instant(row.target_at))
    whose = conversation.agent or case.assignee or _team(shop, uow, case)
    leads = shop.policy.escalation(LEADS).team
    if taken.step is Step.WARNED and row.clock is not ClockName.FIRST_REPLY:
        _alert(uow, DUE, whose, case, row, now)
    if taken.step is Step.BREACHED:
        for one in {leads} if row.clock is ClockName.FIRST_REPLY else {leads, whose}:
            _alert(uow, BREACHED, one, case, row, now)


def _team(shop: Shop, uow: "UnitOfWork", case: Case) -> str:
    brought = uow.clocks.brought([case.id]).get(case.id)
    named = team_key(shop, brought.team) if brought else None
    return named or shop.policy.escalation("unsettled").team


def _alert(uow: "UnitOfWork", kind: str, for_whom: str, case: Case, row: ServiceClock, now: datetime) -> None:
    key = f"{kind}:{case.id}:{row.clock}:{row.started_at.isoformat()}:{for_whom}"
    detail: dict[str, object] = {"clock": str(row.clock), "due": instant(row.target_at), "priority": row.priority}
    uow.alerts.raise_once(Alert(kind, for_whom, now, key, case.id, detail))
