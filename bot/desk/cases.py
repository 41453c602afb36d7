"""The case pane over HTTP: a case with all that belongs to it, and what people do with it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.cases.desk import Agent
from bot.desk.door import Door, Handler
from bot.handling import case_pane, granting, remedy_deeds
from bot.handling.desk_cases import fit_words
from bot.handling.shop import Shop
from bot.web.bodies import json_object

Deed = Callable[[Shop, Agent, str, dict[str, Any], datetime], Any]  # on what the address names, with what the form says


def case_routes(door: Door) -> list[Route]:
    """GET /desk/api/cases/REF with its deeds, /desk/api/remedies/R/..., GET /desk/api/approvals."""

    async def show(request: Request, agent: Agent) -> Response:
        reference = request.path_params["ref"]
        return JSONResponse(await to_thread.run_sync(lambda: case_pane.shown(door.shop, agent, reference, door.now())))

    async def approvals(_request: Request, agent: Agent) -> Response:
        return JSONResponse({"rows": await to_thread.run_sync(lambda: remedy_deeds.inbox(door.shop, agent))})

    return [
        Route("/desk/api/cases/{ref}", door.reads(show), methods=["GET"]),
        Route("/desk/api/approvals", door.reads(approvals), methods=["GET"]),
        *(Route(f"/desk/api/cases/{{ref}}/{name}", door.acts(does(door, deed)), methods=["POST"]) for name, deed in OF_CASES.items()),
        *(
            Route(f"/desk/api/remedies/{{ref}}/{name}", door.acts(does(door, deed)), methods=["POST"])
            for name, deed in remedy_deeds.DEEDS.items()
        ),
    ]


def does(door: Door, deed: Deed) -> Handler:
    """A handler that reads the form and does this."""

    async def handler(request: Request, agent: Agent) -> Response:
        body, reference = await json_object(request), request.path_params["ref"]
        return JSONResponse(await to_thread.run_sync(lambda: deed(door.shop, agent, reference, body, door.now())))

    return handler


def _preview(shop: Shop, agent: Agent, reference: str, body: dict[str, Any], now: datetime) -> dict[str, Any]:
    return granting.preview(shop, agent, reference, granting.wish_of(body), now)


def _grant(shop: Shop, agent: Agent, reference: str, body: dict[str, Any], now: datetime) -> dict[str, Any]:
    digest = fit_words(body.get("digest"), "digest", 40)
    remedy = granting.grant(shop, agent, reference, granting.wish_of(body), digest, now)
    return {"ref": remedy.reference, "state": str(remedy.state)}


OF_CASES: dict[str, Deed] = {"grant/preview": _preview, "grant": _grant}
