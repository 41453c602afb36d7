"""People's replies whose seconds for taking them back are over: they go out, each once."""

from datetime import datetime

from bot.handling.person_words import send_due
from bot.handling.shop import Shop

AT_ONCE = 50


class HeldReplies:
    """Looks at every loop: a customer waits for these words."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def run(self, now: datetime) -> int:
        """How many went out, or were dropped since the chat had changed hands."""
        return send_due(self.shop, now, AT_ONCE)
