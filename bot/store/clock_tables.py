"""The tables of who answers when: service clocks, offers of waiting chats, and mails to people when nobody looks."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from bot.cases.assignment import OfferState
from bot.cases.service_clock import ClockName
from bot.store.tables import Id, metadata, row_number
from bot.store.types import Instant, Words

Name = String(80)

clocks = Table(
    "clocks",
    metadata,
    row_number(),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("clock", Words(ClockName), nullable=False),
    Column("priority", String(20), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("warn_at", Instant, nullable=False),
    Column("target_at", Instant, nullable=False),
    Column("paused_at", Instant),
    Column("paused_s", Integer, nullable=False),
    Column("warned_at", Instant),
    Column("breached_at", Instant),
    Column("stopped_at", Instant, index=True),
    UniqueConstraint("case_id", "clock", "started_at"),
)

offers = Table(
    "offers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("case_id", Id, nullable=False),
    Column("agent", ForeignKey("agents.name"), nullable=False),
    Column("handler_version", Integer, nullable=False),  # of the conversation that waits: each time it waits is offered anew
    Column("at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("state", Words(OfferState), nullable=False),
    Column("ended_at", Instant),
    UniqueConstraint("conversation_id", "handler_version", "agent"),
)
Index("ix_offers_agent_state", offers.c.agent, offers.c.state)
# One chat is before one person at a time.
Index(
    "uq_offers_open",
    offers.c.conversation_id,
    unique=True,
    sqlite_where=text("state = 'offered'"),
    postgresql_where=text("state = 'offered'"),
)

# One mail to one person about chats that wait while nobody looks.
digests = Table(
    "digests",
    metadata,
    Column("id", Id, primary_key=True),
    Column("agent", ForeignKey("agents.name"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("cases", JSON, nullable=False),  # ids
)
Index("ix_digests_agent_at", digests.c.agent, digests.c.at)
