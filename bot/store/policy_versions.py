"""What the files of each version of the policy held, so that an older one can be applied again."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import JSON, Column, String, Table, Text, select
from sqlalchemy.orm import Session

from bot.store.inserts import insert_into
from bot.store.tables import metadata
from bot.store.types import Instant

policy_versions = Table(
    "policy_versions",
    metadata,
    Column("version", String(80), primary_key=True),
    Column("texts", JSON, nullable=False),  # of the files, by name
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
)


class PolicyVersions:
    """Over one session. What a version held never changes: its name holds the digest of its files."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def keep(self, version: str, texts: Mapping[str, str], now: datetime, who: str) -> None:
        """Nothing where it is kept already."""
        values = {"version": version, "texts": dict(texts), "at": now, "who": who}
        self.session.execute(insert_into(self.session, policy_versions).values(**values).on_conflict_do_nothing())

    def texts(self, version: str) -> dict[str, str] | None:
        """What its files held, by name; None where it is not known."""
        found = self.session.execute(select(policy_versions.c.texts).where(policy_versions.c.version == version)).scalar()
        return dict(found) if found else None

    def kept(self) -> list[dict[str, object]]:
        """Version, when it was first seen and by whom; the newest first."""
        p = policy_versions.c
        return [dict(row._mapping) for row in self.session.execute(select(p.version, p.at, p.who).order_by(p.at.desc()))]
