"""Follow-ups: whether it was put right, asked after the remedy has landed."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("asked_at", sa.BigInteger()),
        sa.Column("reminded_at", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("outcome", sa.String(40)),
        sa.Column("satisfaction", sa.Integer()),
        sa.Column("why", sa.String(40)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_follow_ups"),
        sa.UniqueConstraint("case_id", "number", name="uq_follow_ups_case_id_number"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_follow_ups_case_id"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_follow_ups_conversation_id"),
    )
    op.create_index("ix_follow_ups_conversation_id", "follow_ups", ["conversation_id"])
    op.create_index("ix_follow_ups_due", "follow_ups", ["state", "due_at"])
