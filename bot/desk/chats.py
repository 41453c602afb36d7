"""One chat over HTTP: read it, see its files."""

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.cases.desk import Agent
from bot.desk.door import Door
from bot.handling import board, thread
from bot.web.bodies import HIGHEST_SEQ, number_of
from bot.web.file_bodies import file_answer


def chat_routes(door: Door) -> list[Route]:
    """GET /desk/api/chats/REF, /desk/api/search?text= and /desk/api/files/ID."""
    shop = door.shop

    async def show(request: Request, agent: Agent) -> Response:
        after = int(number_of(request, "after", HIGHEST_SEQ))
        ref = request.path_params["ref"]
        return JSONResponse(await to_thread.run_sync(lambda: thread.chat(shop, agent, ref, after, door.now(), door.channels)))

    async def search(request: Request, agent: Agent) -> Response:
        text = request.query_params.get("text", "")
        return JSONResponse({"chats": await to_thread.run_sync(board.search, shop, agent, text)})

    async def show_file(request: Request, agent: Agent) -> Response:
        found, content = await to_thread.run_sync(lambda: thread.file(shop, agent, request.path_params["id"]))
        answer = file_answer(found, content)
        answer.headers["cache-control"] = "private, max-age=3600, immutable"
        return answer

    return [
        Route("/desk/api/search", door.reads(search), methods=["GET"]),
        Route("/desk/api/chats/{ref}", door.reads(show), methods=["GET"]),
        Route("/desk/api/files/{id}", door.reads(show_file), methods=["GET"]),
    ]
