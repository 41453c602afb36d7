"""Wakes the requests that wait for words: one look at the outbox each interval, for all of them."""

from collections.abc import Iterator
from contextlib import contextmanager

import anyio
import structlog
from anyio import to_thread

from bot.handling.shop import Shop

CHANNEL = "website"
MOST = 6  # waiting requests of one conversation, such as open tabs; the oldest goes home
log = structlog.get_logger(__name__)


class Bell:
    """Requests waiting by conversation, and the newest outbox rows seen."""

    def __init__(self, shop: Shop, every: float) -> None:
        self.shop, self.every = shop, every
        self.waiting: dict[str, list[anyio.Event]] = {}
        self.is_closed = False

    @contextmanager
    def waits(self, conversation_id: str) -> Iterator[anyio.Event]:
        """An event that is set at the next ring for this conversation."""
        rung = anyio.Event()
        here = self.waiting.setdefault(conversation_id, [])
        here.append(rung)
        if len(here) > MOST:
            here[0].set()
        if self.is_closed:
            rung.set()
        try:
            yield rung
        finally:
            here.remove(rung)
            if not here:
                self.waiting.pop(conversation_id, None)

    def ring(self, conversation_id: str) -> None:
        """Wakes all who wait for this conversation."""
        for rung in self.waiting.get(conversation_id, ()):
            rung.set()

    def close(self) -> None:
        """Lets everybody go home: the process ends."""
        self.is_closed = True
        for conversation_id in list(self.waiting):
            self.ring(conversation_id)

    async def listen(self) -> None:
        """Looks for new rows until cancelled. Each look goes back to the one before the last: on PostgreSQL a row
        with a lower number may be committed a moment after one with a higher number."""
        before = newest = -1
        while True:
            try:
                if newest < 0:
                    before = newest = await to_thread.run_sync(self._last)
                seen, news = await to_thread.run_sync(self._since, before)
                before, newest = newest, seen
                for conversation_id in news:
                    self.ring(conversation_id)
            except Exception:  # the loop must outlive a database that is away for a while
                log.exception("bell.failed")
                await anyio.sleep(1)
            await anyio.sleep(self.every)

    def _last(self) -> int:
        with self.shop.begin(False) as uow:
            return uow.outbox.last_id()

    def _since(self, row_id: int) -> tuple[int, set[str]]:
        with self.shop.begin(False) as uow:
            return uow.outbox.conversations_since(row_id, CHANNEL)
