"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _create_shop()
    _create_conversations()
    _create_cases()
    _create_deeds()


def _create_shop() -> None:
    op.create_table(
        "customers",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
    )
    op.create_index(op.f("ix_customers_email"), "customers", ["email"])
    op.create_table(
        "orders",
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("promised_by", sa.BigInteger()),
        sa.Column("delivered_at", sa.BigInteger()),
        sa.Column("carrier", sa.Text()),
        sa.Column("tracking_numbers", sa.JSON(), nullable=False),
        sa.Column("customer_id", sa.String(64), nullable=False),
        sa.Column("ship_to", sa.JSON(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_orders_customer_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_orders")),
    )
    op.create_index(op.f("ix_orders_customer_id"), "orders", ["customer_id"])
    op.create_table(
        "items",
        sa.Column("order_number", sa.String(64), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["order_number"], ["orders.number"], name=op.f("fk_items_order_number"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("order_number", "line", name=op.f("pk_items")),
    )
    op.create_table(
        "payments",
        sa.Column("order_number", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["order_number"], ["orders.number"], name=op.f("fk_payments_order_number"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("order_number", "position", name=op.f("pk_payments")),
    )
    op.create_table(
        "incidents",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("fault", sa.String(40), nullable=False),
        sa.Column("issue_types", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("next_update_at", sa.BigInteger()),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_incidents")),
    )
    op.create_index(op.f("ix_incidents_started_at"), "incidents", ["started_at"])


def _create_conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("handler", sa.String(40), nullable=False),
        sa.Column("handler_version", sa.Integer(), nullable=False),
        sa.Column("agent", sa.Text()),
        sa.Column("case_id", sa.String(64)),
        sa.Column("customer_id", sa.String(64)),
        sa.Column("tracker", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("asked", sa.String(40)),
        sa.Column("asked_tries", sa.Integer(), nullable=False),
        sa.Column("asked_remedy", sa.String(64)),
        sa.Column("misunderstood", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(64)),
        sa.Column("turn_lease_until", sa.BigInteger()),
        sa.Column("held_at", sa.BigInteger()),
        sa.Column("note", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
    )
    op.create_index(op.f("ix_conversations_turn_lease_until"), "conversations", ["turn_lease_until"])
    op.create_table(
        "messages",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.String(64)),
        sa.Column("provider_id", sa.String(200)),
        sa.Column("choice", sa.Text()),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("heard", sa.JSON()),
        sa.Column("asked_at", sa.BigInteger()),
        sa.Column("answered_at", sa.BigInteger()),
        sa.Column("agent", sa.Text()),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_messages_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("conversation_id", "seq", name=op.f("uq_messages_conversation_id_seq")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_messages_provider_id")),
    )
    op.create_index(op.f("ix_messages_case_id"), "messages", ["case_id"])
    op.create_index("ix_messages_unanswered", "messages", ["answered_at", "author", "at"])


def _create_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("issue", sa.String(40)),
        sa.Column("order_number", sa.String(64)),
        sa.Column("customer_id", sa.String(64)),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("severity", sa.String(40), nullable=False),
        sa.Column("fault", sa.String(40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("incident_code", sa.String(64)),
        sa.Column("assignee", sa.Text()),
        sa.Column("apologised", sa.Boolean(), nullable=False),
        sa.Column("wrong_proofs", sa.Integer(), nullable=False),
        sa.Column("first_reply_at", sa.BigInteger()),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_cases_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("reference", name=op.f("uq_cases_reference")),
    )
    op.create_index(op.f("ix_cases_conversation_id"), "cases", ["conversation_id"])
    op.create_index(op.f("ix_cases_created_at"), "cases", ["created_at"])
    op.create_index(op.f("ix_cases_customer_id"), "cases", ["customer_id"])
    op.create_index(op.f("ix_cases_order_number"), "cases", ["order_number"])
    op.create_index(op.f("ix_cases_status"), "cases", ["status"])
    op.create_table(
        "facts",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.String(64)),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_facts_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts")),
    )
    op.create_index(op.f("ix_facts_case_id"), "facts", ["case_id"])
    op.create_table(
        "remedies",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("wording", sa.String(60), nullable=False),
        sa.Column("amount_minor", sa.BigInteger()),
        sa.Column("currency", sa.String(3)),
        sa.Column("lines", sa.String(200), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=False),
        sa.Column("policy_version", sa.String(40), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("message_id", sa.String(64)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_remedies_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remedies")),
        sa.UniqueConstraint("key", name=op.f("uq_remedies_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_remedies_reference")),
    )
    op.create_index(op.f("ix_remedies_case_id"), "remedies", ["case_id"])
    op.create_index(op.f("ix_remedies_state"), "remedies", ["state"])


def _create_deeds() -> None:
    op.create_table(
        "promises",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("what", sa.String(60), nullable=False),
        sa.Column("by_whom", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.String(64)),
        sa.Column("remedy_id", sa.String(64)),
        sa.Column("state", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_promises_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )
    op.create_index(op.f("ix_promises_case_id"), "promises", ["case_id"])
    op.create_index(op.f("ix_promises_due_at"), "promises", ["due_at"])
    op.create_table(
        "escalations",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("priority", sa.String(20), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.String(64)),
        sa.Column("answered_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_escalations_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
    )
    op.create_index(op.f("ix_escalations_case_id"), "escalations", ["case_id"])
    op.create_index(op.f("ix_escalations_due_at"), "escalations", ["due_at"])
    op.create_table(
        "outbox",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("conversation_id", sa.String(64)),
        sa.Column("subject_id", sa.String(64), nullable=False),
        sa.Column("dedupe_key", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("delivered_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_dedupe_key")),
    )
    op.create_index(op.f("ix_outbox_conversation_id"), "outbox", ["conversation_id"])
    op.create_index("ix_outbox_due", "outbox", ["state", "due_at"])
    op.create_table(
        "audit",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("case_id", sa.String(64)),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("act", sa.String(60), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_case_id"), "audit", ["case_id"])
