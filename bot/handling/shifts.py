"""What people at the desk say of themselves, and what a lead does for one who leaves."""

from datetime import datetime
from typing import Any

from bot.cases.desk import Agent
from bot.errors import BadInput, NotAllowed
from bot.handling.leaving import Moved, leave
from bot.handling.shop import Shop

SAID = ("away", "shortcuts", "sound")


def change_me(shop: Shop, name: str, said: dict[str, Any], now: datetime) -> Agent:
    """`away`, `shortcuts` and `sound`, each true or false; what is not said stays. Raises BadInput."""
    wrong = [key for key, value in said.items() if key not in SAID or not isinstance(value, bool)]
    if wrong:
        raise BadInput(f"{wrong[0]} cannot be changed so: give {', '.join(SAID)}, each true or false.")
    with shop.begin(True) as uow:
        agent = uow.agents.get(name)
        if "away" in said and said["away"] != (agent.away_since is not None):
            if not agent.may_act:
                raise NotAllowed("An account that only reads is never away: no chat waits for it.")
            agent.away_since = now if said["away"] else None
            uow.note(None, name, "agent.away" if said["away"] else "agent.back", now)
        agent.shortcuts, agent.sound = said.get("shortcuts", agent.shortcuts), said.get("sound", agent.sound)
        return agent


def hand_over(shop: Shop, by: Agent, name: str, to: str, now: datetime) -> Moved:
    """All that one person has open goes to another who has an account and answers. Raises NotFound or BadInput."""
    with shop.begin(False) as uow:
        taker = uow.agents.get(to)
    if not taker.may_act:
        raise BadInput(f"{taker.name} answers no chats: the account only reads, or it is closed.")
    return leave(shop, name, taker.name, now, by=by.name)
