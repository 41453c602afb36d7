"""Another system's own server for tests: it checks signatures, keeps what it is told in order, and misbehaves when told to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bot.cases.signature import HEADER, flaw
from bot.clock import now


@dataclass
class Receiver:
    """`answers`: the statuses to give, one after the other, then 200 for ever; "hang" holds a request until `freed`."""

    url: str = ""
    secret: str = ""
    answers: list[int | str] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)  # all bodies that came, also those that were refused
    taken: list[dict[str, Any]] = field(default_factory=list)  # those answered with 200
    headers: list[dict[str, str]] = field(default_factory=list)
    flaws: list[str] = field(default_factory=list)
    freed: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """The status of the answer."""
        wrong = flaw(self.secret, headers.get(HEADER.lower()), body, now())
        said = json.loads(body)
        with self.lock:
            self.told.append(said)
            self.headers.append(headers)
            if wrong:
                self.flaws.append(wrong)
                return 401
            answer = self.answers.pop(0) if self.answers else 200
        if answer == "hang":
            self.freed.wait(30)
            return 503
        if answer == 200:
            with self.lock:
                self.taken.append(said)
        return int(answer)

    def events(self) -> list[str]:
        return [str(one["event"]) for one in self.taken]


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = receiver.take({name.lower(): value for name, value in self.headers.items()}, body)
            try:
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("location", receiver.url + "/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()
            except (BrokenPipeError, ConnectionResetError):
                pass  # the caller has given up

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@contextmanager
def receiving() -> Iterator[Receiver]:
    """The other system at an address of its own."""
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/told"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield receiver
    finally:
        receiver.freed.set()
        server.shutdown()
        server.server_close()
