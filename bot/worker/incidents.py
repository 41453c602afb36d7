"""What those an incident touches are told, as it falls due, and whether many complaints of one kind may have one cause."""

from datetime import datetime, timedelta
from typing import Any

from bot.handling import telling
from bot.handling.incidents import suggest
from bot.handling.letters import SENT
from bot.handling.shop import Shop
from bot.ports import Mailer
from bot.worker.mailing import post
from bot.worker.pace import AT_ONCE, LEASE, Pace

CHATS_AT_ONCE = 50
EVERY = timedelta(seconds=30)  # between two counts of complaints


class Notices:
    """Says what is due in the chats of those who complained, and mails the others where there is a mail server."""

    def __init__(self, shop: Shop, mailer: Mailer | None) -> None:
        self.shop, self.mailer = shop, mailer

    def run(self, now: datetime) -> int:
        """How many notices were dealt with."""
        with self.shop.begin(False) as uow:
            due = uow.notices.due_in_chats(now, CHATS_AT_ONCE)
        said = sum(telling.say_in_chat(self.shop, one, now) for one in due)
        return said + (self._mailed(self.mailer, now) if self.mailer else 0)

    def _mailed(self, mailer: Mailer, now: datetime) -> int:
        with self.shop.begin(True) as uow:
            rows = uow.outbox.claim_due(telling.LETTER, now, LEASE, AT_ONCE)
        for row in rows:
            self._mail(mailer, row, now)
        return len(rows)

    def _mail(self, mailer: Mailer, row: dict[str, Any], now: datetime) -> None:
        letter_id = row["subject_id"]
        with self.shop.begin(False) as uow:
            mail = telling.letter(self.shop, uow, letter_id)
        state = post(self.shop, mailer, mail, row, now, "notice", letter=letter_id)
        if state:
            with self.shop.begin(True) as uow:
                telling.sent(uow, letter_id, now) if state == SENT else telling.given_up(self.shop, uow, letter_id, now)


class Suggest:
    """Counts complaints every half minute."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.pace = Pace(EVERY)

    def run(self, now: datetime) -> int:
        """How many incidents were suggested anew."""
        return suggest(self.shop, now) if self.pace.is_due(now) else 0
