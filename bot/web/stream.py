"""The conversation as it goes on: server-sent events, read with `fetch` since EventSource cannot carry the session's header."""

import json
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import anyio
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from bot.handling.transcript import Page
from bot.web.bell import Listener
from bot.web.bodies import HIGHEST_SEQ, number_of
from bot.web.conversations import Chat

HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}  # the second: nginx passes each event on at once
BEAT = b": \n\n"  # a comment: nothing to show, but the line is seen to be alive
SPREAD = 0.1  # of a stream's life and beat, so that those opened together do not all come back, or look, together


@dataclass(frozen=True)
class Pace:
    """Seconds: between two signs of life, and until a stream ends at a quiet moment, so that a proxy that holds everything back until the
    end shows."""

    beat: float = 15.0
    life: float = 300.0


@dataclass(frozen=True)
class Stream:
    """One endpoint over the chat's own pages."""

    chat: Chat
    pace: Pace = field(default_factory=Pace)

    def routes(self) -> list[Route]:
        return [Route("/api/stream", self.open, methods=["GET"])]

    async def open(self, request: Request) -> StreamingResponse:
        """All that is said after a point, at once and as it comes."""
        if request.method == "HEAD":  # it would be held open for nothing
            raise HTTPException(405)
        conversation_id = self.chat.conversation_of(request)
        after = int(number_of(request, "after", HIGHEST_SEQ))
        self.chat.limits.fetch(conversation_id)
        await self.chat.look(conversation_id, HIGHEST_SEQ)  # refused in words while there is still a status to do it with
        return StreamingResponse(self._events(conversation_id, after), media_type="text/event-stream", headers=HEADERS)

    async def _events(self, conversation_id: str, after: int) -> AsyncIterator[bytes]:
        """A page whenever there is something new, else a sign of life. Each beat looks too: no row can be missed for longer."""
        ends = time.monotonic() + self.pace.life * random.uniform(1 - SPREAD, 1)
        told: dict[str, Any] | None = None
        with self.chat.bell.waits(conversation_id) as listener:
            while True:
                listener.rearm()
                page = await self.chat.look(conversation_id, after)
                if page.messages or page.status != told:
                    after, told = newest(page, after), page.status
                    yield event(page, after)
                    await self.chat.note_delivered(page)
                else:
                    yield BEAT
                left = ends - time.monotonic()
                if listener.is_dismissed or (left <= 0 and not page.is_answering):
                    return
                beat = self.pace.beat * random.uniform(1 - SPREAD, 1)
                await _rung(listener, min(beat, left) if left > 0 else beat)


async def _rung(listener: Listener, most: float) -> None:
    with anyio.move_on_after(most):
        await listener.wait()


def newest(page: Page, after: int) -> int:
    """The point from which to go on."""
    return max((int(one["seq"]) for one in page.messages), default=after)


def event(page: Page, seq: int) -> bytes:
    """A page as one event. JSON escapes the line ends, so its data is one line."""
    return f"event: page\nid: {seq}\ndata: {json.dumps(page.as_json(), ensure_ascii=False)}\n\n".encode()
