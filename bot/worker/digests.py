"""Mails to people about chats that wait while nobody looks: queued, sent, tried again like every letter."""

from datetime import datetime, timedelta
from typing import Any

from bot.handling import digests
from bot.handling.shop import Shop
from bot.ports import Mailer
from bot.worker.mailing import post
from bot.worker.pace import AT_ONCE, LEASE, Pace

EVERY = timedelta(seconds=30)  # between two looks at what waits


class Digests:
    """A mail taken by a server whose answer was lost bears the same id when it goes out again. `desk`: where the desk is reached."""

    def __init__(self, shop: Shop, mailer: Mailer, desk: str | None) -> None:
        self.shop, self.mailer, self.desk = shop, mailer, desk
        self.pace = Pace(EVERY)

    def run(self, now: datetime) -> int:
        """How many mails were queued or dealt with."""
        queued = 0
        if self.pace.is_due(now):
            queued = sum(digests.queue(self.shop, one, now) for one in digests.asking(self.shop, now))
        with self.shop.begin(True) as uow:
            rows = uow.outbox.claim_due(digests.DIGEST, now, LEASE, AT_ONCE)
        for row in rows:
            self._send(row, now)
        return queued + len(rows)

    def _send(self, row: dict[str, Any], now: datetime) -> None:
        mail = digests.mail(self.shop, row["subject_id"], self.desk, now)
        if mail is None:
            digests.ended(self.shop, row["subject_id"], digests.DROPPED, now)
            return
        state = post(self.shop, self.mailer, mail, row, now, "digest", digest=row["subject_id"])
        if state:
            digests.ended(self.shop, row["subject_id"], state, now)
