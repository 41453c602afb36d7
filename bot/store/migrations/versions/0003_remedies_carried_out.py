"""Remedies carried out: approvals, attempts, vouchers, calls, claims, letters, notices, alerts; the audit becomes a chain."""

import sqlalchemy as sa
from alembic import op

from bot.cases.audit import FIRST, SHOPS_OWN, seal
from bot.store.types import EPOCH, MICROSECOND

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = "The audit is append-only."


def upgrade() -> None:
    _widen_tables()
    _create_ledger()
    _create_owed()
    _create_told()
    _chain_audit()
    _protect_audit()


def _id(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(64), nullable=nullable)


def _widen_tables() -> None:
    op.add_column("incidents", sa.Column("offer", sa.String(60)))
    for column in (
        sa.Column("statutory", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("quantity", sa.Integer()),
        sa.Column("granted_by", sa.Text(), nullable=False, server_default="assistant"),
        _id("undoes", nullable=True),
        sa.Column("provider_reference", sa.String(200)),
        sa.Column("why", sa.Text()),
        sa.Column("settled_at", sa.BigInteger()),
        sa.Column("worth_minor", sa.BigInteger()),
        sa.Column("worth_currency", sa.String(3)),
    ):
        op.add_column("remedies", column)
    op.create_index(op.f("ix_remedies_undoes"), "remedies", ["undoes"])
    for column in (
        sa.Column("assignee", sa.Text()),
        sa.Column("warned_at", sa.BigInteger()),
        sa.Column("told_at", sa.BigInteger()),
        sa.Column("done_at", sa.BigInteger()),
    ):
        op.add_column("promises", column)
    op.create_index("ix_promises_open", "promises", ["state", "due_at"])


def _create_ledger() -> None:
    op.create_table(
        "decisions",
        _id("id"),
        _id("case_id"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("policy_version", sa.String(40), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_decisions_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_case_id"), "decisions", ["case_id"])
    op.create_table(
        "approvals",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        _id("remedy_id"),
        sa.Column("digest", sa.String(40), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["remedy_id"], ["remedies.id"], name=op.f("fk_approvals_remedy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sa.UniqueConstraint("remedy_id", "digest", "who", name=op.f("uq_approvals_remedy_id_digest_who")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        _id("remedy_id"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["remedy_id"], ["remedies.id"], name=op.f("fk_attempts_remedy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_remedy_id"), "attempts", ["remedy_id"])


def _create_owed() -> None:
    op.create_table(
        "vouchers",
        sa.Column("code", sa.String(40), nullable=False),
        _id("remedy_id"),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("changed_at", sa.BigInteger()),
        sa.Column("used_for", sa.String(64)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["remedy_id"], ["remedies.id"], name=op.f("fk_vouchers_remedy_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_vouchers")),
        sa.UniqueConstraint("remedy_id", name=op.f("uq_vouchers_remedy_id")),
    )
    op.create_table(
        "callbacks",
        _id("id"),
        _id("remedy_id"),
        _id("case_id"),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("assignee", sa.Text()),
        sa.Column("changed_at", sa.BigInteger()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["remedy_id"], ["remedies.id"], name=op.f("fk_callbacks_remedy_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_callbacks_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
        sa.UniqueConstraint("remedy_id", name=op.f("uq_callbacks_remedy_id")),
    )
    op.create_index(op.f("ix_callbacks_case_id"), "callbacks", ["case_id"])
    op.create_index(op.f("ix_callbacks_starts_at"), "callbacks", ["starts_at"])
    op.create_table(
        "claims",
        _id("id"),
        _id("case_id"),
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("received_at", sa.BigInteger()),
        sa.Column("decide_by", sa.BigInteger()),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("decided_by", sa.Text()),
        sa.Column("reason", sa.Text()),
        _id("remedy_id", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_claims_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint("reference", name=op.f("uq_claims_reference")),
    )
    op.create_index(op.f("ix_claims_case_id"), "claims", ["case_id"])
    op.create_index(op.f("ix_claims_state"), "claims", ["state"])
    op.create_table(
        "claim_items",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        _id("claim_id"),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("receipt", sa.Text()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _id("message_id", nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_claim_items_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_items")),
    )
    op.create_index(op.f("ix_claim_items_claim_id"), "claim_items", ["claim_id"])


def _create_told() -> None:
    op.create_table(
        "letters",
        _id("id"),
        _id("case_id"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.String(40), nullable=False),
        sa.Column("drafted_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("signed_by", sa.Text()),
        sa.Column("signed_at", sa.BigInteger()),
        sa.Column("sent_at", sa.BigInteger()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_letters_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("case_id", name=op.f("uq_letters_case_id")),
    )
    op.create_index(op.f("ix_letters_state"), "letters", ["state"])
    op.create_table(
        "notices",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        _id("incident_code"),
        _id("subject"),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False, server_default="0"),
        _id("letter", nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("incident_code", "subject", "kind", "round", name=op.f("uq_notices_incident_code_subject_kind_round")),
    )
    op.create_index(op.f("ix_notices_letter"), "notices", ["letter"])
    op.create_index("ix_notices_due", "notices", ["state", "due_at"])
    op.create_table(
        "alerts",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("for_whom", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        _id("case_id", nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("seen_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("key", name=op.f("uq_alerts_key")),
    )
    op.create_index(op.f("ix_alerts_at"), "alerts", ["at"])
    op.create_index(op.f("ix_alerts_case_id"), "alerts", ["case_id"])


def _chain_audit() -> None:
    """Numbers and seals what is there already."""
    heads = op.create_table(
        "audit_heads",
        _id("chain"),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_heads")),
    )
    for column in (_id("chain", nullable=True), sa.Column("number", sa.Integer()), sa.Column("seal", sa.String(64))):
        op.add_column("audit", column)
    audit = sa.table(
        "audit",
        *(sa.column(name) for name in ("id", "case_id", "at", "who", "act", "chain", "number", "seal")),
        sa.column("detail", sa.JSON),
    )
    ends: dict[str, tuple[int, str]] = {}
    connection = op.get_bind()
    for row in connection.execute(sa.select(audit).order_by(audit.c.id)).all():
        chain = row.case_id or SHOPS_OWN
        length, before = ends.get(chain, (0, FIRST))
        sealed = seal(before, chain, length + 1, EPOCH + row.at * MICROSECOND, row.who, row.act, row.detail)
        connection.execute(sa.update(audit).where(audit.c.id == row.id).values(chain=chain, number=length + 1, seal=sealed))
        ends[chain] = (length + 1, sealed)
    for chain, (length, sealed) in ends.items():
        connection.execute(sa.insert(heads).values(chain=chain, length=length, seal=sealed))
    with op.batch_alter_table("audit") as batch:
        for name, kind in (("chain", sa.String(64)), ("number", sa.Integer()), ("seal", sa.String(64))):
            batch.alter_column(name, existing_type=kind, nullable=False)
        batch.create_unique_constraint(op.f("uq_audit_chain_number"), ["chain", "number"])


def _protect_audit() -> None:
    """The database itself refuses to change a line."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION audit_is_append_only() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{APPEND_ONLY}'; END $$ LANGUAGE plpgsql"
        )
        op.execute("CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()")
        return
    for deed in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER audit_no_{deed.lower()} BEFORE {deed} ON audit BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END")
