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


class Listener:
    """One request that waits: it is rung when there may be something new, and dismissed when it has to go."""

    def __init__(self) -> None:
        self.rung = anyio.Event()
        self.is_dismissed = False

    async def wait(self) -> None:
        """Until the next ring."""
        await self.rung.wait()

    def rearm(self) -> None:
        """From here on the next ring counts. To be called before looking, so that none falls in between."""
        self.rung = anyio.Event()

    def ring(self) -> None:
        self.rung.set()

    def dismiss(self) -> None:
        self.is_dismissed = True
        self.rung.set()


class Bell:
    """Requests waiting by conversation, and the newest outbox rows seen."""

    def __init__(self, shop: Shop, every: float) -> None:
        self.shop, self.every = shop, every
        self.waiting: dict[str, list[Listener]] = {}
        self.is_closed = False

    @contextmanager
    def waits(self, conversation_id: str) -> Iterator[Listener]:
        """A listener to the rings for this conversation."""
        listener = Listener()
        here = self.waiting.setdefault(conversation_id, [])
        here.append(listener)
        for oldest in [one for one in here if not one.is_dismissed][:-MOST]:
            oldest.dismiss()
        if self.is_closed:
            listener.dismiss()
        try:
            yield listener
        finally:
            here.remove(listener)
            if not here:
                self.waiting.pop(conversation_id, None)

    def ring(self, conversation_id: str) -> None:
        """Wakes all who wait for this conversation."""
        for listener in self.waiting.get(conversation_id, ()):
            listener.ring()

    def close(self) -> None:
        """Lets everybody go home: the process ends."""
        self.is_closed = True
        for listener in [one for here in self.waiting.values() for one in here]:
            listener.dismiss()

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
