"""Twilio's Messages API with one account, the networks behind it, and the phones of those who write to the shop.

As Twilio's pages document it: "Messages resource", "Twilio's request to your incoming message webhook URL", "Track the message status of
outbound messages", "Validating requests are coming from Twilio", "Opt-out keywords", "Typing indicators resource", the media resource
and the error dictionary.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.channels.gsm import plain
from bot.clock import now
from tests.served import served
from tests.standins.standin import Arrived, Forgery

SID, TOKEN, OURS, TEMPLATE = "AC" + "5ef8" * 8, "0f6d6fbe0d4e43b1a7d3d8f0a3b5c7e9", "+15005550006", "HX" + "ab01" * 8
FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8", "user-agent": "TwilioProxy/1.1"}
BLOCKING = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
APPROVED = "{{shop}} has news of {{ref}}. Answer here to read it."
DEFAULTS = {"shop": "The shop", "ref": "your case"}
WINDOW = timedelta(hours=24)
Answer = tuple[int, dict[str, Any]]


class Twilio:
    """One account with one sender. Customers are numbers; who is named otherwise gets one."""

    def __init__(self, channel: str, url: str, door: str, origin: str = OURS) -> None:
        self.channel, self.url, self.door = channel, url, door
        self.prefix = "whatsapp:" if channel == "whatsapp" else ""
        self.settings = {"AMENDS_TWILIO_ACCOUNT_SID": SID, "AMENDS_TWILIO_AUTH_TOKEN": TOKEN, "AMENDS_TWILIO_API": url}
        self.settings[f"AMENDS_TWILIO_{channel.upper()}_FROM"] = origin
        if self.prefix:
            self.settings["AMENDS_TWILIO_WHATSAPP_TEMPLATE"] = TEMPLATE
        self.arrived: list[Arrived] = []
        self.listed: list[dict[str, Any]] = []  # every message of ours that was taken, the newest last
        self.asked: list[dict[str, str]] = []  # every form that was posted, the newest last
        self.incoming: set[str] = set()
        self.stopped: set[str] = set()
        self.heard: dict[str, datetime] = {}  # when a customer wrote last: WhatsApp's window
        self.typing: list[str] = []  # the messages that were marked as read and being answered
        self.files: dict[str, bytes] = {}
        self._manners: list[str] = []
        self._lock = threading.RLock()

    # What customers do.

    def says(
        self, sender: str, text: str, *, id: str | None = None, at: datetime | None = None, photos: tuple[bytes, ...] = (), times: int = 1
    ) -> list[httpx.Response]:
        """Several photos come with one message, which Twilio gives no time."""
        kind = "image" if photos else "text"
        told = self.message(sender, text, id, MessageType=kind) | {"NumMedia": str(len(photos))}
        for place, photo in enumerate(photos):
            path = f"/2010-04-01/Accounts/{SID}/Messages/{told['MessageSid']}/Media/ME{hashlib.md5(photo).hexdigest()}"
            self.files[path] = photo
            told |= {f"MediaUrl{place}": f"{self.url}{path}", f"MediaContentType{place}": "image/jpeg"}
        self._notes(sender, text, at)
        return [self.posts(told) for _ in range(times)]

    def says_at_once(self, messages: list[tuple[str, str, str]]) -> httpx.Response | None:
        """One by one: a webhook is one message."""
        return [self.says(sender, text, id=id) for sender, text, id in messages][-1][-1]

    def taps(self, sender: str, label: str) -> list[httpx.Response]:
        """Writes the number of the choice: neither network shows buttons here."""
        newest = next(one for one in reversed(self.arrived) if one.to == number_of(sender))
        written = re.search(rf"^(\d+)\. {re.escape(plain(label))}$", plain(newest.text), re.M)
        assert written, f"nothing to take: {label!r} in {newest.text!r}"
        return self.says(sender, written[1])

    def reports(self, arrived: Arrived, state: str, times: int = 1) -> list[httpx.Response]:
        status, code = ("undelivered", "30003") if state == "failed" else (state, "")
        return [self.became(arrived.raw, status, code) for _ in range(times)]

    def misbehaves(self, how: str, times: int) -> None:
        assert how in ("down", "rate", "crash", "refused", "late_failure")
        self._manners = [how] * times

    def forgeries(self, sender: str, text: str) -> list[Forgery]:
        told = self.message(sender, text, "forged")
        body, ours = urlencode(told).encode(), FORM | {"x-twilio-signature": self.signature(told)}
        other = told | {"AccountSid": SID[::-1]}
        nameless = {name: value for name, value in told.items() if name != "MessageSid"}
        many = told | {f"Extra{place}": "1" for place in range(300)}
        large = told | {"Body": "x" * 4_000_000}

        def signed(given: dict[str, str]) -> dict[str, str]:
            return FORM | {"x-twilio-signature": self.signature(given)}

        return [
            Forgery("unsigned", "POST", FORM, body, (401, 403)),
            Forgery("foreign", "POST", FORM | {"x-twilio-signature": self.signature(told, token=TOKEN[::-1])}, body, (401, 403)),
            Forgery("for another door", "POST", FORM | {"x-twilio-signature": self.signature(told, f"{self.door}2")}, body, (401, 403)),
            Forgery("changed", "POST", ours, urlencode(told | {"Body": f"{text} now"}).encode(), (401, 403)),
            Forgery("with a query", "POST", ours, body, (401, 403), "and=more"),
            Forgery("another account's", "POST", signed(other), urlencode(other).encode(), (401, 403)),
            Forgery("got", "GET", FORM, b"", (401, 403, 405)),
            Forgery("JSON", "POST", ours | {"content-type": "application/json"}, json.dumps(told).encode(), (401, 403)),
            Forgery("oversized", "POST", signed(large), urlencode(large).encode(), (413,)),
            Forgery("malformed", "POST", signed(nameless), urlencode(nameless).encode(), (400,)),
            Forgery("too much", "POST", signed(many), urlencode(many).encode(), (400,)),
        ]

    # What Twilio makes of it.

    def message(self, sender: str, text: str, id: str | None = None, **more: str) -> dict[str, str]:
        """The parameters of an incoming message; the same name is the same message."""
        sid = f"SM{hashlib.md5(f'{sender} {id}'.encode()).hexdigest()}" if id else f"SM{secrets.token_hex(16)}"
        self.incoming.add(sid)
        told = {"MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "AccountSid": SID, "ApiVersion": "2010-04-01", "Body": text}
        told |= {"From": self.prefix + number_of(sender), "To": self.prefix + OURS, "SmsStatus": "received", "NumMedia": "0"}
        told["NumSegments"] = "1"
        if self.prefix:
            return told | {"ProfileName": "Ada Ljung", "WaId": number_of(sender)[1:], "ChannelMetadata": "{}", **more}
        return told | {"FromCountry": "US", "FromState": "", "FromCity": "", "FromZip": "", "ToCountry": "US", "ToZip": ""}

    def became(self, listed: dict[str, Any], status: str, code: str = "") -> httpx.Response:
        """Tells the address that the sending named what became of a message."""
        told = {"MessageSid": listed["sid"], "MessageStatus": status, "SmsSid": listed["sid"], "SmsStatus": status, "AccountSid": SID}
        told |= {"From": self.prefix + OURS, "To": listed["to"], "ApiVersion": "2010-04-01"} | ({"ErrorCode": code} if code else {})
        return self.posts(told, listed["status_callback"] or self.door)

    def posts(self, told: dict[str, str], url: str = "") -> httpx.Response:
        headers = FORM | {"x-twilio-signature": self.signature(told, url or self.door), "i-twilio-idempotency-token": secrets.token_hex(18)}
        return httpx.post(url or self.door, content=urlencode(told), headers=headers, timeout=30, trust_env=False)

    def signature(self, told: dict[str, str], url: str = "", token: str = TOKEN) -> str:
        signed = (url or self.door) + "".join(f"{name}{told[name]}" for name in sorted(told))
        return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()

    def _notes(self, sender: str, text: str, at: datetime | None) -> None:
        to = number_of(sender)
        self.heard[to] = at or now()
        word = text.strip().upper()
        if not self.prefix and word in BLOCKING:
            self.stopped.add(to)
        if not self.prefix and word in ("START", "YES", "UNSTOP"):
            self.stopped.discard(to)

    # What Amends may call.

    def takes(self, form: dict[str, str]) -> Answer:
        """A message to be sent: status and answer."""
        with self._lock:
            self.asked.append(form)
            how = self._manners.pop() if self._manners else ""
            if how == "down":
                return 503, {}
            if how == "rate":
                return failed(429, 20429, "Too Many Requests")
            if how == "refused":
                return failed(400, 21614, f"To number: {form.get('To')}, is not a mobile number")
            flaw = self._flaw(form)
            if flaw:
                return failed(400, *flaw)
            listed = self._listed(form)
            late = "30008" if how == "late_failure" else "63016" if self._is_too_late(form) else ""
            if late:
                threading.Timer(0.2, self.became, (listed, "failed", late)).start()
            else:
                self.arrived.append(arrival_of(listed, "ContentSid" in form))
            return (500, {}) if how == "crash" else (201, {name: listed[name] for name in listed if name != "status_callback"})

    def _flaw(self, form: dict[str, str]) -> tuple[int, str] | None:
        """The code and words of what is wrong with a form."""
        to, body = form.get("To", ""), form.get("Body", "")
        sender = form.get("MessagingServiceSid") or form.get("From", "").removeprefix(self.prefix)
        if not re.fullmatch(re.escape(self.prefix) + r"\+[1-9]\d{6,14}", to):
            return 21211, f"Invalid 'To' Phone Number: {to}"
        if sender != self.settings[f"AMENDS_TWILIO_{self.channel.upper()}_FROM"]:
            return 21606, "The 'From' phone number provided is not a valid message-capable Twilio phone number"
        if not re.match(r"https?://[^/_]+/", form.get("StatusCallback", self.door)):
            return 21609, "The 'StatusCallback' URL is not a valid URL."
        if to.removeprefix(self.prefix) in self.stopped:
            return 21610, "Attempt to send to unsubscribed recipient"
        if form.get("ContentSid"):
            return template_flaw(form)
        if not body.strip():
            return 21602, "Message body is required."
        return (21617, "The concatenated message body exceeds the 1600 character limit") if len(body) > 1600 else None

    def _is_too_late(self, form: dict[str, str]) -> bool:
        heard = self.heard.get(form["To"].removeprefix(self.prefix))
        return bool(self.prefix) and not form.get("ContentSid") and (heard is None or now() - heard >= WINDOW)

    def _listed(self, form: dict[str, str]) -> dict[str, Any]:
        body = filled(json.loads(form.get("ContentVariables") or "{}")) if form.get("ContentSid") else form["Body"]
        made = {"sid": f"SM{secrets.token_hex(16)}", "account_sid": SID, "to": form["To"], "from": form.get("From"), "body": body}
        made |= {"status": "queued", "direction": "outbound-api", "date_created": format_datetime(now()), "date_sent": None}
        made |= {"messaging_service_sid": form.get("MessagingServiceSid"), "error_code": None, "num_media": "0"}
        self.listed.append(made | {"status_callback": form.get("StatusCallback", "")})
        return self.listed[-1]

    def lists(self, query: dict[str, str]) -> dict[str, Any]:
        """What was sent, the newest first."""
        named = {"To": "to", "From": "from"}
        size = int(query.get("PageSize", "50"))
        found = [one for one in reversed(self.listed) if all(one[key] == query[name] for name, key in named.items() if name in query)]
        return {"messages": found[:size], "page": 0, "page_size": size, "next_page_uri": None}

    # Over HTTP.

    async def answers(self, request: Request) -> Response:
        if not is_us(request) or request.path_params["sid"] != SID:
            return JSONResponse(failed(401, 20003, "Authenticate")[1], 401)
        if request.method == "GET":
            return JSONResponse(self.lists(dict(request.query_params)))
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        status, told = await run_in_threadpool(self.takes, form)
        return JSONResponse(told, status, {"retry-after": "1"} if status == 429 else None) if told else Response(status_code=status)

    async def shows(self, request: Request) -> Response:
        """That a message of WhatsApp was read and is being answered."""
        form = dict(parse_qsl((await request.body()).decode()))
        if not is_us(request):
            return JSONResponse(failed(401, 20003, "Authenticate")[1], 401)
        if form.get("channel") != "whatsapp" or form.get("messageId") not in self.incoming:
            return JSONResponse(failed(400, 20001, "Invalid messageId")[1], 400)
        self.typing.append(form["messageId"])
        return JSONResponse({"success": True})

    async def hands_out(self, request: Request) -> Response:
        """Media are behind the account's password, and then at another host, which must not get it."""
        path = request.url.path
        if path.startswith("/cdn"):
            content = self.files.get(path.removeprefix("/cdn"))
            is_told = content is None or "authorization" in request.headers
            return Response(status_code=400) if is_told else Response(content, media_type="image/jpeg")
        if not is_us(request):
            return Response(status_code=401)
        return RedirectResponse(f"http://localhost:{request.url.port}/cdn{path}", 307) if path in self.files else Response(status_code=404)


