"""The doors of messaging channels: what a provider sends is verified, kept, and answered; only then is anything done about it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

import structlog
from anyio import CapacityLimiter, to_thread
from anyio.abc import TaskGroup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.cases.way_back import Links
from bot.errors import Refused, SendFailed
from bot.handling import arrivals
from bot.handling.files import sent_file
from bot.handling.shop import Shop
from bot.ports import Channel, FileMaker, Knock
from bot.web.bodies import bounded
from bot.web.file_bodies import file_answer
from bot.web.turns import Turns

LARGEST = 3 * 1024 * 1024  # bytes of one delivery: Meta sends up to 3 MB at once
AT_ONCE = 4
log = structlog.get_logger(__name__)


class ChannelDoors:
    """One door for each channel that has webhooks, at /channels/<name>."""

    def __init__(
        self,
        shop: Shop,
        channels: Mapping[str, Channel],
        maker: FileMaker,
        turns: Turns,
        links: Links | None,
        public_url: str | None,
        now: Callable[[], datetime],
    ) -> None:
        self.shop, self.channels, self.maker, self.turns, self.now = shop, channels, maker, turns, now
        self.links, self.public_url = links, public_url
        self.tasks: TaskGroup | None = None
        self.limiter: CapacityLimiter | None = None

    def open(self, tasks: TaskGroup) -> None:
        """From here on what was kept is taken in as well."""
        self.tasks, self.limiter = tasks, CapacityLimiter(AT_ONCE)

    def routes(self) -> list[Route]:
        if not self.channels:
            return []
        files = [Route("/channels/files/{token}", self.file, methods=["GET"])] if self.links else []
        return [*files, Route("/channels/{name}", self.knock, methods=["GET", "POST"])]

    async def file(self, request: Request) -> Response:
        """A file that a person sent, for the provider that takes it to the customer."""
        file_id = self.links.file_in(request.path_params["token"], self.now()) if self.links else None
        if file_id is None:
            raise HTTPException(404, "There is no such file here.")
        return file_answer(*await to_thread.run_sync(sent_file, self.shop, file_id))

    async def knock(self, request: Request) -> Response:
        """Answers once all of a delivery is kept. What is not the provider's is refused, and changes nothing."""
        channel = self.channels.get(request.path_params["name"])
        if channel is None:
            raise HTTPException(404, "There is no such channel here.")
        knock = await self._read(request)
        try:
            brought = channel.read(knock, self.now())
        except Refused as refused:
            log.warning("channel.refused", channel=channel.name, status=refused.status, why=str(refused))
            raise HTTPException(refused.status, str(refused)) from refused
        if brought.arrivals:
            lanes = await to_thread.run_sync(arrivals.keep, self.shop, channel, brought.arrivals, self.now())
            for lane in lanes:
                if self.tasks:
                    self.tasks.start_soon(self._take_in, channel, lane)
        return Response(brought.body, media_type=brought.media_type)

    async def _read(self, request: Request) -> Knock:
        """The request as its provider sent it: behind a proxy the public address is the one that it signed."""
        body = await bounded(request, LARGEST)
        query = request.scope["query_string"].decode("ascii", "replace")
        base = self.public_url or str(request.base_url).rstrip("/")
        url = f"{base}{request.url.path}" + (f"?{query}" if query else "")
        headers = {name.lower(): value for name, value in request.headers.items()}
        return Knock(request.method, url, headers, dict(request.query_params), body)

    async def _take_in(self, channel: Channel, lane: str) -> None:
        """Everything that waits in a lane. What fails here is left to the worker."""
        take = partial(arrivals.take_next, self.shop, channel, self.maker, lane, at_once=True)
        try:
            while took := await to_thread.run_sync(lambda: take(now=self.now()), limiter=self.limiter):
                if took.conversation_id:
                    self.turns.start(took.conversation_id)
                    if channel.can.marks and took.kind is took.kind.MESSAGE and self.tasks:
                        self.tasks.start_soon(self._mark_seen, channel, lane, took.provider_id)
        except Exception:  # it is kept: the worker takes it in
            log.exception("arrival.crashed", channel=channel.name)

    async def _mark_seen(self, channel: Channel, sender: str, provider_id: str) -> None:
        try:
            await to_thread.run_sync(channel.mark_seen, sender, provider_id)
        except SendFailed as failure:
            log.info("channel.not_marked", channel=channel.name, why=str(failure))
