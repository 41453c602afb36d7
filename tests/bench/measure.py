"""What is measured at a running assistant, from outside, over HTTP connections that stay open."""

import json
import queue
import socket
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from statistics import median, quantiles
from typing import Any

from bot.errors import AmendsError

TIMEOUT_S = 120.0


class TurnFailed(AmendsError):
    """A turn had no answer: what was measured says nothing."""


@dataclass
class Measured:
    """All that was measured of one contestant. Seconds and bytes."""

    training: float
    load_before: float  # the machine's, when training began
    model_size: int
    start_up: list[float] = field(default_factory=list)
    memory: int = 0
    parses: list[float] = field(default_factory=list)
    turns: list[float] = field(default_factory=list)
    a_second_at_1: list[float] = field(default_factory=list)
    a_second_at_8: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)  # percent of the machine that others used, before each start and round

    def values(self) -> dict[str, float]:
        """One number each: medians of rounds, quantiles of all single calls."""
        return {
            "start_up": median(self.start_up),
            "training": self.training,
            "model_size": self.model_size,
            "memory": self.memory,
            "parse_p50": median(self.parses),
            "parse_p95": _p95(self.parses),
            "turn_p50": median(self.turns),
            "turn_p95": _p95(self.turns),
            "a_second_at_1": median(self.a_second_at_1),
            "a_second_at_8": median(self.a_second_at_8),
        }


def measure_round(port: int, sentences: list[str], into: Measured) -> None:
    """One round: every sentence parsed, then said as a first turn by one client, then by eight at once."""
    connection = _connect(port)
    into.parses += [_timed(_parse, connection, one) for one in sentences]
    begun = time.perf_counter()
    into.turns += [_timed(_first_turn, connection, one) for one in sentences]
    into.a_second_at_1.append(len(sentences) / (time.perf_counter() - begun))
    into.a_second_at_8.append(_a_second(port, sentences * 2, clients=8))


def warm_up(port: int, sentences: list[str]) -> None:
    """The first turns, which no customer measures twice."""
    connection = _connect(port)
    for one in sentences:
        _first_turn(connection, one)


def is_ready(port: int) -> bool:
    """Whether the assistant answers with its model loaded."""
    connection = _connect(port)
    try:
        connection.request("GET", "/status")
        response = connection.getresponse()
        return response.status == 200 and bool(json.loads(response.read()).get("model_file"))
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        connection.close()


def is_open(port: int) -> bool:
    """Whether anything listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _parse(connection: HTTPConnection, text: str) -> None:
    if "intent" not in _post(connection, "/model/parse", {"text": text}):
        raise TurnFailed()


def _first_turn(connection: HTTPConnection, text: str) -> None:
    """A customer nobody knows yet. Rasa answers a turn that crashed with 200 and an empty list."""
    if not _post(connection, "/webhooks/rest/webhook", {"sender": uuid.uuid4().hex, "message": text}):
        raise TurnFailed()


def _a_second(port: int, sentences: list[str], clients: int) -> float:
    """First turns a second with so many clients, each waiting for its answer before it says the next."""
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for one in sentences:
        waiting.put(one)
    failures: list[BaseException] = []

    def client() -> None:
        connection = _connect(port)
        try:
            while True:
                _first_turn(connection, waiting.get_nowait())
        except queue.Empty:
            return
        except BaseException as error:  # a thread's error is raised by the one who waits for it
            failures.append(error)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return len(sentences) / (time.perf_counter() - begun)


def _timed(call: Any, connection: HTTPConnection, text: str) -> float:
    begun = time.perf_counter()
    call(connection, text)
    return time.perf_counter() - begun


def _connect(port: int) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)


def _post(connection: HTTPConnection, path: str, body: dict[str, str]) -> Any:
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    text = response.read()
    if response.status != 200:
        raise TurnFailed(f"{path} answered {response.status}.")
    return json.loads(text)


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1]
