"""Mastodon: mentions of the shop's account come in; a reply goes out in public, or as a private mention that its reader alone sees.

The shapes are those of docs.joinmastodon.org: methods/notifications, /statuses, /media, /instance and /accounts;
entities/Status; api/guidelines (the HTML of a status) and api/rate-limits. Nothing is posted to us: the timeline is looked into.
A post that is deleted is not told of; an edited one is told of by `update`, to those who boosted it.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from bot.cases.channel import Abilities, Media
from bot.cases.instants import instant_in
from bot.channels.http import LONGEST_PAUSE_S, Provider, object_of, pause_in
from bot.channels.mastodon_posts import KINDS, Home, arrival_in, is_of, words_of
from bot.errors import BadSetting, Refused, SendFailed
from bot.ports import Collected, Knock, Outgoing, OutgoingFile, TakenIn

PAGE, PAGES = 10, 20  # posts are long: many more would not fit what is read of one answer
FIRST_LOOK = timedelta(days=1)  # what was written long before the channel was opened is left alone
USUAL_LONGEST, OF_THE_HANDLE = 500, 70  # characters of a post; of these for "@somebody" before the words
MEDIA_TRIES, MEDIA_PAUSE_S = 5, 1.0  # a large file is still being processed when its upload is answered
LOOK_AGAIN_S = 5.0  # after a look that brought nothing: a server takes 300 requests in five minutes, for posts too
TOKEN_PAUSE_S = 900.0  # a token that is not taken is a person's to mend; the words wait for it
NOT_NOW = (408, 409, 425)


class Mastodon:
    """The shop's account at this server, such as https://mastodon.example."""

    name = "mastodon"

    def __init__(self, server: str, token: str) -> None:
        self.api = Provider(server, {"authorization": f"Bearer {token}"}, pause=reset_in)
        self.files = Provider("")  # files lie on other hosts, which must not see the token
        self.can = Abilities(longest=USUAL_LONGEST - OF_THE_HANDLE, collects=True, is_public=True, finds=True, sends_files=True)
        self.home: Home | None = None
        self.rests_until = 0.0  # monotonic

    def read(self, knock: Knock, now: datetime) -> TakenIn:
        raise Refused(404, "Mastodon brings nothing here: its mentions are looked for.")

    def collect(self, cursor: str | None, now: datetime) -> Collected | None:
        """Mentions since the cursor, oldest first; the first time those of the last day."""
        if cursor and time.monotonic() < self.rests_until:
            return None
        home = self._home()
        notes, until = self._since(cursor) if cursor else self._lately(now - FIRST_LOOK)
        if until == cursor:
            self.rests_until = time.monotonic() + LOOK_AGAIN_S
            return None
        return Collected(tuple(one for note in notes if (one := arrival_in(note, home))), until)

    def _since(self, cursor: str) -> tuple[list[dict[str, Any]], str]:
        found: list[dict[str, Any]] = []
        for _ in range(PAGES):
            page = self._page(min_id=cursor)
            if not page:
                break
            found += reversed(page)
            cursor = page[0]["id"]
        return found, cursor

    def _lately(self, since: datetime) -> tuple[list[dict[str, Any]], str]:
        newest, found, page = "0", [], self._page()
        for _ in range(PAGES):
            if page and newest == "0":
                newest = page[0]["id"]
            recent = [one for one in page if (at := instant_in(str(one.get("created_at")))) and at >= since]
            found += recent
            if not recent or len(recent) < len(page):
                break
            page = self._page(max_id=page[-1]["id"])
        return found[::-1], newest

    def _page(self, **bounds: str) -> list[dict[str, Any]]:
        """Newest first, as the API gives them. From 4.3 on a server sets private mentions by strangers aside: a customer is one."""
        asked = {"types[]": [*KINDS], "limit": PAGE, "include_filtered": "true", **bounds}
        return listed(self.api.call("GET", "/api/v1/notifications", params=asked))

    def send(self, out: Outgoing) -> str | None:
        """Posts it once: the server keeps the key for an hour and answers a second try with the first's post."""
        self._home()
        form: dict[str, Any] = {"status": words_of(out), "visibility": "unlisted" if out.is_public else "direct"}
        if out.file:
            form["media_ids[]"] = [self._upload(out.file)]
        answer = self._post(form | ({"in_reply_to_id": out.thread} if out.thread else {}), out.key)
        if answer.status_code == 404 and out.thread and not out.is_public:
            answer = self._post(form, out.key)  # the post is gone; its author is there all the same
        return id_in(answer)

    def _post(self, form: Mapping[str, Any], key: str) -> httpx.Response:
        return self.api.call("POST", "/api/v1/statuses", data=form, headers={"idempotency-key": key})

    def _upload(self, file: OutgoingFile) -> str:
        answer = self.api.call("POST", "/api/v2/media", files={"file": (file.name, file.content, file.media_type)})
        found, tries = id_in(answer), 0
        while answer.status_code in (202, 206):
            if tries == MEDIA_TRIES:
                raise SendFailed("the file is still being processed", wait_s=30)
            time.sleep(MEDIA_PAUSE_S)
            answer, tries = self.api.call("GET", f"/api/v1/media/{found}"), tries + 1
            refuse(answer)
        return found

    def find(self, out: Outgoing) -> str | None:
        """Looks through our own posts after the one that it answers. Within the hour the key makes sending again safe besides."""
        home, bounds = self._home(), {"min_id": out.thread} if out.thread else {}
        for _ in range(PAGES):
            page = listed(self.api.call("GET", f"/api/v1/accounts/{home.account}/statuses", params={"limit": PAGE, **bounds}))
            if found := next((one for one in page if is_of(one, out, home)), None):
                return str(found["id"])
            if not page:
                return None
            bounds = {"min_id": page[0]["id"]} if out.thread else {"max_id": page[-1]["id"]}
        raise SendFailed("more posts than can be looked through", is_unknown=True)

    def fetch(self, media: Media) -> bytes:
        return self.files.download(media.ref)

    def mark_seen(self, to: str, provider_id: str) -> None:
        """Nobody is shown this on Mastodon."""

    def _home(self) -> Home:
        """Read once. What a post may hold differs between servers."""
        if self.home is None:
            server, account = self._told("/api/v2/instance"), self._told("/api/v1/accounts/verify_credentials")
            try:
                longest = int(server["configuration"]["statuses"]["max_characters"])
                self.home = Home(str(account["id"]), str(account["username"]), str(server["domain"]), longest)
            except (KeyError, TypeError, ValueError):
                raise SendFailed("the server does not say who we are there and what a post may hold") from None
            self.can = replace(self.can, longest=longest - OF_THE_HANDLE)
        return self.home

    def _told(self, path: str) -> dict[str, Any]:
        answer = self.api.call("GET", path)
        refuse(answer)
        return object_of(answer)


