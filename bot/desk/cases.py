"""The case pane over HTTP: a case with all that belongs to it."""

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.cases.desk import Agent
from bot.desk.door import Door
from bot.handling import case_pane


def case_routes(door: Door) -> list[Route]:
    """GET /desk/api/cases/REF."""

    async def show(request: Request, agent: Agent) -> Response:
        reference = request.path_params["ref"]
        return JSONResponse(await to_thread.run_sync(lambda: case_pane.shown(door.shop, agent, reference, door.now())))

    return [Route("/desk/api/cases/{ref}", door.reads(show), methods=["GET"])]
