"""What is done so that a cause does not come back: by whom, by when, and what changed, as the customers who asked read it."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.cases.desk import SUPERVISES, Agent
from bot.cases.issue import Issue
from bot.cases.learning import Action, Improvement, RootCause
from bot.cases.reference import new_reference
from bot.errors import BadInput, Conflict, NotAllowed
from bot.handling.incidents import check_words
from bot.handling.lessons import LONGEST_TITLE, Body, assignee_in, due_in, line_in, must_name_nobody, word_in
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

LONGEST_TOLD, LONGEST_SKU = 400, 100  # characters


def add(shop: Shop, agent: Agent, body: Body, now: datetime) -> Improvement:
    """{title, action, assignee, due_on, issue, root_cause, sku}; the last three say what cause is watched. Raises NotAllowed, BadInput."""
    with shop.begin(True) as uow:
        return added(shop, uow, agent, body, now)


def added(shop: Shop, uow: "UnitOfWork", agent: Agent, body: Body, now: datetime, names: Sequence[str] = ()) -> Improvement:
    """The same within a unit of work; `names`: of the customer whose case led to it."""
    must_act(agent)
    title = line_in(body, "title", names, longest=LONGEST_TITLE)
    action = word_in(body, "action", Action)
    assert title and action  # neither may be empty
    issue, cause = word_in(body, "issue", Issue, may_be_empty=True), word_in(body, "root_cause", RootCause, may_be_empty=True)
    sku = line_in(body, "sku", longest=LONGEST_SKU, may_be_empty=True)
    if issue is None and cause is None:
        raise BadInput("Name an issue or a root_cause: by these it is seen whether the cause comes back.")
    due, assignee = due_in(shop, body, now), assignee_in(uow, body)
    made = Improvement(new_reference("I"), title, action, assignee, due, now, agent.name, str(issue) if issue else None, cause, sku)
    uow.add(made)
    uow.flush()
    uow.note(None, agent.name, "improvement.added", now, improvement=made.id, assignee=assignee)
    return made


def done(shop: Shop, agent: Agent, improvement_id: str, body: Body, now: datetime) -> Improvement:
    """{what_changed, version}: it is done, and what changed, in the words that customers who asked read; none are told where it is empty.

    Done without words, it may be given them later; what somebody may have read is not changed any more. Raises NotFound,
    NotAllowed, Conflict, or BadInput for words that are not sent to customers.
    """
    must_act(agent)
    words = line_in(body, "what_changed", longest=LONGEST_TOLD, may_be_empty=True)
    if words:
        must_be_tellable(words)
    with shop.begin(True) as uow:
        found = uow.learning.improvement(improvement_id)
        if agent.role not in SUPERVISES and agent.name != found.assignee:
            raise NotAllowed(f"{found.id} is {found.assignee}'s to do. They or a lead say that it is done.")
        if found.done_at and (words is None or words == found.what_changed):
            return found
        must_be_seen(found, body)
        if found.what_changed:
            raise Conflict(f"What changed by {found.id} is said already, and customers may have read it.")
        is_new = found.done_at is None
        found.done_at, found.done_by = found.done_at or now, found.done_by or agent.name
        found.what_changed = words
        uow.note(None, agent.name, "improvement.done" if is_new else "improvement.told", now, improvement=found.id, told=bool(words))
        return found


def waiting(shop: Shop, improvement_id: str) -> int:
    """How many records have customers who asked, and are still to read what changed by it."""
    with shop.begin(False) as uow:
        return uow.learning.waiting_for(improvement_id)


def must_be_tellable(words: str) -> None:
    """Raises BadInput for words that many customers may not read."""
    check_words(words, "what_changed")
    must_name_nobody(words, "what_changed")


def must_act(agent: Agent) -> None:
    if not agent.may_act:
        raise NotAllowed(f"The account of {agent.name} only reads.")


def must_be_seen(row: Any, body: Body) -> None:
    """Raises Conflict where it has moved on from the version seen; none is asked for where it is left out."""
    version = body.get("version")
    if version is not None and (not isinstance(version, int) or isinstance(version, bool)):
        raise BadInput("version must be a whole number.")
    if version is not None and version != row.version:
        raise Conflict("Somebody changed this since you looked. Look again, and then say what is still to be said.")
