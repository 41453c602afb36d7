"""A promise is kept, or told of before it fails, or owned: each once, whatever is killed and however many watch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cases.case import Alert, Promise, PromiseState
from bot.cases.conversation import Author, Handler
from bot.cases.promises import ANSWER, NEWS, PERSON_ANSWERS, Due, moments
from bot.errors import AssistantNotReady
from bot.handling import ledger, people
from bot.handling.accept import accept
from bot.handling.promises import watch
from bot.handling.shop import Shop
from bot.handling.turns import run_turns
from bot.store.database import Database
from bot.store.unit_of_work import UnitOfWork
from bot.worker.promises import Unsettled, Watch
from tests.builders import an_incident
from tests.doors import Says
from tests.unit.handling.chats import Chat, dear_order, take_incidents, take_orders

SECOND = timedelta(seconds=1)


def alerts(shop: Shop) -> list[Alert]:
    with shop.begin(False) as uow:
        return uow.alerts.unseen()


def said(chat: Chat) -> list[str]:
    """Our own lines, which nobody asked for."""
    with chat.shop.begin(False) as uow:
        return [one.text for one in uow.messages.of(chat.id) if one.author is Author.SYSTEM]


def of_kind(chat: Chat, what: str) -> list[Promise]:
    return [one for one in chat.promises if one.what == what]


def times(shop: Shop, promise: Promise) -> tuple[datetime, datetime]:
    """When it is warned of and when the customer is told."""
    return moments(shop.policy.hours, promise.created_at, promise.due_at, shop.policy.warn_before)


@pytest.fixture
def refund(filing: Callable[[], Chat]) -> Chat:
    """A refund on its way, promised for a day."""
    chat = filing()
    chat.tap("Yes")
    return chat


@pytest.fixture
def waiting(chat: Chat) -> Chat:
    """Somebody who waits for a person."""
    chat.say("a person please", "ask_human")
    return chat


def test_assignee_is_warned_once_in_time_to_keep_it(shop: Shop, refund: Chat) -> None:
    (promise,) = of_kind(refund, "refund")
    warn_at, _ = times(shop, promise)
    assert Watch(shop).run(warn_at - SECOND) == 0
    assert Watch(shop).run(warn_at) == 1
    assert Watch(shop).run(warn_at + SECOND) == 0
    ((kind, for_whom),) = ((one.kind, one.for_whom) for one in alerts(shop))
    assert (kind, for_whom) == ("promise_due", "care")
    assert said(refund) == []
    assert "promise.warned" in refund.acts


def test_case_with_a_person_warns_that_person(shop: Shop, refund: Chat) -> None:
    people.take(shop, refund.case.reference, "Maya", refund.now)
    Watch(shop).run(times(shop, of_kind(refund, "refund")[0])[0])
    assert [one.for_whom for one in alerts(shop)] == ["Maya"]


def test_customer_is_told_before_it_is_due_and_by_when_there_is_news(shop: Shop, refund: Chat) -> None:
    (promise,) = of_kind(refund, "refund")
    warn_at, tell_at = times(shop, promise)
    Watch(shop).run(warn_at)
    assert Watch(shop).run(tell_at) == 1
    assert tell_at < promise.due_at
    (line,) = said(refund)
    (news,) = of_kind(refund, NEWS)
    assert refund.filed[0].reference in line
    assert "may come later" in line
    assert news.due_at > promise.due_at
    assert f"{news.due_at.astimezone(shop.policy.hours.zone):%H:%M}" in line
    (promise,) = of_kind(refund, "refund")
    assert (promise.state, promise.told_at) == (PromiseState.OPEN, tell_at)


def test_what_settles_in_time_is_kept_and_nobody_hears_of_it(shop: Shop, refund: Chat) -> None:
    (promise,) = of_kind(refund, "refund")
    warn_at, _ = times(shop, promise)
    Watch(shop).run(warn_at)
    settle(shop, refund, warn_at)
    assert Watch(shop).run(promise.due_at + timedelta(days=1)) == 0
    assert [one.state for one in of_kind(refund, "refund")] == [PromiseState.KEPT]


def settle(shop: Shop, chat: Chat, now: datetime) -> None:
    with shop.begin(True) as uow:
        ledger.settle(shop, uow, uow.remedies.get(chat.filed[0].id), now)


def test_what_settles_after_the_warning_keeps_the_news_too(shop: Shop, refund: Chat) -> None:
    (promise,) = of_kind(refund, "refund")
    for at in times(shop, promise):
        Watch(shop).run(at)
    settle(shop, refund, promise.due_at - SECOND)
    assert [one.state for one in refund.promises if one.what in ("refund", NEWS)] == [PromiseState.KEPT] * 2


def test_missed_promise_is_owned_anew_and_brings_a_person_once(shop: Shop, refund: Chat) -> None:
    (promise,) = of_kind(refund, "refund")
    for at in (*times(shop, promise), promise.due_at, promise.due_at + SECOND * 10):
        Watch(shop).run(at)
    (promise,) = of_kind(refund, "refund")
    assert promise.state is PromiseState.BROKEN
    _, own = said(refund)
    (news,) = of_kind(refund, NEWS)
    assert "That is our failure" in own
    assert refund.case.reference in own
    assert f"{news.due_at.astimezone(shop.policy.hours.zone):%H:%M}" in own
    assert [(one.reason, one.due_at) for one in refund.escalations] == [("promise_missed", news.due_at)]
    assert refund.conversation.handler is Handler.QUEUE
    assert [one.kind for one in alerts(shop)] == ["promise_due", "promise_missed"]
    assert refund.case.severity == "S3"


def test_missed_without_a_word_before_is_said_with_a_promise_of_its_own(shop: Shop, refund: Chat) -> None:
    """The worker was down the whole time."""
    (promise,) = of_kind(refund, "refund")
    late = promise.due_at + timedelta(days=2)
    assert Watch(shop).run(late) == 1
    assert len(said(refund)) == 1
    (answer,) = of_kind(refund, PERSON_ANSWERS)
    assert answer.due_at == refund.escalations[0].due_at > late


def test_person_who_does_not_answer_is_told_of_before(shop: Shop, waiting: Chat) -> None:
    (promise,) = of_kind(waiting, PERSON_ANSWERS)
    for at in times(shop, promise):
        Watch(shop).run(at)
    (line,) = said(waiting)
    (news,) = of_kind(waiting, NEWS)
    assert "You may not have an answer by" in line
    assert [one.due_at for one in waiting.escalations] == [news.due_at]  # what is said of it from here on


def test_answer_of_a_person_keeps_it_and_the_news(shop: Shop, waiting: Chat) -> None:
    (promise,) = of_kind(waiting, PERSON_ANSWERS)
    for at in times(shop, promise):
        Watch(shop).run(at)
    people.reply(shop, waiting.case.reference, "Maya", "Hello, I am here.", promise.due_at - SECOND)
    assert {one.state for one in waiting.promises} == {PromiseState.KEPT}
    assert all(one.done_at == promise.due_at - SECOND for one in waiting.promises)
    assert Watch(shop).run(promise.due_at + timedelta(days=3)) == 0


def test_person_who_has_the_chat_is_named_when_a_promise_is_missed(shop: Shop, waiting: Chat) -> None:
    people.take(shop, waiting.case.reference, "Maya", waiting.now)
    (promise,) = of_kind(waiting, PERSON_ANSWERS)
    Watch(shop).run(promise.due_at)
    assert "Maya has your case" in said(waiting)[-1]
    assert waiting.conversation.agent == "Maya"
    assert [one.for_whom for one in alerts(shop)] == ["Maya"]


def test_chat_that_nobody_ever_answers_is_not_written_full(shop: Shop, waiting: Chat) -> None:
    """The spans double: 200 days bring some tens of lines, and one escalation."""
    begun = waiting.now
    for hours in range(0, 200 * 24, 2):
        Watch(shop).run(begun + timedelta(hours=hours))
    assert 5 < len(said(waiting)) < 400
    assert [one.reason for one in waiting.escalations] == ["asked", "promise_missed"]
    open_ones = [one for one in waiting.promises if one.state is PromiseState.OPEN]
    assert len(open_ones) <= 2  # there is always one that says by when, and never a heap of them
    assert open_ones


def test_decision_that_is_not_made_is_told_of_and_owned(shop: Shop, memory_database: Database) -> None:
    take_orders(memory_database, dear_order(number="C1"))
    chat = Chat(shop)
    chat.say("C1 nina@example.com arrived broken", "damaged_or_defective", order_number="C1", email="nina@example.com")
    while not chat.filed:
        chat.tap(next(one for one in chat.labels if "person" not in one.lower()))
    (promise,) = of_kind(chat, "decision")
    for at in times(shop, promise):
        Watch(shop).run(at)
    assert any("The decision on" in one for one in said(chat))
    ledger.approve(shop, chat.filed[0].reference, "Tomas Lindqvist", "agreed", promise.due_at - SECOND)
    if of_kind(chat, "decision")[0].state is PromiseState.OPEN:  # two must agree
        ledger.approve(shop, chat.filed[0].reference, "Priya Raman", "agreed", promise.due_at - SECOND)
    assert [one.state for one in chat.promises if one.remedy_id and one.what in ("decision", NEWS)] == [PromiseState.KEPT] * 2


def test_news_of_an_incident_is_told_of_and_warned_of_once_for_all(shop: Shop, memory_database: Database) -> None:
    take_incidents(memory_database, an_incident())
    chats = [Chat(shop), Chat(shop)]
    for chat in chats:
        chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", email="nina@example.com")
    (promise,) = of_kind(chats[0], "incident_news")
    for at in times(shop, promise):
        Watch(shop).run(at)
    assert [(one.kind, one.detail["incident"]) for one in alerts(shop)] == [("promise_due", "STORM-AZ")]
    assert all("The news I named" in said(chat)[-1] for chat in chats)
    assert [len(of_kind(chat, "incident_news")) for chat in chats] == [2, 2]


def test_kind_that_nobody_knows_has_its_words_too(shop: Shop, waiting: Chat) -> None:
    due = waiting.now + timedelta(hours=8)
    with shop.begin(True) as uow:
        uow.add(Promise(waiting.case.id, "sends_a_catalogue", "the shop", due, waiting.now))
    Watch(shop).run(due)
    assert f"What I named for 13:00 Phoenix time today in case {waiting.case.reference} is not done." in " ".join(said(waiting))


@pytest.mark.parametrize("step", [Due.WARN, Due.TELL, Due.MISSED])
def test_second_worker_finds_each_step_done(shop: Shop, refund: Chat, step: Due) -> None:
    """Both saw the same promise; the second gets its lock after the first has committed."""
    (promise,) = of_kind(refund, "refund")
    assert promise.id is not None
    at = dict(zip(Due, (*times(shop, promise), promise.due_at), strict=True))
    for one in Due:
        if one is step:
            break
        watch(shop, promise.id, at[one])
    assert watch(shop, promise.id, at[step]) is step
    assert watch(shop, promise.id, at[step]) is None


def test_killed_between_any_two_steps_the_next_worker_goes_on(shop: Shop, refund: Chat) -> None:
    """A worker that dies after a commit leaves nothing half done; one that dies before it, nothing at all."""
    (promise,) = of_kind(refund, "refund")

    class Killed(BaseException):
        pass

    def killed_before_commit(now: datetime) -> None:
        @contextmanager
        def begin(write: bool) -> Iterator[UnitOfWork]:
            with shop.begin(write) as uow:
                yield uow
                if write:
                    raise Killed

        with pytest.raises(Killed):
            Watch(replace(shop, begin=begin)).run(now)

    for at in (*times(shop, promise), promise.due_at):
        before = (len(said(refund)), len(alerts(shop)), len(refund.promises), refund.acts)
        killed_before_commit(at)
        assert (len(said(refund)), len(alerts(shop)), len(refund.promises), refund.acts) == before
        assert Watch(shop).run(at) == 1
        assert Watch(shop).run(at) == 0
    assert [refund.acts.count(f"promise.{one}") for one in ("warned", "told", "missed")] == [1, 1, 1]
    assert len(said(refund)) == 2


def test_closed_matter_waits_for_nobody(shop: Shop, waiting: Chat) -> None:
    with shop.begin(True) as uow:
        case = uow.cases.find(waiting.case.id)
        assert case is not None
        case.close(waiting.now)
    Watch(shop).run(waiting.now + timedelta(days=3))
    assert [one.state for one in waiting.promises] == [PromiseState.WITHDRAWN]
    assert said(waiting) == []


def test_refund_that_does_not_come_opens_a_closed_case_again(shop: Shop, refund: Chat) -> None:
    refund.say("yes that settles it thanks", "affirm")
    (promise,) = of_kind(refund, "refund")
    Watch(shop).run(promise.due_at)
    (case,) = refund.cases
    assert not case.is_closed
    assert refund.conversation.case_id == case.id


def test_chats_of_developers_stay_out(shop: Shop) -> None:
    chat = Chat(shop)
    with shop.begin(True) as uow:
        uow.conversations.get(chat.id).channel = "dev"
    chat.say("a person please", "ask_human")
    assert Watch(shop).run(chat.now + timedelta(days=3)) == 0


def test_undone_remedy_promises_nothing_any_more(shop: Shop, refund: Chat) -> None:
    ledger.undo(shop, refund.filed[0].reference, "Maya", "asked for", refund.now)
    assert Watch(shop).run(refund.now + timedelta(days=30)) == 0


def in_zone(chat: Chat, zone: str, channel: str = "website") -> None:
    with chat.shop.begin(True) as uow:
        conversation = uow.conversations.get(chat.id)
        conversation.channel, conversation.time_zone = channel, zone


@pytest.mark.parametrize(
    ("zone", "channel", "hour"),
    [
        ("America/Phoenix", "website", 16),  # as planned: an hour before the shop closes
        ("Europe/Berlin", "website", 0),  # the night outlasts the promise: said in the chat all the same, where no phone rings
        ("Europe/Berlin", "sms", 20),  # and on a phone before that night begins
        ("Asia/Tokyo", "sms", 8),
    ],
)
def test_customer_is_told_by_day_where_a_phone_rings(shop: Shop, refund: Chat, zone: str, channel: str, hour: int) -> None:
    in_zone(refund, zone, channel)
    (promise,) = of_kind(refund, "refund")
    minutes = (promise.due_at - timedelta(minutes=left) for left in range(300, 0, -1))
    first = next(at for at in minutes if Watch(shop).run(at) and said(refund))
    assert first < promise.due_at
    assert first.astimezone(ZoneInfo(zone)).hour == hour


@pytest.mark.parametrize(("channel", "waits"), [("website", False), ("sms", True)])
def test_words_of_what_has_failed_wait_where_a_phone_would_ring(shop: Shop, waiting: Chat, channel: str, waits: bool) -> None:
    """It fails at 13:00 in Phoenix, which is 5 in the morning in Tokyo."""
    in_zone(waiting, "Asia/Tokyo", channel)
    with shop.begin(True) as uow:
        uow.add(Promise(waiting.case.id, "other", "us", waiting.now + timedelta(hours=8), waiting.now))
    now = waiting.now + timedelta(hours=8)
    Watch(shop).run(now)
    with shop.begin(True) as uow:
        rows = uow.outbox.claim_due("message", now, SECOND, 100)
        own = next(one for one in uow.messages.of(waiting.id) if "is not done" in one.text)
    assert (own.id not in [row["subject_id"] for row in rows]) is waits


def test_start_of_the_assistant_promises_an_answer_and_the_answer_keeps_it(shop: Shop, chat: Chat) -> None:
    accept(shop, chat.id, "one", "my parcel is late", None, chat.now)
    run_turns(shop, Says(error=AssistantNotReady()), chat.id, lambda: chat.now)
    ((what, due),) = ((one.what, one.due_at) for one in chat.promises)
    assert (what, due) == (ANSWER, chat.now + timedelta(minutes=2))
    run_turns(shop, Says(), chat.id, lambda: chat.now + timedelta(seconds=40))
    assert [one.state for one in chat.promises] == [PromiseState.KEPT]


def test_assistant_that_never_starts_breaks_it_and_says_so(shop: Shop, chat: Chat) -> None:
    accept(shop, chat.id, "one", "my parcel is late", None, chat.now)
    later = chat.now + timedelta(minutes=2)
    for at in (chat.now, later):
        run_turns(shop, Says(error=AssistantNotReady()), chat.id, lambda at=at: at)  # type: ignore[misc]
    assert [(one.what, one.state) for one in chat.promises] == [(ANSWER, PromiseState.BROKEN), (PERSON_ANSWERS, PromiseState.OPEN)]
    assert chat.promises[0].told_at == later
    assert Watch(shop).run(later + SECOND) == 0


def test_assistant_and_worker_both_gone_is_missed_a_minute_later(shop: Shop, chat: Chat) -> None:
    accept(shop, chat.id, "one", "my parcel is late", None, chat.now)
    run_turns(shop, Says(error=AssistantNotReady()), chat.id, lambda: chat.now)
    assert Watch(shop).run(chat.now + timedelta(minutes=3)) == 1
    assert "That is our failure" in said(chat)[-1]


def test_what_is_left_unsettled_is_the_other_jobs(shop: Shop, chat: Chat) -> None:
    chat.say("my parcel is late", "late_delivery")
    (promise,) = chat.all_promises
    assert Watch(shop).run(promise.due_at) == 0
    assert Unsettled(shop).run(promise.due_at) == 1


def test_watch_looks_every_few_seconds_only(shop: Shop, refund: Chat) -> None:
    (promise,) = of_kind(refund, "refund")
    watching = Watch(shop)
    watching.run(promise.due_at - SECOND)
    assert watching.run(promise.due_at) == 0
    assert watching.run(promise.due_at + SECOND * 5) == 1
