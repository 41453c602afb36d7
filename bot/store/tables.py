"""The tables. Money is whole minor units beside its currency; instants are microseconds UTC."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from bot.cases.case import CaseStatus, PromiseState
from bot.cases.conversation import Author, Handler
from bot.cases.issue import Fault, Issue, Severity
from bot.cases.remedy import RemedyKind, RemedyState
from bot.store.types import Instant, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
Id = String(64)
# SQLite numbers rows by itself only where the key is exactly INTEGER.
RowNumber = BigInteger().with_variant(Integer, "sqlite")


def row_number() -> Column:  # type: ignore[type-arg, unused-ignore]
    return Column("id", RowNumber, primary_key=True, autoincrement=True)


customers = Table(
    "customers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False, index=True),
    Column("phone", Text),
)

orders = Table(
    "orders",
    metadata,
    Column("number", Id, primary_key=True),
    Column("status", String(20), nullable=False),
    Column("placed_at", Instant, nullable=False),
    Column("promised_by", Instant),
    Column("delivered_at", Instant),
    Column("carrier", Text),
    Column("tracking_numbers", JSON, nullable=False),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("ship_to", JSON, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),  # of the imported line: the same line twice changes nothing
)

items = Table(
    "items",
    metadata,
    Column("order_number", ForeignKey("orders.number", ondelete="CASCADE"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("sku", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("options", JSON, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("price_minor", BigInteger, nullable=False),
)

payments = Table(
    "payments",
    metadata,
    Column("order_number", ForeignKey("orders.number", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("method", Text, nullable=False),
)

incidents = Table(
    "incidents",
    metadata,
    Column("code", Id, primary_key=True),
    Column("title", Text, nullable=False),
    Column("fault", Words(Fault), nullable=False),
    Column("issue_types", JSON, nullable=False),
    Column("started_at", Instant, nullable=False, index=True),
    Column("ended_at", Instant),
    Column("next_update_at", Instant),
    Column("scope", JSON, nullable=False),
    Column("explanation", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("published", Boolean, nullable=False, server_default=false()),
    Column("offer", String(60)),
    Column("digest", String(64), nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(40), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("handler", Words(Handler), nullable=False, index=True),
    Column("handler_version", Integer, nullable=False),
    Column("agent", Text),
    Column("case_id", Id),
    Column("customer_id", Id),
    Column("tracker", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("asked", String(40)),
    Column("asked_tries", Integer, nullable=False),
    Column("asked_remedy", Id),
    Column("misunderstood", Integer, nullable=False),
    Column("time_zone", String(64)),
    Column("turn_lease_until", Instant, index=True),
    Column("held_at", Instant),
    Column("note", Text),
    Column("version", Integer, nullable=False),
    Column("erased_at", Instant),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("author", Words(Author), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("case_id", Id, index=True),
    Column("provider_id", String(200), unique=True),
    Column("choice", Text),
    Column("choices", JSON, nullable=False),
    Column("heard", JSON),
    Column("asked_at", Instant),
    Column("answered_at", Instant),
    Column("agent", Text),
    Column("card", JSON),
    Column("is_public", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("conversation_id", "seq"),
)
Index("ix_messages_unanswered", messages.c.answered_at, messages.c.author, messages.c.at)

cases = Table(
    "cases",
    metadata,
    Column("id", Id, primary_key=True),
    Column("reference", String(20), nullable=False, unique=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("channel", String(40), nullable=False),
    Column("created_at", Instant, nullable=False, index=True),
    Column("issue", Words(Issue)),
    Column("order_number", Id, index=True),
    Column("customer_id", Id, index=True),
    Column("proven", Boolean, nullable=False),
    Column("severity", Words(Severity), nullable=False),
    Column("fault", Words(Fault), nullable=False),
    Column("status", Words(CaseStatus), nullable=False, index=True),
    Column("incident_code", Id),
    Column("assignee", Text),
    Column("apologised", Boolean, nullable=False),
    Column("wrong_proofs", Integer, nullable=False),
    Column("first_reply_at", Instant),
    Column("closed_at", Instant, index=True),
    Column("version", Integer, nullable=False),
)

facts = Table(
    "facts",
    metadata,
    row_number(),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("name", String(40), nullable=False),
    Column("value", Text, nullable=False),
    Column("source", String(20), nullable=False),
    Column("at", Instant, nullable=False),
    Column("message_id", Id),
)

remedies = Table(
    "remedies",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("reference", String(20), nullable=False, unique=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("kind", Words(RemedyKind), nullable=False),
    Column("wording", String(60), nullable=False),
    Column("amount_minor", BigInteger),
    Column("currency", String(3)),
    Column("lines", String(200), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("state", Words(RemedyState), nullable=False, index=True),
    Column("needs_approval", Boolean, nullable=False),
    Column("due_days", Integer, nullable=False),
    Column("policy_version", String(40), nullable=False),
    Column("reasons", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("message_id", Id),
    Column("statutory", Boolean, nullable=False, server_default=false()),
    Column("quantity", Integer),
    Column("granted_by", Text, nullable=False, server_default="assistant"),
    Column("undoes", Id, index=True),
    Column("provider_reference", String(200)),
    Column("why", Text),
    Column("settled_at", Instant),
    Column("worth_minor", BigInteger),
    Column("worth_currency", String(3)),
    Column("version", Integer, nullable=False),
)

promises = Table(
    "promises",
    metadata,
    row_number(),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("what", String(60), nullable=False),
    Column("by_whom", Text, nullable=False),
    Column("due_at", Instant, nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("message_id", Id),
    Column("remedy_id", Id),
    Column("state", Words(PromiseState), nullable=False),
    Column("assignee", Text),
    Column("warned_at", Instant),
    Column("told_at", Instant),
    Column("done_at", Instant),
    Column("words", Text),
)
Index("ix_promises_open", promises.c.state, promises.c.due_at)

escalations = Table(
    "escalations",
    metadata,
    row_number(),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("reason", String(40), nullable=False),
    Column("priority", String(20), nullable=False),
    Column("team", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False, index=True),
    Column("message_id", Id),
    Column("answered_at", Instant),
)

outbox = Table(
    "outbox",
    metadata,
    row_number(),
    Column("kind", String(20), nullable=False),  # message or remedy
    Column("channel", String(40), nullable=False),
    Column("conversation_id", Id, index=True),
    Column("subject_id", Id, nullable=False, index=True),  # the message's or the remedy's
    Column("dedupe_key", String(200), nullable=False, unique=True),
    Column("state", String(20), nullable=False),  # waiting, sent, delivered, read or failed
    Column("attempts", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Column("delivered_at", Instant),
)
Index("ix_outbox_due", outbox.c.state, outbox.c.due_at)
# Said in the same words by whoever looks for them: only so does a database see that this index holds them all.
UNREAD = text("kind = 'message' AND channel = 'website' AND state <> 'read'")
Index("ix_outbox_unread", outbox.c.at, sqlite_where=UNREAD, postgresql_where=UNREAD)

audit = Table(
    "audit",
    metadata,
    row_number(),
    Column("case_id", Id, index=True),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("act", String(60), nullable=False),
    Column("detail", JSON, nullable=False),
    Column("chain", Id, nullable=False),  # the case's id, or "shop"
    Column("number", Integer, nullable=False),
    Column("seal", String(64), nullable=False),
    UniqueConstraint("chain", "number"),
)

# The end of each chain: what is cut off there would show.
audit_heads = Table(
    "audit_heads",
    metadata,
    Column("chain", Id, primary_key=True),
    Column("length", Integer, nullable=False),
    Column("seal", String(64), nullable=False),
)
