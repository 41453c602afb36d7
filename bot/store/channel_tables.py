"""The tables of messaging channels: who writes there, what came in, what became of each part that went out, and how far was read.

What came in keeps nothing of its content once it is taken in: its key alone stays, so that it is taken in once.
"""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from bot.store.tables import Id, metadata, row_number
from bot.store.types import Instant

contacts = Table(
    "contacts",
    metadata,
    Column("conversation_id", ForeignKey("conversations.id"), primary_key=True),
    Column("channel", String(40), nullable=False),
    Column("address", String(200), nullable=False),
    Column("name", Text),
    Column("thread", Text),
    Column("subject", Text),
    Column("phone", String(40)),
    Column("email", Text),
    Column("last_in_at", Instant),
    Column("template_at", Instant),
    Column("stopped_at", Instant),
)
Index("ix_contacts_address", contacts.c.channel, contacts.c.address)

arrivals = Table(
    "arrivals",
    metadata,
    row_number(),
    Column("channel", String(40), nullable=False),
    Column("key", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("lane", String(200), nullable=False),  # what is taken in one after the other: a customer's, or a message's receipts
    Column("body", JSON(none_as_null=True)),
    Column("sent_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", String(20), nullable=False),  # waiting, taken, dropped or failed
    Column("attempts", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    UniqueConstraint("channel", "key"),
)
Index("ix_arrivals_due", arrivals.c.state, arrivals.c.due_at)
Index("ix_arrivals_lane", arrivals.c.channel, arrivals.c.lane, arrivals.c.state)

sendings = Table(
    "sendings",
    metadata,
    Column("message_id", ForeignKey("messages.id"), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("conversation_id", Id, nullable=False, index=True),
    Column("channel", String(40), nullable=False),
    Column("provider_id", String(250)),
    Column("state", String(20), nullable=False),  # asking, sent, delivered, read or failed
    Column("why", Text),
    Column("at", Instant, nullable=False),
)
Index("ix_sendings_provider", sendings.c.provider_id)

cursors = Table(
    "cursors",
    metadata,
    Column("channel", String(40), primary_key=True),
    Column("cursor", Text),
    Column("lease_until", Instant),
)
