"""A queue before SQLite's one writer.

SQLite lets those who find the file locked sleep and try again, ever longer, so that under load whoever came last may be first and an
unlucky one waits for seconds. The kernel wakes the next waiter of a file lock at once. It ends with the process, however that ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path


class WritersQueue:
    """Those who write to one SQLite file, in all processes of this machine. The public door goes first: the others line up
    among themselves before they join its line, so a message waits for one of them at most."""

    def __init__(self, path: Path, goes_first: bool) -> None:
        self.lines = [path] if goes_first else [path.with_name(f"{path.name}-others"), path]

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits until nobody else writes. A place in a line belongs to an open file, so each turn opens its own."""
        with ExitStack() as places:
            for line in self.lines:
                places.enter_context(_first_in(line))
            yield


@contextmanager
def _first_in(line: Path) -> Iterator[None]:
    handle = os.open(line, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
