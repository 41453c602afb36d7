"""How often one may write: buckets of tokens that fill up again with time, by address, customer and conversation.

They are kept in this process. Two web processes allow twice as much, which is no harm: limits keep floods out, they count nothing.
"""

import math
import time
from collections import OrderedDict
from dataclasses import dataclass

from bot.web.refusals import Refusal

TOO_FAST = "too_fast"
MANY = 10_000  # buckets kept of a kind; those unused for longest are forgotten beyond it


@dataclass(frozen=True)
class Rate:
    """`burst` at once, and `count` in `span` seconds in the long run."""

    burst: int
    count: int
    span: float

    @property
    def pause(self) -> float:
        """Seconds until one more is allowed."""
        return self.span / self.count


BEGUN = Rate(10, 20, 3600)  # conversations from one address, or of one customer
SENT_FROM = Rate(120, 120, 60)  # messages from one address: an office, or a village behind one address of its carrier
SENT = Rate(30, 30, 60)  # messages in one conversation
FETCHED = Rate(300, 600, 60)  # looks and streams of one conversation, all its tabs together
FILED_FROM = Rate(60, 240, 3600)  # files from one address
FILED = Rate(20, 60, 3600)  # files in one conversation
MAILED = Rate(3, 6, 3600)  # letters with one conversation


@dataclass
class Bucket:
    """What is left, as of an instant."""

    left: float
    at: float


class Limiter:
    """Buckets of one rate by key."""

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self.buckets: OrderedDict[str, Bucket] = OrderedDict()

    def wait(self, key: str, now: float | None = None) -> float:
        """Takes one and returns 0; where none is left, the seconds until there is one."""
        now = time.monotonic() if now is None else now
        bucket = self.buckets.setdefault(key, Bucket(self.rate.burst, now))
        self.buckets.move_to_end(key)
        while len(self.buckets) > MANY:
            self.buckets.popitem(last=False)
        bucket.left, bucket.at = min(self.rate.burst, bucket.left + (now - bucket.at) / self.rate.pause), now
        if bucket.left < 1:
            return (1 - bucket.left) * self.rate.pause
        bucket.left -= 1
        return 0.0


class Limits:
    """What each request may ask for. Whoever asks for more is told in words how long to wait."""

    def __init__(self) -> None:
        self.begun, self.sent_from, self.sent = Limiter(BEGUN), Limiter(SENT_FROM), Limiter(SENT)
        self.fetched, self.mailed = Limiter(FETCHED), Limiter(MAILED)
        self.filed_from, self.filed = Limiter(FILED_FROM), Limiter(FILED)

    def begin(self, address: str | None, customer: str | None) -> None:
        """One more conversation. `address`: None for this machine, which has no limit."""
        words = "Many chats have begun here within the hour. Wait {wait} and begin again; a chat that is open goes on meanwhile."
        if address:
            _hold(self.begun.wait(f"address {address}"), words)
        if customer:
            _hold(self.begun.wait(f"customer {customer}"), words)

    def send(self, address: str | None, conversation_id: str) -> None:
        """One more message."""
        words = f"That is more than {SENT.count} messages in a minute. Wait {{wait}} and send it again."
        _hold(self.sent.wait(conversation_id), words)
        if address:
            _hold(self.sent_from.wait(address), "Many messages come from your network just now. Wait {wait} and send it again.")

    def fetch(self, conversation_id: str) -> None:
        """One more look at what was said."""
        _hold(self.fetched.wait(conversation_id), "This chat is asked for too often. Wait {wait} and look again.")

    def file(self, address: str | None, conversation_id: str) -> None:
        """One more file."""
        _hold(self.filed.wait(conversation_id), "Many files have been sent here within the hour. Wait {wait} and send it again.")
        if address:
            _hold(self.filed_from.wait(address), "Many files come from your network just now. Wait {wait} and send it again.")

    def mail(self, conversation_id: str) -> None:
        """One more letter."""
        words = "This chat has been mailed several times within the hour. Wait {wait} and ask again."
        _hold(self.mailed.wait(conversation_id), words)


def _hold(seconds: float, words: str) -> None:
    """Raises 429 where there is something to wait for."""
    if seconds:
        whole = max(1, math.ceil(seconds))
        raise Refusal(429, words.format(wait=_said(whole)), TOO_FAST, {"retry-after": str(whole)})


def _said(seconds: int) -> str:
    number, unit = (seconds, "second") if seconds < 90 else (math.ceil(seconds / 60), "minute")
    return f"{number} {unit}" + ("" if number == 1 else "s")
