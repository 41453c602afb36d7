"""The tables of the API for other systems: their tokens, where they want to be told, and what they are told."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text

from bot.store.tables import Id, metadata, row_number
from bot.store.types import Instant

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Id, primary_key=True),  # the token's digest: what the database holds opens nothing
    Column("name", String(80), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant),
    Column("revoked_at", Instant),
)

hooks = Table(
    "hooks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("events", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)

# One row for each hook and event, written in the transaction of what it tells of. `body` is made at the first try and stays the
# same at every other; once it has arrived nothing of it is kept.
hook_deliveries = Table(
    "hook_deliveries",
    metadata,
    row_number(),
    Column("hook_id", ForeignKey("hooks.id"), nullable=False),
    Column("event", String(40), nullable=False),
    Column("case_id", Id),
    Column("conversation_id", Id),  # within which the order is kept
    Column("subject_id", Id),  # the message's id or the remedy's reference
    Column("who", Text),
    Column("body", Text),
    Column("dedupe_key", String(200), nullable=False, unique=True),
    Column("state", String(20), nullable=False),  # waiting, sent, dead or dropped
    Column("attempts", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Column("status", Integer),  # of the last answer
)
Index("ix_hook_deliveries_due", hook_deliveries.c.state, hook_deliveries.c.due_at)
Index("ix_hook_deliveries_order", hook_deliveries.c.hook_id, hook_deliveries.c.conversation_id, hook_deliveries.c.id)
