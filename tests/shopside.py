"""A shop's system for tests: a real HTTP server that checks signatures, remembers acts by key and misbehaves when told to."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.cases.signature import HEADER, flaw
from bot.clock import now

SECRET = "the secret of shop and Amends"
HANG_S = 1.5  # longer than the tests' providers wait


@dataclass
class ShopSide:
    """`manner` says how it answers an act; `effects` counts what it truly did, by key."""

    manner: str = "settled"
    url: str = ""
    acts: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  # keys looked up
    effects: dict[str, int] = field(default_factory=dict)
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, act: dict[str, Any]) -> tuple[int, bytes]:
        """Status and body of the answer; the act takes effect once, whatever is said about it."""
        with self.lock:
            self.acts.append(act)
            if self.manner.isdigit() and self.manner != "500":
                return int(self.manner), json.dumps({"why": "not for this card"}).encode()
            if act["key"] not in self.known:
                self.effects[act["key"]] = self.effects.get(act["key"], 0) + 1
                state = self.manner if self.manner in ("accepted", "settled", "failed") else "settled"
                self.known[act["key"]] = {"state": state, "reference": f"PAY-{len(self.known) + 1}"}
            said = self.known[act["key"]]
        if self.manner == "hang":
            time.sleep(HANG_S)
        bodies = {"garbage": b"<html>hello</html>", "empty": b"", "other": b'{"state": "perhaps"}', "500": b"oh no"}
        body = bodies.get(self.manner, json.dumps(said).encode())
        return (500 if self.manner == "500" else 200), body

    def look_up(self, key: str) -> tuple[int, bytes]:
        self.asked.append(key)
        return (200, json.dumps(self.known[key]).encode()) if key in self.known else (404, b"{}")


def _handler(shop: ShopSide) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self._reply(flaw(SECRET, self.headers[HEADER], body, now()), lambda: shop.take(json.loads(body)))

        def do_GET(self) -> None:
            query = urlsplit(self.path).query
            self._reply(flaw(SECRET, self.headers[HEADER], query.encode(), now()), lambda: shop.look_up(parse_qs(query)["key"][0]))

        def _reply(self, wrong: str | None, said: Any) -> None:
            status, body = (401, json.dumps({"why": wrong}).encode()) if wrong else said()
            try:
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                if shop.manner == "drip":
                    for sign in body:
                        self.wfile.write(bytes([sign]))
                        self.wfile.flush()
                        time.sleep(0.1)
                else:
                    self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the caller has given up

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@contextmanager
def running(manner: str = "settled") -> Iterator[ShopSide]:
    """The shop at an address of its own."""
    shop = ShopSide(manner)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(shop))
    server.daemon_threads = True
    shop.url = f"http://127.0.0.1:{server.server_address[1]}/amends"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield shop
    finally:
        server.shutdown()
        server.server_close()
