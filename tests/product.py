"""The whole product as its users meet it: four real processes, the public door, the command."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 420  # for the first start: it may train
ANSWER_S = 30


@dataclass
class Product:
    """A running Amends of its own: its folder, ports and database."""

    env: dict[str, str]
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.env['AMENDS_PORT']}"

    def amends(self, *words: str) -> str:
        """What an `amends` command prints. Raises CalledProcessError where it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "bot.cli", *words], cwd=ROOT, env=self.env, check=True, capture_output=True, text=True, timeout=60
        )
        return done.stdout

    def cases(self) -> list[dict[str, Any]]:
        """All cases, as exported."""
        return [json.loads(line) for line in self.amends("cases", "export").splitlines()]

    def case_of(self, chat: "Chat") -> dict[str, Any]:
        """The newest case of a chat."""
        return [case for case in self.cases() if case["conversation_id"] == chat.id][-1]

    def parts(self) -> dict[str, bool]:
        """Which parts are ready."""
        try:
            return dict(httpx.get(f"{self.url}/healthz", timeout=5).json()["parts"])
        except (httpx.HTTPError, ValueError):
            return {}

    def is_ready(self) -> bool:
        parts = self.parts()
        return bool(parts) and all(parts.values())

    def kill(self, part: str, how: signal.Signals = signal.SIGKILL) -> None:
        """kill -9 of one of the four, or another signal; supervisord starts again what has died."""
        found = [one for one in psutil.Process(self.process.pid).children(recursive=True) if MARKS[part] in " ".join(one.cmdline())]
        assert found, f"{part} is not running"
        for one in found:
            one.send_signal(how)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)


MARKS = {"assistant": "-m rasa run", "actions": "-m rasa_sdk", "web": "-m bot.web", "worker": "-m bot.worker"}


@dataclass
class Chat:
    """A customer at the website chat."""

    product: Product
    id: str
    token: str
    seq: int = 0
    said: list[dict[str, Any]] = field(default_factory=list)
    patience_s: float = ANSWER_S
    is_letter: bool = False
    is_proven: bool = False

    @classmethod
    def begin(cls, product: Product) -> "Chat":
        opened = httpx.post(f"{product.url}/api/conversations", json={}, timeout=10).json()
        return cls(product, opened["id"], opened["token"])

    def _call(self, method: str, **what: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.request(method, f"{self.product.url}/api/messages", headers=headers, timeout=40, **what)

    def send(self, text: str | None = None, choice: str | None = None, client_id: str | None = None) -> httpx.Response:
        """Sends without waiting for an answer."""
        body = {"client_id": client_id or uuid.uuid4().hex, **({"text": text} if text else {}), **({"choice": choice} if choice else {})}
        return self._call("POST", json=body)

    def read(self, wait: int = 0) -> list[dict[str, Any]]:
        """What is new, not counting the customer's own words."""
        page = self._call("GET", params={"after": self.seq, "wait": wait}).json()
        new = [one for one in page["messages"] if one["author"] != "customer"]
        self.seq = max([self.seq, *(one["seq"] for one in page["messages"])])
        self.said += new
        return new

    def say(self, text: str) -> str:
        """Sends, and returns the next words that come back."""
        assert self.send(text).status_code == 202
        return self.hear()

    def tap(self, label: str) -> str:
        """Taps the newest choice whose label holds these words, and returns what comes back."""
        choices = self.said[-1]["choices"]
        chosen = next((one for one in choices if label.lower() in one["label"].lower()), None)
        assert chosen, f"no choice {label!r} among {[one['label'] for one in choices]}"
        assert self.send(choice=chosen["id"]).status_code == 202
        return self.hear()

    def hear(self) -> str:
        """Waits for the next words."""
        until = time.monotonic() + ANSWER_S
        while time.monotonic() < until:
            new = self.read(wait=5)
            if new:
                return "\n".join(one["text"] for one in new)
        raise AssertionError(f"no answer within {ANSWER_S} s")

    @property
    def labels(self) -> list[str]:
        return [one["label"] for one in self.said[-1]["choices"]]


@contextmanager
def running(var: Path, **env: str) -> Iterator[Product]:
    """Amends, started by its own command with the demo shop, ready, and stopped at the end."""
    ports = dict(zip(("AMENDS_PORT", "AMENDS_ASSISTANT_PORT", "AMENDS_ACTIONS_PORT"), map(str, free_ports(3)), strict=True))
    environment = {**os.environ, "AMENDS_VAR": str(var), "AMENDS_ENV": "development", **ports, **env}
    var.mkdir(parents=True, exist_ok=True)
    log = var / "up.log"
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "bot.cli", "up"], cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
    product = Product(environment, process, log)
    try:
        wait_until(lambda: product.is_ready() or process.poll() is not None, PATIENCE_S, "Amends to be ready")
        assert process.poll() is None, log.read_text(encoding="utf-8")
        yield product
    finally:
        if process.poll() is None:
            product.stop()


def wait_until(is_so: Callable[[], bool], seconds: float, what: str) -> None:
    """Waits, or fails saying for what."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, f"waited {seconds} s for {what}"
        time.sleep(0.1)


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
