"""How often a job looks, and how a mail that could not be sent is tried again."""

from datetime import datetime, timedelta

from bot.errors import MailFailed
from bot.handling.pauses import growing

AT_ONCE = 10
LEASE = timedelta(minutes=2)
TRIES = 8
FIRST_PAUSE = timedelta(seconds=30)  # doubled at every try: the last comes after about an hour


class Pace:
    """One look, then none for a while; a clock that was set back does not stop it."""

    def __init__(self, every: timedelta) -> None:
        self.every = every
        self.looked_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to look; then the next while begins."""
        if self.looked_at and timedelta() <= now - self.looked_at < self.every:
            return False
        self.looked_at = now
        return True


def next_try(failure: MailFailed, attempts: int, now: datetime) -> datetime | None:
    """When to send once more what failed for this many times; None where it is given up."""
    if failure.is_final or attempts >= TRIES:
        return None
    return now + growing(attempts, FIRST_PAUSE)
