"""What an erasure leaves to do outside of its transaction, and what is kept no longer."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.errors import StoreUnavailable
from bot.handling import erasing, retention
from bot.handling.shop import Shop
from bot.ports import Memory
from bot.worker.pace import Pace

LOOK = timedelta(seconds=5)
REST = timedelta(hours=1)  # between two looks for what is old, once there is nothing
FULL_LOGS = "*.log.*"  # files that supervisord has closed
log = structlog.get_logger(__name__)


class Erasures:
    """Goes on with each until it is finished. Two workers that do the same do no harm."""

    def __init__(self, shop: Shop, memory: Memory, compact: Callable[[], None]) -> None:
        self.shop, self.memory, self.compact = shop, memory, compact
        self.pace = Pace(LOOK)

    def run(self, now: datetime) -> int:
        """How many were finished; none while somebody is in the middle of a file: it is tried again soon."""
        if not self.pace.is_due(now):
            return 0
        try:
            return erasing.go_on(self.shop, self.memory, self.compact, now)
        except StoreUnavailable as busy:
            log.warning("erasure.waits", why=str(busy))
            return 0


class Retention:
    """Takes away what is old, a batch at a time. `logs`: the folder of the log files."""

    def __init__(self, shop: Shop, memory: Memory, logs: Path) -> None:
        self.shop, self.memory, self.logs = shop, memory, logs
        self.next: datetime | None = None

    def run(self, now: datetime) -> int:
        """How much was taken away."""
        if self.next and self.next - REST <= now < self.next:
            return 0
        self.next = now + REST  # also where it fails
        done = sum(retention.run(self.shop, self.memory, now).values()) + self._full_logs(now)
        self.next = now + LOOK if done else self.next
        return done

    def _full_logs(self, now: datetime) -> int:
        """Log files that were full long ago."""
        before = (now - timedelta(days=self.shop.policy.retention.logs)).timestamp()
        old = [one for one in self.logs.glob(FULL_LOGS) if one.stat().st_mtime < before]
        for one in old:
            one.unlink(missing_ok=True)
        return len(old)
