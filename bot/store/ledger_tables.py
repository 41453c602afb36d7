"""The tables behind the ledger: decisions, approvals, tries, vouchers, calls, claims, letters, notices and alerts."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from bot.cases.callback import CallbackState
from bot.cases.claim import ClaimState
from bot.cases.letter import LetterState
from bot.cases.voucher import VoucherState
from bot.store.tables import Id, metadata, row_number
from bot.store.types import Instant, Words

decisions = Table(
    "decisions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("policy_version", String(40), nullable=False),
    Column("inputs", JSON, nullable=False),
    Column("options", JSON, nullable=False),
    Column("left_out", JSON, nullable=False),
)

approvals = Table(
    "approvals",
    metadata,
    row_number(),
    Column("remedy_id", ForeignKey("remedies.id"), nullable=False),
    Column("digest", String(40), nullable=False),  # of the exact act that was approved
    Column("who", Text, nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("remedy_id", "digest", "who"),
)

attempts = Table(
    "attempts",
    metadata,
    row_number(),
    Column("remedy_id", ForeignKey("remedies.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("detail", Text, nullable=False),
)

vouchers = Table(
    "vouchers",
    metadata,
    Column("code", String(40), primary_key=True),
    Column("remedy_id", ForeignKey("remedies.id"), nullable=False, unique=True),
    Column("value_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("state", Words(VoucherState), nullable=False),
    Column("changed_at", Instant),
    Column("used_for", String(64)),
    Column("version", Integer, nullable=False),
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("remedy_id", ForeignKey("remedies.id"), nullable=False, unique=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("phone", Text, nullable=False),
    Column("starts_at", Instant, nullable=False, index=True),
    Column("ends_at", Instant, nullable=False),
    Column("state", Words(CallbackState), nullable=False),
    Column("assignee", Text),
    Column("changed_at", Instant),
    Column("version", Integer, nullable=False),
)

claims = Table(
    "claims",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("reference", String(20), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("state", Words(ClaimState), nullable=False, index=True),
    Column("received_at", Instant),
    Column("decide_by", Instant),
    Column("decided_at", Instant),
    Column("decided_by", Text),
    Column("reason", Text),
    Column("remedy_id", Id),
    Column("version", Integer, nullable=False),
)

claim_items = Table(
    "claim_items",
    metadata,
    row_number(),
    Column("claim_id", ForeignKey("claims.id"), nullable=False, index=True),
    Column("what", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("receipt", Text),
    Column("at", Instant, nullable=False),
    Column("message_id", Id),
)

letters = Table(
    "letters",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, unique=True),  # once a case
    Column("text", Text, nullable=False),
    Column("policy_version", String(40), nullable=False),
    Column("drafted_at", Instant, nullable=False),
    Column("state", Words(LetterState), nullable=False, index=True),
    Column("signed_by", Text),
    Column("signed_at", Instant),
    Column("sent_at", Instant),
    Column("version", Integer, nullable=False),
)

notices = Table(
    "notices",
    metadata,
    row_number(),
    Column("incident_code", Id, nullable=False),
    Column("subject", Id, nullable=False),  # an order's number where it is told by mail, a case's id where it is told in a chat
    Column("kind", String(20), nullable=False),  # opened, news or closed
    Column("round", Integer, nullable=False, server_default="0"),  # of news
    Column("letter", Id, index=True),  # the mail that tells it, one for all orders of a customer; none where it is told in a chat
    Column("state", String(20), nullable=False),  # waiting, sent, failed or dropped
    Column("due_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("incident_code", "subject", "kind", "round"),
)
Index("ix_notices_due", notices.c.state, notices.c.due_at)

alerts = Table(
    "alerts",
    metadata,
    row_number(),
    Column("kind", String(40), nullable=False),
    Column("for_whom", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("case_id", Id, index=True),
    Column("detail", JSON, nullable=False),
    Column("seen_at", Instant),
)
