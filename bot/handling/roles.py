"""How far somebody's word goes with money: by their account where there is one, else by the policy's list of leads."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from bot.cases.authority import Role
from bot.cases.desk import GRANTS_AS, Agent
from bot.errors import NotAllowed
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork


def role_of(shop: Shop, uow: "UnitOfWork", who: str) -> Role | None:
    """None: this account grants nothing. A name without an account is one that the command was given."""
    return _role(shop, who, uow.agents.find(who))


def roles_among(shop: Shop, accounts: Iterable[Agent]) -> Callable[[str], Role | None]:
    """The same for many names, of accounts that are read already."""
    known = {one.name: one for one in accounts}
    return lambda who: _role(shop, who, known.get(who))


def granting_role(shop: Shop, uow: "UnitOfWork", who: str) -> Role:
    """Raises NotAllowed for an account that grants nothing."""
    role = role_of(shop, uow, who)
    if role is None:
        raise NotAllowed(f"The account of {who} decides nothing: it only reads, or it is closed.")
    return role


def _role(shop: Shop, who: str, account: Agent | None) -> Role | None:
    if account is None:
        return shop.policy.authority.role_of(who)
    return GRANTS_AS.get(account.role) if account.may_act else None
