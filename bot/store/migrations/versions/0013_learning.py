"""What is learned from each case, what is done about it, the messages a person looks at again, and the texts of policies."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("follow_ups", sa.Column("effort", sa.Integer()))
    op.create_table(
        "improvements",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("issue", sa.String(40)),
        sa.Column("root_cause", sa.String(40)),
        sa.Column("sku", sa.Text()),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("assignee", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("done_at", sa.BigInteger()),
        sa.Column("done_by", sa.Text()),
        sa.Column("what_changed", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_improvements"),
    )
    op.create_index("ix_improvements_open", "improvements", ["done_at", "due_at"])
    op.create_table(
        "learning_records",
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text()),
        sa.Column("product", sa.Text()),
        sa.Column("failure_type", sa.String(40), nullable=False),
        sa.Column("customer_words", sa.Text()),
        sa.Column("root_cause", sa.String(40)),
        sa.Column("cause", sa.Text()),
        sa.Column("whys", sa.JSON(), nullable=False),
        sa.Column("controllable", sa.Boolean()),
        sa.Column("prevent", sa.Text()),
        sa.Column("action", sa.String(40)),
        sa.Column("skill", sa.String(40)),
        sa.Column("team", sa.String(40)),
        sa.Column("assignee", sa.Text()),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_by", sa.Text()),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("improvement_id", sa.String(64)),
        sa.Column("wants_to_know", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("told_at", sa.BigInteger()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_learning_records"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_learning_records_case_id"),
        sa.ForeignKeyConstraint(["improvement_id"], ["improvements.id"], name="fk_learning_records_improvement_id"),
    )
    op.create_index("ix_learning_records_created_at", "learning_records", ["created_at"])
    op.create_index("ix_learning_records_improvement_id", "learning_records", ["improvement_id"])
    op.create_index("ix_learning_records_open", "learning_records", ["finished_at", "due_at"])
    op.create_table(
        "review_items",
        sa.Column("message_id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("case_id", sa.String(64)),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(40), nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("heard", sa.String(40)),
        sa.Column("confidence", sa.Float()),
        sa.Column("brought_by", sa.Text()),
        sa.Column("label", sa.String(40)),
        sa.Column("labelled_by", sa.Text()),
        sa.Column("labelled_at", sa.BigInteger()),
        sa.Column("exported_at", sa.BigInteger()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_review_items"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_review_items_message_id"),
    )
    op.create_index("ix_review_items_conversation_id", "review_items", ["conversation_id"])
    op.create_index("ix_review_items_case_id", "review_items", ["case_id"])
    op.create_index("ix_review_items_open", "review_items", ["labelled_at", "at"])
    op.create_table(
        "policy_versions",
        sa.Column("version", sa.String(80), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_policy_versions"),
    )
    op.create_index("ix_cases_closed_at", "cases", ["closed_at"])
    op.create_index("ix_conversations_handler", "conversations", ["handler"])
