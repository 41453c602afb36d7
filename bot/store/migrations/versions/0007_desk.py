"""The desk: accounts, sessions, notes, drafts, replies that can still be taken back, tags, links, snoozes, labels."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID, NAME, INSTANT, WORD = sa.String(64), sa.String(80), sa.BigInteger(), sa.String(40)
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "agents",
        sa.Column("name", NAME, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("role", WORD, nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("teams", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("away_since", INSTANT),
        sa.Column("disabled_at", INSTANT),
        sa.Column("failed_tries", sa.Integer(), nullable=False),
        sa.Column("locked_until", INSTANT),
        sa.Column("seen_at", INSTANT),
        sa.Column("shortcuts", sa.Boolean(), nullable=False),
        sa.Column("sound", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_agents"),
        sa.UniqueConstraint("email", name="uq_agents_email"),
    )
    op.create_table(
        "desk_sessions",
        sa.Column("id", ID, nullable=False),
        sa.Column("agent", NAME, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_desk_sessions"),
        sa.ForeignKeyConstraint(["agent"], ["agents.name"], name="fk_desk_sessions_agent"),
    )
    op.create_index("ix_desk_sessions_agent", "desk_sessions", ["agent"])
    op.create_table(
        "notes",
        sa.Column("id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("agent", NAME, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("case_id", ID),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_notes_conversation_id"),
    )
    op.create_index("ix_notes_conversation_id", "notes", ["conversation_id"])
    op.create_table(
        "drafts",
        sa.Column("agent", NAME, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("mode", sa.String(10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("agent", "conversation_id", name="pk_drafts"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_drafts_conversation_id"),
    )
    op.create_table(
        "held_replies",
        sa.Column("id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("agent", NAME, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("send_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("resolves", sa.Boolean(), nullable=False),
        sa.Column("message_id", ID),
        sa.PrimaryKeyConstraint("id", name="pk_held_replies"),
        sa.UniqueConstraint("key", name="uq_held_replies_key"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_held_replies_conversation_id"),
    )
    op.create_index("ix_held_replies_conversation_id", "held_replies", ["conversation_id"])
    op.create_index("ix_held_replies_due", "held_replies", ["state", "send_at"])
    op.create_table(
        "looking",
        sa.Column("agent", NAME, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("agent", "conversation_id", name="pk_looking"),
    )
    op.create_table(
        "tags",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("tag", WORD, nullable=False),
        sa.Column("agent", NAME, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "tag", name="pk_tags"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_tags_case_id"),
    )
    op.create_table(
        "case_links",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("agent", NAME, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_links"),
        sa.UniqueConstraint("case_id", "other_id", "kind", name="uq_case_links_case_id_other_id_kind"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_links_case_id"),
        sa.ForeignKeyConstraint(["other_id"], ["cases.id"], name="fk_case_links_other_id"),
    )
    op.create_index("ix_case_links_case_id", "case_links", ["case_id"])
    op.create_index("ix_case_links_other_id", "case_links", ["other_id"])
    op.create_table(
        "snoozes",
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("agent", NAME, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_snoozes"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_snoozes_conversation_id"),
    )
    op.create_index("ix_snoozes_until", "snoozes", ["until"])
    op.create_table(
        "message_labels",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("agent", NAME, nullable=False),
        sa.Column("intent", sa.String(60)),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_message_labels"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_message_labels_message_id"),
    )
