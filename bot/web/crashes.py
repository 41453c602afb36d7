"""What is said where a request fails in a way that nobody foresaw: in words, with every header that other answers have."""

import traceback

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger(__name__)


class Crashes:
    """Answers in place of what crashed. Starlette's own handler for it stands outside all middleware, so a browser on the shop's
    page could not read its answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_begun = False

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if has_begun:  # half an answer cannot be taken back: the line is cut, and the chat takes it up again
                raise
            await (await crashed(Request(scope), error))(scope, receive, send)


async def crashed(request: Request, error: Exception) -> JSONResponse:
    """500 in words. The log has where it was and of what kind, never what it was about."""
    frame = traceback.extract_tb(error.__traceback__)[-1:]
    log.error("web.crashed", why=type(error).__name__, path=request.url.path, at=[f"{one.filename}:{one.lineno}" for one in frame])
    return JSONResponse({"error": "Something failed on our side. Send it again; what was taken already is not taken twice."}, 500)
