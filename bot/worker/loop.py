"""The worker's one loop: every job in turn, then a short rest, until told to stop."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

import structlog

PAUSE_AFTER_ERROR_S = 1.0
log = structlog.get_logger(__name__)


class Job(Protocol):
    """Something to do again and again. The time is passed in; how much was done comes out."""

    def run(self, now: datetime) -> int:
        """Does what is due."""


def work(jobs: Sequence[Job], now: Callable[[], datetime], every: float, alive: Path, stop: threading.Event) -> None:
    """Runs the jobs until `stop` is set, touching `alive` at every loop so that others can see it runs."""
    alive.parent.mkdir(parents=True, exist_ok=True)
    while not stop.is_set():
        alive.touch()
        done = sum(_run(job, now, stop) for job in jobs)
        if not done:
            stop.wait(every)


def _run(job: Job, now: Callable[[], datetime], stop: threading.Event) -> int:
    try:
        return job.run(now())
    except Exception:  # the edge of this process: one job's failure must not stop the others
        log.exception("worker.job_failed", job=type(job).__name__)
        stop.wait(PAUSE_AFTER_ERROR_S)
        return 0
