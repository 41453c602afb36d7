"""What is learned over HTTP: records to finish, improvements to do, and what has changed."""

from datetime import datetime
from typing import Any

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.cases.desk import ACTS, Agent
from bot.desk.cases import does
from bot.desk.door import Door
from bot.handling import improvements, learning_deeds, learning_views
from bot.handling.shop import Shop
from bot.web.bodies import json_object

Body = dict[str, Any]
TABS = {"open": ("open", "open"), "overdue": ("overdue", "overdue"), "done": ("finished", "done")}  # of records, of improvements


def learning_routes(door: Door) -> list[Route]:
    """GET /desk/api/learning?tab=open|overdue|done and learning/REF; POST learning/REF/finish, improvements and improvements/ID/done."""

    async def show(request: Request, agent: Agent) -> Response:
        tab = TABS.get(request.query_params.get("tab", "open"))
        if tab is None:
            raise HTTPException(400, f"tab must be one of {', '.join(TABS)}.")
        return JSONResponse(await to_thread.run_sync(lambda: _lists(door.shop, agent, tab, door.now())))

    async def one(request: Request, agent: Agent) -> Response:
        reference = request.path_params["ref"]
        return JSONResponse(await to_thread.run_sync(lambda: learning_views.for_form(door.shop, agent, reference, door.now())))

    async def add(request: Request, agent: Agent) -> Response:
        body = await json_object(request)
        made = await to_thread.run_sync(lambda: improvements.add(door.shop, agent, body, door.now()))
        return JSONResponse({"id": made.id}, 201)

    return [
        Route("/desk/api/learning", door.reads(show), methods=["GET"]),
        Route("/desk/api/learning/{ref}", door.reads(one), methods=["GET"]),
        Route("/desk/api/learning/{ref}/finish", door.acts(does(door, _finish), ACTS), methods=["POST"]),
        Route("/desk/api/improvements", door.acts(add, ACTS), methods=["POST"]),
        Route("/desk/api/improvements/{ref}/done", door.acts(does(door, _done), ACTS), methods=["POST"]),
    ]


def _lists(shop: Shop, agent: Agent, tab: tuple[str, str], now: datetime) -> Body:
    records, made = tab
    return {
        "records": learning_views.records(shop, agent, records, now),
        "improvements": learning_views.improvements(shop, made, now, agent),
        "counts": learning_views.counts(shop, agent, now),
    }


def _finish(shop: Shop, agent: Agent, reference: str, body: Body, now: datetime) -> Body:
    record = learning_deeds.finish(shop, agent, reference, body, now)
    alike = learning_deeds.finish_alike(shop, agent, reference, now) if body.get("alike") is True else 0
    return {"version": record.version, "improvement": record.improvement_id, "alike": alike}


def _done(shop: Shop, agent: Agent, improvement_id: str, body: Body, now: datetime) -> Body:
    found = improvements.done(shop, agent, improvement_id, body, now)
    return {"version": found.version, "tells": improvements.waiting(shop, found.id)}
