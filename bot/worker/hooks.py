"""What other systems are told: several hooks at once, each conversation in its order, and no hook that hangs holds up the others."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.errors import NoAnswer, NotReached
from bot.handling import hooks
from bot.handling.shop import Shop
from bot.ports import Poster
from bot.worker.crew import Crew
from bot.worker.pace import LEASE, Pace

AT_ONCE, OF_ONE_HOOK = 8, 3
REST = timedelta(seconds=1)  # a hook that is away for hours has much waiting: it is not searched at every loop
log = structlog.get_logger(__name__)


class Hooks:
    """Takes due deliveries and posts them in threads. `now` is the clock, for what a thread does later."""

    def __init__(self, shop: Shop, post: Poster, now: Callable[[], datetime]) -> None:
        self.shop, self.post, self.now = shop, post, now
        self.crew = Crew("hook", AT_ONCE)
        self.tidying = Pace(timedelta(hours=1))
        self.resting: dict[str, datetime] = {}  # hooks of which all waits for a try that failed, and until when they are left alone

    def run(self, now: datetime) -> int:
        """How many were taken; they are finished in their own time."""
        if self.tidying.is_due(now):
            hooks.forget(self.shop, now)
        with self.shop.begin(False) as uow:
            due = uow.hooks.due(now)
        return sum(self._take(hook_id, now) for hook_id in due if not now < self.resting.get(hook_id, now) <= now + REST)

    def _take(self, hook_id: str, now: datetime) -> int:
        free = self.crew.free(hook_id, OF_ONE_HOOK)
        if free == 0:
            return 0
        with self.shop.begin(True) as uow:
            taken = uow.hooks.claim_due(hook_id, now, LEASE, free)
        if not taken and not self.crew.is_at(hook_id):
            self.resting[hook_id] = now + REST
        for delivery_id in taken:
            self.crew.begin(hook_id, self._deliver, delivery_id)
        return len(taken)

    def _deliver(self, delivery_id: int) -> None:
        ready = hooks.prepare(self.shop, delivery_id)
        if ready is None:
            return
        status = None
        try:
            status = self.post.post(ready.url, ready.secret, ready.body, hooks.headers_of(ready.id, ready.event))
            why = f"status {status}"
        except (NotReached, NoAnswer) as failure:
            why = str(failure)
        if status and 200 <= status < 300:
            hooks.sent(self.shop, ready.id, status)
            return
        is_dead = hooks.failed(self.shop, ready.id, status, self.now())
        log.warning("hook.failed", delivery=ready.id, why=why, given_up=is_dead)

    def wait(self) -> None:
        self.crew.wait()

    def close(self) -> None:
        self.crew.close()
