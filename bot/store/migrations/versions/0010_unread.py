"""What was sent is found by what it tells of, and unread words of the website chat without looking through all that was ever sent."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_outbox_subject_id", "outbox", ["subject_id"])
    is_unread = sa.text("kind = 'message' AND channel = 'website' AND state <> 'read'")
    op.create_index("ix_outbox_unread", "outbox", ["at"], sqlite_where=is_unread, postgresql_where=is_unread)