def open_mastodon(env: Mapping[str, str], door: str | None) -> Mastodon | None:
    """From AMENDS_MASTODON_SERVER and AMENDS_MASTODON_TOKEN (scopes read and write); None without them. Raises BadSetting."""
    server, token = env.get("AMENDS_MASTODON_SERVER", "").rstrip("/"), env.get("AMENDS_MASTODON_TOKEN", "")
    if not server and not token:
        return None
    if not (server and token):
        missing = "AMENDS_MASTODON_TOKEN" if server else "AMENDS_MASTODON_SERVER"
        raise BadSetting(f"{missing} is missing: Mastodon needs the server, as https://HOST, and a token of the shop's account there.")
    if not re.fullmatch(r"https://[\w.-]+(:\d{1,5})?|http://(127\.0\.0\.1|localhost)(:\d{1,5})?", server):
        raise BadSetting(f"AMENDS_MASTODON_SERVER is {server!r}: use https://HOST, without a path.")
    if not re.fullmatch(r"[\x21-\x7e]+", token):
        raise BadSetting("AMENDS_MASTODON_TOKEN has signs that no token has: copy the access token of the shop's application anew.")
    return Mastodon(server, token)


def listed(answer: httpx.Response) -> list[dict[str, Any]]:
    """The objects of a list that have an id. Raises SendFailed."""
    refuse(answer)
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, list):
        raise SendFailed("an answer that is no list")
    return [one for one in body if isinstance(one, dict) and isinstance(one.get("id"), str)]


def id_in(answer: httpx.Response) -> str:
    """The id of what was made. Raises SendFailed."""
    refuse(answer)
    found = object_of(answer).get("id")
    if not found:
        raise SendFailed("an answer without an id", is_unknown=True)
    return str(found)


def refuse(answer: httpx.Response) -> None:
    """Raises SendFailed where it was not done."""
    status = answer.status_code
    if status < 300:
        return
    why = f"status {status}: {str(object_of(answer).get('error', ''))[:150]}"
    if status in (401, 403):
        raise SendFailed(f"{why} (AMENDS_MASTODON_TOKEN)", wait_s=TOKEN_PAUSE_S)
    raise SendFailed(why, is_final=400 <= status < 500 and status not in NOT_NOW)


def reset_in(answer: httpx.Response) -> float | None:
    """The seconds until more is taken: X-RateLimit-Reset, by the server's own clock, which may differ from ours."""
    reset = instant_in(answer.headers.get("x-ratelimit-reset", ""))
    try:
        told = parsedate_to_datetime(answer.headers.get("date", ""))
        left = (reset - told).total_seconds() if reset else None
    except (TypeError, ValueError):
        left = None
    return pause_in(answer) if left is None else min(max(left, 1.0), LONGEST_PAUSE_S)
