"""Customers who complain, choose and say yes while processes die; each writes down what was accepted and what they read."""

import json
import random
import re
import threading
import time
import uuid
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from bot import clock
from bot.settings import ROOT
from bot.store.demo import resolved
from tests.product import Product

GIVES_UP_S = 120
COMPLAINTS = (
    ("A10036", "hana.sato@example.com", "the lamp from my order {order} arrived broken, {email}", ("replacement", "Refund")),
    ("A10021", "cleo.marchetti@example.com", "my order {order} is late, {email}", ("Refund", "express")),
    ("A10029", "june.abara@example.com", "I was charged twice for order {order}, {email}", ("Refund",)),
)


@dataclass
class Talk:
    """One conversation as its customer knows it."""

    id: str
    token: str
    accepted: list[str] = field(default_factory=list)  # client ids answered with 202
    read: list[dict[str, Any]] = field(default_factory=list)
    ended: str = "open"


class Customers:
    """So many customers at once, until they are told to stop."""

    def __init__(self, product: Product, at_once: int, orders: int, seed: int) -> None:
        self.product, self.talks, self.stopping = product, [], threading.Event()
        self.lock, self.numbers = threading.Lock(), count(0)
        self.orders = _import(product, orders)
        self.chance = random.Random(seed)
        self.threads = [threading.Thread(target=self._live, daemon=True) for _ in range(at_once)]

    def begin(self) -> None:
        for one in self.threads:
            one.start()

    def stop(self) -> None:
        self.stopping.set()
        for one in self.threads:
            one.join(GIVES_UP_S * 2)

    def _live(self) -> None:
        while not self.stopping.is_set():
            with self.lock:
                place = next(self.numbers)
            if place >= len(self.orders):
                return
            self._complain(*self.orders[place])

    def _complain(self, number: str, email: str, words: str, wishes: tuple[str, ...]) -> None:
        opened = self._call("POST", "/api/conversations", {}, {})
        if opened is None:
            return
        talk = Talk(opened["id"], opened["token"])
        with self.lock:
            self.talks.append(talk)
        self._send(talk, {"text": words.format(order=number, email=email)})
        wish, taps = self.chance.choice(wishes), (None, "yes")
        for label in (wish, *taps[1:]):
            if not self._hear(talk) or not self._tap(talk, label):
                break
        self._hear(talk)
        talk.ended = "filed" if any("is filed as" in one["text"] for one in talk.read) else "with a person or told of a failure"

    def _tap(self, talk: Talk, label: str) -> bool:
        choices = talk.read[-1].get("choices") or []
        chosen = next((one for one in choices if label.lower() in one["label"].lower()), None)
        if chosen is None:
            return False
        self._send(talk, {"choice": chosen["id"]})
        return True

    def _send(self, talk: Talk, what: dict[str, str]) -> None:
        """Sends until it is accepted, with the same id; and once more now and then, as a browser that heard nothing would."""
        client_id = uuid.uuid4().hex
        if self._call("POST", "/api/messages", {"client_id": client_id, **what}, _bearer(talk)) is not None:
            talk.accepted.append(client_id)
        if self.chance.random() < 0.3:
            self._call("POST", "/api/messages", {"client_id": client_id, **what}, _bearer(talk))

    def _hear(self, talk: Talk) -> bool:
        """Waits for the next words that are an answer."""
        until = time.monotonic() + GIVES_UP_S
        seq = max((one["seq"] for one in talk.read), default=0)
        while time.monotonic() < until:
            page = self._call("GET", f"/api/messages?after={seq}&wait=2", None, _bearer(talk))
            new = [one for one in (page or {}).get("messages", []) if one["author"] != "customer"]
            talk.read += new
            seq = max([seq, *(one["seq"] for one in (page or {}).get("messages", []))])
            if any("starting up" not in one["text"] for one in new):
                return True
        return False

    def _call(self, method: str, path: str, body: Any, headers: dict[str, str]) -> dict[str, Any] | None:
        """The answer, however often it takes; None where it never came."""
        until = time.monotonic() + GIVES_UP_S
        while time.monotonic() < until:
            try:
                answer = httpx.request(method, f"{self.product.url}{path}", json=body, headers=headers, timeout=10)
                if answer.status_code < 300:
                    return dict(answer.json())
            except (httpx.HTTPError, ValueError):
                pass
            time.sleep(0.2)
        return None


def filed_in(talk: Talk) -> set[str]:
    """The remedies that the customer read are filed."""
    return {found for one in talk.read for found in re.findall(r"is filed as (R-\w+)", one["text"])}


def _bearer(talk: Talk) -> dict[str, str]:
    return {"Authorization": f"Bearer {talk.token}"}


def _import(product: Product, how_many: int) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Copies of demo orders, one a conversation, each of a customer of its own."""
    lines = [json.loads(line) for line in (ROOT / "data" / "shop" / "orders.jsonl").read_text(encoding="utf-8").splitlines()]
    now = clock.now().replace(microsecond=0)
    by_number = {one["order_number"]: resolved(one, now) for one in lines}
    made, rows = [], []
    for place in range(how_many):
        base, email, words, wishes = COMPLAINTS[place % len(COMPLAINTS)]
        number, order = f"C{100_000 + place}", by_number[base]
        rows.append(json.dumps({**order, "order_number": number, "customer": {**order["customer"], "id": f"chaos_{place}"}}))
        made.append((number, email, words, wishes))
    file = Path(product.env["AMENDS_VAR"]) / "chaos.jsonl"
    file.write_text("\n".join(rows), encoding="utf-8")
    product.amends("orders", "import", str(file))
    return made
