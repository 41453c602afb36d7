"""The queue over HTTP: as it stands, and as it changes. One look at the database serves everybody who has the desk open."""

import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import anyio
from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.cases.desk import Agent
from bot.cases.instants import instant
from bot.desk.door import Door, SignedOut
from bot.handling import board
from bot.handling.board import Board, Row

HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}  # the second: nginx passes each event on at once
BEAT_S, LIFE_S = 15.0, 600.0
BEAT = b": \n\n"
AT_MOST = 2.0  # times the processor's time that a look took there is a rest after it: looking never takes up a whole core


@dataclass
class Looks:
    """The last look, which all share while it is fresh. Nobody looks while nobody listens."""

    door: Door
    every: float
    found: Board = field(default_factory=Board)
    number: int = 0  # of the look, where it differs from the one before
    changed: frozenset[str] = frozenset()  # what differs between these two
    begun_at: float = -1.0
    again_at: float = 0.0
    lock: anyio.Lock = field(default_factory=anyio.Lock)
    limiter: CapacityLimiter | None = None

    async def fresh(self) -> Board:
        """The queue, no older than the interval between two looks."""
        async with self.lock:
            return await self._look() if time.monotonic() >= self.again_at else self.found

    async def newest(self) -> Board:
        """The queue as it stands now: whoever asks sees at least what they did themselves. Those who ask together share a look."""
        asked = time.monotonic()
        async with self.lock:
            return self.found if self.begun_at >= asked else await self._look()

    async def _look(self) -> Board:
        self.limiter = self.limiter or CapacityLimiter(1)
        before, begun = self.found, time.monotonic()

        def look() -> tuple[Board, float]:
            used = time.thread_time()
            return board.look(self.door.shop, self.door.now(), before), time.thread_time() - used

        self.found, took = await to_thread.run_sync(look, limiter=self.limiter)
        now, then = self.found.rows, before.rows
        changed = frozenset(ref for ref in {**now, **then} if now.get(ref) is not then.get(ref))
        if changed:
            self.number, self.changed = self.number + 1, changed
        self.begun_at, self.again_at = begun, time.monotonic() + max(self.every, AT_MOST * took)
        return self.found


def board_routes(door: Door, poll: float) -> list[Route]:
    """GET /desk/api/board and /desk/api/stream."""
    looks = Looks(door, poll)

    async def show(_request: Request, agent: Agent) -> Response:
        found = await looks.newest()
        return _json(_event_data(door, found.of(agent), None))

    async def stream(request: Request, agent: Agent) -> Response:
        if request.method == "HEAD":  # it would be held open for nothing
            raise HTTPException(405)
        return StreamingResponse(_events(door, looks, request, agent), media_type="text/event-stream", headers=HEADERS)

    return [
        Route("/desk/api/board", door.reads(show), methods=["GET"]),
        Route("/desk/api/stream", door.reads(stream), methods=["GET"]),
    ]


async def _events(door: Door, looks: Looks, request: Request, agent: Agent) -> AsyncIterator[bytes]:
    """All rows, then those that change; a sign of life in between, at which it is asked anew who sits there."""
    shown, number = dict[str, Row](), -1
    begun = beaten = time.monotonic()
    while time.monotonic() - begun < LIFE_S and not _is_closing(request):
        await looks.fresh()
        if looks.number != number:
            found = looks.found
            asked = looks.changed if looks.number == number + 1 else {**found.rows, **shown}
            rows = [found.rows[ref] for ref in asked if ref in found.rows and found.rows[ref].is_for(agent)]
            changed = [row for row in rows if shown.get(row.ref) is not row]
            gone = [*({ref for ref in asked if ref in shown} - {row.ref for row in rows})]
            is_first, number = number < 0, looks.number
            if changed or gone or is_first:
                yield b"event: board\ndata: " + _event_data(door, changed, gone) + b"\n\n"
                beaten = time.monotonic()
            shown = {ref: row for ref, row in {**shown, **{row.ref: row for row in changed}}.items() if ref not in gone}
        if time.monotonic() - beaten > BEAT_S:
            beaten = time.monotonic()
            try:
                agent = (await door.signed_in(request)).agent
            except SignedOut:
                return
            yield BEAT
        await anyio.sleep(looks.every)


def _is_closing(request: Request) -> bool:
    """Whether the server is being stopped: nobody is kept waiting then."""
    bell: Any = getattr(request.app.state, "bell", None)
    return bool(bell and bell.is_closed)


def _event_data(door: Door, rows: list[Row], gone: list[str] | None) -> bytes:
    left = "" if gone is None else ', "gone": [' + ", ".join(f'"{ref}"' for ref in gone) + "]"
    return f'{{"rows": [{", ".join(row.text for row in rows)}]{left}, "now": "{instant(door.now())}"}}'.encode()


def _json(raw: bytes, headers: Mapping[str, str] | None = None) -> Response:
    return Response(raw, media_type="application/json", headers=headers)
