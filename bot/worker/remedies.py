"""Remedies that wait to be carried out: several at once, so that a shop that hangs holds up nothing else."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from datetime import datetime

import structlog

from bot.handling.callbacks import missed, overdue
from bot.handling.carrying_out import KIND, LEASE, carry_out
from bot.handling.shop import Shop
from bot.ports import RemedyProvider

AT_ONCE = 8
log = structlog.get_logger(__name__)


class Remedies:
    """Takes due rows of the outbox and carries them out in threads. `now` is the clock, for what a thread does later."""

    def __init__(self, shop: Shop, provider: RemedyProvider | None, now: Callable[[], datetime]) -> None:
        self.shop, self.provider, self.now = shop, provider, now
        self.pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="remedy")
        self.under_way: set[Future[None]] = set()

    def run(self, now: datetime) -> int:
        """How many were taken; they are finished in their own time."""
        self.under_way = {one for one in self.under_way if not one.done()}
        free = AT_ONCE - len(self.under_way)
        if free == 0:
            return 0
        with self.shop.begin(True) as uow:
            rows = uow.outbox.claim_due(KIND, now, LEASE, free)
        for row in rows:
            future = self.pool.submit(carry_out, self.shop, self.provider, row, self.now)
            future.add_done_callback(_tell)
            self.under_way.add(future)
        return len(rows)

    def wait(self) -> None:
        """Until all that is under way is finished."""
        wait_for(self.under_way)

    def close(self) -> None:
        """Finishes what is under way."""
        self.pool.shutdown(wait=True)


def _tell(future: "Future[None]") -> None:
    """An unforeseen error is in the log; the row's lease runs out, and the shop is asked what became of it."""
    if future.exception():
        log.error("remedy.crashed", exc_info=future.exception())


class Overdue:
    """Calls that nobody made."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def run(self, now: datetime) -> int:
        """How many were found."""
        return len([missed(self.shop, one, "worker", now) for one in overdue(self.shop, now)])
