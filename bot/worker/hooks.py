"""What other systems are told: several hooks at once, each conversation in its order, and no hook that hangs holds up the others."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from datetime import datetime, timedelta

import structlog

from bot.errors import NoAnswer, NotReached
from bot.handling import hooks
from bot.handling.shop import Shop
from bot.ports import Poster
from bot.worker.pace import LEASE, Pace

AT_ONCE, OF_ONE_HOOK = 8, 3
REST = timedelta(seconds=1)  # a hook that is away for hours has much waiting: it is not searched at every loop
log = structlog.get_logger(__name__)


class Hooks:
    """Takes due deliveries and posts them in threads. `now` is the clock, for what a thread does later."""

    def __init__(self, shop: Shop, post: Poster, now: Callable[[], datetime]) -> None:
        self.shop, self.post, self.now = shop, post, now
        self.pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hook")
        self.under_way: dict[Future[None], str] = {}
        self.tidying = Pace(timedelta(hours=1))
        self.resting: dict[str, datetime] = {}  # hooks of which all waits for a try that failed, and until when they are left alone

    def run(self, now: datetime) -> int:
        """How many were taken; they are finished in their own time."""
        self.under_way = {one: hook for one, hook in self.under_way.items() if not one.done()}
        if self.tidying.is_due(now):
            hooks.forget(self.shop, now)
        with self.shop.begin(False) as uow:
            due = uow.hooks.due(now)
        return sum(self._take(hook_id, now) for hook_id in due if not now < self.resting.get(hook_id, now) <= now + REST)

    def _take(self, hook_id: str, now: datetime) -> int:
        free = min(AT_ONCE - len(self.under_way), OF_ONE_HOOK - list(self.under_way.values()).count(hook_id))
        if free <= 0:
            return 0
        with self.shop.begin(True) as uow:
            taken = uow.hooks.claim_due(hook_id, now, LEASE, free)
        if not taken and hook_id not in self.under_way.values():
            self.resting[hook_id] = now + REST
        for delivery_id in taken:
            future = self.pool.submit(self._deliver, delivery_id)
            future.add_done_callback(_tell)
            self.under_way[future] = hook_id
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
        """Until all that is under way is finished."""
        wait_for(self.under_way)

    def close(self) -> None:
        """Finishes what is under way."""
        self.pool.shutdown(wait=True)


def _tell(future: "Future[None]") -> None:
    """An unforeseen error is in the log; the row's lease runs out, and it is sent again."""
    if future.exception():
        log.error("hook.crashed", exc_info=future.exception())
