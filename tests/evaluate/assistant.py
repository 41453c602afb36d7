"""The assistant of config.yml, started for its parses alone."""

import subprocess
import sys
from types import TracebackType
from typing import Any

import httpx
from rich.console import Console

from bot import settings, supervision
from bot.settings import ROOT
from bot.up import ensure_model
from tests.product import free_ports, wait_until


class Assistant:
    """A running `rasa run --enable-api` over the model of the present files, trained first where there is none."""

    def __init__(self, console: Console) -> None:
        model = ensure_model(settings.read(), console)
        (port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "rasa", "run", "--enable-api", "-i", "127.0.0.1", "-p", str(port), "-m", str(model)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.server = subprocess.Popen(command, cwd=ROOT, env=supervision.environment(), **quiet)  # type: ignore[call-overload]
        self.client = httpx.Client(base_url=self.url, timeout=30)

    def __enter__(self) -> "Assistant":
        try:
            wait_until(self._is_up, 120, "the assistant to load its model")
        except BaseException:
            self.server.terminate()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.client.close()
        self.server.terminate()
        self.server.wait()

    def parse(self, text: str) -> dict[str, Any]:
        """What the pipeline makes of a message."""
        parsed: dict[str, Any] = self.client.post("/model/parse", json={"text": text}).json()
        return parsed

    def _is_up(self) -> bool:
        try:
            return self.client.get("/status").status_code == 200
        except httpx.HTTPError:
            return False
