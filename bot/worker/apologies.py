"""Formal apologies that are due: drafted for a person to read, once a case."""

from datetime import datetime, timedelta

import structlog

from bot.handling.apology import draft, due
from bot.handling.shop import Shop

EVERY = timedelta(seconds=5)  # a letter is in no hurry, and the search is not for every loop
log = structlog.get_logger(__name__)


class Apologies:
    """Drafts what is due."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.again_at: datetime | None = None

    def run(self, now: datetime) -> int:
        """How many letters were drafted."""
        if self.again_at and self.again_at - EVERY <= now < self.again_at:  # a clock set back does not stop it
            return 0
        self.again_at = now + EVERY
        drafted = [letter for case_id in due(self.shop) if (letter := draft(self.shop, case_id, now))]
        for letter in drafted:
            log.info("letter.drafted", letter=letter.id)
        return len(drafted)
