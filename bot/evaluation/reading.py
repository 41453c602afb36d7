"""A trained model, started for its parses alone."""

import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import httpx

from bot import supervision
from bot.errors import AmendsError
from bot.training import BESIDE

READY_S = 180.0  # a slow machine with other things to do takes a minute
LOOK_S = 0.2


class ModelNotRead(AmendsError):
    """The model could not be started."""


class Reads(Protocol):
    """What can be asked what it makes of a message."""

    def parse(self, text: str) -> dict[str, Any]:
        """Intent, ranking, entities, severity and issues, as POST /model/parse of Rasa gives them."""
        ...


class Assistant:
    """A running `rasa run --enable-api` over one model, on a port of its own that only this machine reaches."""

    def __init__(self, root: Path, model: Path) -> None:
        port, self.model = _free_port(), model
        self.url = f"http://127.0.0.1:{port}"
        command = [*BESIDE, sys.executable, "-m", "rasa", "run", "--enable-api", "-i", "127.0.0.1", "-p", str(port), "-m", str(model)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.server = subprocess.Popen(command, cwd=root, env=supervision.environment(), **quiet)  # type: ignore[call-overload]
        self.client = httpx.Client(base_url=self.url, timeout=30, trust_env=False)

    def __enter__(self) -> "Assistant":
        try:
            self._wait()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def parse(self, text: str) -> dict[str, Any]:
        """What the pipeline makes of a message."""
        parsed: dict[str, Any] = self.client.post("/model/parse", json={"text": text}).json()
        return parsed

    def _wait(self) -> None:
        until = time.monotonic() + READY_S
        while not self._is_up():
            if self.server.poll() is not None or time.monotonic() > until:
                raise ModelNotRead(f"{self.model.name} could not be started for its figures. Try `rasa run -m {self.model}` to see why.")
            time.sleep(LOOK_S)

    def _is_up(self) -> bool:
        try:
            return self.client.get("/status").status_code == 200
        except httpx.HTTPError:
            return False

    def _end(self) -> None:
        self.client.close()
        self.server.terminate()
        self.server.wait()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
