"""Mails to people about chats that wait while nobody looks."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.cases.digest import Digest
from bot.store import clock_tables, tables


class Digests:
    """One row for each mail that was decided on."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def find(self, digest_id: str) -> Digest | None:
        found: Digest | None = self.session.get(Digest, digest_id)
        return found

    def mailed_since(self, at: datetime) -> set[str]:
        """Whose mail was decided on after this instant and not dropped since."""
        d, o = clock_tables.digests.c, tables.outbox.c
        asked = select(d.agent).join(tables.outbox, o.subject_id == d.id).where(d.at > at, o.state != "dropped")
        return {*self.session.execute(asked).scalars()}
