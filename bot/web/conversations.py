"""The website chat's API: begin a conversation, send a message, read what was said."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

import anyio
from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.handling.accept import Accepted, accept, open_conversation
from bot.handling.shop import Shop
from bot.handling.transcript import Page, read
from bot.web import session
from bot.web.bell import CHANNEL, Bell
from bot.web.bodies import LONGEST_WAIT_S, client_id_of, json_object, number_of, text_of
from bot.web.limits import Limiter
from bot.web.turns import Turns

HIGHEST_SEQ = 2**31


@dataclass(frozen=True)
class Chat:
    """What the three endpoints need."""

    shop: Shop
    turns: Turns
    bell: Bell
    limiter: Limiter
    now: Callable[[], datetime]
    session_secret: str
    identity_secret: str | None

    def routes(self) -> list[Route]:
        return [
            Route("/api/conversations", self.begin, methods=["POST"]),
            Route("/api/messages", self.send, methods=["POST"]),
            Route("/api/messages", self.read, methods=["GET"]),
        ]

    async def begin(self, request: Request) -> JSONResponse:
        """A new conversation and its token; a signed-in visitor's where the shop says who it is."""
        body = await json_object(request)
        identity, zone = text_of(body, "identity"), text_of(body, "time_zone")
        customer = session.customer_in(self.identity_secret, identity) if identity else None
        known_zone = zone if zone in available_timezones() else None
        opened = await to_thread.run_sync(lambda: open_conversation(self.shop, CHANNEL, self.now(), known_zone, customer))
        return JSONResponse({"id": opened.id, "token": session.sign(self.session_secret, opened.id, self.now())}, 201)

    async def send(self, request: Request) -> JSONResponse:
        """Keeps a message and answers at once; the assistant's turn begins afterwards."""
        conversation_id = self._conversation(request)
        body = await json_object(request)
        client_id, text, choice = client_id_of(body), text_of(body, "text"), text_of(body, "choice")
        if not self.limiter.allows(conversation_id):
            words = "That is more than 30 messages in a minute. Wait a few seconds and send it again."
            raise HTTPException(429, words, {"retry-after": "5"})

        def keep() -> Accepted:
            return accept(self.shop, conversation_id, f"{conversation_id}:{client_id}", text, choice, self.now())

        kept = await to_thread.run_sync(keep)
        self.turns.start(conversation_id)
        self.bell.ring(conversation_id)
        return JSONResponse({"id": kept.message_id, "seq": kept.seq, "duplicate": kept.duplicate}, 202)

    async def read(self, request: Request) -> JSONResponse:
        """What was said after a point; waits for something where there is nothing yet."""
        conversation_id = self._conversation(request)
        after = int(number_of(request, "after", HIGHEST_SEQ))
        wait = number_of(request, "wait", LONGEST_WAIT_S)
        with self.bell.waits(conversation_id) as rung:
            page = await self._page(conversation_id, after)
            if not page.messages and wait:
                with anyio.move_on_after(wait):
                    await rung.wait()
                page = await self._page(conversation_id, after)
        return JSONResponse(page.as_json())

    async def _page(self, conversation_id: str, after: int) -> Page:
        return await to_thread.run_sync(read, self.shop, conversation_id, after, self.now())

    def _conversation(self, request: Request) -> str:
        return session.conversation_in(self.session_secret, request.headers.get("authorization", ""), self.now())
