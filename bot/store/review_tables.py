"""The table of messages that a person looks at again, so that the assistant hears such ones better."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text

from bot.cases.learning import Unsure
from bot.store.tables import Id, metadata
from bot.store.types import Instant, Words

review_items = Table(
    "review_items",
    metadata,
    Column("message_id", ForeignKey("messages.id"), primary_key=True),
    Column("conversation_id", Id, nullable=False, index=True),
    Column("case_id", Id, index=True),
    Column("at", Instant, nullable=False),
    Column("why", Words(Unsure), nullable=False),
    Column("text", Text),  # without what names or numbers somebody; none once the customer is erased
    Column("heard", String(40)),
    Column("confidence", Float),
    Column("brought_by", Text),
    Column("label", String(40)),
    Column("labelled_by", Text),
    Column("labelled_at", Instant),
    Column("exported_at", Instant),
    Column("version", Integer, nullable=False),
)
Index("ix_review_items_open", review_items.c.labelled_at, review_items.c.at)
