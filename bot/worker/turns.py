"""Turns left over: of a web process that died, or of an assistant that was not up."""

import time
from collections.abc import Callable
from datetime import datetime
from queue import SimpleQueue

from bot.handling.shop import Shop
from bot.handling.turns import run_turns
from bot.ports import Assistant
from bot.worker.crew import Crew

AT_ONCE = 8
AGAIN_S = 1.0  # between two tries of one conversation


class LeftOver:
    """Takes the turns nobody is at, a few at once, each conversation at most once a second. No other job waits for the assistant."""

    def __init__(self, shop: Shop, assistant: Assistant, now: Callable[[], datetime]) -> None:
        self.shop, self.assistant, self.now = shop, assistant, now
        self.tried: dict[str, float] = {}
        self.crew, self.done = Crew("turn", AT_ONCE), SimpleQueue[int]()

    def run(self, now: datetime) -> int:
        """Begins those due now; how many messages were dealt with since the last look."""
        with self.shop.begin(False) as uow:
            waiting = uow.conversations.waiting_for_a_turn(now, AT_ONCE * 8)
        for one in self._due([one for one in waiting if not self.crew.is_at(one)])[: self.crew.free()]:
            self.tried[one] = time.monotonic()
            self.crew.begin(one, self._turn, one)
        return sum(self.done.get() for _ in range(self.done.qsize()))

    def _due(self, waiting: list[str]) -> list[str]:
        moment = time.monotonic()
        self.tried = {one: at for one, at in self.tried.items() if moment - at < AGAIN_S}
        return [one for one in waiting if one not in self.tried]

    def _turn(self, conversation_id: str) -> None:
        """What crashes lets its lease run out, and is tried again."""
        self.done.put(run_turns(self.shop, self.assistant, conversation_id, self.now))

    def wait(self) -> None:
        self.crew.wait()

    def close(self) -> None:
        self.crew.close()
