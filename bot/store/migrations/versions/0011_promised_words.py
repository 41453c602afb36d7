"""What somebody at the desk promised, in their own words: for people, never in the audit or in what is said by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("promises", sa.Column("words", sa.Text()))
