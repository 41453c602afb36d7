"""An example of a channel: the messages of a shop's own app, at one address of the shop's.

The app posts {"id", "from", "text", "photo", "choice"} to /channels/app, signed as docs/webhook.md says, and gets ours at AMENDS_APP_URL.
To use it: put it into bot/channels/, name it in bot/channels/registry.py and needs.py, and add "APP" to OF_CHANNELS in bot/settings.py.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from bot import clock
from bot.cases.channel import Abilities, Arrival, ArrivalKind, Media
from bot.cases.signature import HEADER, flaw, sign
from bot.channels.http import Provider, object_of
from bot.errors import BadSetting, Refused, SendFailed
from bot.ports import Collected, Knock, Outgoing, TakenIn


class AppChannel:
    """What it can show and carry is told once; what does not fit is split and numbered before it comes here."""

    name = "app"
    can = Abilities(longest=1000, buttons=4, button_label=30)

    def __init__(self, url: str, secret: str) -> None:
        self.provider, self.secret = Provider(url), secret

    def read(self, knock: Knock, now: datetime) -> TakenIn:
        """First whose it is, then what it says. Nothing but Refused may leave here, whatever the bytes are."""
        if why := flaw(self.secret, knock.headers.get(HEADER.lower()), knock.body, now):
            raise Refused(401, why)
        try:
            told = json.loads(knock.body)
        except (ValueError, RecursionError):
            told = None
        said = {name: kept(value) for name, value in told.items()} if isinstance(told, dict) else {}
        if not said.get("id") or not said.get("from"):
            raise Refused(400, 'Post {"id": ..., "from": ..., "text": ...}.')
        photo = said.get("photo")
        media = (Media(photo),) if photo and photo.startswith(f"{self.provider.base}/") else ()  # from nowhere else
        arrival = Arrival(
            said["id"], ArrivalKind.MESSAGE, said["from"], said.get("text", ""), choice=said.get("choice") or None, media=media
        )
        return TakenIn((arrival,))

    def collect(self, cursor: str | None, now: datetime) -> Collected | None:
        """Nothing: requests bring everything. A mailbox would be looked into here."""
        return None

    def send(self, out: Outgoing) -> str | None:
        """The key stays the same at every try, so that the app can tell a second one."""
        choices = [{"id": choice, "label": label} for choice, label in out.choices]
        body = json.dumps({"key": out.key, "to": out.to, "text": out.text, "choices": choices}).encode()
        headers = {"content-type": "application/json", HEADER: sign(self.secret, body, clock.now())}
        answer = self.provider.call("POST", "/messages", content=body, headers=headers)  # down, slow, busy: it says so
        if answer.status_code != 200:
            raise SendFailed(f"status {answer.status_code}", is_final=answer.status_code in (400, 404), stops=answer.status_code == 410)
        known = object_of(answer).get("id")
        return known if isinstance(known, str) else None

    def find(self, out: Outgoing) -> str | None:
        """The app cannot be asked what it has: `can.finds` is left False, and the key does."""
        return None

    def fetch(self, media: Media) -> bytes:
        return self.provider.download(media.ref)

    def mark_seen(self, to: str, provider_id: str) -> None:
        """The app shows no such mark: `can.marks` is left False."""


def kept(value: object) -> str:
    """A text without what no database keeps; an empty one for anything else."""
    return value.encode("utf-8", "ignore").decode().replace("\0", "")[:4000] if isinstance(value, str) else ""


def open_app(env: Mapping[str, str], door: str | None) -> AppChannel | None:
    """The channel as set; None where it is not. Raises BadSetting."""
    url, secret = env.get("AMENDS_APP_URL", ""), env.get("AMENDS_APP_SECRET", "")
    if not url:
        return None
    if len(secret) < 32:
        raise BadSetting("AMENDS_APP_SECRET is missing or too short: use at least 32 characters, the same in the app.")
    return AppChannel(url, secret)
