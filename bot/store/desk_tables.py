"""The tables of the desk: accounts and their sessions, and what people write for people."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from bot.cases.desk import DeskRole
from bot.store.tables import Id, metadata, row_number
from bot.store.types import Instant, Words

Name = String(80)

agents = Table(
    "agents",
    metadata,
    Column("name", Name, primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("role", Words(DeskRole), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("teams", JSON, nullable=False),
    Column("languages", JSON, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("away_since", Instant),
    Column("disabled_at", Instant),
    Column("failed_tries", Integer, nullable=False),
    Column("locked_until", Instant),
    Column("seen_at", Instant),
    Column("shortcuts", Boolean, nullable=False),
    Column("sound", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)

desk_sessions = Table(
    "desk_sessions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("agent", ForeignKey("agents.name"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

notes = Table(
    "notes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("agent", Name, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("case_id", Id),
)

drafts = Table(
    "drafts",
    metadata,
    Column("agent", Name, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), primary_key=True),
    Column("mode", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

held_replies = Table(
    "held_replies",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("case_id", Id, nullable=False),
    Column("agent", Name, nullable=False),
    Column("text", Text, nullable=False),
    Column("key", String(200), nullable=False, unique=True),
    Column("at", Instant, nullable=False),
    Column("send_at", Instant, nullable=False),
    Column("state", String(10), nullable=False),
    Column("files", JSON, nullable=False),
    Column("resolves", Boolean, nullable=False),
    Column("message_id", Id),
)
Index("ix_held_replies_due", held_replies.c.state, held_replies.c.send_at)

# Who has which chat on their screen: rows older than a minute mean nothing.
looking = Table(
    "looking",
    metadata,
    Column("agent", Name, primary_key=True),
    Column("conversation_id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
)

tags = Table(
    "tags",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("tag", String(40), primary_key=True),
    Column("agent", Name, nullable=False),
    Column("at", Instant, nullable=False),
)

# A case that was merged into another, split from it, or belongs with it. What was merged is closed and points on.
case_links = Table(
    "case_links",
    metadata,
    row_number(),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("other_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("kind", String(10), nullable=False),  # merged, split or linked
    Column("agent", Name, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("case_id", "other_id", "kind"),
)

snoozes = Table(
    "snoozes",
    metadata,
    Column("conversation_id", ForeignKey("conversations.id"), primary_key=True),
    Column("until", Instant, nullable=False, index=True),
    Column("agent", Name, nullable=False),
    Column("at", Instant, nullable=False),
)

# "The assistant got this wrong": what a person says a message meant, for whoever trains it.
message_labels = Table(
    "message_labels",
    metadata,
    Column("message_id", ForeignKey("messages.id"), primary_key=True),
    Column("agent", Name, nullable=False),
    Column("intent", String(60)),
    Column("what", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
