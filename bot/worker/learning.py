"""What is learned: records of cases that ended before there were any, and customers who asked what changes."""

from datetime import datetime, timedelta

from bot.handling import learning, what_changed
from bot.handling.shop import Shop
from bot.worker.pace import Pace

BATCHES, IDLE = timedelta(seconds=1), timedelta(minutes=1)  # between two looks: while there is something to do, and afterwards
AT_ONCE = 50


class Gaps:
    """In small batches, so that an upgrade holds up nobody; then it looks only at what has ended since."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.pace = Pace(BATCHES)
        self.after: datetime | None = None

    def run(self, now: datetime) -> int:
        """How many records were made."""
        if not self.pace.is_due(now):
            return 0
        with self.shop.begin(False) as uow:
            places = uow.learning.without(self.after, AT_ONCE)
        self.pace.every = BATCHES if places else IDLE
        made = sum(learning.fill_gaps(self.shop, one.conversation_id, one.case_id, now) for one in places)
        if places:
            self.after = places[-1].at
        return made


class Tellings:
    """Goes round all who wait to be told, some at a time: those whose night it is hold up nobody."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.pace = Pace(BATCHES)
        self.after = ""

    def run(self, now: datetime) -> int:
        """How many were told."""
        if not self.pace.is_due(now):
            return 0
        with self.shop.begin(False) as uow:
            places = uow.learning.to_tell(self.after, AT_ONCE)
        is_round = len(places) < AT_ONCE
        self.after, self.pace.every = ("", IDLE) if is_round else (places[-1].case_id, BATCHES)
        return sum(what_changed.tell(self.shop, one.conversation_id, one.case_id, now) for one in places)
