"""The service clocks are kept: looked at all together, and changed one case at a time."""

from datetime import datetime, timedelta

from bot.handling.clocks import asking, keep
from bot.handling.shop import Shop
from bot.worker.pace import Pace

EVERY = timedelta(seconds=2)


class Clocks:
    """Starts, stops, pauses, warns and finds breaches. At its first look every end is worked out anew: the policy may be another."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.pace = Pace(EVERY)
        self.is_first = True

    def run(self, now: datetime) -> int:
        """How many steps were taken."""
        if not self.pace.is_due(now):
            return 0
        afresh = self.is_first
        done = sum(keep(self.shop, one, now, afresh=afresh) for one in asking(self.shop, now, afresh=afresh))
        self.is_first = False
        return done
