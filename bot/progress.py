"""Shows what is going on: a spinner on a terminal, plain lines elsewhere."""

import threading
import time

from rich.console import Console

LOOK_S = 0.3
SAY_S = 5.0  # between two plain lines on the same thing


class Progress:
    """A spinner with what is done now and the seconds; plain lines where there is no terminal."""

    def __init__(self, console: Console, what: str) -> None:
        self.console, self.what, self.now = console, what, "loading"
        self.begun = self.said = time.monotonic()
        self.done = threading.Event()
        self.status = console.status(what) if console.is_terminal else None
        self.thread = threading.Thread(target=self._tick, daemon=True)

    @property
    def seconds(self) -> int:
        return int(time.monotonic() - self.begun)

    def tell(self, now: str) -> None:
        """Says what is done now."""
        if now != self.now:
            self.now = now
            self._show(at_once=True)

    def __enter__(self) -> "Progress":
        if self.status:
            self.status.start()
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.done.set()
        self.thread.join()
        if self.status:
            self.status.stop()

    def _tick(self) -> None:
        while not self.done.wait(LOOK_S):
            self._show()

    def _show(self, at_once: bool = False) -> None:
        line = f"{self.what}: {self.now} ({self.seconds} s)"
        if self.status:
            self.status.update(line)
        elif at_once or time.monotonic() - self.said > SAY_S:
            self.said = time.monotonic()
            self.console.print(line)
