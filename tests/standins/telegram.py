"""Telegram's Bot API server with one bot, and the phones of those who write to it.

As core.telegram.org/bots/api documents it (methods, limits, error codes, "Making requests when getting updates"); the words of errors
are those of github.com/tdlib/telegram-bot-api.
"""

import hashlib
import io
import itertools
import json
import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import httpx
from PIL import Image
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.clock import now
from tests.served import served
from tests.standins.standin import Arrived, Forgery

TOKEN, SECRET = "123456789:AAGq8nTzYw-4kLmXc0bR_vUe2sPfHd7JiK0", "from_Telegram-and_nobody_else"
BOT = {"id": 123456789, "is_bot": True, "first_name": "Shop", "username": "shop_bot"}
SENDS = ("sendMessage", "sendPhoto", "sendDocument")
LARGEST_DOWNLOAD, LARGEST_PHOTO = 20 * 1024 * 1024, 10 * 1024 * 1024


class Telegram:
    """Chats are numbered by their users' ids, which `sender` holds as digits; other names get a number."""

    channel = "telegram"

    def __init__(self, url: str, door: str) -> None:
        self.door, self.url = door, url
        self.settings = {"AMENDS_TELEGRAM_TOKEN": TOKEN, "AMENDS_TELEGRAM_SECRET": SECRET, "AMENDS_TELEGRAM_API": url}
        self.secret = SECRET
        self.arrived: list[Arrived] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []  # every method called, in order
        self.webhook: dict[str, Any] = {}
        self.chats: set[str] = set()  # who has written: a bot cannot begin
        self.blocked: set[str] = set()
        self.taps_answered: list[str] = []
        self.files: dict[str, bytes] = {}
        self.manners: list[str] = []
        self._known: dict[tuple[str, ...], int] = {}
        self._last: defaultdict[str, int] = defaultdict(int)  # of a chat's message ids
        self._updates = itertools.count(870_000_001)
        self._lock = threading.RLock()

    # What customers do.

    def says(
        self, sender: str, text: str, *, id: str | None = None, at: datetime | None = None, photos: tuple[bytes, ...] = (), times: int = 1
    ) -> list[httpx.Response]:
        """Several photos are an album: as many messages, of which the first bears the words."""
        answers, name = [], id or f"unnamed {next(self._updates)}"
        album = {"media_group_id": str(1300 + len(self.files))} if len(photos) > 1 else {}
        for place, photo in enumerate(photos or (None,)):
            words = {} if place or not text else {"caption" if photo else "text": text}
            message = self.message(sender, name if place == 0 else f"{name} {place}", at) | words | album
            if photo:
                message["photo"] = [self._size(photo, 90, "s"), self._size(photo, 1280, "x"), self._size(photo, 320, "m")]
            answers += self.delivers(self.update(f"{sender} {name} {place}", message=message), times)
        return answers

    def says_at_once(self, messages: list[tuple[str, str, str]]) -> httpx.Response | None:
        """One by one: an update is one message."""
        return [self.says(sender, text, id=id) for sender, text, id in messages][-1][-1]

    def taps(self, sender: str, label: str) -> list[httpx.Response]:
        newest = next(one for one in reversed(self.arrived) if one.to == str(number_of(sender)))
        choice = next((key for key, known in newest.choices if known == label), None)
        if choice is None:
            written = re.search(rf"^(\d+)\. {re.escape(label)}$", newest.text, re.M)
            assert written, f"nothing to take: {label!r} in {newest.text!r}"
            return self.says(sender, written[1])
        tap = {"id": str(next(self._updates)), "from": user(sender), "message": newest.raw, "chat_instance": "7", "data": choice}
        return self.delivers(self.update(tap["id"], callback_query=tap), 1)

    def blocks(self, sender: str, is_back: bool = False) -> list[httpx.Response]:
        """The bot, or lets it in again."""
        (self.blocked.discard if is_back else self.blocked.add)(str(number_of(sender)))
        old, new = ("kicked", "member") if is_back else ("member", "kicked")
        member = {"chat": chat(sender), "from": user(sender), "date": int(now().timestamp())}
        member |= {"old_chat_member": {"user": BOT, "status": old}, "new_chat_member": {"user": BOT, "status": new}}
        return self.delivers(self.update(f"{sender} {new} {next(self._updates)}", my_chat_member=member), 1)

    def reports(self, arrived: Arrived, state: str, times: int = 1) -> list[httpx.Response]:
        """Nothing: Telegram tells a bot neither what was delivered nor what was read."""
        return []

    def misbehaves(self, how: str, times: int) -> None:
        """`late_failure` is none of Telegram's: what it took has arrived."""
        assert how in ("down", "rate", "crash", "refused"), f"Telegram does not do this: {how}"
        self.manners = [how] * times

    def forgeries(self, sender: str, text: str) -> list[Forgery]:
        update = self.update("forged", message=self.message(sender, "forged", None) | {"text": text})
        body, ours = json.dumps(update).encode(), {"content-type": "application/json"}
        signed = ours | {"x-telegram-bot-api-secret-token": self.secret}
        return [
            Forgery("unsigned", "POST", ours, body, (401, 403)),
            Forgery("foreign", "POST", signed | {"x-telegram-bot-api-secret-token": SECRET[::-1]}, body, (401, 403)),
            Forgery("almost", "POST", signed | {"x-telegram-bot-api-secret-token": SECRET[:-1]}, body, (401, 403)),
            Forgery("in the query", "POST", ours, body, (401, 403), f"secret_token={self.secret}"),
            Forgery("got", "GET", ours, b"", (401, 403, 405)),
            Forgery("oversized", "POST", signed, body[:-1] + b', "x": "' + b"x" * 4_000_000 + b'"}', (413,)),
            Forgery("malformed", "POST", signed, body[:-1], (400,)),
            Forgery("no update", "POST", signed, b"[" + body + b"]", (400,)),
        ]

    # What Telegram makes of it.

    def message(self, sender: str, name: str, at: datetime | None) -> dict[str, Any]:
        """A message with nothing in it yet; the same name is the same message."""
        to = str(number_of(sender))
        with self._lock:
            self.chats.add(to)
            if (to, name) not in self._known:
                self._last[to] += 1
                self._known[to, name] = self._last[to]
        return {
            "message_id": self._known[to, name],
            "from": user(sender),
            "chat": chat(sender),
            "date": int((at or now()).timestamp()),
        }

    def update(self, name: str, **holds: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            return {"update_id": self._known.setdefault(("update", name), next(self._updates)), **holds}

    def delivers(self, update: dict[str, Any], times: int = 1) -> list[httpx.Response]:
        """Posts an update; a method in the answer is carried out as if it had been called."""
        headers, answers = {"x-telegram-bot-api-secret-token": self.secret}, []
        for _ in range(times):
            answers.append(httpx.post(self.door, json=update, headers=headers, timeout=30, trust_env=False))
            if answers[-1].is_success and "json" in answers[-1].headers.get("content-type", ""):
                told = answers[-1].json()
                self.carries_out(told.pop("method"), told)
        return answers

    def keeps(self, content: bytes, name: str) -> str:
        """The id of a file that a customer sent."""
        self.files[f"{name}-{len(self.files)}"] = content
        return f"{name}-{len(self.files) - 1}"

    def _size(self, photo: bytes, longest: int, name: str) -> dict[str, Any]:
        """One of the sizes that Telegram makes of a photo; only the largest is as it was sent."""
        with Image.open(io.BytesIO(photo)) as image:
            small, out = image.convert("RGB"), io.BytesIO()
        small.thumbnail((longest, longest))
        small.save(out, "JPEG")
        content = photo if longest == 1280 else out.getvalue()
        ref = self.keeps(content, name)
        return {"file_id": ref, "file_unique_id": ref[::-1], "file_size": len(content), "width": small.width, "height": small.height}

    # What the bot may call.

    def carries_out(self, method: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and answer of a method."""
        with self._lock:
            self.calls.append((method, given))
            how = self.manners.pop() if method in SENDS and self.manners else ""
            if how == "down":
                return failed(503, "Service Unavailable")
            if how == "rate":
                return failed(429, "Too Many Requests: retry after 1", parameters={"retry_after": 1})
            if how == "refused":
                return failed(400, "Bad Request: chat not found")
            known = {"sendMessage": self._send, "sendPhoto": self._send, "sendDocument": self._send, "getFile": self._get_file}
            known |= {"sendChatAction": self._action, "answerCallbackQuery": self._answer, "setWebhook": self._set_webhook}
            answer = known[method](method, given) if method in known else failed(404, "Not Found: method not found")
            return failed(500, "Internal Server Error") if how == "crash" else answer

    def _send(self, method: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        to = str(given.get("chat_id", ""))
        if flaw := self._unreachable(to) or flaw_in(method, given):
            return flaw
        buttons = [one for row in given.get("reply_markup", {}).get("inline_keyboard", []) for one in row]
        self._last[to] += 1
        words, file = given.get("text", given.get("caption", "")), given.get("photo") or given.get("document")
        raw = {"message_id": self._last[to], "from": BOT, "chat": {"id": int(to), "type": "private"}, "date": int(time.time())}
        raw |= {name: given[name] for name in ("text", "caption", "reply_markup") if name in given}
        choices = tuple((one["callback_data"], one["text"]) for one in buttons)
        self.arrived.append(Arrived(to, words, f"{to}:{self._last[to]}", choices, (file["content"],) if file else (), raw=raw))
        return 200, {"ok": True, "result": raw}

    def _unreachable(self, to: str) -> tuple[int, dict[str, Any]] | None:
        if to in self.blocked:
            return failed(403, "Forbidden: bot was blocked by the user")
        return None if to in self.chats else failed(400, "Bad Request: chat not found")

    def _action(self, _method: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        wrong = None if given.get("action") == "typing" else failed(400, "Bad Request: wrong parameter action in request")
        return self._unreachable(str(given.get("chat_id", ""))) or wrong or (200, {"ok": True, "result": True})

    def _answer(self, _method: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if given["callback_query_id"] in self.taps_answered:
            return failed(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.taps_answered.append(given["callback_query_id"])
        return 200, {"ok": True, "result": True}

    def _get_file(self, _method: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        content = self.files.get(str(given.get("file_id")))
        if content is None:
            return failed(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(content) > LARGEST_DOWNLOAD:
            return failed(400, "Bad Request: file is too big")
        found = {"file_id": given["file_id"], "file_size": len(content), "file_path": f"photos/{given['file_id']}.jpg"}
        return 200, {"ok": True, "result": found}

    def _set_webhook(self, _method: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if not given.get("url", "").startswith("https://"):
            return failed(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", given.get("secret_token", "")):
            return failed(400, "Bad Request: secret token contains unallowed characters")
        self.webhook = given
        return 200, {"ok": True, "result": True, "description": "Webhook was set"}

    # Over HTTP.

    async def answers(self, request: Request) -> Response:
        if request.path_params["token"] != TOKEN:
            return JSONResponse(failed(401, "Unauthorized")[1], 401)
        kind, body = request.headers.get("content-type", ""), await request.body()
        given = parts_of(kind, body) if kind.startswith("multipart/form-data") else json.loads(body)
        status, told = await run_in_threadpool(self.carries_out, request.path_params["method"], given)
        return JSONResponse(told, status)

    async def hands_out(self, request: Request) -> Response:
        found = re.fullmatch(r"photos/(.+)\.jpg", request.path_params["path"])
        content = self.files.get(found[1]) if found and request.path_params["token"] == TOKEN else None
        return Response(content, media_type="application/octet-stream") if content is not None else Response(status_code=404)


def flaw_in(method: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
    """What is wrong with a message that a bot wants to send."""
    words, file = given.get("text", given.get("caption", "")), given.get("photo") or given.get("document")
    buttons = [one for row in given.get("reply_markup", {}).get("inline_keyboard", []) for one in row]
    if method == "sendMessage" and not words.strip():
        return failed(400, "Bad Request: message text is empty")
    if len(words) > (4096 if method == "sendMessage" else 1024):
        return failed(400, f"Bad Request: message {'is' if method == 'sendMessage' else 'caption is'} too long")
    if not all(0 < len(one.get("callback_data", "").encode()) <= 64 and one.get("text") for one in buttons):
        return failed(400, "Bad Request: BUTTON_DATA_INVALID")
    if method == "sendPhoto":
        with Image.open(io.BytesIO(file["content"])) as image:
            width, height = image.size
        if len(file["content"]) > LARGEST_PHOTO or width + height > 10_000 or max(width, height) > 20 * min(width, height):
            return failed(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
    return None


def failed(status: int, why: str, **more: Any) -> tuple[int, dict[str, Any]]:
    return status, {"ok": False, "error_code": status, "description": why, **more}


def parts_of(kind: str, body: bytes) -> dict[str, Any]:
    """The parts of a form: texts, objects that are JSON, and files."""
    found: dict[str, Any] = {}
    for part in body.split(b"--" + kind.split("boundary=")[1].encode())[1:-1]:
        head, content = part[2:-2].split(b"\r\n\r\n", 1)
        name = re.search(rb' name="(.*?)"', head)
        file = re.search(rb'filename="(.*?)"', head)
        text = content.decode() if not file else ""
        assert name
        is_object = name[1] in (b"reply_markup", b"link_preview_options")
        found[name[1].decode()] = {"name": file[1].decode(), "content": content} if file else json.loads(text) if is_object else text
    return found


def number_of(sender: str) -> int:
    """The user's number, which is also that of the chat with them."""
    return int(sender) if sender.isdigit() else 5_000_000_000 + int(hashlib.sha256(sender.encode()).hexdigest()[:8], 16)


def user(sender: str) -> dict[str, Any]:
    return {"id": number_of(sender), "is_bot": False, "first_name": "Ada", "last_name": "Ljung", "language_code": "en"}


def chat(sender: str) -> dict[str, Any]:
    return {"id": number_of(sender), "first_name": "Ada", "last_name": "Ljung", "type": "private"}


@contextmanager
def telegram(door: str = "") -> Iterator[Telegram]:
    """Telegram while it runs. `door` may be set afterwards, when it is known."""
    app = Starlette()
    app.state.let_go = lambda: None
    with served(app) as url:
        standin = Telegram(url, door)
        app.router.routes += [
            Route("/bot{token}/{method}", standin.answers, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", standin.hands_out),
        ]
        yield standin
