"""Erasing a customer from the desk: what it would do, and doing it. For leads and owners, with the case's reference typed once more."""

from datetime import datetime
from typing import Any

from bot.cases.desk import SUPERVISES, Agent
from bot.errors import BadInput, NotAllowed
from bot.handling import erasing
from bot.handling.desk_cases import fit_reference, opened
from bot.handling.shop import Shop

Body = dict[str, Any]


def preview(shop: Shop, agent: Agent, reference: str, _body: Body, _now: datetime) -> Body:
    """Which cases and chats it reaches, what is open, and what else must be looked at. Raises NotAllowed, NotFound or AlreadyErased."""
    found = erasing.preview(shop, _theirs(shop, agent, reference))
    person = found.person
    return {
        "cases": list(found.cases),
        "open": list(found.open_cases),
        "chats": len(person.reachable),
        "shared": len(person.shared),
        "naming": len(person.naming),
        "others": list(found.others),
        "records": sum(found.goes.values()),
    }


def erase(shop: Shop, agent: Agent, reference: str, body: Body, now: datetime) -> Body:
    """{confirm: the reference, also_open}. What lies outside of the store the worker does in the next seconds."""
    wanted = _theirs(shop, agent, reference)
    if str(body.get("confirm", "")).strip().upper() != wanted:
        raise BadInput(f"Type {wanted} to erase its customer: it cannot be undone.")
    done = erasing.erase(shop, wanted, agent.name, now, also_open=body.get("also_open") is True)
    return {"records": sum(done.counts.values())}


def _theirs(shop: Shop, agent: Agent, reference: str) -> str:
    """The reference, where this person may erase whose it is."""
    if agent.role not in SUPERVISES:
        raise NotAllowed("A lead or the owner erases customers.")
    wanted = fit_reference(reference)
    with shop.begin(False) as uow:
        opened(shop, uow, agent, wanted)
    return wanted
