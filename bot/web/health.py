"""Which parts are ready: for whoever starts, watches or balances this installation."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog
from anyio import create_task_group, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse

from bot.handling.shop import Shop

FRESH_S = 10.0  # the worker touches its file at every loop
KEPT_S = 0.5  # an answer is good for this long, so that asking often costs nothing
log = structlog.get_logger(__name__)
Probe = Callable[[], bool]


class Health:
    """Probes by part; each runs in a thread of its own, and one that raises is not ready."""

    def __init__(self, probes: Mapping[str, Probe]) -> None:
        self.probes = probes
        self.asked_at = float("-inf")
        self.parts: dict[str, bool] = {}

    async def answer(self, _request: Request) -> JSONResponse:
        """200 where all is ready, else 503; and which parts are."""
        parts = await self.check()
        ready = all(parts.values())
        return JSONResponse({"ready": ready, "parts": parts}, 200 if ready else 503)

    async def check(self) -> dict[str, bool]:
        """The parts, and whether each is ready now."""
        if time.monotonic() - self.asked_at > KEPT_S:
            found: dict[str, bool] = {}

            async def ask(name: str, probe: Probe) -> None:
                found[name] = await to_thread.run_sync(is_ready, name, probe)

            async with create_task_group() as tasks:
                for name, probe in self.probes.items():
                    tasks.start_soon(ask, name, probe)
            self.parts, self.asked_at = {"web": True, **{name: found[name] for name in self.probes}}, time.monotonic()
        return self.parts


def is_ready(name: str, probe: Probe) -> bool:
    """What the probe says; False where it fails."""
    try:
        return probe()
    except Exception as error:  # a probe asks the world outside, which may fail in any way
        log.warning("health.probe_failed", part=name, why=type(error).__name__)
        return False


def database_answers(shop: Shop) -> bool:
    with shop.begin(False) as uow:
        return uow.outbox.last_id() >= 0


def is_fresh(alive: Path) -> bool:
    """Whether this file was touched a moment ago."""
    return alive.exists() and time.time() - alive.stat().st_mtime < FRESH_S
