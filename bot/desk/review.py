"""The review over HTTP: what the assistant may have taken wrongly, and what a lead says it was."""

from datetime import datetime, timedelta
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.cases.desk import SEES_ALL, SUPERVISES, Agent
from bot.cases.drift import Drift
from bot.desk.cases import does
from bot.desk.deeds import version_of
from bot.desk.door import Door
from bot.handling import drift, review
from bot.handling.shop import Shop
from bot.web.bodies import text_of

FRESH = timedelta(minutes=10)  # every message of twelve weeks is counted: a second or two in a large shop


def review_routes(door: Door) -> list[Route]:
    """GET /desk/api/review and /desk/api/review/drift; POST /desk/api/review/MESSAGE/label."""

    async def show(request: Request, _agent: Agent) -> Response:
        is_done = request.query_params.get("done") == "1"
        return JSONResponse(await to_thread.run_sync(lambda: review.shown(door.shop, labelled=is_done)))

    counted: list[tuple[datetime, Drift]] = []

    async def latest() -> Drift:
        now = door.now()
        if not counted or not timedelta() <= now - counted[0][0] < FRESH:
            counted[:] = [(now, await to_thread.run_sync(lambda: drift.drift(door.shop, now)))]
        return counted[0][1]

    async def drifts(_request: Request, _agent: Agent) -> Response:
        return JSONResponse((await latest()).as_json())

    async def picture(_request: Request, _agent: Agent) -> Response:
        return Response(drift.picture(await latest()), media_type="image/svg+xml", headers={"cache-control": "no-store"})

    return [
        Route("/desk/api/review", door.reads(show, SEES_ALL), methods=["GET"]),
        Route("/desk/api/review/drift", door.reads(drifts, SEES_ALL), methods=["GET"]),
        Route("/desk/api/review/drift.svg", door.reads(picture, SEES_ALL), methods=["GET"]),
        Route("/desk/api/review/{ref}/label", door.acts(does(door, _label), SUPERVISES), methods=["POST"]),
    ]


def _label(shop: Shop, agent: Agent, message_id: str, body: dict[str, Any], now: datetime) -> dict[str, Any]:
    return review.label(shop, agent, message_id, text_of(body, "intent") or None, version_of(body), now)
