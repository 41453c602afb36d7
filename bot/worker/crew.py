"""Work in threads beside the loop: so much at once in all, and no more about one thing than its share, so that what hangs holds up
nothing else."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class Crew:
    """`name` is what the log calls its work, such as "remedy"."""

    def __init__(self, name: str, at_once: int) -> None:
        self.name, self.at_once = name, at_once
        self.pool = ThreadPoolExecutor(at_once, thread_name_prefix=name)
        self.under_way: dict[Future[Any], object] = {}

    def free(self, about: object = None, share: int | None = None) -> int:
        """How much more can be begun now; where a share is given, about this one thing."""
        self.under_way = {one: what for one, what in self.under_way.items() if not one.done()}
        left = self.at_once - len(self.under_way)
        return max(0, left if share is None else min(left, share - [*self.under_way.values()].count(about)))

    def is_at(self, about: object) -> bool:
        """Whether something about it is under way."""
        return any(what == about and not one.done() for one, what in self.under_way.items())

    def begin(self, about: object, deed: Callable[..., Any], *given: Any) -> None:
        """Does it in a thread. An unforeseen error goes to the log; what was claimed is claimed again when its lease has run out."""
        future = self.pool.submit(deed, *given)
        future.add_done_callback(self._tell)
        self.under_way[future] = about

    def _tell(self, future: "Future[Any]") -> None:
        if future.exception():
            log.error(f"{self.name}.crashed", exc_info=future.exception())

    def wait(self) -> None:
        """Until all that is under way is finished."""
        wait_for(self.under_way)

    def close(self) -> None:
        """Finishes what is under way."""
        self.pool.shutdown(wait=True)
