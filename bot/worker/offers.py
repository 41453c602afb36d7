"""Waiting chats go from one person to the next until somebody takes them."""

from datetime import datetime, timedelta

from bot.handling.offers import asking, pass_on
from bot.handling.shop import Shop
from bot.worker.pace import Pace

EVERY = timedelta(seconds=1)


class Offers:
    """Ends offers that are over and makes new ones, the most urgent chat first."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.pace = Pace(EVERY)

    def run(self, now: datetime) -> int:
        """How many offers began or ended."""
        if not self.pace.is_due(now):
            return 0
        return sum(pass_on(self.shop, one, now) for one in asking(self.shop, now))
