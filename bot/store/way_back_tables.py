"""The tables of ways back into a conversation. Addresses stand in them as digests only."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from bot.store.tables import Id, metadata
from bot.store.types import Instant

ways_back = Table(
    "ways_back",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("up_to", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("address", String(64), nullable=False),
    Column("revoked_at", Instant),
    Column("used_at", Instant),
    Column("used_by", Id),
)

no_mail = Table(
    "no_mail",
    metadata,
    Column("address", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
)