def template_flaw(form: dict[str, str]) -> tuple[int, str] | None:
    values = json.loads(form.get("ContentVariables") or "{}")
    if form["ContentSid"] != TEMPLATE or form.get("Body"):
        return 21655, "The ContentSid is invalid"
    if any(not value or re.search(r"[\n\t]| {5}", value) for value in values.values()):
        return 21656, "The ContentVariables Parameter is invalid"
    return None


def filled(values: dict[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda found: values.get(found[1], DEFAULTS[found[1]]), APPROVED)


def arrival_of(listed: dict[str, Any], is_template: bool) -> Arrived:
    return Arrived(listed["to"].removeprefix("whatsapp:"), listed["body"], listed["sid"], is_template=is_template, raw=listed)


def failed(status: int, code: int, why: str) -> Answer:
    return status, {"code": code, "message": why, "more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status}


def is_us(request: Request) -> bool:
    return request.headers.get("authorization") == "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()


def number_of(sender: str) -> str:
    """A customer's number."""
    digits = sender.removeprefix("+")
    return f"+{digits}" if digits.isdigit() and len(digits) > 6 else f"+1555{int.from_bytes(sender.encode(), 'big') % 10**7:07}"


@contextmanager
def twilio(channel: str, door: str = "", origin: str = OURS) -> Iterator[Twilio]:
    """Twilio while it runs. `door` may be set afterwards, when it is known."""
    app = Starlette()
    app.state.let_go = lambda: None
    with served(app) as url:
        standin = Twilio(channel, url, door, origin)
        app.router.routes += [
            Route("/2010-04-01/Accounts/{sid}/Messages.json", standin.answers, methods=["GET", "POST"]),
            Route("/2010-04-01/Accounts/{sid}/Messages/{message}/Media/{media}", standin.hands_out),
            Route("/v2/Indicators/Typing.json", standin.shows, methods=["POST"]),
            Route("/cdn/{path:path}", standin.hands_out),
        ]
        yield standin
