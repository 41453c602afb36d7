"""The tables of files: what is known of each, and its bytes in one of their own."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from bot.cases.attachment import FileKind
from bot.store.tables import Id, metadata
from bot.store.types import Instant, Words

files = Table(
    "files",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("client_id", Id, nullable=False),
    Column("kind", Words(FileKind), nullable=False),
    Column("media_type", String(40), nullable=False),
    Column("name", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("message_id", ForeignKey("messages.id")),
    Column("place", Integer, nullable=False),
    UniqueConstraint("conversation_id", "client_id"),
)
Index("ix_files_of_message", files.c.message_id, files.c.at)

file_contents = Table(
    "file_contents",
    metadata,
    Column("file_id", ForeignKey("files.id", ondelete="CASCADE"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
