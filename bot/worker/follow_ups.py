"""Asks whether it was put right, reminds once, and gives up in time."""

from datetime import datetime, timedelta

from bot.handling import follow_ups
from bot.handling.shop import Shop
from bot.worker.pace import AT_ONCE, Pace

EVERY = timedelta(seconds=1)


class FollowUps:
    """Each is taken under the lock of its conversation and looked at again there: two workers ask once."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.pace = Pace(EVERY)

    def run(self, now: datetime) -> int:
        """How many went on."""
        if not self.pace.is_due(now):
            return 0
        with self.shop.begin(False) as uow:
            due = uow.follow_ups.due(now, AT_ONCE)
        return sum(follow_ups.go_on(self.shop, *one, now) for one in due)
