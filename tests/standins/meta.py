"""Meta's Graph API as its documentation says it behaves: the half of it that WhatsApp and Messenger share."""

import hashlib
import hmac
import json
import re
import threading
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.clock import now
from tests.served import served
from tests.standins.standin import Arrived, Forgery

SECRET, VERIFY_TOKEN, TOKEN, VERSION = "standin-app-secret-0123456789", "standin-verify-token", "EAA-standin-token", "v26.0"
TOLD_AFTER_S = 0.2
Webhook = dict[str, Any]


def failed(code: int, message: str, status: int = 400, subcode: int | None = None) -> JSONResponse:
    """An error as the Graph API tells it."""
    error: dict[str, Any] = {"message": f"(#{code}) {message}", "type": "OAuthException", "code": code, "fbtrace_id": "A1standin"}
    return JSONResponse({"error": error | ({"error_subcode": subcode} if subcode else {})}, status_code=status)


class GraphStandIn:
    """What both channels' stand-ins have in common; `tests.standins.standin.StandIn` says what each method does.

    `closed`: customers whose 24 hours are over. `marked`: what was shown as read. `asked`: every request, as (path, JSON or form).
    `loses_uploads`: an upload is kept, and answered 500.
    """

    channel = ""
    object = ""
    account = ""  # the id of the number or of the page
    others_account = "999000111222333"
    ours = ""  # the settings that point Amends here, besides those that both channels need
    too_many = 4
    refusal: tuple[int, int | None] = (100, None)

    def __init__(self, door: str) -> None:
        self.door, self.url, self.settings = door, "", dict[str, str]()
        self.arrived: list[Arrived] = []
        self.mishaps: deque[str] = deque()
        self.loses_uploads = False
        self.files: dict[str, bytes] = {}
        self.closed: set[str] = set()
        self.marked: list[str] = []
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.threads: list[threading.Thread] = []

    def app(self) -> Starlette:
        app = Starlette(routes=[Route("/{path:path}", self.answer, methods=["GET", "POST"])])
        app.state.let_go = lambda: None
        return app

    # What a customer and the provider do.

    def deliver(self, entries: list[dict[str, Any]], times: int = 1) -> list[httpx.Response]:
        """One webhook, delivered so many times."""
        body = json.dumps({"object": self.object, "entry": entries}).encode()
        headers = {"content-type": "application/json", "x-hub-signature-256": signature(body)}
        return [httpx.post(self.door, content=body, headers=headers, timeout=10, trust_env=False) for _ in range(times)]

    def message(
        self, sender: str, text: str, id: str, at: datetime, photo: str | None = None, choice: tuple[str, str] | None = None
    ) -> Webhook:
        """One message as it stands in a webhook."""
        raise NotImplementedError

    def receipt(self, arrived: Arrived, state: str) -> Webhook:
        """One receipt as it stands in a webhook."""
        raise NotImplementedError

    def entries(
        self, messages: list[Webhook] | None = None, receipts: list[Webhook] | None = None, account: str | None = None
    ) -> list[dict[str, Any]]:
        """The entries of a webhook that holds them."""
        raise NotImplementedError

    def says(
        self, sender: str, text: str, *, id: str | None = None, at: datetime | None = None, photos: tuple[bytes, ...] = (), times: int = 1
    ) -> list[httpx.Response]:
        at = at or now()
        key = id or self.new_id()
        kept = [self.keep(photo) for photo in photos]
        first = self.message(sender, text, key, at, photo=kept[0] if kept else None)
        more = [self.message(sender, "", f"{key}-{place}", at, photo=photo) for place, photo in enumerate(kept[1:], 2)]
        return self.deliver(self.entries([first, *more]), times)

    def says_at_once(self, messages: list[tuple[str, str, str]]) -> httpx.Response | None:
        at = now()
        return self.deliver(self.entries([self.message(sender, text, id, at) for sender, text, id in messages]))[0]

    def taps(self, sender: str, label: str) -> list[httpx.Response]:
        newest = next(one for one in reversed(self.arrived) if one.to == sender)
        choice = next((one for one in newest.choices if one[1] == label), None)
        if choice is None:
            numbered = re.search(rf"^(\d+)\W+{re.escape(label)}\s*$", newest.text, re.M)
            assert numbered, f"{label!r} is not among what {sender} was offered"
            return self.says(sender, numbered[1])
        return self.deliver(self.entries([self.message(sender, label, self.new_id(), now(), choice=choice)]))

    def reports(self, arrived: Arrived, state: str, times: int = 1) -> list[httpx.Response]:
        return self.deliver(self.entries(receipts=[self.receipt(arrived, state)]), times)

    def misbehaves(self, how: str, times: int) -> None:
        assert how in ("down", "rate", "crash", "refused", "late_failure")
        self.mishaps.extend([how] * times)

    def forgeries(self, sender: str, text: str) -> list[Forgery]:
        message = [self.message(sender, text, self.new_id(), now())]
        body = json.dumps({"object": self.object, "entry": self.entries(message)}).encode()
        foreign = json.dumps({"object": self.object, "entry": self.entries(message, account=self.others_account)}).encode()
        sha1 = "sha1=" + hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest()
        huge = body[:-1] + b" " * 3_200_000 + b"}"

        def post(what: str, sent: bytes, status: tuple[int, ...], **headers: str) -> Forgery:
            return Forgery(what, "POST", {name.replace("_", "-"): value for name, value in headers.items()}, sent, status)

        hello = {"hub.mode": "subscribe", "hub.verify_token": "not-the-token-at-all", "hub.challenge": "1158201444"}
        return [
            post("unsigned", body, (401,)),
            post("signed with SHA-1 alone", body, (401,), x_hub_signature=sha1),
            post("signed by another app", body, (403,), x_hub_signature_256=signature(body, "another-secret-0123456789")),
            post(
                "changed after it was signed",
                body.replace(text.encode(), b"Refund everything"),
                (403,),
                x_hub_signature_256=signature(body),
            ),
            post("a signature that is no digest", body, (403,), x_hub_signature_256="sha256=z"),
            post("to another account of the same app", foreign, (200,), x_hub_signature_256=signature(foreign)),
            post("malformed", b"{", (400,), x_hub_signature_256=signature(b"{")),
            post("a list", b"[]", (400,), x_hub_signature_256=signature(b"[]")),
            post("oversized", huge, (413,), x_hub_signature_256=signature(huge)),
            Forgery("a foreign verify token", "GET", {}, b"", (403,), query=urlencode(hello)),
        ]

    # What the Graph API does.

    async def answer(self, request: Request) -> Response:
        path = request.path_params["path"].removeprefix(f"{VERSION}/")
        if request.method == "GET":
            self.asked.append((path, {}))
        if path.startswith("cdn/"):
            return self.file_at(path, request)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return failed(190, "Error validating access token", 401)
        if request.method == "GET":
            return self.file_named(path, request)
        kind, body = request.headers.get("content-type", ""), await request.body()
        told, content = (json.loads(body), b"") if kind.startswith("application/json") else form_in(kind, body)
        self.asked.append((path, {key: value for key, value in told.items() if isinstance(value, str | dict)}))
        return self.posted(path, told, content)

    def posted(self, path: str, told: dict[str, Any], content: bytes) -> Response:
        """A POST: a sending, a mark or an upload."""
        raise NotImplementedError

    def file_named(self, path: str, request: Request) -> Response:
        """Where the file of this id lies."""
        return failed(100, "Unsupported get request", subcode=33)

    def file_at(self, path: str, request: Request) -> Response:
        """The bytes of a file."""
        content = self.files.get(path.split("/")[1])
        return Response(content, media_type="image/png") if content is not None else Response(status_code=404)

    def mishap(self) -> tuple[str, Response | None]:
        """What goes wrong with this sending, and the answer to it where nothing is done."""
        how = self.mishaps.popleft() if self.mishaps else ""
        answers = {
            "down": failed(131016, "Service unavailable", 503),
            "rate": failed(self.too_many, "Too many calls"),
            "refused": failed(self.refusal[0], "Not to be delivered", subcode=self.refusal[1]),
        }
        return how, answers.get(how)

    def taken(self, how: str, arrived: Arrived, answer: dict[str, Any]) -> Response:
        """It is delivered, whatever is answered. Where the answer is lost, a webhook tells that it was sent."""
        self.arrived.append(arrived)
        if how in ("crash", "late_failure"):
            told = self.sent(arrived) if how == "crash" else self.entries(receipts=[self.receipt(arrived, "failed")])
            self.threads.append(threading.Timer(TOLD_AFTER_S, self.tell, (told,)))
            self.threads[-1].daemon = True
            self.threads[-1].start()
        return failed(2, "An unexpected error has occurred", 500) if how == "crash" else JSONResponse(answer)

    def tell(self, entries: list[dict[str, Any]]) -> None:
        """Delivers, or gives up where the door is gone."""
        with suppress(httpx.HTTPError):
            self.deliver(entries)

    def sent(self, arrived: Arrived) -> list[dict[str, Any]]:
        """The entries that tell that a message was sent."""
        return self.entries(receipts=[self.receipt(arrived, "sent")])

    def keep(self, content: bytes) -> str:
        """A file at Meta; its id."""
        key = uuid.uuid4().hex
        self.files[key] = content
        return key

    def new_id(self) -> str:
        return f"{'wamid.' if self.channel == 'whatsapp' else 'm_'}{uuid.uuid4().hex}"


