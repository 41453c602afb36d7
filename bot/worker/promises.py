"""Promises that fall due: what is left unsettled goes to a person, and every other one is watched until it is kept."""

from datetime import datetime, timedelta

from bot.cases.hours import due_within
from bot.cases.promises import TAKEN_UP, asks_for
from bot.handling.promises import watch
from bot.handling.shop import Shop
from bot.handling.unsettled import take_up
from bot.worker.pace import Pace

AT_ONCE = 50
EVERY = timedelta(seconds=5)  # between two looks at all open promises


class Unsettled:
    """Takes up what is due, oldest first."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def run(self, now: datetime) -> int:
        """How many were taken up or found settled."""
        with self.shop.begin(False) as uow:
            due = uow.cases.promises_due(TAKEN_UP, now, AT_ONCE)
        return sum(take_up(self.shop, one, now) for one in due)


class Watch:
    """Warns of promises nearly due, tells customers before one fails, and owns what was missed."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.pace = Pace(EVERY)

    def run(self, now: datetime) -> int:
        """How many steps were taken."""
        if not self.pace.is_due(now):
            return 0
        policy = self.shop.policy
        # Whatever is due later has more open time left. One minute more: what is due in a closed hour has no less than at closing time.
        # And a day: where a phone would ring, the customer is told before a night that outlasts the promise.
        horizon = due_within(policy.hours, now, policy.warn_before + 1) + timedelta(days=1)
        with self.shop.begin(False) as uow:
            seen = uow.promises.to_watch(horizon, now)
        asking = [one.id for one in seen if asks_for(one, policy.hours, policy.quiet, policy.warn_before, now)]
        return sum(watch(self.shop, one, now) is not None for one in asking)
