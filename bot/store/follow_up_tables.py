"""The table of follow-ups: a row for each round of questions about a case."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from bot.cases.follow_up import FollowUpState, Outcome
from bot.store.tables import Id, metadata
from bot.store.types import Instant, Words

follow_ups = Table(
    "follow_ups",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("state", Words(FollowUpState), nullable=False),
    Column("asked_at", Instant),
    Column("reminded_at", Instant),
    Column("ended_at", Instant),
    Column("outcome", Words(Outcome)),
    Column("satisfaction", Integer),
    Column("effort", Integer),
    Column("why", String(40)),
    Column("version", Integer, nullable=False),
    UniqueConstraint("case_id", "number"),
)
Index("ix_follow_ups_due", follow_ups.c.state, follow_ups.c.due_at)
