"""Service clocks as the worker keeps them: by the promise, paused and going on, warned of and breached once, on both databases."""

from datetime import datetime, timedelta

import pytest

from bot.cases.clock_facts import WITH_PEOPLE
from bot.cases.hours import due_within
from bot.cases.service_clock import ClockName, ServiceClock
from bot.handling import people
from bot.handling.accept import accept
from bot.handling.board import look
from bot.handling.chains import verify
from bot.handling.clocks import BREACHED, DUE, asking
from bot.handling.shop import Shop
from bot.store.database import Database
from bot.worker.clocks import Clocks
from bot.worker.promises import Watch
from tests.builders import NOON, an_order
from tests.doors import a_shop
from tests.integration.test_store_races import at_once
from tests.unit.handling.chats import Chat, take_orders

MORNING = NOON + timedelta(hours=4)  # nine o'clock where the shop is
FIRST, NEXT, END = ClockName.FIRST_REPLY, ClockName.NEXT_REPLY, ClockName.RESOLUTION


@pytest.fixture
def shop(database: Database) -> Shop:
    take_orders(database, an_order())
    return a_shop(database)


def brought(shop: Shop, intent: str = "ask_human") -> Chat:
    """A customer who asks for a person at nine; an answer is promised by ten."""
    chat = Chat(shop, MORNING)
    chat.say("a person please", intent)
    assert chat.conversation.handler in WITH_PEOPLE
    return chat


def run(shop: Shop, at: datetime) -> int:
    return Clocks(shop).run(at)


def kept(chat: Chat) -> dict[ClockName, ServiceClock]:
    """The newest row of each clock of the case."""
    with chat.shop.begin(False) as uow:
        return {row.clock: row for row in sorted(uow.clocks.looked_at([chat.case.id])[chat.case.id], key=lambda one: one.id or 0)}


def alerts(shop: Shop, kind: str) -> list[tuple[str, object]]:
    with shop.begin(False) as uow:
        return sorted((one.for_whom, one.detail["clock"]) for one in uow.alerts.unseen() if one.kind == kind)


def row(shop: Shop, chat: Chat, at: datetime) -> tuple[str | None, str, str | None]:
    shown = look(shop, at).rows[chat.case.reference].shown
    return shown["clock"], shown["breach"], shown["due_at"]


def writes(chat: Chat, text: str, at: datetime) -> None:
    accept(chat.shop, chat.id, f"{chat.id}:{at.isoformat()}", text, None, at)


def test_first_answers_clock_is_the_promise_and_stops_with_the_answer(shop: Shop) -> None:
    chat = brought(shop)
    (escalation,) = chat.escalations
    assert row(shop, chat, MORNING) == ("first_reply", "ok", escalation.due_at.isoformat())  # before the worker has looked
    run(shop, MORNING)
    assert (kept(chat)[FIRST].due_at, kept(chat)[FIRST].target_at) == (escalation.due_at, escalation.due_at)
    people.take(shop, chat.case.reference, "Maya", MORNING + timedelta(minutes=5))
    run(shop, MORNING + timedelta(minutes=6))
    assert kept(chat)[FIRST].stopped_at is None  # taken is not answered
    answered = MORNING + timedelta(minutes=50)
    people.reply(shop, chat.case.reference, "Maya", "Which lamp is it?", answered)
    run(shop, answered + timedelta(minutes=20))
    found = kept(chat)
    assert (found[FIRST].stopped_at, found[FIRST].breached_at, found[END].paused_at) == (answered, None, answered)
    assert row(shop, chat, answered + timedelta(days=3)) == ("resolution", "paused", None)


def test_missed_promise_stays_a_breach_and_the_clock_shows_the_new_time(shop: Shop) -> None:
    chat = brought(shop)
    due = chat.escalations[0].due_at
    run(shop, MORNING)
    for minutes in range(0, 80, 2):  # the watch tells the customer of a new time before the first one is missed
        at = MORNING + timedelta(minutes=minutes)
        Watch(shop).run(at)
        run(shop, at)
    newest = chat.escalations[-1].due_at
    assert newest > due
    assert row(shop, chat, at) == ("first_reply", "breached", newest.isoformat())
    assert (kept(chat)[FIRST].breached_at, kept(chat)[FIRST].due_at) == (due, newest)
    assert alerts(shop, BREACHED) == [("lead", "first_reply")] and alerts(shop, DUE) == []
    assert chat.acts.count("clock.warned") == chat.acts.count("clock.breached") == 1
    assert {one.clock for one in kept(chat).values()} == {FIRST, END}


