"""A person finishes a learning record: what lies beneath the failure, what would prevent it, and who does what about it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.cases.case import Case
from bot.cases.desk import SEES_ALL, SUPERVISES, Agent
from bot.cases.learning import Action, LearningRecord, RootCause, Skill
from bot.errors import BadInput, Conflict, NotAllowed
from bot.handling import desk_cases
from bot.handling.improvements import added, must_act, must_be_seen
from bot.handling.lessons import Body, line_in, must_name_nobody, whys_in, word_in
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

COPIED = ("root_cause", "cause", "whys", "controllable", "prevent", "action", "skill", "team", "improvement_id")  # to records alike


def finish(shop: Shop, agent: Agent, reference: str, body: Body, now: datetime) -> LearningRecord:
    """{root_cause, cause, whys, controllable, prevent, action, skill, team, improvement, version}, once or again to correct it.

    `improvement`: {id} of one there is, or {title, assignee, due_on, only_product} of a new one; left out, what there
    is stays. Raises NotFound, NotAllowed, BadInput, or Conflict where somebody else has finished or changed it since.
    """
    with shop.begin(True) as uow:
        case = uow.cases.by_reference(desk_cases.fit_reference(reference))
        conversation = uow.conversations.get(case.conversation_id)  # also one that was erased: what is learned names nobody
        record = uow.learning.get(case.id)
        if record.assignee != agent.name:
            desk_cases.must_see(shop, uow, agent, case, conversation)
        must_act(agent)
        if not may_finish(agent, case, record):
            whose = record.assignee or case.assignee
            raise NotAllowed(f"The record of {case.reference} is {f'{whose}’s or ' if whose else ''}a lead’s to finish.")
        must_be_seen(record, body)
        _write(shop, uow, agent, case, record, body, now)
        return record


def finish_alike(shop: Shop, agent: Agent, reference: str, now: datetime) -> int:
    """Says of every open record that is alike (same issue, fault and incident, and product) what this finished one says: how many.

    Only of those that this person may finish, and not where the words name that customer. Each is a transaction of its own: after
    a crash the others are open as before. Raises NotFound, or Conflict where the record itself is not finished.
    """
    with shop.begin(False) as uow:
        case = uow.cases.by_reference(desk_cases.fit_reference(reference))
        record = uow.learning.get(case.id)
        if record.finished_at is None:
            raise Conflict(f"Finish the record of {case.reference} first: the others then say the same.")
        places = uow.learning.alike(case, record, None if agent.role in SEES_ALL else agent.name)
    return sum(_say_the_same(shop, agent, case.reference, record, one.conversation_id, one.case_id, now) for one in places)


def _say_the_same(shop: Shop, agent: Agent, like: str, said: LearningRecord, conversation_id: str, case_id: str, now: datetime) -> bool:
    with shop.begin(True) as uow:
        conversation = uow.conversations.get(conversation_id)  # locked first, as everywhere
        case, record = uow.cases.find(case_id), uow.learning.find(case_id)
        if case is None or record is None or record.finished_at or not may_finish(agent, case, record):
            return False
        try:
            desk_cases.must_see(shop, uow, agent, case, conversation)
            for words in (said.cause, said.prevent, *said.whys):
                must_name_nobody(words or "", "cause", _names(shop, uow, case))
        except (NotAllowed, BadInput):
            return False
        for name in COPIED:
            setattr(record, name, getattr(said, name))
        record.finished_by, record.finished_at = agent.name, now
        uow.note(case.id, agent.name, "learning.finished", now, root_cause=str(said.root_cause), improvement=said.improvement_id, like=like)
        return True


def may_finish(agent: Agent, case: Case, record: LearningRecord) -> bool:
    """Leads finish all, also what is nobody's; others what is theirs."""
    return agent.may_act and (agent.role in SUPERVISES or agent.name in (record.assignee, case.assignee))


def _write(shop: Shop, uow: "UnitOfWork", agent: Agent, case: Case, record: LearningRecord, body: Body, now: datetime) -> None:
    names = _names(shop, uow, case)
    record.root_cause = word_in(body, "root_cause", RootCause)
    record.cause = line_in(body, "cause", names)
    record.whys = whys_in(body, names)
    record.controllable = _yes_or_no(body, "controllable")
    record.prevent = line_in(body, "prevent", names, may_be_empty=True)
    record.action = word_in(body, "action", Action)
    record.skill, record.team = word_in(body, "skill", Skill, may_be_empty=True), _team(shop, body)
    if "improvement" in body:
        record.improvement_id = _improvement(shop, uow, agent, case, record, body["improvement"], names, now)
    is_new = record.finished_at is None
    record.finished_by, record.finished_at = agent.name, now
    uow.flush()
    act = "learning.finished" if is_new else "learning.changed"
    uow.note(case.id, agent.name, act, now, root_cause=str(record.root_cause), improvement=record.improvement_id)


def _names(shop: Shop, uow: "UnitOfWork", case: Case) -> list[str]:
    """What the customer is called, as far as it is known."""
    order = shop.orders.find(case.order_number) if case.order_number else None
    said = [fact.value for fact in uow.cases.facts(case.id) if fact.name == "person_name"]
    return [*said, *([order.buyer.name] if order else [])]


def _yes_or_no(body: Body, name: str) -> bool:
    given = body.get(name)
    if not isinstance(given, bool):
        raise BadInput(f"{name} must be true or false: could somebody here have prevented it?")
    return given


def _team(shop: Shop, body: Body) -> str | None:
    given, teams = body.get("team"), shop.policy.teams
    if given in (None, ""):
        return None
    if not isinstance(given, str) or given not in teams:
        raise BadInput(f"team must be one of {', '.join(teams)}.")
    return given


def _improvement(
    shop: Shop, uow: "UnitOfWork", agent: Agent, case: Case, record: LearningRecord, given: Any, names: list[str], now: datetime
) -> str | None:
    """The id of the one that is named or made; None where nothing is to be done."""
    if given in (None, "", {}):
        return None
    if not isinstance(given, dict):
        raise BadInput("improvement must be an object with an id, or with title, assignee and due_on.")
    if given.get("id"):
        return uow.learning.improvement(str(given["id"])).id
    cause = {"issue": str(case.issue) if case.issue else None, "root_cause": str(record.root_cause)}
    sku = record.sku if given.get("only_product") is True else None
    return added(shop, uow, agent, {"action": str(record.action), **given, **cause, "sku": sku}, now, names).id
