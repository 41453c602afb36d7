"""Incidents as people at the desk open, change and close them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.cases.incident import Incident
from bot.cases.instants import instant
from bot.errors import BadInput
from bot.handling import incidents
from bot.handling.reach import reach
from bot.handling.shop import Shop

Read = Callable[[dict[str, Any]], Incident]


@dataclass(frozen=True)
class News:
    """What is new of one: at least one of the two sentences that customers read."""

    explanation: str | None
    action: str | None
    next_news: datetime | None


def listed(shop: Shop, now: datetime) -> list[dict[str, Any]]:
    """Every incident with how far it reaches, the newest first."""
    with shop.begin(False) as uow:
        known = uow.incidents.all()
    found = [reach(shop, one.code, now) for one in known]
    return [
        incident_json(one.incident)
        | {"orders": one.orders, "customers": one.customers, "complaints": one.complaints, "open_cases": one.open_cases}
        for one in found
    ]


def opened(shop: Shop, read: Read, raw: dict[str, Any], who: str, now: datetime) -> dict[str, Any]:
    """Opens one in the import format; one without a start begins now, one without a scope touches every order. Raises BadInput or
    Conflict."""
    incident = read({"started_at": instant(now), "scope": {}} | raw)
    told = incidents.open_incident(shop, incident, who, now)
    return {"code": incident.code, "told": told.chats}


def changed(shop: Shop, code: str, news: News, who: str, now: datetime) -> dict[str, Any]:
    """Raises as `incidents.tell_news`."""
    told = incidents.tell_news(shop, code, who, now, explanation=news.explanation, action=news.action, next_news=news.next_news)
    return {"code": code, "told": told.chats}


def closed(shop: Shop, code: str, words: str, ended_at: datetime | None, who: str, now: datetime) -> dict[str, Any]:
    """Raises as `incidents.close`."""
    if not words.strip():
        raise BadInput("words: say in a sentence what is done; customers read it.")
    told = incidents.close(shop, code, who, words, ended_at or now, now)
    return {"code": code, "told": told.chats, "letters": told.letters}


def publish(shop: Shop, code: str, is_published: bool, who: str, now: datetime) -> dict[str, Any]:
    """Whether it is explained to everybody who complains of its kind, before any order is seen. Raises NotFound or Conflict."""
    with shop.begin(True) as uow:
        old = incidents.lasting(uow, code)
        if old.published is not is_published:
            uow.incidents.change(replace(old, published=is_published))
            uow.note(None, who, "incident.published" if is_published else "incident.unpublished", now, incident=old.code)
    return {"code": old.code, "published": is_published}


def incident_json(one: Incident) -> dict[str, Any]:
    """All that is known of it, with instants in ISO 8601."""
    return {
        "code": one.code,
        "title": one.title,
        "fault": str(one.fault),
        "issue_types": [str(issue) for issue in one.issues],
        "started_at": instant(one.started_at),
        "ended_at": instant(one.ended_at),
        "next_update_at": instant(one.next_update_at),
        "explanation": one.explanation,
        "action": one.action,
        "published": one.published,
        "offer": one.offer,
    }
