"""Customers who have gone: told by one mail that there is something to read, tried again like every letter."""

from datetime import datetime, timedelta
from typing import Any

from bot.cases.way_back import Links
from bot.handling import coming_back
from bot.handling.coming_back import BACK
from bot.handling.shop import Shop
from bot.ports import Mailer
from bot.worker.mailing import post
from bot.worker.pace import AT_ONCE, LEASE, Pace

EVERY = timedelta(seconds=2)  # between two looks for unseen words


class ComingBack:
    """Queues and mails what is due. A mail taken by a server whose answer was lost bears the same id when it goes out again."""

    def __init__(self, shop: Shop, mailer: Mailer, links: Links) -> None:
        self.shop, self.mailer, self.links = shop, mailer, links
        self.pace = Pace(EVERY)

    def run(self, now: datetime) -> int:
        """How many mails were queued or dealt with."""
        queued = 0
        if self.pace.is_due(now):
            queued = sum(coming_back.queue(self.shop, one, now) for one in coming_back.unseen(self.shop, now, AT_ONCE))
        with self.shop.begin(True) as uow:
            rows = uow.outbox.claim_due(BACK, now, LEASE, AT_ONCE)
        for row in rows:
            self._send(row, now)
        return queued + len(rows)

    def _send(self, row: dict[str, Any], now: datetime) -> None:
        mail = coming_back.mail(self.shop, self.links, row["subject_id"], now)
        if isinstance(mail, datetime):
            with self.shop.begin(True) as uow:
                uow.outbox.postpone(row["id"], mail)
        elif mail:
            state = post(self.shop, self.mailer, mail, row, now, "mail_back", conversation=row["conversation_id"])
            if state:
                coming_back.ended(self.shop, row["subject_id"], row["conversation_id"], state, now)
