"""Opening a case, and writing facts on it."""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases.case import Case, Fact
from bot.cases.conversation import Conversation

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

VOUCHED = "channel"  # the source of what a channel's provider says of its customer


def case_of(uow: "UnitOfWork", conversation: Conversation, now: datetime) -> Case:
    """The conversation's present case; a new one where there is none or it is closed."""
    present = uow.cases.find(conversation.case_id)
    return present if present and not present.is_closed else open_case(uow, conversation, now)


def open_case(uow: "UnitOfWork", conversation: Conversation, now: datetime) -> Case:
    """A new case in this conversation, which becomes its present one."""
    case = Case(
        id=secrets.token_hex(12),
        reference=uow.cases.free_reference(),
        conversation_id=conversation.id,
        channel=conversation.channel,
        created_at=now,
        customer_id=conversation.customer_id,
    )
    uow.add(case)
    uow.flush()
    conversation.case_id = case.id
    uow.note(case.id, "assistant", "case.opened", now)
    for name, value in uow.contacts.vouched(conversation.id):
        write_fact(uow, case, name, value, VOUCHED, now)
    return case


def write_fact(
    uow: "UnitOfWork",
    case: Case,
    name: str,
    value: str,
    source: str,
    now: datetime,
    message_id: str | None = None,
    by: str | None = None,
) -> None:
    """Keeps a fact unless exactly this is the present one. The audit gets its name, never its value; `by`: whose deed it is."""
    present = [fact.value for fact in uow.cases.facts(case.id) if fact.name == name]
    if value and present[-1:] != [value]:
        uow.add(Fact(case_id=case.id, name=name, value=value, source=source, at=now, message_id=message_id))
        uow.note(case.id, by or source, "fact.heard", now, fact=name)
