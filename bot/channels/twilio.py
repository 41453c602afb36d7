"""SMS and WhatsApp through Twilio: two channels over one API.

Shapes are those of Twilio's pages "Messages resource", "Using variables with content templates" and "Typing indicators resource".

**Signed, not dated.** A signature covers the address and all parameters, but no time; a request that comes again is told by its
MessageSid, of which the core keeps one (and one of each state of a message).

**Found again.** Twilio has no key against doubles, so `find` looks for the newest message alike. No filter by day: a queued message has
no date of sending and would be missed. It can be an older message of the same words: the core, which knows the ids of those, must tell.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import mktime_tz, parsedate_tz
from typing import Any
from urllib.parse import parse_qsl

from bot.cases.channel import Abilities, Media
from bot.channels.gsm import plain
from bot.channels.http import Provider, object_of, pause_in
from bot.channels.twilio_errors import failure
from bot.channels.twilio_signature import is_signed
from bot.channels.twilio_webhooks import E164, SMS, WHATSAPP, Network, arrivals_in
from bot.errors import BadSetting, Refused, SendFailed
from bot.ports import Collected, Knock, Outgoing, TakenIn

API = "https://api.twilio.com"
OVER_SMS = Abilities(longest=300, finds=True, answers_stop=True)  # two segments of 153, with room for a few signs that take two places
OVER_WHATSAPP = Abilities(longest=1600, window=timedelta(hours=24), finds=True, marks=True)
MOST_FIELDS, LOOKED_AT = 200, 20


@dataclass(frozen=True)
class Account:
    """Whose account it is at Twilio, and where that is."""

    sid: str
    token: str
    api: str


class Twilio:
    """One of the two. `origin`: the parameter that says whom a message comes from. `template`: the SID of the approved one."""

    def __init__(
        self, network: Network, can: Abilities, account: Account, origin: dict[str, str], door: str | None, template: str = ""
    ) -> None:
        self.name, self.network, self.can = network.name, network, can
        self.account, self.origin, self.door, self.template = account, origin, door, template
        self.provider = Provider(account.api, auth=(account.sid, account.token))
        self.messages = f"/2010-04-01/Accounts/{account.sid}/Messages.json"
        self.typing = account.api.replace("//api.", "//messaging.", 1) + "/v2/Indicators/Typing.json"

    def read(self, knock: Knock, now: datetime) -> TakenIn:
        """What a signed request tells. The answer is TwiML that says nothing: answers go out through the API. Raises Refused."""
        posted = knock.body.decode("ascii", "replace") if knock.method == "POST" else ""
        try:
            fields = parse_qsl(posted, keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:
            raise Refused(400, "too many parameters") from None
        if not is_signed(knock.headers.get("x-twilio-signature", ""), self.account.token, knock.url, fields):
            raise Refused(403, "not signed by our Twilio account")
        if knock.method != "POST":
            raise Refused(405, "sent by GET: set the webhook's method to HTTP POST at Twilio")
        given = {name: value.replace("\0", "") for name, value in fields}
        if given.get("AccountSid") != self.account.sid:
            raise Refused(403, "of another Twilio account")
        return TakenIn(arrivals_in(given, self.network), b"<Response/>", "text/xml")

    def collect(self, cursor: str | None, now: datetime) -> Collected | None:
        """Nothing: webhooks bring everything."""
        return None

    def send(self, out: Outgoing) -> str | None:
        """Hands it over; what becomes of it is told at our door, where that is known. Raises SendFailed."""
        form = {"To": self.network.prefix + out.to, **self.origin}
        if self.door:
            form["StatusCallback"] = self.door
        if out.template is None:
            form |= {"Body": self._as_sent(out.text)} if out.text else {}
            form |= {"MediaUrl": out.file.url} if out.file and out.file.url else {}
        else:
            form |= {"ContentSid": self.template, "ContentVariables": json.dumps(_filling(out.template))}
        answer = self.provider.call("POST", self.messages, data=form)
        told = object_of(answer)
        if answer.status_code >= 300:
            raise failure(answer.status_code, told.get("code"), pause_in(answer))
        if not isinstance(told.get("sid"), str):
            raise SendFailed("an answer without an id", is_unknown=True)
        return str(told["sid"])

    def find(self, out: Outgoing) -> str | None:
        """The newest of the last messages to this customer that says the same. Raises SendFailed."""
        sender = {"From": self.origin["From"]} if "From" in self.origin else {}
        answer = self.provider.call("GET", self.messages, params={"To": self.network.prefix + out.to, "PageSize": LOOKED_AT, **sender})
        listed = object_of(answer).get("messages")
        if answer.status_code >= 300 or not isinstance(listed, list):
            raise SendFailed(f"no list of messages: status {answer.status_code}")
        alike = [one for one in listed if isinstance(one, dict) and self._says(out, one)]
        return str(max(alike, key=_made_at)["sid"]) if alike else None

    def fetch(self, media: Media) -> bytes:
        """A file that is kept at Twilio: our credentials go nowhere else. Raises FileRefused or SendFailed."""
        if not media.ref.startswith(f"{self.provider.base}/"):
            raise SendFailed("a file elsewhere than at Twilio", is_final=True)
        return self.provider.download(media.ref)

    def mark_seen(self, to: str, provider_id: str) -> None:
        """On WhatsApp, for 25 seconds or until the answer is there. A public beta: without it nothing but the sign is missing."""
        if self.can.marks:
            answer = self.provider.call("POST", self.typing, data={"messageId": provider_id, "channel": "whatsapp"})
            if answer.status_code >= 300:
                raise failure(answer.status_code, object_of(answer).get("code"), None)

    def _as_sent(self, text: str) -> str:
        return plain(text) if self.network is SMS else text

    def _says(self, out: Outgoing, listed: Mapping[str, Any]) -> bool:
        """Whether it is ours and has the same words, or was filled with the same values."""
        if not str(listed.get("direction")).startswith("outbound") or not isinstance(listed.get("sid"), str):
            return False
        body = _one_line(self._as_sent(str(listed.get("body") or "")))
        if out.template is not None:
            return all(value in body for value in _filling(out.template).values())
        return body == _one_line(self._as_sent(out.text))


def open_twilio_sms(env: Mapping[str, str], door: str | None) -> Twilio | None:
    """SMS, where AMENDS_TWILIO_SMS_FROM names a number or a messaging service. Raises BadSetting."""
    key = "AMENDS_TWILIO_SMS_FROM"
    sender = env.get(key, "").strip()
    if not sender:
        return None
    is_service = bool(re.fullmatch(r"MG[0-9a-fA-F]{32}", sender))
    if not is_service and not E164.fullmatch(sender):
        raise BadSetting(f"{key} is {sender!r}: use a number such as +15551234567, or a messaging service's SID (MG...).")
    return Twilio(SMS, OVER_SMS, _account(env, key), {"MessagingServiceSid" if is_service else "From": sender}, door)


def open_twilio_whatsapp(env: Mapping[str, str], door: str | None) -> Twilio | None:
    """WhatsApp, where AMENDS_TWILIO_WHATSAPP_FROM names a number. Raises BadSetting."""
    key, template_key = "AMENDS_TWILIO_WHATSAPP_FROM", "AMENDS_TWILIO_WHATSAPP_TEMPLATE"
    sender, template = env.get(key, "").strip(), env.get(template_key, "").strip()
    if not sender:
        return None
    if not E164.fullmatch(sender):
        raise BadSetting(f"{key} is {sender!r}: use the number of a WhatsApp sender, such as +15551234567.")
    if template and not re.fullmatch(r"HX[0-9a-fA-F]{32}", template):
        raise BadSetting(f"{template_key} is {template!r}: use the SID of an approved content template (HX...).")
    can = replace(OVER_WHATSAPP, has_template=bool(template), sends_files=bool(door))  # Twilio fetches files from our door
    return Twilio(WHATSAPP, can, _account(env, key), {"From": f"{WHATSAPP.prefix}{sender}"}, door, template)


def _account(env: Mapping[str, str], needed_by: str) -> Account:
    sid, token, api = (env.get(f"AMENDS_TWILIO_{key}", "").strip() for key in ("ACCOUNT_SID", "AUTH_TOKEN", "API"))
    if not re.fullmatch(r"AC[0-9a-fA-F]{32}", sid):
        raise BadSetting(f"AMENDS_TWILIO_ACCOUNT_SID is {sid!r}: {needed_by} needs the account's SID (AC and 32 digits from 0 to f).")
    if not re.fullmatch(r"[!-~]{16,}", token):
        raise BadSetting(f"AMENDS_TWILIO_AUTH_TOKEN is missing or too short: {needed_by} needs the account's, which signs webhooks too.")
    if api and not re.match(r"https://[^/?#\s]+|http://(127\.0\.0\.1|localhost)(:|/|$)", api):
        raise BadSetting(f"AMENDS_TWILIO_API is {api!r}: use https://HOST, such as {API}.")
    return Account(sid, token, api.rstrip("/") or API)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _filling(values: Mapping[str, str]) -> dict[str, str]:
    """A template takes neither breaks nor empty values (error 21656); for what is left out it has a text of its own."""
    lines = {name: _one_line(value) for name, value in values.items()}
    return {name: line for name, line in lines.items() if line}


def _made_at(listed: Mapping[str, Any]) -> float:
    parsed = parsedate_tz(str(listed.get("date_created")))
    return mktime_tz(parsed) if parsed else 0.0
