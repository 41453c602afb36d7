"""A shop's page of reviews, as docs/public_webhook.md asks for it: signs what it tells, checks what it is told, does each key once."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from threading import RLock
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.clock import now
from tests.served import served
from tests.standins.standin import Arrived, Forgery

SECRET = "what page and Amends both know"


def signed(content: bytes, at: datetime | None = None, secret: str = SECRET) -> str:
    """As the page's own makers would write it, from the document alone."""
    seconds = str(int((at or now()).timestamp()))
    return f"t={seconds},v1={hmac.new(secret.encode(), seconds.encode() + b'.' + content, hashlib.sha256).hexdigest()}"


class ReviewPage:
    """The page and what it shows: `arrived`. Public answers stand under the review, the others in their author's inbox."""

    channel = "reviews"

    def __init__(self, url: str, door: str) -> None:
        self.url, self.door = url, door
        self.settings = {"AMENDS_REVIEWS_URL": f"{url}/answers", "AMENDS_REVIEWS_SECRET": SECRET}
        self.arrived: list[Arrived] = []
        self.known: dict[str, str] = {}  # keys and the ids they were done under
        self.photos: dict[str, bytes] = {}
        self.gone: set[str] = set()  # authors who closed their accounts
        self.lock = RLock()
        self._ids, self._manners = count(1), list[str]()

    def posts(self, happenings: Any, times: int = 1) -> list[httpx.Response]:
        """Delivers it, signed anew at each time."""
        body = json.dumps(happenings).encode()
        return [self.delivers(body, {"amends-signature": signed(body)}) for _ in range(times)]

    def delivers(self, body: bytes, headers: dict[str, str]) -> httpx.Response:
        return httpx.post(self.door, content=body, headers=headers, timeout=10, trust_env=False)

    def review(self, sender: str, text: str, id: str | None = None, at: datetime | None = None, **more: Any) -> dict[str, Any]:
        """What the page tells of one review or private message."""
        told = {"id": id or f"rev-{next(self._ids)}", "kind": "review", "author": sender, "text": text, "at": (at or now()).isoformat()}
        return told | more

    def says(
        self,
        sender: str,
        text: str,
        *,
        id: str | None = None,
        at: datetime | None = None,
        photos: tuple[bytes, ...] = (),
        times: int = 1,
        public: bool = False,
    ) -> list[httpx.Response]:
        """Writes to the shop in its inbox or, with `public`, for everybody."""
        return self.posts(self.review(sender, text, id, at, public=public, photos=[self._keeps(one) for one in photos]), times)

    def _keeps(self, photo: bytes) -> str:
        name = f"{hashlib.sha256(photo).hexdigest()[:16]}.png"
        self.photos[name] = photo
        return f"{self.url}/photos/{name}?size=full"

    def says_at_once(self, messages: list[tuple[str, str, str]]) -> httpx.Response | None:
        return self.posts([self.review(sender, text, id, public=False) for sender, text, id in messages])[0]

    def taps(self, sender: str, label: str) -> list[httpx.Response]:
        """Writes the number that stands before the label."""
        newest = next(one for one in reversed(self.arrived) if one.to == sender and label in one.text)
        number = re.search(r"\d+", next(one for one in newest.text.splitlines() if label in one))
        return self.says(sender, number.group() if number else label)

    def reports(self, arrived: Arrived, state: str, times: int = 1) -> list[httpx.Response]:
        why = {"why": "the inbox is closed"} if state == "failed" else {}
        return self.posts({"id": f"{arrived.id}-{state}", "kind": "receipt", "about": arrived.id, "state": state, **why}, times)

    def misbehaves(self, how: str, times: int) -> None:
        with self.lock:
            self._manners += [how] * times

    def forgeries(self, sender: str, text: str) -> list[Forgery]:
        body = json.dumps(self.review(sender, text)).encode()
        old, ahead = now() - timedelta(minutes=6), now() + timedelta(minutes=6)

        def forged(what: str, headers: dict[str, str], body: bytes = body, status: int = 401, method: str = "POST") -> Forgery:
            return Forgery(what, method, headers, body, (status,))

        def right(content: bytes) -> dict[str, str]:
            return {"amends-signature": signed(content)}

        other, missing = b'{"id": "1", "kind": "praise"}', b'{"id": "1", "kind": "review", "author": "u"}'
        return [
            forged("unsigned", {}),
            forged("by another secret", {"amends-signature": signed(body, secret="somebody else's")}),
            forged("stale", {"amends-signature": signed(body, old)}),
            forged("ahead of its time", {"amends-signature": signed(body, ahead)}),
            forged("of another body", {"amends-signature": signed(body + b" ")}),
            forged("no signature at all", {"amends-signature": "trust me"}),
            forged("no JSON", right(b"{"), b"{", 400),
            forged("deeper than can be read", right(b"[" * 90_000), b"[" * 90_000, 400),
            forged("of no kind", right(other), other, 400),
            forged("without words", right(missing), missing, 400),
            forged("a GET", right(b""), b"", 405, "GET"),
        ]

    async def takes(self, request: Request) -> Response:
        content = await request.body() if request.method == "POST" else request.url.query.encode()
        if not is_right(request.headers.get("amends-signature", ""), content):
            return JSONResponse({"why": "the signature is not ours"}, 401)
        with self.lock:
            if request.method == "GET":
                found = self.known.get(request.query_params["key"])
                return JSONResponse({"id": found}) if found else JSONResponse({"why": "no such key"}, 404)
            how = self._manners.pop(0) if self._manners else ""
            if how == "down":
                return Response(status_code=503)
            if how == "rate":
                return Response(status_code=429, headers={"retry-after": "1"})
            said = json.loads(content)
            if how == "refused" or said["to"] in self.gone:
                return JSONResponse({"why": "this author has no inbox"}, 410 if said["to"] in self.gone else 422)
            id = self.shown(said, request.headers["idempotency-key"])
        if how == "late_failure":
            self.reports(next(one for one in self.arrived if one.id == id), "failed")
        return Response(status_code=500) if how == "crash" else JSONResponse({"id": id})

    def shown(self, said: dict[str, Any], key: str) -> str:
        assert key == said["key"]
        if key not in self.known:
            self.known[key] = f"ans-{next(self._ids)}"
            self.arrived.append(Arrived(said["to"], said["text"], self.known[key], is_public=said["public"], raw=said))
        return self.known[key]

    async def photo(self, request: Request) -> Response:
        return Response(self.photos[request.path_params["name"]], media_type="image/png")

    def app(self) -> Starlette:
        made = Starlette(routes=[Route("/answers", self.takes, methods=["GET", "POST"]), Route("/photos/{name}", self.photo)])
        made.state.let_go = lambda: None
        return made


def is_right(header: str, content: bytes) -> bool:
    found = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", header)
    at = datetime.fromtimestamp(int(found[1]), now().tzinfo) if found else None
    return at is not None and abs((now() - at).total_seconds()) <= 300 and hmac.compare_digest(header, signed(content, at))


@contextmanager
def reviews(door: str = "") -> Iterator[ReviewPage]:
    """The page on a port of its own."""
    page = ReviewPage("", door)
    with served(page.app()) as url:
        page.url, page.settings = url, {**page.settings, "AMENDS_REVIEWS_URL": f"{url}/answers"}
        yield page
