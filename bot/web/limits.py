"""How often one conversation may write: a bucket of tokens that fills up again with time."""

import time
from dataclasses import dataclass

FULL = 30  # messages at once
A_MINUTE = 30  # messages a minute in the long run
MANY = 10_000  # buckets kept; full ones are forgotten beyond it


@dataclass
class Bucket:
    """What is left, as of an instant."""

    left: float
    at: float

    def take(self, now: float) -> bool:
        """Takes one token, if there is one."""
        self.left, self.at = min(FULL, self.left + (now - self.at) * A_MINUTE / 60), now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Limiter:
    """One bucket a conversation, in this process."""

    def __init__(self) -> None:
        self.buckets: dict[str, Bucket] = {}

    def allows(self, key: str, now: float | None = None) -> bool:
        """Whether one more is allowed now."""
        now = time.monotonic() if now is None else now
        if len(self.buckets) > MANY:
            since = now - 60 * FULL / A_MINUTE
            self.buckets = {name: one for name, one in self.buckets.items() if one.at > since}
        return self.buckets.setdefault(key, Bucket(FULL, now)).take(now)
