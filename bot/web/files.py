"""Photos and documents in the chat: sent ahead of their message, and seen again, by their own conversation alone."""

from functools import partial

from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.handling.files import file_json, keep_file, open_file
from bot.ports import FileMaker
from bot.web.addresses import address_of
from bot.web.bodies import client_id_in
from bot.web.conversations import Chat
from bot.web.file_bodies import AT_ONCE, file_answer, file_in


class FileDoor:
    """Two endpoints over the chat's own sessions."""

    def __init__(self, chat: Chat, maker: FileMaker) -> None:
        self.chat, self.maker = chat, maker
        self.limiter = CapacityLimiter(AT_ONCE)

    def routes(self) -> list[Route]:
        return [Route("/api/files", self.take, methods=["POST"]), Route("/api/files/{id}", self.show, methods=["GET"])]

    async def take(self, request: Request) -> JSONResponse:
        """Keeps one file: the raw bytes are the body."""
        chat, conversation_id = self.chat, self.chat.conversation_of(request)
        client_id = client_id_in(request.query_params.get("client_id"))
        chat.limits.file(address_of(request, chat.trusted_proxies), conversation_id)
        too_large = HTTPException(413, chat.shop.wording.say("refuse_file_too_large", conversation_id))
        name, raw = await file_in(request, too_large)
        keep = partial(keep_file, chat.shop, self.maker, conversation_id, client_id, name, raw, chat.now())
        return JSONResponse(file_json(await to_thread.run_sync(keep, limiter=self.limiter)), 201)

    async def show(self, request: Request) -> Response:
        """A file as it is kept. Whose it is is asked before anything else."""
        conversation_id = self.chat.conversation_of(request)
        self.chat.limits.fetch(conversation_id)
        found, content = await to_thread.run_sync(open_file, self.chat.shop, conversation_id, request.path_params["id"])
        return file_answer(found, content)
