"""Turns outside the requests that caused them: one at a time for a conversation, a bounded number in all."""

from collections.abc import Callable
from datetime import datetime

import structlog
from anyio import CapacityLimiter, to_thread
from anyio.abc import TaskGroup

from bot.handling.shop import Shop
from bot.handling.turns import run_turns
from bot.ports import Assistant
from bot.web.bell import Bell

AT_ONCE = 6  # turns in this process, each a thread; more would only wait for the assistant, and hold up those who write
log = structlog.get_logger(__name__)


class Turns:
    """Starts turns in a task group. What it does not get to is left to the worker."""

    def __init__(self, shop: Shop, assistant: Assistant, bell: Bell, now: Callable[[], datetime]) -> None:
        self.shop, self.assistant, self.bell, self.now = shop, assistant, bell, now
        self.tasks: TaskGroup | None = None
        self.limiter: CapacityLimiter | None = None
        self.running: set[str] = set()
        self.again: set[str] = set()

    def open(self, tasks: TaskGroup) -> None:
        """From here on turns can be started."""
        self.tasks, self.limiter = tasks, CapacityLimiter(AT_ONCE)

    def is_at(self, conversation_id: str) -> bool:
        """Whether a turn was started here and has not ended."""
        return conversation_id in self.running

    def start(self, conversation_id: str) -> None:
        """Starts a turn, or has the one under way look once more when it is done."""
        if conversation_id in self.running:
            self.again.add(conversation_id)
        elif self.tasks:
            self.running.add(conversation_id)
            self.tasks.start_soon(self._run, conversation_id)

    async def _run(self, conversation_id: str) -> None:
        try:
            while True:
                self.again.discard(conversation_id)
                await to_thread.run_sync(run_turns, self.shop, self.assistant, conversation_id, self.now, limiter=self.limiter)
                self.bell.ring(conversation_id)
                if conversation_id not in self.again:
                    return
        except Exception:  # the worker finds what this turn left undone, and says so to the customer
            log.exception("turn.crashed", conversation=conversation_id)
        finally:
            self.running.discard(conversation_id)
