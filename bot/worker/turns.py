"""Turns left over: of a web process that died, or of an assistant that was not up."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from datetime import datetime
from itertools import islice

import structlog

from bot.handling.shop import Shop
from bot.handling.turns import run_turns
from bot.ports import Assistant

AT_ONCE = 8
AGAIN_S = 1.0  # between two tries of one conversation
log = structlog.get_logger(__name__)


class LeftOver:
    """Takes the turns nobody is at, a few at once, each conversation at most once a second. No other job waits for the assistant."""

    def __init__(self, shop: Shop, assistant: Assistant, now: Callable[[], datetime]) -> None:
        self.shop, self.assistant, self.now = shop, assistant, now
        self.tried: dict[str, float] = {}
        self.under_way: dict[str, Future[int]] = {}
        self.pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="turn")

    def run(self, now: datetime) -> int:
        """Begins those due now; how many messages were dealt with since the last look."""
        ended = {one: turn for one, turn in self.under_way.items() if turn.done()}
        self.under_way = {one: turn for one, turn in self.under_way.items() if one not in ended}
        with self.shop.begin(False) as uow:
            waiting = uow.conversations.waiting_for_a_turn(now, AT_ONCE * 8)
        due = self._due([one for one in waiting if one not in self.under_way])
        for one in islice(due, AT_ONCE - len(self.under_way)):
            self.under_way[one] = self.pool.submit(self._turn, one)
        return sum(turn.result() for turn in ended.values())

    def wait(self) -> None:
        """Until all that is under way is finished."""
        wait_for(self.under_way.values())

    def _due(self, waiting: list[str]) -> Iterator[str]:
        moment = time.monotonic()
        self.tried = {one: at for one, at in self.tried.items() if moment - at < AGAIN_S}
        for one in waiting:
            if one not in self.tried:
                self.tried[one] = moment
                yield one

    def _turn(self, conversation_id: str) -> int:
        try:
            return run_turns(self.shop, self.assistant, conversation_id, self.now)
        except Exception:  # one conversation's trouble must not stop the others; its lease runs out and it is tried again
            log.exception("turn.crashed", conversation=conversation_id)
            return 0

    def close(self) -> None:
        self.pool.shutdown(wait=True)
