"""What is written comes back the same, from either database."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from bot.cases.case import CaseStatus, Escalation, Fact, Promise, PromiseState
from bot.cases.conversation import Author, Handler
from bot.cases.issue import Fault, Issue, Severity
from bot.cases.money import Money
from bot.cases.remedy import RemedyKind, RemedyState
from bot.store.database import Database
from tests.builders import a_case, a_conversation, a_message, a_remedy

ODD = datetime(2026, 3, 3, 23, 59, 59, 999_999, tzinfo=timezone.utc)
EASTERN = timezone(timedelta(hours=-5))


def kept(database: Database, *rows: Any) -> None:
    """Writes them in one unit of work, each before the next."""
    with database.begin() as uow:
        for row in rows:
            uow.add(row)
            uow.flush()


def seen(row: Any) -> dict[str, Any]:
    """The record's own values."""
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def test_conversation_comes_back_the_same(database: Database) -> None:
    written = a_conversation(
        handler=Handler.QUEUE, agent="mia", asked="order_number", asked_tries=2, time_zone="America/Phoenix",
        turn_lease_until=ODD, held_at=ODD, note="a new lamp was agreed", last_seq=7, tracker=3,
    )  # fmt: skip
    kept(database, written)
    with database.begin(write=False) as uow:
        read = uow.conversations.get(written.id)
        assert seen(read) == seen(written)
        assert read.handler is Handler.QUEUE


def test_message_comes_back_the_same(database: Database) -> None:
    conversation = a_conversation()
    written = a_message(
        conversation.id, text='Ça ne marche pas… 😠 <b>"quoted"</b>', provider_id="website:1",
        choices=[{"label": "Yes", "payload": "/affirm"}],
        heard={"intent": "late_delivery", "confidence": 0.875, "entities": [], "none": None}, asked_at=ODD, answered_at=ODD,
        card={"kind": "items", "text": "Which?", "rows": [{"label": "Ståhl <b>", "value": "$1", "detail": "", "choice": "a1"}]},
    )  # fmt: skip
    kept(database, conversation, written)
    with database.begin(write=False) as uow:
        read = uow.messages.get(written.id)
        assert seen(read) == seen(written)
        assert read.author is Author.CUSTOMER


def test_case_with_all_that_hangs_on_it_comes_back_the_same(database: Database) -> None:
    conversation = a_conversation()
    case = a_case(
        conversation.id, issue=Issue.WRONG_ITEM, order_number="A10021", proven=True, severity=Severity.S3, fault=Fault.THIRD_PARTY,
        status=CaseStatus.ON_HOLD, first_reply_at=ODD, closed_at=ODD,
    )  # fmt: skip
    fact = Fact(case.id, "items", "1,2", "customer", ODD)
    promise = Promise(case.id, "refund_settles", "us", ODD, ODD, state=PromiseState.KEPT)
    escalation = Escalation(case.id, "safety", "urgent", "safety team", ODD, ODD)
    kept(database, conversation, case, fact, promise, escalation)
    with database.begin(write=False) as uow:
        read = uow.cases.by_reference(case.reference)
        assert seen(read) == seen(case)
        assert (read.issue, read.fault, read.status) == (Issue.WRONG_ITEM, Fault.THIRD_PARTY, CaseStatus.ON_HOLD)
        assert [seen(one) for one in uow.cases.facts(case.id)] == [seen(fact)]
        assert [seen(one) for one in uow.cases.promises(case.id)] == [seen(promise)]
        assert [seen(one) for one in uow.cases.escalations(case.id)] == [seen(escalation)]


def test_remedy_comes_back_the_same_to_the_cent(database: Database) -> None:
    conversation = a_conversation()
    case = a_case(conversation.id)
    written = a_remedy(
        case.id, amount_minor=9_007_199_254_740_993, currency="USD", kind=RemedyKind.PARTIAL_REFUND, state=RemedyState.SETTLED
    )
    kept(database, conversation, case, written)
    with database.begin(write=False) as uow:
        read = uow.remedies.get(written.id)
        assert seen(read) == seen(written)
        assert read.amount == Money(9_007_199_254_740_993, "USD")
        assert read.amount and read.amount.amount == Decimal("90071992547409.93")


def test_instant_keeps_its_microsecond_and_comes_back_in_utc(database: Database) -> None:
    local = ODD.astimezone(EASTERN)
    written = a_conversation(created_at=local)
    kept(database, written)
    with database.begin(write=False) as uow:
        read = uow.conversations.get(written.id).created_at
    assert read == local
    assert (read.microsecond, read.tzinfo) == (999_999, timezone.utc)


def test_instant_before_1970_comes_back_the_same(database: Database) -> None:
    early = datetime(1969, 12, 31, 23, 59, 59, 1, tzinfo=timezone.utc)
    written = a_conversation(created_at=early)
    kept(database, written)
    with database.begin(write=False) as uow:
        assert uow.conversations.get(written.id).created_at == early


def test_audit_line_comes_back_the_same(database: Database, now: datetime) -> None:
    with database.begin() as uow:
        uow.note("case-9", "assistant", "remedy.filed", now, kind="refund", minor=4500)
    with database.begin(write=False) as uow:
        (line,) = uow.cases.audit("case-9")
    assert (line["who"], line["act"], line["at"], line["detail"]) == ("assistant", "remedy.filed", now, {"kind": "refund", "minor": 4500})
