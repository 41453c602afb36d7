"""Messaging channels: contacts, what came in, what went out in which parts, and how far was read; and which words are public."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("is_public", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "contacts",
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("address", sa.String(200), nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("name", "thread", "subject")),
        sa.Column("phone", sa.String(40)),
        sa.Column("email", sa.Text()),
        *(sa.Column(name, sa.BigInteger()) for name in ("last_in_at", "template_at", "stopped_at")),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_contacts"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_contacts_conversation_id"),
    )
    op.create_index("ix_contacts_address", "contacts", ["channel", "address"])
    op.create_table(
        "arrivals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("lane", sa.String(200), nullable=False),
        sa.Column("body", sa.JSON()),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_arrivals"),
        sa.UniqueConstraint("channel", "key", name="uq_arrivals_channel_key"),
    )
    op.create_index("ix_arrivals_due", "arrivals", ["state", "due_at"])
    op.create_index("ix_arrivals_lane", "arrivals", ["channel", "lane", "state"])
    op.create_table(
        "sendings",
        sa.Column("message_id", sa.String(64), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("provider_id", sa.String(250)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("why", sa.Text()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", "part", name="pk_sendings"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_sendings_message_id"),
    )
    op.create_index("ix_sendings_conversation_id", "sendings", ["conversation_id"])
    op.create_index("ix_sendings_provider", "sendings", ["provider_id"])
    op.create_table(
        "cursors",
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("cursor", sa.Text()),
        sa.Column("lease_until", sa.BigInteger()),
        sa.PrimaryKeyConstraint("channel", name="pk_cursors"),
    )
