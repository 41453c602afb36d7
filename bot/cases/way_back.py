"""A way back into a conversation: the link of a mail that says there is something to read."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cases.seal import is_seal, seal

AGAIN = timedelta(minutes=10)  # within which the browser that used a link may ask once more, its answer having been lost
FETCHED_WITHIN = timedelta(minutes=15)
_FILE = re.compile(r"([0-9a-f]{32})\.(\d{1,12})\.([A-Za-z0-9_-]{43})")
OF_CHAT = "chat-"  # before the id of a conversation; an id alone is of a way back
_TOKEN = re.compile(r"([0-9a-f]{32})\.(\d{1,12})\.([A-Za-z0-9_-]{43})")
_STOP = re.compile(r"((?:chat-)?[0-9a-f]{32})\.([A-Za-z0-9_-]{43})")


@dataclass(eq=False)
class WayBack:
    """One mail's link. `up_to`: the newest unseen message it tells of; `address`: a digest of where it went."""

    id: str
    conversation_id: str
    up_to: int
    at: datetime
    expires_at: datetime
    address: str
    revoked_at: datetime | None = None
    used_at: datetime | None = None
    used_by: str | None = None  # the browser's own id of its one try

    def is_open_to(self, browser: str, now: datetime) -> bool:
        """Whether this browser may come in by it now: nobody has, or this very try was answered and the answer lost."""
        if self.revoked_at or now >= self.expires_at:
            return False
        return self.used_at is None or (self.used_by == browser and now - self.used_at < AGAIN)


@dataclass(frozen=True)
class Links:
    """Makes and reads the links. `page`: the shop's page with the chat; `door`: the public address of Amends, no slash at its end."""

    secret: str
    page: str
    door: str

    def to_chat(self, way: WayBack) -> str:
        """The token stands in the fragment, which no browser sends to a server."""
        said = f"{way.id}.{int(way.expires_at.timestamp())}"
        return f"{self.page}#amends={said}.{seal(self.secret, f'continue:{said}:{way.conversation_id}')}"

    def to_stop(self, way: WayBack) -> str:
        return f"{self.door}/mail/stop?of={way.id}.{seal(self.secret, f'stop:{way.id}')}"

    def to_stop_asking(self, conversation_id: str) -> str:
        """For mails that ask whether something was put right: no more of these questions."""
        said = f"{OF_CHAT}{conversation_id}"
        return f"{self.door}/mail/stop?of={said}.{seal(self.secret, f'stop:{said}')}"

    def to_file(self, file_id: str, now: datetime) -> str:
        """Where the provider of a messaging channel fetches one file that a person sent, for a quarter of an hour."""
        said = f"{file_id}.{int((now + FETCHED_WITHIN).timestamp())}"
        return f"{self.door}/channels/files/{said}.{seal(self.secret, f'file:{said}')}"

    def file_in(self, token: str, now: datetime) -> str | None:
        """The file that such an address is of; None where it is forged or too old."""
        found = _FILE.fullmatch(token)
        if not found or not is_seal(found.group(3), self.secret, f"file:{found.group(1)}.{found.group(2)}"):
            return None
        return found.group(1) if now.timestamp() < int(found.group(2)) else None

    def opens(self, token: str, way: WayBack | None) -> bool:
        """Whether the token is of this way back, in every part and for this purpose."""
        found = _TOKEN.fullmatch(token)
        if not found or way is None:
            return False
        said = f"{found.group(1)}.{found.group(2)}"
        is_whole = found.group(1) == way.id and int(found.group(2)) == int(way.expires_at.timestamp())
        return is_seal(found.group(3), self.secret, f"continue:{said}:{way.conversation_id}") and is_whole

    def stopped(self, token: str) -> str | None:
        """The way back that a stop link is of, or OF_CHAT and the conversation; None where it is forged."""
        found = _STOP.fullmatch(token)
        if not found or not is_seal(found.group(2), self.secret, f"stop:{found.group(1)}"):
            return None
        return found.group(1)


def named_in(token: str) -> str:
    """The way back that a token speaks of, not yet believed; empty where it is no token."""
    found = _TOKEN.fullmatch(token)
    return found.group(1) if found else ""


def digest_of(address: str) -> str:
    """An address as it is kept: told again by the one who knows it, and not readable."""
    return hashlib.sha256(b"address:" + address.strip().lower().encode()).hexdigest()
