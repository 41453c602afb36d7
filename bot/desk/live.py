"""The supervisor's part of the desk over HTTP, and what people say of themselves."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.bootstrap import open_incident_reader
from bot.cases.desk import ACTS, SEES_ALL, SUPERVISES, Agent, DeskRole
from bot.desk.door import EVERYBODY, Door, Handler
from bot.handling import desk_incidents, in_force, shifts
from bot.handling.live import alerts_of, colleagues, live, see_alert
from bot.handling.offers import decline
from bot.web.bodies import instant_of, json_object, text_of

Parts = Callable[[], Awaitable[Mapping[str, bool]]]
Body = dict[str, Any]
Deed = Callable[[Agent, str, Body], Any]  # what the address names, and what the form says


async def no_parts() -> Mapping[str, bool]:
    return {}


def live_routes(door: Door, parts: Parts = no_parts) -> list[Route]:
    """GET live, people, alerts, incidents, policy, wording and hours; POST me, alerts/ID/seen, incidents/..., agents/NAME/leave and
    chats/REF/decline. `parts` says which parts of this installation are ready."""
    return [*_shown(door, parts), *_done(door)]


def _shown(door: Door, parts: Parts) -> list[Route]:
    shop = door.shop

    async def show_live(_request: Request, _agent: Agent) -> Response:
        ready = await parts()
        return JSONResponse(await to_thread.run_sync(live, shop, door.now(), ready))

    async def show_alerts(_request: Request, agent: Agent) -> Response:
        return JSONResponse({"alerts": await to_thread.run_sync(alerts_of, shop, agent)})

    async def show_people(_request: Request, _agent: Agent) -> Response:
        return JSONResponse({"people": await to_thread.run_sync(colleagues, shop, door.now())})

    def shows(find: Callable[[], Any]) -> Handler:
        async def show(_request: Request, _agent: Agent) -> Response:
            return JSONResponse(await to_thread.run_sync(find))

        return show

    for_leads: dict[str, Handler] = {
        "live": show_live,
        "incidents": shows(lambda: {"rows": desk_incidents.listed(shop, door.now())}),
        "policy": shows(lambda: in_force.policy(shop)),
        "wording": shows(lambda: in_force.wording(shop)),
        "hours": shows(lambda: in_force.hours(shop, door.now())),
    }
    return [
        *(Route(f"/desk/api/{name}", door.reads(show, SEES_ALL), methods=["GET"]) for name, show in for_leads.items()),
        Route("/desk/api/alerts", door.reads(show_alerts), methods=["GET"]),
        Route("/desk/api/people", door.reads(show_people), methods=["GET"]),
    ]


@dataclass(frozen=True)
class LeadDeeds:
    """Each method is an endpoint: it takes who, what the address names and the body, and gives the answer."""

    door: Door
    read: desk_incidents.Read

    def change_me(self, agent: Agent, _name: str, body: Body) -> Body:
        found = shifts.change_me(self.door.shop, agent.name, body, self.door.now())
        return {"away": found.away_since is not None, "shortcuts": found.shortcuts, "sound": found.sound}

    def seen(self, agent: Agent, alert_id: str, _body: Body) -> Body:
        if not re.fullmatch(r"[0-9]{1,18}", alert_id):
            raise HTTPException(404, "There is no such alert.")
        see_alert(self.door.shop, agent, int(alert_id), self.door.now())
        return {}

    def decline(self, agent: Agent, ref: str, _body: Body) -> Body:
        decline(self.door.shop, ref, agent.name, self.door.now())
        return {}

    def leave(self, agent: Agent, name: str, body: Body) -> Body:
        return asdict(shifts.hand_over(self.door.shop, agent, name, text_of(body, "to") or "", self.door.now()))

    def open_incident(self, agent: Agent, _name: str, body: Body) -> Body:
        return desk_incidents.opened(self.door.shop, self.read, body, agent.name, self.door.now())

    def tell_news(self, agent: Agent, code: str, body: Body) -> Body:
        news = desk_incidents.News(text_of(body, "explanation"), text_of(body, "action"), instant_of(body, "next_update_at"))
        return desk_incidents.changed(self.door.shop, code, news, agent.name, self.door.now())

    def close(self, agent: Agent, code: str, body: Body) -> Body:
        words, ended_at = text_of(body, "words") or "", instant_of(body, "ended_at")
        return desk_incidents.closed(self.door.shop, code, words, ended_at, agent.name, self.door.now())

    def publish(self, agent: Agent, code: str, body: Body) -> Body:
        if not isinstance(body.get("published"), bool):
            raise HTTPException(400, "published must be true or false.")
        return desk_incidents.publish(self.door.shop, code, body["published"], agent.name, self.door.now())


def _done(door: Door) -> list[Route]:
    do = LeadDeeds(door, open_incident_reader())
    deeds: list[tuple[str, Deed, frozenset[DeskRole]]] = [
        ("agents/{name}/leave", do.leave, SUPERVISES),
        ("incidents", do.open_incident, SUPERVISES),
        ("incidents/{name}/news", do.tell_news, SUPERVISES),
        ("incidents/{name}/close", do.close, SUPERVISES),
        ("incidents/{name}/publish", do.publish, SUPERVISES),
        ("alerts/{name}/seen", do.seen, ACTS),
        ("chats/{name}/decline", do.decline, ACTS),
        ("me", do.change_me, EVERYBODY),
    ]
    return [Route(f"/desk/api/{path}", door.acts(_doing(deed), roles), methods=["POST"]) for path, deed, roles in deeds]


def _doing(deed: Deed) -> Handler:
    async def do(request: Request, agent: Agent) -> Response:
        body = await json_object(request)
        return JSONResponse(await to_thread.run_sync(partial(deed, agent, request.path_params.get("name", ""), body)))

    return do
