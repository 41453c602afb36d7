"""A queue before SQLite's one writer.

SQLite lets those who find the file locked sleep and try again, ever longer, so that under load whoever came last may be first and an
unlucky one waits for seconds. The kernel wakes the next waiter of a file lock at once. It ends with the process, however that ends.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as WaitedInVain
from contextlib import ExitStack, contextmanager
from pathlib import Path

PATIENCE_S = 15.0  # as long as SQLite itself waits
MOST_WAITING = 64  # more than the connections of a process


class WritersQueue:
    """Those who write to one SQLite file, in all processes of this machine. Who takes in what a customer sends goes first: the others
    line up among themselves before they join its line, so a message waits for one of them at most."""

    def __init__(self, path: Path, patience: float = PATIENCE_S) -> None:
        self.door, self.others = path, path.with_name(f"{path.name}-others")
        self.patience = patience
        self.waiting = ThreadPoolExecutor(MOST_WAITING, "writers-queue")  # a file lock cannot be waited for with an end by itself

    @contextmanager
    def turn(self, goes_first: bool = False) -> Iterator[None]:
        """Waits until nobody else writes; in vain, it goes on all the same: SQLite's own lock keeps the file safe, and says so."""
        until = time.monotonic() + self.patience
        with ExitStack() as places:
            for line in [self.door] if goes_first else [self.others, self.door]:
                places.enter_context(self._first_in(line, until))
            yield

    @contextmanager
    def _first_in(self, line: Path, until: float) -> Iterator[None]:
        handle = os.open(line, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)  # a place belongs to an open file: each turn opens its own
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            taken = self.waiting.submit(fcntl.flock, handle, fcntl.LOCK_EX)
            try:
                taken.result(max(0.0, until - time.monotonic()))
            except WaitedInVain:
                taken.add_done_callback(lambda _taken: os.close(handle))
                yield
                return
        try:
            yield
        finally:
            os.close(handle)
