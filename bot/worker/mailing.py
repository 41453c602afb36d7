"""A mail goes out, is tried again with growing pauses, or is given up: in one way for all mails."""

from datetime import datetime
from typing import Any

import structlog

from bot.errors import MailFailed
from bot.handling.letters import FAILED, SENT
from bot.handling.shop import Shop
from bot.ports import Mail, Mailer
from bot.worker.pace import next_try

log = structlog.get_logger(__name__)


def post(shop: Shop, mailer: Mailer, mail: Mail | None, row: dict[str, Any], now: datetime, kind: str, **named: object) -> str | None:
    """SENT where a mail server has taken it, FAILED where it is given up; None where it is tried again, which is seen to here.

    `mail`: None where there is nowhere to send it. `row`: of the outbox. `kind` and `named` are what the log says.
    """
    try:
        if mail is None:
            raise MailFailed("no address", is_final=True)
        mailer.send(mail)
    except MailFailed as failure:
        attempts = row["attempts"] + 1
        log.warning(f"{kind}.failed", why=str(failure), attempts=attempts, **named)
        at = next_try(failure, attempts, now)
        if at is None:
            return FAILED
        with shop.begin(True) as uow:
            uow.outbox.postpone(row["id"], at)
        return None
    log.info(f"{kind}.sent", **named)
    return SENT
