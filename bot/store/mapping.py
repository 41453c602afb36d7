"""Joins the plain classes of `bot.cases` to their tables, so that rules know nothing of a database."""

from functools import lru_cache

from sqlalchemy.orm import registry

from bot.cases.api import ApiToken, Delivery, Hook
from bot.cases.assignment import Offer
from bot.cases.attachment import File, FileContent
from bot.cases.authority import Approval
from bot.cases.callback import Callback
from bot.cases.case import Alert, Case, Escalation, Fact, Promise
from bot.cases.claim import Claim, ClaimItem
from bot.cases.contact import Contact, Sending
from bot.cases.conversation import Conversation, Message
from bot.cases.desk import Agent, DeskSession, Draft, HeldReply, Note
from bot.cases.digest import Digest
from bot.cases.erasing import Erasure
from bot.cases.follow_up import FollowUp
from bot.cases.learning import Improvement, LearningRecord, ReviewItem
from bot.cases.letter import Letter
from bot.cases.remedy import Attempt, Decision, Remedy
from bot.cases.service_clock import ServiceClock
from bot.cases.voucher import Voucher
from bot.cases.way_back import WayBack
from bot.store import (
    api_tables,
    channel_tables,
    clock_tables,
    desk_tables,
    erasure_tables,
    file_tables,
    follow_up_tables,
    learning_tables,
    ledger_tables,
    review_tables,
    tables,
    way_back_tables,
)


@lru_cache(maxsize=1)
def map_all() -> None:
    """Maps once a process. A row with a version refuses to overwrite a change it has not seen."""
    mappers = registry()
    for kind, table in (
        (Conversation, tables.conversations),
        (Case, tables.cases),
        (Remedy, tables.remedies),
        (Voucher, ledger_tables.vouchers),
        (Callback, ledger_tables.callbacks),
        (Claim, ledger_tables.claims),
        (Letter, ledger_tables.letters),
        (Agent, desk_tables.agents),
        (FollowUp, follow_up_tables.follow_ups),
        (LearningRecord, learning_tables.learning_records),
        (Improvement, learning_tables.improvements),
        (ReviewItem, review_tables.review_items),
    ):
        mappers.map_imperatively(kind, table, version_id_col=table.c.version)
    for other, table in (
        (Message, tables.messages),
        (Fact, tables.facts),
        (Promise, tables.promises),
        (Escalation, tables.escalations),
        (Alert, ledger_tables.alerts),
        (Approval, ledger_tables.approvals),
        (Attempt, ledger_tables.attempts),
        (ClaimItem, ledger_tables.claim_items),
        (Decision, ledger_tables.decisions),
        (File, file_tables.files),
        (FileContent, file_tables.file_contents),
        (WayBack, way_back_tables.ways_back),
        (DeskSession, desk_tables.desk_sessions),
        (Note, desk_tables.notes),
        (Draft, desk_tables.drafts),
        (HeldReply, desk_tables.held_replies),
        (ServiceClock, clock_tables.clocks),
        (Offer, clock_tables.offers),
        (Digest, clock_tables.digests),
        (Contact, channel_tables.contacts),
        (Sending, channel_tables.sendings),
        (Erasure, erasure_tables.erasures),
        (ApiToken, api_tables.api_tokens),
        (Hook, api_tables.hooks),
        (Delivery, api_tables.hook_deliveries),
    ):
        mappers.map_imperatively(other, table)
