"""Ways back: mails that tell of unseen words, with links into their conversation, and who wants no such mail."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ways_back",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("up_to", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.Column("used_at", sa.BigInteger()),
        sa.Column("used_by", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_ways_back"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_ways_back_conversation_id"),
    )
    op.create_index("ix_ways_back_conversation_id", "ways_back", ["conversation_id"])
    op.create_table(
        "no_mail",
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_no_mail"),
    )
