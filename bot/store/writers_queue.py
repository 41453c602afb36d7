"""A queue before SQLite's one writer.

SQLite lets those who find the file locked sleep and try again, ever longer, so that under load whoever came last may be first and an
unlucky one waits for seconds. Here they look again at once, and a file lock ends with its process, however that ends.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

LOOK_S = 0.001
PATIENCE_S = 15.0  # as long as SQLite itself waits


class WritersQueue:
    """Those who write to one SQLite file, in all processes of this machine.

    The public door goes first. The others line up among themselves, and the first of them lets everybody at the door pass: so a
    message waits for one of them at most.
    """

    def __init__(self, path: Path, goes_first: bool, patience: float = PATIENCE_S) -> None:
        self.path, self.goes_first, self.patience = path, goes_first, patience

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits until nobody else writes; in vain, it goes on all the same: SQLite's own lock keeps the file safe, and says so."""
        until = time.monotonic() + self.patience
        with ExitStack() as places:

            def place(line: str) -> int:
                """One's own in a line: it belongs to an open file, so each turn opens its own."""
                handle = os.open(f"{self.path}{line}", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
                places.callback(os.close, handle)
                return handle

            door, writer = place("-door"), place("")
            if self.goes_first:
                _wait(lambda: _lock(door, fcntl.LOCK_SH), until)  # many may stand there; another's look holds it for no time
                _wait(lambda: _lock(writer, fcntl.LOCK_EX), until)
                _lock(door, fcntl.LOCK_UN)
            else:
                others = place("-others")
                _wait(lambda: _lock(others, fcntl.LOCK_EX), until)
                _wait(lambda: _is_empty(door) and _lock(writer, fcntl.LOCK_EX), until)
            yield


def _wait(is_so: Callable[[], bool], until: float) -> None:
    while not is_so() and time.monotonic() < until:
        time.sleep(LOOK_S)


def _is_empty(door: int) -> bool:
    return _lock(door, fcntl.LOCK_EX) and _lock(door, fcntl.LOCK_UN)


def _lock(handle: int, how: int) -> bool:
    """Whether it was done, without waiting."""
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
