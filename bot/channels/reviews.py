"""Reviews: whatever public page the shop has, over the signed webhook that docs/public_webhook.md tells. No provider's shapes: ours.

What is written there is posted to our door; what we answer is posted to the shop's own address, under a permanent key.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from bot.cases.channel import LONGEST_NAME, Abilities, Arrival, ArrivalKind, Media
from bot.cases.instants import instant_in
from bot.cases.signature import HEADER, flaw, sign
from bot.channels.http import Provider, object_of
from bot.clock import now as the_time
from bot.errors import BadSetting, Refused, SendFailed
from bot.ports import Collected, Knock, Outgoing, TakenIn

AT_ONCE = 100  # happenings in one request
SHORTEST_SECRET = 16
NOT_NOW = (401, 403, 408, 409, 425)  # the secret or the moment is wrong, not what was sent
_ID, _URL = re.compile(r"[!-~]{1,150}"), re.compile(r"[!-~]{1,2000}")
# Of each kind, what it needs besides `id` and `kind`.
KINDS: Mapping[str, tuple[ArrivalKind, tuple[str, ...]]] = {
    "review": (ArrivalKind.MESSAGE, ("author", "text")),
    "edit": (ArrivalKind.EDIT, ("author", "about", "text")),
    "deletion": (ArrivalKind.DELETION, ("author", "about")),
    "receipt": (ArrivalKind.RECEIPT, ("about", "state")),
    "stop": (ArrivalKind.STOP, ("author",)),
    "start": (ArrivalKind.START, ("author",)),
}
STATES = ("delivered", "read", "failed")


class Reviews:
    """The shop's page at this address; both sides sign with this secret."""

    name = "reviews"
    can = Abilities(longest=2000, is_public=True, finds=True)

    def __init__(self, url: str, secret: str) -> None:
        self.url, self.secret, self.api = url, secret, Provider("")
        self.host = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}/"

    def read(self, knock: Knock, now: datetime) -> TakenIn:
        if knock.method != "POST":
            raise Refused(405, "POST what happened, as docs/public_webhook.md says.")
        why = flaw(self.secret, knock.headers.get(HEADER.lower()), knock.body, now)
        if why:
            raise Refused(401, why)
        happenings = _happenings(knock.body)
        for place, one in enumerate(happenings):
            if amiss := self._amiss(one):
                raise Refused(400, f"Number {place + 1}: {amiss}")
        return TakenIn(tuple(map(_arrival, happenings)), json.dumps({"taken": len(happenings)}).encode(), "application/json")

    def _amiss(self, one: Any) -> str | None:
        """What keeps a happening from being read, without a word of it."""
        kind = one.get("kind") if isinstance(one, dict) else None
        if not isinstance(kind, str) or kind not in KINDS:
            return f"kind must be one of {', '.join(KINDS)}."
        lacking = [name for name in ("id", *KINDS[kind][1]) if one.get(name) is None]
        if lacking:
            return f"{lacking[0]} is missing."
        wrong = [f"{name} must be {SHAPES[name]}." for name, value in one.items() if name in SHAPES and not _fits(name, value)]
        if not wrong and any(not url.startswith(self.host) for url in one.get("photos") or ()):
            return "photos must lie on the host of AMENDS_REVIEWS_URL."
        return wrong[0] if wrong else None

    def collect(self, cursor: str | None, now: datetime) -> Collected | None:
        return None

    def send(self, out: Outgoing) -> str | None:
        """Posts it. The page does each key once, so that a second try is none."""
        said = {"key": out.key, "to": out.to, "thread": out.thread, "text": out.text, "public": out.is_public}
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        headers = {"content-type": "application/json", "idempotency-key": out.key, HEADER: sign(self.secret, body, the_time())}
        return _id_in(self.api.call("POST", self.url, content=body, headers=headers), out)

    def find(self, out: Outgoing) -> str | None:
        query = urlencode({"key": out.key})
        headers = {HEADER: sign(self.secret, query.encode(), the_time())}
        answer = self.api.call("GET", f"{self.url}?{query}", headers=headers)
        return None if answer.status_code == 404 else _id_in(answer, out)

    def fetch(self, media: Media) -> bytes:
        return self.api.download(media.ref, follow=False)

    def mark_seen(self, to: str, provider_id: str) -> None:
        """A page of reviews shows no such thing."""