def test_next_answer_and_the_end_are_warned_of_and_breached_once_however_often_somebody_looks(shop: Shop) -> None:
    chat = brought(shop)
    people.reply(shop, chat.case.reference, "Maya", "I look into it.", MORNING)
    writes(chat, "And now?", MORNING + timedelta(minutes=10))
    writes(chat, "Hello?", MORNING + timedelta(minutes=30))
    due = MORNING + timedelta(minutes=70)  # from the first of them
    assert row(shop, chat, MORNING + timedelta(minutes=31)) == ("next_reply", "ok", due.isoformat())
    for at in (due - timedelta(minutes=10), due):
        at_once(2, lambda _, at=at: Clocks(shop).run(at))  # type: ignore[misc]
        assert asking(shop, at) == [] and run(shop, at) == 0
    assert alerts(shop, DUE) == [("Maya", "next_reply")]
    assert alerts(shop, BREACHED) == [("Maya", "next_reply"), ("lead", "next_reply")]
    people.reply(shop, chat.case.reference, "Maya", "It has left the depot.", due + timedelta(minutes=5))
    end = due_within(shop.policy.hours, MORNING, shop.policy.clocks.minutes[END]["normal"])
    assert row(shop, chat, end) == ("resolution", "breached", end.isoformat())
    run(shop, end)
    assert ("lead", "resolution") in alerts(shop, BREACHED)
    assert chat.acts.count("clock.breached") == 2 and verify(shop).broken == ()


def test_snooze_pauses_the_next_answer_but_not_a_first_one(shop: Shop) -> None:
    first, second = brought(shop), brought(shop)
    people.reply(shop, second.case.reference, "Maya", "I look into it.", MORNING)
    writes(second, "Thank you", MORNING + timedelta(minutes=1))
    asleep = MORNING + timedelta(minutes=10)
    with shop.begin(True) as uow:
        for chat in (first, second):
            uow.desk.snooze(chat.id, asleep + timedelta(minutes=60), "Maya", asleep)
    run(shop, asleep)
    later = asleep + timedelta(minutes=40)
    assert row(shop, first, later)[:2] == ("first_reply", "warn")
    assert row(shop, second, later)[1] == "paused" and kept(second)[NEXT].paused_at == asleep
    with shop.begin(True) as uow:
        uow.desk.wake(second.id)
    run(shop, later)
    found = kept(second)[NEXT]
    assert (found.paused_at, found.due_at) == (None, MORNING + timedelta(minutes=61 + 40))


def test_settled_case_has_no_clock_and_chats_of_developers_never_have_one(shop: Shop) -> None:
    chat = brought(shop)
    with shop.begin(True) as uow:
        uow.conversations.get(chat.id)
        uow.cases.by_reference(chat.case.reference).close(MORNING)
    run(shop, MORNING)
    with shop.begin(False) as uow:
        assert uow.clocks.looked_at([chat.case.id]) == {}
    with shop.begin(True) as uow:
        uow.conversations.get(chat.id).channel = "dev"
        case = uow.cases.by_reference(chat.case.reference)
        case.channel, case.status = "dev", case.status.__class__.OPEN
    assert run(shop, MORNING + timedelta(hours=9)) == 0


def test_changed_hours_move_the_ends_when_the_worker_starts_anew(database: Database, shop: Shop) -> None:
    chat = brought(shop)
    run(shop, MORNING)
    before = kept(chat)[END].due_at
    with shop.begin(True) as uow:
        for one in uow.clocks.of(chat.case.id):
            if one.clock is END:
                one.due_at = before + timedelta(hours=5)  # as other hours had given it
    worker = Clocks(shop)
    assert worker.run(MORNING + timedelta(seconds=10)) == 1
    assert kept(chat)[END].due_at == before and worker.run(MORNING + timedelta(seconds=20)) == 0
