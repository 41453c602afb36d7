"""The tables of what is learned: a record of each case that ended, and what is done so that it does not happen again."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, false

from bot.cases.learning import Action, FailureType, RootCause, Skill
from bot.store.tables import Id, metadata
from bot.store.types import Instant, Words

improvements = Table(
    "improvements",
    metadata,
    Column("id", Id, primary_key=True),
    Column("title", Text, nullable=False),
    Column("issue", String(40)),
    Column("root_cause", Words(RootCause)),
    Column("sku", Text),
    Column("action", Words(Action), nullable=False),
    Column("assignee", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("done_at", Instant),
    Column("done_by", Text),
    Column("what_changed", Text),  # as customers who asked read it
    Column("version", Integer, nullable=False),
)
Index("ix_improvements_open", improvements.c.done_at, improvements.c.due_at)

# No column says who the customer is; `customer_words` goes with the customer.
learning_records = Table(
    "learning_records",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("created_at", Instant, nullable=False, index=True),
    Column("sku", Text),
    Column("product", Text),
    Column("failure_type", Words(FailureType), nullable=False),
    Column("customer_words", Text),
    Column("root_cause", Words(RootCause)),
    Column("cause", Text),
    Column("whys", JSON, nullable=False),
    Column("controllable", Boolean),
    Column("prevent", Text),
    Column("action", Words(Action)),
    Column("skill", Words(Skill)),
    Column("team", String(40)),
    Column("assignee", Text),
    Column("due_at", Instant, nullable=False),
    Column("finished_by", Text),
    Column("finished_at", Instant),
    Column("improvement_id", ForeignKey("improvements.id"), index=True),
    Column("wants_to_know", Boolean, nullable=False, server_default=false()),
    Column("told_at", Instant),
    Column("version", Integer, nullable=False),
)
Index("ix_learning_records_open", learning_records.c.finished_at, learning_records.c.due_at)
