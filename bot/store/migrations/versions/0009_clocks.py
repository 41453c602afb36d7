"""Service clocks, offers of waiting chats, and mails to people when nobody looks."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID, NAME, INSTANT, WORD = sa.String(64), sa.String(80), sa.BigInteger(), sa.String(40)
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "clocks",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("clock", WORD, nullable=False),
        sa.Column("priority", sa.String(20), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("warn_at", INSTANT, nullable=False),
        sa.Column("target_at", INSTANT, nullable=False),
        sa.Column("paused_at", INSTANT),
        sa.Column("paused_s", sa.Integer(), nullable=False),
        sa.Column("warned_at", INSTANT),
        sa.Column("breached_at", INSTANT),
        sa.Column("stopped_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_clocks"),
        sa.UniqueConstraint("case_id", "clock", "started_at", name="uq_clocks_case_id_clock_started_at"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_clocks_case_id"),
    )
    op.create_index("ix_clocks_stopped_at", "clocks", ["stopped_at"])
    op.create_table(
        "offers",
        sa.Column("id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("agent", NAME, nullable=False),
        sa.Column("handler_version", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_offers"),
        sa.UniqueConstraint("conversation_id", "handler_version", "agent", name="uq_offers_conversation_id_handler_version_agent"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_offers_conversation_id"),
        sa.ForeignKeyConstraint(["agent"], ["agents.name"], name="fk_offers_agent"),
    )
    op.create_index("ix_offers_agent_state", "offers", ["agent", "state"])
    is_open = sa.text("state = 'offered'")
    op.create_index("uq_offers_open", "offers", ["conversation_id"], unique=True, sqlite_where=is_open, postgresql_where=is_open)
    op.create_table(
        "digests",
        sa.Column("id", ID, nullable=False),
        sa.Column("agent", NAME, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("cases", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_digests"),
        sa.ForeignKeyConstraint(["agent"], ["agents.name"], name="fk_digests_agent"),
    )
    op.create_index("ix_digests_agent_at", "digests", ["agent", "at"])
