"""Which websites may use the chat from a visitor's browser: our own pages, and those the shop has named.

No cookie is ever set or read, so a foreign page could do nothing in a visitor's name; it is refused all the same, so that
nobody passes the shop's chat off as their own.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PORTS = {"http": 80, "https": 443}
PREFLIGHT = {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "authorization, content-type, x-file-name",
    "access-control-max-age": "7200",  # seconds; no browser keeps it longer
    "vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
}
_THIS_MACHINE = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?")


class Origins:
    """Answers preflights and refuses foreign pages, for /api/ alone. `with_local`: pages on this machine are welcome too.

    The API for other systems, /api/v1/, is for servers: no page's script is let in, so its answers name no website.
    """

    def __init__(self, app: ASGIApp, named: tuple[str, ...], with_local: bool) -> None:
        self.app, self.named, self.with_local = app, frozenset(named), with_local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/") or scope["path"].startswith("/api/v1/"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        is_welcome = origin is not None and self._is_welcome(origin)
        if origin is not None and not is_welcome and not is_own(origin, headers):
            words = "This website is not on the shop's list, so the chat cannot be used from it. Open the chat on the shop's own website."
            await JSONResponse({"error": words}, 403, {"vary": "Origin"})(scope, receive, send)
            return
        shared = {"access-control-allow-origin": origin, "access-control-expose-headers": "retry-after"} if origin and is_welcome else {}
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await Response(status_code=204, headers=PREFLIGHT | shared)(scope, receive, send)
            return

        async def send_shared(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer.update(shared)
                answer.add_vary_header("Origin")
            await send(message)

        await self.app(scope, receive, send_shared)

    def _is_welcome(self, origin: str) -> bool:
        return origin in self.named or (self.with_local and _THIS_MACHINE.fullmatch(origin) is not None)


def is_own(origin: str, headers: Mapping[str, str]) -> bool:
    """Whether a page of this very server asks: the browser says so, or the origin is the host that was asked."""
    if headers.get("sec-fetch-site") == "same-origin":
        return True  # a page's script cannot set this header
    try:
        parts = urlsplit(origin)
        port = parts.port or PORTS.get(parts.scheme)
        asked = urlsplit(f"//{headers.get('host', '')}")
        return bool(parts.hostname) and (parts.hostname, port) == (asked.hostname, asked.port or PORTS.get(parts.scheme))
    except ValueError:
        return False
