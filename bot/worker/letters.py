"""Letters that wait to be mailed: tried again with growing pauses, given up in the end, and then said so."""

from datetime import datetime
from typing import Any

from bot.handling import apology
from bot.handling.apology import FORMAL
from bot.handling.letters import FAILED, SENT, TRANSCRIPT, tell_it_failed, transcript
from bot.handling.shop import Shop
from bot.ports import Mailer
from bot.worker.mailing import post
from bot.worker.pace import AT_ONCE, LEASE


class Letters:
    """Mails what is due. A letter taken by a server whose answer was lost bears the same id when it goes out again."""

    def __init__(self, shop: Shop, mailer: Mailer) -> None:
        self.shop, self.mailer = shop, mailer

    def run(self, now: datetime) -> int:
        """How many letters were dealt with."""
        with self.shop.begin(True) as uow:
            rows = [row for kind in (TRANSCRIPT, FORMAL) for row in uow.outbox.claim_due(kind, now, LEASE, AT_ONCE)]
        for row in rows:
            self._send(row, now)
        return len(rows)

    def _send(self, row: dict[str, Any], now: datetime) -> None:
        with self.shop.begin(False) as uow:
            if row["kind"] == FORMAL:
                mail = apology.mail(self.shop, uow, row["subject_id"])
            else:
                mail = transcript(self.shop, uow, row["subject_id"], row["conversation_id"], now)
        state = post(self.shop, self.mailer, mail, row, now, "letter", conversation=row["conversation_id"])
        if state:
            self._end(row, state, now)

    def _end(self, row: dict[str, Any], state: str, now: datetime) -> None:
        letter_id, conversation_id = row["subject_id"], row["conversation_id"]
        with self.shop.begin(True) as uow:
            uow.outbox.mark([letter_id], state, now)
            if row["kind"] == FORMAL:
                end = apology.sent if state == SENT else apology.failed
                end(self.shop, uow, letter_id, conversation_id, now)
            elif state == FAILED:
                tell_it_failed(self.shop, uow, conversation_id, now)
