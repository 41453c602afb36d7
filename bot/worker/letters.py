"""Letters that wait to be mailed: tried again with growing pauses, given up in the end, and then said so."""

from datetime import datetime
from typing import Any

import structlog

from bot.errors import MailFailed
from bot.handling import apology
from bot.handling.apology import FORMAL
from bot.handling.letters import FAILED, SENT, TRANSCRIPT, tell_it_failed, transcript
from bot.handling.shop import Shop
from bot.ports import Mailer
from bot.worker.pace import AT_ONCE, LEASE, next_try

log = structlog.get_logger(__name__)


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
        try:
            if mail is None:
                raise MailFailed("no address", is_final=True)
            self.mailer.send(mail)
        except MailFailed as failure:
            self._failed(row, failure, now)
        else:
            with self.shop.begin(True) as uow:
                uow.outbox.mark([row["subject_id"]], SENT, now)
                if row["kind"] == FORMAL:
                    apology.sent(self.shop, uow, row["subject_id"], row["conversation_id"], now)
            log.info("letter.sent", conversation=row["conversation_id"])

    def _failed(self, row: dict[str, Any], failure: MailFailed, now: datetime) -> None:
        attempts = row["attempts"] + 1
        log.warning("letter.failed", conversation=row["conversation_id"], why=str(failure), attempts=attempts)
        at = next_try(failure, attempts, now)
        with self.shop.begin(True) as uow:
            if at:
                uow.outbox.postpone(row["id"], at)
                return
            uow.outbox.mark([row["subject_id"]], FAILED, now)
            if row["kind"] == FORMAL:
                apology.failed(self.shop, uow, row["subject_id"], row["conversation_id"], now)
            else:
                tell_it_failed(self.shop, uow, row["conversation_id"], now)