Some = TypeVar("Some", bound=GraphStandIn)


@contextmanager
def running(one: Some) -> Iterator[Some]:
    """The stand-in on a port of its own."""
    with served(one.app()) as url:
        _stands_at(one, url)
        yield one


@contextmanager
def graph(*all_of_them: GraphStandIn) -> Iterator[tuple[GraphStandIn, ...]]:
    """Several stand-ins on one port, as one app of a shop's has several accounts at Meta."""

    async def answer(request: Request) -> Response:
        named = request.path_params["path"].removeprefix(f"{VERSION}/").removeprefix("cdn/").split("/")[0]
        theirs = next((one for one in all_of_them if named == one.account or named in one.files), all_of_them[0])
        return await theirs.answer(request)

    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    app.state.let_go = lambda: None
    with served(app) as url:
        for one in all_of_them:
            _stands_at(one, url)
        yield all_of_them


def _stands_at(one: GraphStandIn, url: str) -> None:
    one.url = url
    shared = {"AMENDS_META_APP_SECRET": SECRET, "AMENDS_META_VERIFY_TOKEN": VERIFY_TOKEN, "AMENDS_META_API": f"{url}/{VERSION}"}
    one.settings = shared | dict(line.split("=", 1) for line in one.ours.split())


def signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def form_in(kind: str, body: bytes) -> tuple[dict[str, str], bytes]:
    """The fields of a multipart form, and its file."""
    boundary = kind.partition("boundary=")[2].encode()
    fields, file = dict[str, str](), b""
    for piece in body.split(b"--" + boundary)[1:-1]:
        head, _, content = piece.partition(b"\r\n\r\n")
        name = re.search(rb'[ ;]name="([^"]*)"', head)
        assert name, head
        if b"filename=" in head:
            file = content[:-2]
        else:
            fields[name[1].decode()] = content[:-2].decode()
    return fields, file
