"""A message of the assistant may carry a card: the same as its text, laid out for the website."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("card", sa.JSON()))
