"""The website chat's API: begin a conversation, send a message, read what was said, say what was seen, have it mailed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import available_timezones

import anyio
from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.handling.accept import Accepted, accept, open_conversation
from bot.handling.letters import ask_for_transcript
from bot.handling.shop import Shop
from bot.handling.transcript import Page, delivered, look, seen
from bot.web import session
from bot.web.addresses import address_of
from bot.web.bell import CHANNEL, Bell
from bot.web.bodies import HIGHEST_SEQ, LONGEST_WAIT_S, client_id_of, file_ids_of, json_object, number_of, seq_of, text_of
from bot.web.limits import Limits
from bot.web.turns import Turns

LOOKS_AT_ONCE = 4  # for open pages; all of them may look in the same moment, and whoever writes must not wait behind them


@dataclass(frozen=True)
class Chat:
    """What the endpoints need."""

    shop: Shop
    turns: Turns
    bell: Bell
    limits: Limits
    now: Callable[[], datetime]
    session_secret: str
    identity_secret: str | None
    trusted_proxies: int
    looks: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(LOOKS_AT_ONCE))

    def routes(self) -> list[Route]:
        return [
            Route("/api/conversations", self.begin, methods=["POST"]),
            Route("/api/messages", self.send, methods=["POST"]),
            Route("/api/messages", self.read, methods=["GET"]),
            Route("/api/seen", self.seen, methods=["POST"]),
            Route("/api/transcript", self.mail, methods=["POST"]),
        ]

    async def begin(self, request: Request) -> JSONResponse:
        """A new conversation and its token; a signed-in visitor's where the shop says who it is."""
        body = await json_object(request)
        identity, zone = text_of(body, "identity"), text_of(body, "time_zone")
        customer = session.customer_in(self.identity_secret, identity, self.now()) if identity else None
        self.limits.begin(address_of(request, self.trusted_proxies), customer)
        known_zone = zone if zone in available_timezones() else None
        opened = await to_thread.run_sync(lambda: open_conversation(self.shop, CHANNEL, self.now(), known_zone, customer))
        return JSONResponse({"id": opened.id, "token": session.sign(self.session_secret, opened.id, self.now())}, 201)

    async def send(self, request: Request) -> JSONResponse:
        """Keeps a message and answers at once; the assistant's turn begins afterwards."""
        conversation_id = self.conversation_of(request)
        body = await json_object(request)
        client_id, text, choice = client_id_of(body), text_of(body, "text"), text_of(body, "choice")
        files = file_ids_of(body)
        self.limits.send(address_of(request, self.trusted_proxies), conversation_id)

        def keep() -> Accepted:
            return accept(self.shop, conversation_id, f"{conversation_id}:{client_id}", text, choice, self.now(), files)

        kept = await to_thread.run_sync(keep)
        self.turns.start(conversation_id)
        self.bell.ring(conversation_id)
        return JSONResponse({"id": kept.message_id, "seq": kept.seq, "duplicate": kept.duplicate}, 202)

    async def read(self, request: Request) -> JSONResponse:
        """What was said after a point; waits for something where there is nothing yet."""
        conversation_id = self.conversation_of(request)
        self.limits.fetch(conversation_id)
        after = int(number_of(request, "after", HIGHEST_SEQ))
        wait = number_of(request, "wait", LONGEST_WAIT_S)
        with self.bell.waits(conversation_id) as listener:
            page = await self.look(conversation_id, after)
            if not page.messages and wait:
                with anyio.move_on_after(wait):
                    await listener.wait()
                page = await self.look(conversation_id, after)
        await self.note_delivered(page)
        return JSONResponse(page.as_json())

    async def seen(self, request: Request) -> Response:
        """Notes what the customer has on their screen."""
        conversation_id = self.conversation_of(request)
        self.limits.fetch(conversation_id)
        seq = seq_of(await json_object(request))
        await to_thread.run_sync(lambda: seen(self.shop, conversation_id, seq, self.now()))
        return Response(status_code=204)

    async def mail(self, request: Request) -> JSONResponse:
        """Mails the whole chat to the address on an order proven in it."""
        conversation_id = self.conversation_of(request)
        self.limits.mail(conversation_id)
        is_new = await to_thread.run_sync(lambda: ask_for_transcript(self.shop, conversation_id, self.now()))
        return JSONResponse({"duplicate": not is_new}, 202)

    async def look(self, conversation_id: str, after: int) -> Page:
        """A page as it stands now."""
        is_under_way = self.turns.is_at(conversation_id)
        return await to_thread.run_sync(lambda: look(self.shop, conversation_id, after, self.now(), is_under_way), limiter=self.looks)

    async def note_delivered(self, page: Page) -> None:
        if page.on_their_way:
            await to_thread.run_sync(lambda: delivered(self.shop, page, self.now()))

    def conversation_of(self, request: Request) -> str:
        """The conversation that the request speaks for, by its header alone: a token in an address would be kept in logs."""
        return session.conversation_in(self.session_secret, request.headers.get("authorization", ""), self.now())
