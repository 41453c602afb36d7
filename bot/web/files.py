"""Photos and documents in the chat: sent ahead of their message, and seen again, by their own conversation alone."""

from functools import partial
from urllib.parse import quote, unquote

from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.cases.attachment import LARGEST, FileKind
from bot.handling.files import file_json, keep_file, open_file, refusal_line
from bot.ports import FileMaker
from bot.web.addresses import address_of
from bot.web.bodies import bounded, client_id_in
from bot.web.conversations import Chat

AT_ONCE = 2  # files written anew in this process
NAME = "x-file-name"  # percent-encoded UTF-8; not in the address, which is kept in logs
NOTHING_RUNS = "default-src 'none'; sandbox"


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
        too_large = HTTPException(413, refusal_line(chat.shop, conversation_id, "too_large"))
        raw = await bounded(request, LARGEST, too_large)
        name = unquote(request.headers.get(NAME, ""), errors="replace")
        keep = partial(keep_file, chat.shop, self.maker, conversation_id, client_id, name, raw, chat.now())
        return JSONResponse(file_json(await to_thread.run_sync(keep, limiter=self.limiter)), 201)

    async def show(self, request: Request) -> Response:
        """A file as it is kept. Whose it is is asked before anything else."""
        conversation_id = self.chat.conversation_of(request)
        self.chat.limits.fetch(conversation_id)
        found, content = await to_thread.run_sync(open_file, self.chat.shop, conversation_id, request.path_params["id"])
        shown = "inline" if found.kind is FileKind.PHOTO else "attachment"
        headers = {"content-disposition": f"{shown}; filename*=UTF-8''{quote(found.name)}", "content-security-policy": NOTHING_RUNS}
        return Response(content, media_type=found.media_type, headers=headers)
