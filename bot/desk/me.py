"""What the page is told of whoever sits before it, once, when it opens."""

from typing import Any

from bot.cases.desk import ACTS, SUPERVISES
from bot.desk.door import Door
from bot.handling.agents import SignedIn


def me_json(door: Door, signed: SignedIn) -> dict[str, Any]:
    """`csrf` goes back in the header x-amends-desk with everything that changes something."""
    agent, policy = signed.agent, door.shop.policy
    return {
        "name": agent.name,
        "role": str(agent.role),
        "teams": agent.teams,
        "languages": agent.languages,
        "capacity": agent.capacity,
        "away": agent.away_since is not None,
        "shortcuts": agent.shortcuts,
        "sound": agent.sound,
        "csrf": door.csrf(signed),
        "undo_seconds": door.undo_s,
        "shop": door.shop.name,
        "team_names": dict(policy.teams),
        "may": {"act": agent.may_act, "supervise": agent.role in SUPERVISES, "reply": agent.role in ACTS},
        "canned": [{"name": one.name, "title": one.title, "text": one.text} for one in door.shop.canned],
    }
