"""What whoever leads sees of the whole at one look: who waits, how fast answers come, who is there, what is broken."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from bot.cases.assignment import is_present
from bot.cases.desk import SEES_ALL, Agent, DeskRole
from bot.cases.hours import Hours
from bot.cases.instants import instant
from bot.cases.promises import open_time
from bot.errors import NotAllowed
from bot.handling.desk_incidents import incident_json
from bot.handling.offers import team_key
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

MOST_ALERTS = 100
Found = dict[str, Any]


def live(shop: Shop, now: datetime, parts: Mapping[str, bool]) -> Found:
    """Spans are whole seconds; those of answers count open time, those of waiting all of it. `parts`: which of ours are ready."""
    day = day_began(shop.policy.hours, now)
    with shop.begin(False) as uow:
        waiting = uow.offers.waiting(now, with_asleep=True)
        spans = sorted(_seconds(shop.policy.hours, begun, ended) for begun, ended in uow.clocks.first_replies(day))
        return {
            "now": instant(now),
            "waiting": len(waiting),
            "longest_wait": max((int((now - one.since).total_seconds()) for one in waiting), default=0),
            "by_team": _by_team(shop, [one.team for one in waiting]),
            "with_assistant": uow.live.with_assistant(),
            "opened_today": uow.live.opened_since(day),
            "answered_today": len(spans),
            "first_reply_p50": percentile(spans, 50),
            "first_reply_p95": percentile(spans, 95),
            "breaches": uow.clocks.breached(),
            "breached_today": dict(uow.clocks.breached_since(day)),
            "open_now": shop.policy.hours.is_open(now),
            "agents": _people(uow, now),
            "health": {"ready": all(parts.values()), "parts": dict(parts)},
            "incidents": [incident_json(one) for one in uow.incidents.all() if one.ended_at is None],
            "alerts": [_alert_json(one) for one in uow.live.alerts(MOST_ALERTS)],
        }


def colleagues(shop: Shop, now: datetime) -> list[Found]:
    """To whom a chat may be passed on: everybody who answers, with whether they are there."""
    with shop.begin(False) as uow:
        found = _people(uow, now)
    return [{name: one[name] for name in ("name", "role", "state", "teams", "away")} for one in found if one["role"] != DeskRole.AUDITOR]


def alerts_of(shop: Shop, agent: Agent) -> list[Found]:
    """What nobody has seen yet of what this person must notice: their own, their teams' and, for whoever sees all, everything."""
    with shop.begin(False) as uow:
        return [_alert_json(one) for one in uow.live.alerts(MOST_ALERTS, None if agent.role in SEES_ALL else _names(shop, agent))]


def see_alert(shop: Shop, agent: Agent, alert_id: int, now: datetime) -> None:
    """Notes that somebody has. Raises NotFound, or NotAllowed for one that is for others."""
    with shop.begin(True) as uow:
        alert = uow.live.alert(alert_id)
        if agent.role not in SEES_ALL and alert.for_whom not in _names(shop, agent):
            raise NotAllowed("That alert is for others.")
        if alert.seen_at is None:
            alert.seen_at = now
            uow.note(alert.case_id, agent.name, "alert.seen", now, alert=alert.id, kind=alert.kind)


def _names(shop: Shop, agent: Agent) -> set[str]:
    return {agent.name, *(agent.teams or shop.policy.teams)}


def percentile(spans: Sequence[int], percent: int) -> int | None:
    """The nearest rank of sorted values; None where there are none."""
    return spans[math.ceil(len(spans) * percent / 100) - 1] if spans else None


def day_began(hours: Hours, now: datetime) -> datetime:
    """Midnight where the shop is."""
    return datetime.combine(now.astimezone(hours.zone).date(), time(), hours.zone)


def _seconds(hours: Hours, begun: datetime, ended: datetime) -> int:
    return int(open_time(hours, begun, ended).total_seconds())


def _by_team(shop: Shop, names: Sequence[str]) -> list[Found]:
    counts = {name: names.count(name) for name in names}
    return [{"team": team_key(shop, name), "name": name, "waiting": count} for name, count in sorted(counts.items())]


def _people(uow: "UnitOfWork", now: datetime) -> list[Found]:
    """Those with an account that is open; `state` is there, away or gone."""
    has = uow.offers.with_people()
    return [
        {
            "name": one.name,
            "role": str(one.role),
            "state": "away" if one.away_since else "there" if is_present(one, now) else "gone",
            "chats": has.get(one.name, 0),
            "capacity": one.capacity,
            "teams": one.teams,
            "languages": one.languages,
            "seen_at": instant(one.seen_at),
            "away": one.away_since is not None,
        }
        for one in uow.agents.all()
        if one.disabled_at is None
    ]


def _alert_json(one: Found) -> Found:
    names = ("id", "kind", "for_whom", "detail")
    return {**{name: one[name] for name in names}, "ref": one["reference"], "at": instant(one["at"])}
