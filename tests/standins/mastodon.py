"""A Mastodon server as docs.joinmastodon.org describes it: notifications, statuses, media, instance, idempotency, limits.

Whoever a post mentions gets it, so a private one that mentions a stranger is seen to leak. Nothing is sent to Amends.
"""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from email.message import Message
from threading import RLock
from typing import Any
from urllib.parse import parse_qsl

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.clock import now
from tests.served import served
from tests.standins.standin import Arrived, Forgery

TOKEN, OURS, DOMAIN = "shop-access-token", "14715", "social.example"
FIRST_ID = 103_186_000_000_000_000
MENTION = re.compile(r"(?<![=/a-z0-9_])@([a-z0-9_]+(?:[.-]+[a-z0-9_]+)*(?:@[\w.-]+\w)?)", re.IGNORECASE)
_INVALID = JSONResponse({"error": "The access token is invalid"}, 401)
_UNKNOWN = JSONResponse({"error": "Record not found"}, 404)


def account_of(sender: str, **given: Any) -> dict[str, Any]:
    name, _, host = sender.partition("@")
    acct = name if host == DOMAIN else sender
    return {"id": f"9{sum(sender.encode())}", "username": name, "acct": acct, "display_name": name.title(), "bot": False, **given}


def html_of(text: str) -> str:
    """As the server writes it: paragraphs, breaks, mentions as links, links in three spans."""
    said = html.escape(text, quote=True)
    said = re.sub(r"https://(\S+)", r'<a href="https://\1"><span class="invisible">https://</span><span class="">\1</span></a>', said)
    url = f"https://{DOMAIN}/@shop"
    link = f'<span class="h-card"><a href="{url}" class="u-url mention">@<span>shop</span></a></span>'
    said = re.sub(r"@shop\b", link, said)
    return "<p>" + said.replace("\n\n", "</p><p>").replace("\n", "<br />") + "</p>"


