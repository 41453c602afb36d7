"""Incidents that the shop tells to everyone."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incidents", sa.Column("published", sa.Boolean(), nullable=False, server_default=sa.false()))
