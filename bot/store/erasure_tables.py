"""The table of erasures. It never says whose: only what is still to be done, and how much was."""

from sqlalchemy import JSON, Column, Index, Table, Text

from bot.cases.erasing import Why
from bot.store.tables import Id, metadata
from bot.store.types import Instant, Words

# Written in the transaction that erases in the store; what lies outside of it (the assistant's memory, the pages of the file)
# is done after it, and again after a crash.
erasures = Table(
    "erasures",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Words(Why), nullable=False),
    Column("chats", JSON, nullable=False),  # ids; none once it is finished
    Column("counts", JSON, nullable=False),
    Column("due_at", Instant, nullable=False),  # once more, when no turn can be under way any more
    Column("finished_at", Instant),
)
Index("ix_erasures_due", erasures.c.finished_at, erasures.c.due_at)