@dataclass
class MastodonStandIn:
    """The server, with the shop's account on it."""

    door: str
    channel: str = "mastodon"
    url: str = ""
    longest: int = 500
    arrived: list[Arrived] = field(default_factory=list)
    statuses: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[dict[str, Any]] = field(default_factory=list)  # oldest first
    keys: dict[str, str] = field(default_factory=dict)  # kept for an hour; `forget_keys` lets it pass
    media: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    slow_media: int = 0  # how often a file is said to be in processing still
    told_to_files: list[str | None] = field(default_factory=list)  # the Authorization that came with each download
    lock: Any = field(default_factory=RLock)
    _fails: list[str] = field(default_factory=list)
    _ids: int = FIRST_ID

    @property
    def settings(self) -> dict[str, str]:
        return {"AMENDS_MASTODON_SERVER": self.url, "AMENDS_MASTODON_TOKEN": TOKEN}

    def new_id(self) -> str:
        with self.lock:
            self._ids += 17
            return str(self._ids)

    def says(
        self,
        sender: str,
        text: str,
        *,
        id: str | None = None,
        at: datetime | None = None,
        photos: tuple[bytes, ...] = (),
        times: int = 1,
        visibility: str = "direct",
        **given: Any,
    ) -> list[httpx.Response]:
        """Somebody mentions the shop. `given`: further fields of the status. A mention is told of once, however often it is asked for."""
        self._mention(sender, text, id, at, photos, visibility, given)
        return []

    def _mention(
        self, sender: str, text: str, id: str | None, at: datetime | None, photos: tuple[bytes, ...], visibility: str, given: dict[str, Any]
    ) -> dict[str, Any]:
        with self.lock:
            if id in self.statuses:
                return self.statuses[id]
            when = (at or now()).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            account = account_of(sender, **given.pop("account", {}))
            id = id or self.new_id()
            status = {
                "id": id,
                "created_at": when,
                "edited_at": None,
                "in_reply_to_id": next((one.id for one in reversed(self.arrived) if one.to == sender), None),
                "visibility": visibility,
                "spoiler_text": "",
                "content": html_of(f"@shop {text}"),
                "account": account,
                "media_attachments": [self._attached(one) for one in photos],
                "mentions": [{"id": OURS, "username": "shop", "url": f"https://{DOMAIN}/@shop", "acct": "shop"}],
                **given,
            }
            self.statuses[id] = status
            self._tell("mention", status, when)
            return status

    def _tell(self, kind: str, status: dict[str, Any], when: str) -> None:
        self.notes.append({"id": self.new_id(), "type": kind, "created_at": when, "account": status["account"], "status": status})

    def _attached(self, content: bytes) -> dict[str, Any]:
        id = self.new_id()
        self.media[id] = content, "image/png"
        return {"id": id, "type": "image", "url": f"{self.url}/files/{id}/photo.png", "remote_url": None, "description": None}

    def edits(self, id: str, text: str) -> None:
        """The post has other words now, and the server tells of it."""
        with self.lock:
            when = now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            self.statuses[id] = self.statuses[id] | {"content": html_of(f"@shop {text}"), "edited_at": when}
            self._tell("update", self.statuses[id], when)

    def says_at_once(self, messages: list[tuple[str, str, str]]) -> httpx.Response | None:
        for sender, text, id in messages:
            self.says(sender, text, id=id)
        return None

    def taps(self, sender: str, label: str) -> list[httpx.Response]:
        """There is nothing to tap: they write the number that stands before the label."""
        newest = next(one for one in reversed(self.arrived) if one.to == sender and label in one.text)
        line = next(one for one in newest.text.splitlines() if label in one)
        number = re.search(r"\d+", line)
        return self.says(sender, number.group() if number else label)

    def reports(self, arrived: Arrived, state: str, times: int = 1) -> list[httpx.Response]:
        """Mastodon tells nobody what became of a post."""
        return []

    def misbehaves(self, how: str, times: int) -> None:
        """`late_failure` is a plain success here: Mastodon reports nothing afterwards."""
        with self.lock:
            self._fails += [how] * times

    def forgeries(self, sender: str, text: str) -> list[Forgery]:
        """Whatever comes to a door that Mastodon does not use."""
        body = f'{{"type": "mention", "status": {{"id": "1", "content": "{text}", "account": {{"acct": "{sender}"}}}}}}'.encode()
        return [Forgery(f"{method} though nothing is sent here", method, {}, body, (404,)) for method in ("GET", "POST")]

    def forget_keys(self) -> None:
        """An hour has passed."""
        self.keys.clear()

    # What the server answers.

    async def notifications(self, request: Request) -> Response:
        if not is_ours(request):
            return _INVALID
        asked = request.query_params
        kinds, limit = asked.getlist("types[]"), min(int(asked.get("limit", "40")), 80)
        with self.lock:
            shown = [one for one in self.notes if (not kinds or one["type"] in kinds) and self._is_shown(one, asked)]
            return JSONResponse(page_of(shown, asked, limit))

    def _is_shown(self, note: dict[str, Any], asked: Any) -> bool:
        """As from 4.3 on, private mentions by strangers are filtered unless they are asked for."""
        return asked.get("include_filtered") == "true" or note.get("status", {}).get("visibility") != "direct"

    async def own_statuses(self, request: Request) -> Response:
        if not is_ours(request):
            return _INVALID
        asked = request.query_params
        with self.lock:
            ours = [one for one in self.statuses.values() if one["account"]["id"] == OURS]
            return JSONResponse(page_of(sorted(ours, key=lambda one: int(one["id"])), asked, int(asked.get("limit", "20"))))

    async def post(self, request: Request) -> Response:
        if not is_ours(request):
            return _INVALID
        sent = parse_qsl((await request.body()).decode())
        form, media = dict(sent), [value for name, value in sent if name == "media_ids[]"]
        with self.lock:
            how = self._fails.pop(0) if self._fails else ""
            if how == "down":
                return Response(status_code=503)
            if how == "rate":
                reset = datetime.now(timezone.utc) + timedelta(seconds=1)  # by the clock that its Date header tells
                return JSONResponse({"error": "Too many requests"}, 429, {"x-ratelimit-reset": reset.strftime("%Y-%m-%dT%H:%M:%S.%fZ")})
            key, text, replied = request.headers.get("idempotency-key", ""), form["status"], form.get("in_reply_to_id")
            if key in self.keys:
                return JSONResponse(self.statuses[self.keys[key]])
            if replied and replied not in self.statuses:
                return JSONResponse({"error": "The post you are trying to reply to does not appear to exist."}, 404)
            counted = MENTION.sub(lambda found: "@" + found[1].split("@")[0], text)
            if how == "refused" or len(counted) > self.longest or not text.strip():
                return JSONResponse({"error": f"Validation failed: Text character limit of {self.longest} exceeded"}, 422)
            status = self._posted(text, form["visibility"], replied, media)
            self.keys[key] = status["id"]
            return Response(status_code=500) if how == "crash" else JSONResponse(status)

    def _posted(self, text: str, visibility: str, replied: str | None, media: list[str]) -> dict[str, Any]:
        names = [one if "@" in one else f"{one}@{DOMAIN}" for one in MENTION.findall(text)]
        status = {
            "id": self.new_id(),
            "created_at": now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "in_reply_to_id": replied,
            "visibility": visibility,
            "content": "<p>" + html.escape(text).replace("\n", "<br />") + "</p>",
            "account": {"id": OURS, "username": "shop", "acct": "shop", "bot": True},
            "mentions": [account_of(one) for one in names],
        }
        self.statuses[status["id"]] = status
        files, words = tuple(self.media[one][0] for one in media), re.sub(r"^@\S+ ", "", text)
        for reader in names:
            self.arrived.append(
                Arrived(reader, words, status["id"], files=files, is_public=visibility in ("public", "unlisted"), raw=status)
            )
        return status

    async def upload(self, request: Request) -> Response:
        if not is_ours(request):
            return _INVALID
        file = file_in(request.headers["content-type"], await request.body())
        if file.get_content_maintype() != "image":
            return JSONResponse({"error": "Validation failed: File content type is invalid, File is invalid"}, 422)
        id, content = self.new_id(), file.get_payload(decode=True)
        self.media[id] = (content if isinstance(content, bytes) else b""), file.get_content_type()
        return JSONResponse({"id": id, "url": None}, 202) if self.slow_media else JSONResponse({"id": id, "url": f"{self.url}/files/{id}"})

    async def processed(self, request: Request) -> Response:
        self.slow_media -= 1
        return Response(status_code=206) if self.slow_media > 0 else JSONResponse({"id": request.path_params["id"]})

    async def file(self, request: Request) -> Response:
        self.told_to_files.append(request.headers.get("authorization"))
        content, kind = self.media.get(request.path_params["id"], (b"", ""))
        return Response(content, media_type=kind) if kind else _UNKNOWN

    async def instance(self, request: Request) -> Response:
        return JSONResponse({"domain": DOMAIN, "configuration": {"statuses": {"max_characters": self.longest}}})

    async def credentials(self, request: Request) -> Response:
        return JSONResponse({"id": OURS, "username": "shop", "acct": "shop"}) if is_ours(request) else _INVALID

    def app(self) -> Starlette:
        routes = [
            Route("/api/v2/instance", self.instance),
            Route("/api/v1/accounts/verify_credentials", self.credentials),
            Route(f"/api/v1/accounts/{OURS}/statuses", self.own_statuses),
            Route("/api/v1/notifications", self.notifications),
            Route("/api/v1/statuses", self.post, methods=["POST"]),
            Route("/api/v2/media", self.upload, methods=["POST"]),
            Route("/api/v1/media/{id}", self.processed),
            Route("/files/{id}/{name}", self.file),
        ]
        made = Starlette(routes=routes)
        made.state.let_go = lambda: None
        return made


def is_ours(request: Request) -> bool:
    return request.headers.get("authorization") == f"Bearer {TOKEN}"


def file_in(content_type: str, body: bytes) -> "Message[str, str]":
    """The part of a multipart form that is the file."""
    form: Any = message_from_bytes(f"content-type: {content_type}\r\n\r\n".encode() + body)
    return next(part for part in form.get_payload() if part.get_param("name", header="content-disposition") == "file")


def page_of(rows: list[dict[str, Any]], asked: Any, limit: int) -> list[dict[str, Any]]:
    """Newest first. With `min_id` those that follow it at once, else the newest below `max_id`; `rows` are oldest first."""
    above, below = int(asked.get("min_id", asked.get("since_id", "0"))), int(asked.get("max_id", str(2**63)))
    within = [one for one in rows if above < int(one["id"]) < below]
    return (within[:limit] if "min_id" in asked else within[-limit:])[::-1]


@contextmanager
def mastodon(door: str = "") -> Iterator[MastodonStandIn]:
    """The server on a port of its own."""
    stand_in = MastodonStandIn(door)
    with served(stand_in.app()) as url:
        stand_in.url = url
        yield stand_in