def open_reviews(env: Mapping[str, str], door: str | None) -> Reviews | None:
    """From AMENDS_REVIEWS_URL and AMENDS_REVIEWS_SECRET; None without them. Raises BadSetting."""
    url, secret = env.get("AMENDS_REVIEWS_URL", ""), env.get("AMENDS_REVIEWS_SECRET", "")
    if not url and not secret:
        return None
    if not (url and secret):
        missing = "AMENDS_REVIEWS_SECRET" if url else "AMENDS_REVIEWS_URL"
        raise BadSetting(f"{missing} is missing: reviews need the address that takes our answers, and the secret both sides sign with.")
    if len(secret) < SHORTEST_SECRET:
        raise BadSetting(f"AMENDS_REVIEWS_SECRET is too short: use at least {SHORTEST_SECRET} characters, the same on the page's side.")
    if not re.fullmatch(r"https?://[\w.-]+(:\d{1,5})?(/[\w./~%-]*)?", url):
        raise BadSetting("AMENDS_REVIEWS_URL is no web address: use https://HOST/PATH, or http:// on a network of your own.")
    return Reviews(url, secret)


def _happenings(body: bytes) -> list[Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, "The body is no JSON.") from None
    happenings = said if isinstance(said, list) else [said]
    if not 0 < len(happenings) <= AT_ONCE:
        raise Refused(400, f"Send from 1 to {AT_ONCE} at once.")
    return happenings


IDS, TEXTS = ("id", "author", "about", "answers"), ("text", "title", "name", "why")
SHAPES = {
    **dict.fromkeys(IDS, "1 to 150 letters, digits or signs, without spaces"),
    **dict.fromkeys(TEXTS, "text"),
    "at": "an instant with its zone, such as 2026-03-03T12:00:00Z",
    "public": "true or false",
    "state": f"one of {', '.join(STATES)}",
    "photos": "a list of web addresses",
}


def _fits(name: str, value: Any) -> bool:
    if value is None:
        return True  # where its kind needs it, it was missed before
    if name == "photos":
        return isinstance(value, list) and all(isinstance(one, str) and _URL.fullmatch(one) for one in value)
    if name == "public":
        return isinstance(value, bool)
    if not isinstance(value, str):
        return False
    if name in IDS:
        return bool(_ID.fullmatch(value))
    return value in STATES if name == "state" else name != "at" or instant_in(value) is not None


def _arrival(one: Mapping[str, Any]) -> Arrival:
    photos = (Media(url, url.partition("?")[0].rpartition("/")[2]) for url in one.get("photos") or ())
    return Arrival(
        id=one["id"],
        kind=KINDS[one["kind"]][0],
        sender=one.get("author") or "",
        text="\n".join(filter(None, (one.get("title"), one.get("text")))),
        at=instant_in(one["at"]) if one.get("at") else None,
        media=tuple(photos),
        about=one.get("about"),
        state=one.get("state"),
        why=one.get("why"),
        name=(one.get("name") or "")[:LONGEST_NAME] or None,
        thread=one.get("about") if one["kind"] == "edit" else one["id"],
        refers=(one["answers"],) if one.get("answers") else (),
        is_public=one.get("public") is not False,
    )


def _id_in(answer: httpx.Response, out: Outgoing) -> str:
    """The page's id of it, which receipts name; a page without ids names the key. Raises SendFailed."""
    status = answer.status_code
    if 200 <= status < 300:
        return str(object_of(answer).get("id") or out.key)
    why = f"status {status}: {str(object_of(answer).get('why', ''))[:150]}"
    raise SendFailed(why, is_final=400 <= status < 500 and status not in NOT_NOW, stops=status == 410)
