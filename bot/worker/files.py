"""Files that were sent ahead and that no message came to speak of."""

from datetime import datetime, timedelta

from bot.handling.files import remove_unused
from bot.handling.shop import Shop
from bot.worker.pace import Pace

EVERY = timedelta(minutes=10)


class UnusedFiles:
    """Takes them away after a day."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.pace = Pace(EVERY)

    def run(self, now: datetime) -> int:
        """How many were taken away."""
        return remove_unused(self.shop, now) if self.pace.is_due(now) else 0
