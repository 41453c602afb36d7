"""An app on a port of its own, served by uvicorn as in production, and a reader of its streams."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette

from tests.product import free_ports


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """Its address while it runs."""
    (port,) = free_ports(1)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", proxy_headers=False, timeout_graceful_shutdown=6))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    app.state.let_go()
    server.should_exit = True
    thread.join(10)


def begin(url: str, **body: Any) -> dict[str, str]:
    """A new conversation: the header that speaks for it."""
    answer = httpx.post(f"{url}/api/conversations", json=body, timeout=10, trust_env=False)
    assert answer.status_code == 201, answer.text
    return {"authorization": f"Bearer {answer.json()['token']}"}


def id_of(who: dict[str, str]) -> str:
    """The conversation that a header speaks for."""
    return who["authorization"].split()[1].split(".")[0]


@dataclass(frozen=True)
class Heard:
    """One event, or a comment (`page` is None), and when it came (monotonic seconds)."""

    page: dict[str, Any] | None
    id: int | None
    at: float

    @property
    def texts(self) -> list[str]:
        return [one["text"] for one in self.page["messages"]] if self.page else []


def heard_in(block: str) -> Heard:
    """A block of lines between two empty ones."""
    if block.startswith(":"):
        return Heard(None, None, time.monotonic())
    fields = dict(line.split(": ", 1) for line in block.split("\n"))
    assert fields["event"] == "page"
    return Heard(json.loads(fields["data"]), int(fields["id"]), time.monotonic())


@contextmanager
def streaming(url: str, who: dict[str, str], after: int = 0, patience: float = 10) -> Iterator[Iterator[Heard]]:
    """What comes down a stream, one by one, until it ends."""
    with httpx.Client(timeout=patience, trust_env=False) as client:
        with client.stream("GET", f"{url}/api/stream", params={"after": after}, headers=who) as answer:
            assert answer.status_code == 200, answer.read()
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield _blocks(answer)


def _blocks(answer: httpx.Response) -> Iterator[Heard]:
    waiting = ""
    for part in answer.iter_text():
        waiting += part
        *whole, waiting = waiting.split("\n\n")
        yield from (heard_in(one) for one in whole)
