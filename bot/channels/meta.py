"""What WhatsApp and Messenger share: both are reached through Meta's Graph API, and their webhooks are signed alike.

From the documentation of the Graph API (Webhooks, Getting started; Handling errors) and of its changelog (v26.0 is of July 2026):

- A GET with hub.mode, hub.verify_token and hub.challenge asks whether this door is ours; the challenge is the answer.
- A POST is signed with the app's secret: X-Hub-Signature-256 is the HMAC-SHA256 of the raw bytes. The older X-Hub-Signature
  (SHA-1) is not believed. No time is signed, so a copied request stays genuine for ever: what protects from it is that every
  happening has an id of the provider's own, which is kept once. Meta itself delivers again for days, and not always in order,
  so an old message is still the customer's and is never refused for its age.
- One POST holds many happenings. Whatever is answered with another status than 200 comes again, and a door that keeps refusing
  loses its subscription: so what is genuine and not for us (another number of the same app, a kind we do not know) is passed
  over and answered with 200.
- Errors are told by `code` and `error_subcode`, not by the HTTP status.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import httpx

from bot.cases.channel import LONGEST_ID, Abilities, Arrival
from bot.channels.http import Provider, object_of, pause_in
from bot.errors import BadSetting, Refused, SendFailed
from bot.ports import Collected, Knock, Outgoing, TakenIn

API = "https://graph.facebook.com/v26.0"
LONGEST_TEXT, LONGEST_WHY, LONGEST_CHALLENGE = 20_000, 200, 200
YEAR_2100 = 4_102_444_800
Failures = Mapping[int, Mapping[str, Any]]  # what SendFailed is told, by code or subcode
# Too many calls within the hour, of the app (4), the page (32, 80006) or the account (80007, 80008).
TOO_MANY: Failures = {code: {"wait_s": 60.0} for code in (4, 32, 80006, 80007, 80008)}
TOKEN_REFUSED, MEND_S = (0, 102, 190), 300.0  # until somebody put a new token in, nothing goes out


@dataclass(frozen=True)
class Account:
    """Our side of it. `id`: the phone number's or the page's. `token_key`: the setting that holds the token."""

    secret: str
    verify_token: str
    api: str
    id: str
    token: str
    token_key: str


def account_in(env: Mapping[str, str], id_key: str, token_key: str) -> Account | None:
    """The account of one of the channels; None where nothing is said of it. Raises BadSetting."""
    if not env.get(id_key) and not env.get(token_key):
        return None
    needed = (id_key, token_key, "AMENDS_META_APP_SECRET", "AMENDS_META_VERIFY_TOKEN")
    for key in needed:
        if not env.get(key):
            raise BadSetting(f"{key} is missing: this channel needs {', '.join(needed)}.")
    if not env[id_key].isascii() or not env[id_key].isdigit():
        raise BadSetting(f"{id_key} is {env[id_key]!r}: use the number that Meta shows as its id, digits only.")
    for key in needed[2:]:
        if len(env[key]) < 12:
            raise BadSetting(f"{key} is too short: use at least 12 characters, as Meta's dashboard has them.")
    api = env.get("AMENDS_META_API") or API
    if not re.match(r"https://[^/]|http://(127\.0\.0\.1|localhost)[:/]", api):
        raise BadSetting(f"AMENDS_META_API is {api!r}: use https://HOST/VERSION, such as {API}.")
    return Account(env[needed[2]], env[needed[3]], api, env[id_key], env[token_key], token_key)


class GraphChannel:
    """One channel at Meta. What its webhooks hold is read by `happenings`, an entry at a time."""

    name: str
    can: Abilities
    object: str  # what a webhook must be about
    failures: Failures

    def __init__(self, account: Account) -> None:
        self.account = account
        self.graph = Provider(account.api, {"authorization": f"Bearer {account.token}"}, pause=self.pause)

    def happenings(self, entry: Mapping[str, Any]) -> Iterator[Arrival]:
        """The arrivals of one entry of a webhook."""
        raise NotImplementedError

    def read(self, knock: Knock, now: datetime) -> TakenIn:
        """All arrivals of one webhook, the earliest first. Raises Refused."""
        if knock.method == "GET":
            return TakenIn(body=challenge(knock, self.account.verify_token))
        told = signed_object(knock, self.account.secret)
        entries = parts(told, "entry") if told.get("object") == self.object else []
        found = [arrival for entry in entries for arrival in self.happenings(entry)]
        return TakenIn(tuple(sorted(found, key=lambda arrival: arrival.at or now)))

    def collect(self, cursor: str | None, now: datetime) -> Collected | None:
        """Nothing: Meta's webhooks bring everything."""
        return None

    def find(self, out: Outgoing) -> str | None:
        """Nothing: Meta documents no way to ask for a message by a key of ours. `can.finds` says so.

        Where an answer was lost, the receipt that follows bears the key among its `refers`.
        """
        return None

    def ask(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        """The object that the Graph API answers with. Raises SendFailed."""
        answer = self.graph.call(method, path, **given)
        body = object_of(answer)
        if answer.status_code >= 400 or "error" in body:
            raise self.failure(body, answer)
        return body

    def failure(self, body: Mapping[str, Any], answer: httpx.Response) -> SendFailed:
        """What the Graph API's error means for whoever sends."""
        error = part(body, "error")
        code = error.get("code")
        if code in TOKEN_REFUSED:
            return SendFailed(f"Meta does not take the access token ({code}): set {self.account.token_key} to a new one", wait_s=MEND_S)
        return SendFailed(why_of(error) or f"status {answer.status_code}", **self.known(error))

    def known(self, error: Mapping[str, Any]) -> Mapping[str, Any]:
        """What is documented of an error: its subcode says more than its code."""
        documented = {**TOO_MANY, **self.failures}
        codes = (error.get("error_subcode"), error.get("code"))
        return next((documented[one] for one in codes if isinstance(one, int) and one in documented), {})

    def pause(self, answer: httpx.Response) -> float | None:
        """How long to wait where Meta is too busy, by what it says is too much."""
        named: float | None = self.known(part(object_of(answer), "error")).get("wait_s")
        return pause_in(answer) or named


def challenge(knock: Knock, verify_token: str) -> bytes:
    """What Meta wants to hear when a door is set up. Raises Refused."""
    told = knock.query.get("hub.verify_token", "")
    is_ours = hmac.compare_digest(told.encode("utf-8", "replace"), verify_token.encode("utf-8", "replace"))
    if knock.query.get("hub.mode") != "subscribe" or not is_ours:
        raise Refused(403, "The verify token is not the one in AMENDS_META_VERIFY_TOKEN.")
    wanted = knock.query.get("hub.challenge", "").encode("utf-8", "replace")
    if not 0 < len(wanted) <= LONGEST_CHALLENGE:
        raise Refused(400, "There is no hub.challenge to answer.")
    return wanted


def signed_object(knock: Knock, secret: str) -> dict[str, Any]:
    """The JSON object of a request that bears our app's signature. Raises Refused."""
    if knock.method != "POST":
        raise Refused(405, "Meta comes with GET and POST only.")
    given = knock.headers.get("x-hub-signature-256", "")
    if not given:
        raise Refused(401, "X-Hub-Signature-256 is missing.")
    expected = "sha256=" + hmac.new(secret.encode(), knock.body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        raise Refused(403, "The signature is not made with AMENDS_META_APP_SECRET.")
    try:
        told = json.loads(knock.body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "The body is no JSON.") from error
    if not isinstance(told, dict):
        raise Refused(400, "The body is no JSON object.")
    return told


def part(of: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The object under this key; an empty one where there is none."""
    found = of.get(key)
    return found if isinstance(found, dict) else {}


def parts(of: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects in the list under this key."""
    found = of.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def words(value: object, longest: int = LONGEST_TEXT) -> str:
    """A text without what no database keeps (halves of characters, NUL); an empty one for anything that is no text."""
    return value.encode("utf-8", "ignore").decode().replace("\0", "").strip()[:longest] if isinstance(value, str) else ""


def scalar(value: object, longest: int = 20) -> str:
    """A number or a text as text; an empty one for anything else."""
    return words(str(value), longest) if isinstance(value, str | int | float) else ""


def id_of(value: object) -> str:
    """An id of Meta's as it is kept: what is longer than we keep becomes its digest, at every delivery the same."""
    found = words(value)
    return found if len(found) <= LONGEST_ID else hashlib.sha256(found.encode()).hexdigest()


def moment(value: object, scale: int = 1) -> datetime | None:
    """The instant of a Unix time, a number or its digits, in seconds (`scale` 1) or milliseconds (1000)."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 15:
        value = int(value)
    if not isinstance(value, int) or not 0 < value < YEAR_2100 * scale:
        return None
    return datetime.fromtimestamp(value / scale, timezone.utc)


def why_of(error: Mapping[str, Any]) -> str:
    """An error of Meta's in a line, for the people at the desk: its number and what it says of itself."""
    said = words(error.get("title")) or words(error.get("message"))
    return ": ".join(one for one in (scalar(error.get("code")), said) if one)[:LONGEST_WHY]
