"""Somebody leaves: all they have open has a new assignee, in one transaction, on both databases."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.cases.callback import Callback, CallbackState
from bot.cases.case import Alert, Promise, PromiseState
from bot.cases.claim import Claim, ClaimState
from bot.cases.conversation import Author, Handler
from bot.errors import BadInput, NotFound
from bot.handling import people
from bot.handling.chains import trail, verify
from bot.handling.leaving import leave
from bot.handling.promise_report import listed, report
from bot.handling.shop import Shop
from bot.store.database import Database
from bot.worker.promises import Watch
from tests.builders import NOON, a_remedy, an_order
from tests.doors import a_shop
from tests.unit.handling.chats import Chat, take_orders

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def shop(database: Database) -> Shop:
    take_orders(database, an_order())
    return a_shop(database)


@pytest.fixture
def taken(shop: Shop) -> Chat:
    """Maya answers this customer; with the case come a call, a claim, an alert and promises."""
    chat = Chat(shop)
    chat.say("a person please", "ask_human")
    people.take(shop, chat.case.reference, "Maya", NOON)
    with shop.begin(True) as uow:
        case_id = chat.case.id
        uow.add(Promise(case_id, "news", "us", NOON + timedelta(days=2), NOON, assignee="Maya"))
        uow.add(Promise(case_id, "news", "us", NOON, NOON, assignee="Maya", state=PromiseState.KEPT))
        remedy = a_remedy(case_id)
        uow.add(remedy)
        uow.flush()
        uow.add(Callback("call-1", remedy.id, case_id, "+1 602 555 0101", NOON, LATER, CallbackState.BOOKED, "Maya"))
        uow.add(Claim("claim-1", case_id, "C-1", NOON, ClaimState.RECEIVED, NOON, LATER))
        uow.alerts.raise_once(Alert("promise_due", "Maya", NOON, "promise_due:1", case_id))
    return chat


def held_by(shop: Shop, chat: Chat) -> dict[str, Any]:
    with shop.begin(False) as uow:
        case = uow.cases.by_reference(chat.case.reference)
        promises = {one.assignee for one in uow.cases.promises(case.id) if one.state is PromiseState.OPEN}
        calls = {one.assignee for one in uow.callbacks.booked()}
        return {"case": case.assignee, "chat": chat.conversation.agent, "promises": promises, "calls": calls}


def test_all_of_it_goes_to_the_other(shop: Shop, taken: Chat) -> None:
    version = taken.conversation.handler_version
    moved = leave(shop, " Maya ", "Jonas Weber", LATER)
    assert (moved.cases, moved.chats, moved.promises, moved.calls, moved.claims, moved.alerts) == (1, 1, 2, 1, 1, 1)
    assert held_by(shop, taken) == {"case": "Jonas Weber", "chat": "Jonas Weber", "promises": {"Jonas Weber"}, "calls": {"Jonas Weber"}}
    assert taken.conversation.handler is Handler.AGENT
    assert taken.conversation.handler_version == version + 1
    with shop.begin(False) as uow:
        assert [one.for_whom for one in uow.alerts.unseen()] == ["Jonas Weber"]


def test_customer_reads_one_line_of_it(shop: Shop, taken: Chat) -> None:
    leave(shop, "Maya", "Jonas Weber", LATER)
    with shop.begin(False) as uow:
        last = uow.messages.of(taken.id)[-1]
    assert last.author is Author.SYSTEM
    assert "Maya has handed your case" in last.text
    assert "Jonas Weber has all of it" in last.text


def test_it_is_in_the_audit_of_the_case_and_of_the_shop(shop: Shop, taken: Chat) -> None:
    leave(shop, "Maya", "Jonas Weber", LATER)
    assert {"chat.reassigned", "case.reassigned", "callback.reassigned"} <= set(taken.acts)
    assert trail(shop, "shop")[-1].act == "agent.left"
    assert verify(shop).broken == ()


def test_kept_promise_keeps_its_name(shop: Shop, taken: Chat) -> None:
    leave(shop, "Maya", "Jonas Weber", LATER)
    assert [one.assignee for one in taken.promises if one.state is PromiseState.KEPT] == ["Maya"]


def test_new_one_answers_and_is_warned(shop: Shop, taken: Chat) -> None:
    leave(shop, "Maya", "Jonas Weber", LATER)
    Watch(shop).run(NOON + timedelta(days=2))
    with shop.begin(False) as uow:
        assert {one.for_whom for one in uow.alerts.unseen()} == {"Jonas Weber"}
    people.reply(shop, taken.case.reference, "Jonas Weber", "Hello, I have it now.", LATER)


@pytest.mark.parametrize(("name", "to"), [("Maya", "Maya"), ("", "Maya"), ("Maya", " ")])
def test_unclear_names_change_nothing(shop: Shop, taken: Chat, name: str, to: str) -> None:
    before = held_by(shop, taken)
    with pytest.raises(BadInput):
        leave(shop, name, to, LATER)
    assert held_by(shop, taken) == before


def test_name_that_has_nothing_is_said(shop: Shop, taken: Chat) -> None:
    with pytest.raises(NotFound, match="Nothing is open for Maja"):
        leave(shop, "Maja", "Jonas Weber", LATER)


def test_owner_in_the_policy_files_is_named_and_left(shop: Shop) -> None:
    moved = leave(shop, "Tomas Lindqvist", "Maya", LATER)
    assert "owners.lead in escalation.yml" in moved.named_in
    assert "leads in escalation.yml" in moved.named_in


def test_report_counts_by_kind_what_fell_due(shop: Shop, taken: Chat) -> None:
    def add(what: str, state: PromiseState, told: datetime | None = None, due: timedelta = timedelta(days=1)) -> None:
        with shop.begin(True) as uow:
            uow.add(Promise(taken.case.id, what, "us", NOON - due, NOON - 2 * due, state=state, told_at=told))

    before, after = NOON - timedelta(days=1, hours=2), NOON
    for state in (PromiseState.KEPT, PromiseState.KEPT, PromiseState.WITHDRAWN, PromiseState.OPEN):
        add("refund", state)
    add("refund", PromiseState.BROKEN, before)
    add("voucher", PromiseState.BROKEN, after)
    add("voucher", PromiseState.KEPT, due=timedelta(days=40))
    found = {one.what: (one.due, one.kept, one.missed, one.told_before, one.overdue) for one in report(shop, NOON, timedelta(days=30))}
    assert found["refund"] == (4, 2, 1, 1, 1)
    assert found["voucher"] == (1, 0, 1, 0, 0)
    assert found["all"] == (6, 3, 2, 1, 1)  # with the one that the fixture kept
    assert [row["what"] for row in listed(shop, "broken", NOON)] == ["refund", "voucher"]
    assert [row["told_before_due"] for row in listed(shop, "broken", NOON)] == [True, False]
    assert [row["what"] for row in listed(shop, "due", NOON)] == ["refund", "person_answers"]
    assert len(listed(shop, "open", NOON)) == 3
