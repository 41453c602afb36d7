"""Customers who asked what changes are told once it has: in their chat, by day, once, and never against their wish."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases.case import Case
from bot.cases.conversation import Author, Conversation, Handler
from bot.cases.dates import clock_of, zone_of
from bot.cases.learning import Improvement, LearningRecord
from bot.cases.quiet import next_loud
from bot.handling.accept import add_reply
from bot.handling.follow_ups import talks_of_another
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

ERASURE = "erasure"  # a reason for bringing a person, after which nothing goes out that nobody asks for again


def tell(shop: Shop, conversation_id: str, case_id: str, now: datetime) -> bool:
    """Tells one customer, once; False where it must wait, or is not to be said, or somebody else did it first."""
    with shop.begin(True) as uow:
        conversation = uow.conversations.get(conversation_id)  # locked first, as everywhere
        case = uow.cases.find(case_id)
        assert case is not None  # a record is always of a case
        if conversation.customer_id:
            uow.hold(f"what_changed:{conversation.customer_id}")  # the same customer may have other chats
        record = uow.learning.find(case_id)
        improvement = _told_of(uow, record)
        if record is None or improvement is None:
            return False
        theirs = uow.learning.of_same_customer(case, improvement.id)
        if conversation.erased_at or any(one.told_at for one in theirs) or _wants_none(uow, conversation, case):
            _let_go(uow, theirs, case, now)
            return False
        if _must_wait(shop, uow, conversation, case, now):
            return False
        _say(shop, uow, conversation, case, improvement, now)
        for one in theirs:
            one.told_at = one.told_at or now
        return True


def _told_of(uow: "UnitOfWork", record: LearningRecord | None) -> Improvement | None:
    """What there is to tell, looked at again under the lock."""
    if record is None or not record.wants_to_know or record.told_at or not record.improvement_id:
        return None
    found = uow.learning.improvement(record.improvement_id)
    return found if found.done_at and found.what_changed else None


def _wants_none(uow: "UnitOfWork", conversation: Conversation, case: Case) -> bool:
    return uow.follow_ups.was_stopped(conversation) or any(one.reason == ERASURE for one in uow.cases.escalations(case.id))


def _let_go(uow: "UnitOfWork", theirs: list[LearningRecord], case: Case, now: datetime) -> None:
    """Nobody looks at it again: they have read it in another chat, or want to read nothing."""
    for one in theirs:
        one.wants_to_know = False
    uow.note(case.id, "worker", "learning.not_told", now)


def _must_wait(shop: Shop, uow: "UnitOfWork", conversation: Conversation, case: Case, now: datetime) -> bool:
    """While it is night there, a person has the chat, a question is open, or they talk of something else."""
    zone = zone_of(conversation.time_zone, shop.policy.hours.zone)
    if next_loud(shop.policy.quiet, zone, now) > now or conversation.handler in (Handler.QUEUE, Handler.AGENT):
        return True
    return uow.follow_ups.open_in(conversation.id) is not None or talks_of_another(shop, uow, conversation, case, now)


def _say(shop: Shop, uow: "UnitOfWork", conversation: Conversation, case: Case, improvement: Improvement, now: datetime) -> None:
    clock, name = clock_of(conversation.time_zone, shop.policy.hours.zone, now), f"{conversation.id}/{case.id}"
    text = shop.wording.say("what_changed", name, ref=case.reference, day=clock.day(case.created_at), note=improvement.what_changed or "")
    said = add_reply(uow, conversation, Author.SYSTEM, text, now)
    said.case_id = case.id
    said.provider_id = f"{conversation.id}:what_changed:{improvement.id}"  # UNIQUE: the store, too, keeps it once
    uow.note(case.id, "worker", "learning.told", now, improvement=improvement.id)
