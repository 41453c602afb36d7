"""Files that customers send, and their bytes."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "files",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("message_id", sa.String(64)),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_files"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_files_conversation_id"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_files_message_id"),
        sa.UniqueConstraint("conversation_id", "client_id", name="uq_files_conversation_id_client_id"),
    )
    op.create_index("ix_files_of_message", "files", ["message_id", "at"])
    op.create_table(
        "file_contents",
        sa.Column("file_id", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("file_id", name="pk_file_contents"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_file_contents_file_id", ondelete="CASCADE"),
    )
