"""Remedies that wait to be carried out: several at once, so that a shop that hangs holds up nothing else."""

from collections.abc import Callable
from datetime import datetime

import structlog

from bot.handling.callbacks import missed, overdue
from bot.handling.carrying_out import KIND, LEASE, carry_out
from bot.handling.shop import Shop
from bot.ports import RemedyProvider
from bot.worker.crew import Crew

AT_ONCE = 8
log = structlog.get_logger(__name__)


class Remedies:
    """Takes due rows of the outbox and carries them out in threads. `now` is the clock, for what a thread does later."""

    def __init__(self, shop: Shop, provider: RemedyProvider | None, now: Callable[[], datetime]) -> None:
        self.shop, self.provider, self.now = shop, provider, now
        self.crew = Crew("remedy", AT_ONCE)

    def run(self, now: datetime) -> int:
        """How many were taken; they are finished in their own time."""
        free = self.crew.free()
        if free == 0:
            return 0
        with self.shop.begin(True) as uow:
            rows = uow.outbox.claim_due(KIND, now, LEASE, free)
        for row in rows:
            self.crew.begin(None, carry_out, self.shop, self.provider, row, self.now)
        return len(rows)

    def wait(self) -> None:
        self.crew.wait()

    def close(self) -> None:
        self.crew.close()


class Overdue:
    """Calls that nobody made."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def run(self, now: datetime) -> int:
        """How many were found."""
        return len([missed(self.shop, one, "worker", now) for one in overdue(self.shop, now)])
