"""The case pane over HTTP: a case with all that belongs to it, and what people do with it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.cases.desk import Agent
from bot.desk.door import Door, Handler
from bot.handling import case_deeds, case_joins, case_pane, claim_deeds, desk_erasing, granting, remedy_deeds
from bot.handling.desk_cases import fit_words
from bot.handling.shop import Shop
from bot.web.bodies import json_object

Deed = Callable[[Shop, Agent, str, dict[str, Any], datetime], Any]  # on what the address names, with what the form says


def case_routes(door: Door) -> list[Route]:
    """GET /desk/api/cases/REF and /desk/api/approvals; POST below cases/REF, remedies/R, claims/D and callbacks/R."""

    async def show(request: Request, agent: Agent) -> Response:
        reference = request.path_params["ref"]
        return JSONResponse(await to_thread.run_sync(lambda: case_pane.shown(door.shop, agent, reference, door.now())))

    async def approvals(_request: Request, agent: Agent) -> Response:
        return JSONResponse({"rows": await to_thread.run_sync(lambda: remedy_deeds.inbox(door.shop, agent))})

    return [
        Route("/desk/api/cases/{ref}", door.reads(show), methods=["GET"]),
        Route("/desk/api/approvals", door.reads(approvals), methods=["GET"]),
        *_posts(door, "cases", OF_CASES),
        *_posts(door, "remedies", remedy_deeds.DEEDS),
        *_posts(door, "claims", claim_deeds.OF_CLAIMS),
        *_posts(door, "callbacks", claim_deeds.OF_CALLS),  # named by their remedy
    ]


def _posts(door: Door, of: str, deeds: Mapping[str, Deed]) -> list[Route]:
    return [Route(f"/desk/api/{of}/{{ref}}/{name}", door.acts(does(door, deed)), methods=["POST"]) for name, deed in deeds.items()]


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


OF_CASES: dict[str, Deed] = {
    "facts": case_deeds.note_fact,
    "tags": case_deeds.change_tags,
    "priority": case_deeds.set_priority,
    "promise": case_deeds.promise,
    "promise/end": case_deeds.end_promise,
    "merge": case_joins.merge,
    "split": case_joins.split,
    "grant/preview": _preview,
    "grant": _grant,
    "erase/preview": desk_erasing.preview,
    "erase": desk_erasing.erase,
}
