"""What is learned: records of cases that ended before there were any."""

from datetime import datetime, timedelta

from bot.handling import learning
from bot.handling.shop import Shop
from bot.worker.pace import Pace

EVERY = timedelta(seconds=1)
AT_ONCE = 50


class Gaps:
    """In small batches, so that an upgrade holds up nobody; then it looks only at what has ended since."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.pace = Pace(EVERY)
        self.after: datetime | None = None

    def run(self, now: datetime) -> int:
        """How many records were made."""
        if not self.pace.is_due(now):
            return 0
        with self.shop.begin(False) as uow:
            places = uow.learning.without(self.after, AT_ONCE)
        made = sum(learning.fill_gaps(self.shop, one.conversation_id, one.case_id, now) for one in places)
        if places:
            self.after = places[-1].at
        return made
