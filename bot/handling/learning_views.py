"""What is learned, as people read it: a case's record, the lists of what is still to be done, and whether causes came back."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.cases.case import Case
from bot.cases.desk import SEES_ALL, SUPERVISES, Agent
from bot.cases.instants import instant
from bot.cases.learning import Improvement, LearningRecord, RootCause
from bot.cases.learning_rules import Failure, Recurrence, recurrence
from bot.errors import BadInput
from bot.handling import desk_cases, people
from bot.handling.learning_deeds import may_finish
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

Found = dict[str, Any]
RECORDS, IMPROVEMENTS = ("open", "overdue", "finished", "all"), ("open", "overdue", "done", "all")
MOST_AT_HAND = 30  # improvements that a form offers
MOST_MADE = 150  # improvements of a list: of those that are done, the newest


def came_back(shop: Shop, uow: "UnitOfWork", made: Iterable[Improvement], now: datetime) -> dict[str, Recurrence]:
    """How often the cause of each came back in the days in which it is watched, by its id; those that are not done are left out.

    However many there are, the failures are read once.
    """
    done = {one.id: one for one in made if one.done_at}
    if not done:
        return {}
    days = shop.policy.learning.recurrence_days
    ends = [one.done_at for one in done.values() if one.done_at]
    failures = uow.learning.failures(list(done.values()), min(ends), min(now, max(ends) + timedelta(days=days)))
    of_cause: dict[tuple[str, RootCause | None], list[Failure]] = defaultdict(list)
    for failure in failures:
        of_cause[str(failure.issue), failure.root_cause].append(failure)
    found = {}
    for name, one in done.items():
        alike = of_cause.get((one.issue, one.root_cause), []) if one.issue and one.root_cause else failures
        found[name] = recurrence(one, alike, days, now)
    return {name: one for name, one in found.items() if one}


def recurrence_json(found: Recurrence | None) -> Found | None:
    if found is None:
        return None
    return {"times": found.times, "passed": found.passed, "days": found.days, "ended": found.has_ended, "words": found.in_words}


def record_json(
    record: LearningRecord, case: Case, improvement: Improvement | None, now: datetime, again: Recurrence | None = None
) -> Found:
    """All of it; `overdue`: nobody has finished it in time; `again`: how often its cause came back after the improvement."""
    return {
        "case": case.reference,
        "issue": _word(case.issue),
        "fault": str(case.fault),
        "failure_type": str(record.failure_type),
        "sku": record.sku,
        "product": record.product,
        "customer_words": record.customer_words,
        "root_cause": _word(record.root_cause),
        "cause": record.cause,
        "whys": list(record.whys),
        "controllable": record.controllable,
        "prevent": record.prevent,
        "action": _word(record.action),
        "skill": _word(record.skill),
        "team": record.team,
        "assignee": record.assignee,
        "created_at": instant(record.created_at),
        "due_at": instant(record.due_at),
        "overdue": record.finished_at is None and record.due_at < now,
        "finished_by": record.finished_by,
        "finished_at": instant(record.finished_at),
        "improvement": {"id": improvement.id, "title": improvement.title, "done_at": instant(improvement.done_at)} if improvement else None,
        "again": recurrence_json(again),
        "wants_to_know": record.wants_to_know,
        "told_at": instant(record.told_at),
        "version": record.version,
    }


def cause_json(record: LearningRecord | None) -> Found | None:
    """What was found beneath an earlier failure; None where nobody has said it yet."""
    return {"root_cause": str(record.root_cause), "cause": record.cause} if record and record.root_cause else None


def improvement_json(one: Improvement, cases: list[str], again: Recurrence | None, now: datetime) -> Found:
    """With the cases that led to it, and how often its cause came back since it is done."""
    return {
        "id": one.id,
        "title": one.title,
        "action": str(one.action),
        "issue": one.issue,
        "root_cause": _word(one.root_cause),
        "sku": one.sku,
        "assignee": one.assignee,
        "due_at": instant(one.due_at),
        "overdue": one.done_at is None and one.due_at < now,
        "created_at": instant(one.created_at),
        "created_by": one.created_by,
        "done_at": instant(one.done_at),
        "done_by": one.done_by,
        "what_changed": one.what_changed,
        "cases": cases,
        "again": recurrence_json(again),
        "version": one.version,
    }


def pane(shop: Shop, uow: "UnitOfWork", agent: Agent, case: Case, now: datetime) -> Found | None:
    """The record beside the chat; None where the case has none."""
    record = uow.learning.find(case.id)
    if record is None:
        return None
    return _whole(shop, uow, case, record, now) | {"may_finish": may_finish(agent, case, record)}


def shown(shop: Shop, agent: Agent | None, reference: str, now: datetime) -> Found:
    """One record. `agent`: whose eyes it is for; None for a command. Raises NotFound, NotAllowed."""
    with shop.begin(False) as uow:
        case, record = _seen(shop, uow, agent, reference)
        return _whole(shop, uow, case, record, now)


def _whole(shop: Shop, uow: "UnitOfWork", case: Case, record: LearningRecord, now: datetime) -> Found:
    known = uow.learning.improvements_of([record.improvement_id])
    again = came_back(shop, uow, known.values(), now)
    return record_json(record, case, known.get(record.improvement_id or ""), now, again.get(record.improvement_id or ""))


def for_form(shop: Shop, agent: Agent, reference: str, now: datetime) -> Found:
    """One record as its form needs it: with how many open ones are alike, and the open improvements. Raises as `shown`."""
    with shop.begin(False) as uow:
        case, record = _seen(shop, uow, agent, reference)
        found = pane(shop, uow, agent, case, now)
        assert found is not None  # it was found a moment ago
        alike = uow.learning.alike(case, record, None if agent.role in SEES_ALL else agent.name)
        known = sorted(uow.learning.improvements("open", now), key=lambda one: one.issue != case.issue)  # those of the same issue first
        return found | {"alike": len(alike), "at_hand": [{"id": one.id, "title": one.title} for one in known[:MOST_AT_HAND]]}


def _seen(shop: Shop, uow: "UnitOfWork", agent: Agent | None, reference: str) -> tuple[Case, LearningRecord]:
    case, conversation = people.opened(uow, desk_cases.fit_reference(reference), None)
    record = uow.learning.get(case.id)
    if agent and agent.name != record.assignee:
        desk_cases.must_see(shop, uow, agent, case, conversation)
    return case, record


def records(shop: Shop, agent: Agent | None, which: str, now: datetime) -> list[Found]:
    """`which`: open, overdue, finished or all; of an agent what is theirs, of others and of a command all."""
    if which not in RECORDS:
        raise BadInput(f"Records are listed as one of {', '.join(RECORDS)}.")
    of = agent.name if agent and agent.role not in SEES_ALL else None
    with shop.begin(False) as uow:
        rows = uow.learning.records(which, now, of)
        known = uow.learning.improvements_of([record.improvement_id for record, _ in rows])
        again = came_back(shop, uow, known.values(), now)
        return [
            record_json(record, case, known.get(record.improvement_id or ""), now, again.get(record.improvement_id or ""))
            | {"may_finish": bool(agent and may_finish(agent, case, record))}
            for record, case in rows
        ]


def counts(shop: Shop, agent: Agent, now: datetime) -> dict[str, int]:
    """How much is open and overdue for this person: records, records_overdue, improvements, improvements_overdue."""
    with shop.begin(False) as uow:
        return uow.learning.counts(now, None if agent.role in SEES_ALL else agent.name)


def improvements(shop: Shop, which: str, now: datetime, agent: Agent | None = None) -> list[Found]:
    """`which`: open, overdue, done or all. What causes have in common names nobody, so everybody at the desk may read it."""
    if which not in IMPROVEMENTS:
        raise BadInput(f"Improvements are listed as one of {', '.join(IMPROVEMENTS)}.")
    with shop.begin(False) as uow:
        found = uow.learning.improvements(which, now, MOST_MADE)
        cases, again = uow.learning.cases_of([one.id for one in found]), came_back(shop, uow, found, now)
        return [
            improvement_json(one, cases[one.id], again.get(one.id), now)
            | {"may_do": bool(agent and agent.may_act and (agent.role in SUPERVISES or agent.name == one.assignee))}
            for one in found
        ]


def _word(word: Any) -> str | None:
    return None if word is None else str(word)
