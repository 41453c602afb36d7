"""The shop at the other end of the webhook: it does what it is asked once a key, and is as unreliable as the world.

It keeps the documented protocol (docs/webhook.md): signature checked, key deduplicated, state looked up by key.
"""

import hashlib
import hmac
import json
import random
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

HANGS_S = 12.0
# How it behaves, and how often in a hundred calls.
MOODS = {"settled": 50, "accepted": 18, "fails_before": 10, "does_and_hangs": 7, "does_and_crashes": 9, "refuses": 6}


class ReceivingShop:
    """A real HTTP server. `effects` counts what it did, by key; `refused` are the keys it said no to."""

    def __init__(self, secret: str, seed: int) -> None:
        self.secret, self.chance = secret.encode(), random.Random(seed)
        self.effects: Counter[str] = Counter()
        self.refused: set[str] = set()
        self.moods: Counter[str] = Counter()
        self.unsigned = 0
        self.lock = threading.Lock()
        self.answers_to: str | None = None
        self.pending: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/remedies"
        self.is_calm = False
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def mood(self) -> str:
        with self.lock:
            chosen = "settled" if self.is_calm else self.chance.choices([*MOODS], [*MOODS.values()])[0]
            self.moods[chosen] += 1
        return chosen

    def do(self, key: str) -> None:
        """Takes effect once a key, as a shop must."""
        with self.lock:
            if key not in self.effects:
                self.effects[key] += 1

    def signature_is_right(self, header: str, body: bytes) -> bool:
        parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
        wanted = hmac.new(self.secret, parts.get("t", "").encode() + b"." + body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(wanted, parts.get("v1", ""))

    def sign(self, body: bytes) -> str:
        moment = str(int(time.time()))
        return f"t={moment},v1={hmac.new(self.secret, moment.encode() + b'.' + body, hashlib.sha256).hexdigest()}"

    def answer_pending(self) -> None:
        """Sends the answers it owes, each twice, the second time as if the first had been lost."""
        with self.lock:
            owed, self.pending = self.pending, []
        for key in owed:
            body = json.dumps({"key": key, "state": "settled", "reference": f"shop-{key[-12:]}"}).encode()
            sent = [self._post(body) for _ in range(2)]
            if not all(sent):
                with self.lock:
                    self.pending.append(key)

    def _post(self, body: bytes) -> bool:
        try:
            headers = {"Amends-Signature": self.sign(body), "Content-Type": "application/json"}
            return httpx.post(f"{self.answers_to}/shop/remedies/answer", content=body, headers=headers, timeout=5).status_code < 300
        except httpx.HTTPError:
            return False

    def _handler(shop) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if not shop.signature_is_right(self.headers.get("Amends-Signature", ""), body):
                    shop.unsigned += 1
                    return self.say(401, {"why": "the signature is wrong"})
                shop.answer(self, json.loads(body)["key"])

            def do_GET(self) -> None:
                key = parse_qs(urlsplit(self.path).query)["key"][0]
                if key in shop.pending:
                    return self.say(200, {"state": "accepted"})
                if key in shop.refused:
                    return self.say(200, {"state": "failed", "why": "the card is closed"})
                done = key in shop.effects
                self.say(200 if done else 404, {"state": "settled", "reference": f"shop-{key[-12:]}"} if done else {})

            def say(self, status: int, what: dict[str, Any]) -> None:
                body = json.dumps(what).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_what: Any) -> None:
                pass

        return Handler

    def answer(self, request: Any, key: str) -> None:
        mood = "settled" if key in self.effects else self.mood()
        try:
            if mood == "fails_before":
                return request.say(500, {})
            if mood == "refuses":
                self.refused.add(key)
                return request.say(200, {"state": "failed", "why": "the card is closed"})
            if mood == "accepted":
                self.do(key)
                with self.lock:
                    self.pending.append(key)
                return request.say(200, {"state": "accepted", "reference": f"shop-{key[-12:]}"})
            self.do(key)
            if mood == "does_and_hangs":
                time.sleep(HANGS_S)
            if mood == "does_and_crashes":
                return request.say(500, {})
            request.say(200, {"state": "settled", "reference": f"shop-{key[-12:]}"})
        except OSError:
            pass  # whoever asked was killed meanwhile
