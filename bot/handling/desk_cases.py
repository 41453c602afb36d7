"""Opening a case for somebody at the desk: whether it is theirs to see, and the scene that its rules are asked in."""

import re
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases.case import Case, known
from bot.cases.conversation import Author, Conversation, Message
from bot.cases.desk import Agent
from bot.cases.desk_access import may_see, sees, team_keys
from bot.cases.heard import Heard
from bot.errors import BadInput, NotAllowed, NotFound
from bot.handling import people
from bot.handling.board import Found, standing_of
from bot.handling.clean import visible
from bot.handling.scene import LookedUp, Scene
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

_REFERENCE = re.compile(r"[A-Z0-9-]{3,20}")


def opened(shop: Shop, uow: "UnitOfWork", agent: Agent, reference: str, version: int | None = None) -> tuple[Case, Conversation]:
    """A case and its conversation, locked where the unit of work may write.

    Raises NotFound; NotAllowed where it is not for this person; Conflict where the chat has changed hands since `version`.
    """
    case, conversation = people.opened(uow, fit_reference(reference), None)
    must_see(shop, uow, agent, case, conversation)
    people.must_be_fresh(case, conversation, version)
    return case, conversation


def must_see(shop: Shop, uow: "UnitOfWork", agent: Agent, case: Case, conversation: Conversation) -> None:
    """Raises NotAllowed where the case is not for this person's eyes."""
    if may_see(agent, case, conversation):
        return
    teams = team_keys(shop.policy.teams, (one.team for one in uow.cases.escalations(case.id)[-1:]))
    if not may_see(agent, case, conversation, teams):
        raise _not_theirs(case.reference)


def must_see_chat(shop: Shop, uow: "UnitOfWork", agent: Agent, found: Found) -> None:
    """The same of a chat as `DeskViews` found it."""
    escalation = uow.desk_views.escalations([found["case_id"]]).get(found["case_id"])
    if not sees(agent, standing_of(shop, found, escalation)):
        raise _not_theirs(found["reference"])


def _not_theirs(reference: str) -> NotAllowed:
    return NotAllowed(f"{reference} is not with you or your team. A lead can assign it to you.")


def fit_reference(reference: str) -> str:
    """A reference as it is stored. Raises NotFound for what can be none."""
    wanted = reference.strip().upper()
    if not _REFERENCE.fullmatch(wanted):
        raise NotFound("There is no such case, remedy or claim.")
    return wanted


def fit_words(given: object, name: str, longest: int = 500, *, may_be_empty: bool = False) -> str:
    """What a person typed, without what cannot be seen, on as many lines as they wrote. Raises BadInput."""
    if given is not None and not isinstance(given, str):
        raise BadInput(f"{name} must be text.")
    words = visible(given or "").strip()
    if not words and not may_be_empty:
        raise BadInput(f"{name} is empty.")
    if len(words) > longest:
        raise BadInput(f"{name} is too long: {longest} characters at most, and these are {len(words)}.")
    return words


def look_up(shop: Shop, reference: str, *numbers: str) -> LookedUp:
    """Asks the order system before the case is opened to be read or changed: it may be far away. Raises NotFound."""
    with shop.begin(False) as uow:
        case = uow.cases.by_reference(fit_reference(reference))
        facts = known(uow.cases.facts(case.id))
        customer_id = case.customer_id
    wanted = [*numbers, *filter(None, (case.order_number, facts.get("order_number")))]
    orders = {number: shop.orders.find(number) for number in dict.fromkeys(wanted)}
    own = shop.orders.of_customer(customer_id) if customer_id else ()
    bought = next((order for order in orders.values() if order), None)
    of_buyer = own or (shop.orders.of_customer(bought.buyer.id) if bought else ())
    return LookedUp(orders, own, shop.orders.incidents(), of_buyer)


def scene_of(shop: Shop, uow: "UnitOfWork", case: Case, conversation: Conversation, looked: LookedUp, now: datetime) -> Scene:
    """The scene of a case as it stands, with no message in it."""
    nothing_said = Message("", conversation.id, 0, Author.SYSTEM, "", now, case_id=case.id)
    return Scene(shop, uow, conversation, nothing_said, Heard("", conversation.sender_id, ""), looked, now, is_first=False, _case=case)
