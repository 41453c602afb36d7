"""Promises that fall due: a matter left unsettled goes to a person by the time that the customer was told."""

from datetime import datetime

from bot.handling.shop import Shop
from bot.handling.unsettled import TAKEN_UP, take_up

AT_ONCE = 50


class Unsettled:
    """Takes up what is due, oldest first."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def run(self, now: datetime) -> int:
        """How many were taken up or found settled."""
        with self.shop.begin(False) as uow:
            due = uow.cases.promises_due(TAKEN_UP, now, AT_ONCE)
        return sum(take_up(self.shop, one, now) for one in due)
