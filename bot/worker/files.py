"""Files that were sent ahead and that no message came to speak of."""

from datetime import datetime, timedelta

from bot.handling.files import remove_unused
from bot.handling.shop import Shop

EVERY = timedelta(minutes=10)


class UnusedFiles:
    """Takes them away after a day."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.looked_at: datetime | None = None

    def run(self, now: datetime) -> int:
        """How many were taken away."""
        if self.looked_at and timedelta() <= now - self.looked_at < EVERY:
            return 0
        self.looked_at = now
        return remove_unused(self.shop, now)
