"""Remedies on their way: sent once, looked up after a crash, tried again, given up in the end; and the customer hears of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot import clock
from bot.cases.case import PromiseState
from bot.cases.conversation import Handler
from bot.cases.remedy import Remedy, RemedyKind, RemedyState
from bot.errors import Conflict, NotFound
from bot.handling import ledger
from bot.handling.carrying_out import KIND, LEASE, TRIES, pause, set_out, settle_by_hand, take_answer
from bot.handling.remedies import file_remedy
from bot.handling.shop import Shop
from bot.ports import Answer
from bot.providers.webhook import Webhook
from bot.store.database import Database
from bot.worker.remedies import Remedies
from tests.builders import NOON, an_order
from tests.doors import a_shop
from tests.product import free_ports
from tests.shopside import HANG_S, SECRET, ShopSide, running
from tests.unit.handling.chats import Chat, take_orders

LEAD = "Tomas Lindqvist"


@pytest.fixture
def shop(database: Database) -> Shop:
    take_orders(database, an_order())
    return a_shop(database)


@pytest.fixture
def side() -> Iterator[ShopSide]:
    with running() as found:
        yield found


def refunded(shop: Shop) -> Chat:
    """A chat in which a refund of $75.00 is filed."""
    chat = Chat(shop)
    chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", email="nina@example.com")
    chat.tap("refund")
    chat.tap("Yes")
    return chat


class Worker:
    """The job, at a time that the test moves on."""

    def __init__(self, shop: Shop, url: str | None) -> None:
        provider = Webhook(url, SECRET, clock.now, answer_within=1.0) if url else None
        self.now = NOON
        self.job = Remedies(shop, provider, lambda: self.now)

    def work(self, after: timedelta = timedelta()) -> int:
        self.now += after
        taken = self.job.run(self.now)
        self.job.wait()
        return taken


def the_refund(chat: Chat) -> Remedy:
    return next(one for one in chat.remedies if one.kind is RemedyKind.REFUND and one.state not in ("cancelled", "proposed"))


def outcomes(chat: Chat) -> list[str]:
    with chat.shop.begin(False) as uow:
        return [one.outcome for one in uow.remedies.attempts(the_refund(chat).id)]


def told(chat: Chat, words: str) -> int:
    with chat.shop.begin(False) as uow:
        return sum(words in one.text for one in uow.messages.of(chat.id))


def alerts(shop: Shop) -> list[str]:
    with shop.begin(False) as uow:
        return [one.kind for one in uow.alerts.unseen()]


def test_settled_at_once_keeps_the_promise_and_tells_the_customer(shop: Shop, side: ShopSide) -> None:
    chat = refunded(shop)
    worker = Worker(shop, side.url)
    assert worker.work() == 1 and worker.work(LEASE * 2) == 0
    refund = the_refund(chat)
    assert (refund.state, refund.provider_reference) == (RemedyState.SETTLED, "PAY-1")
    assert side.effects == {refund.key: 1}
    assert told(chat, f"Your refund {refund.reference} is done: $75.00 has been paid back.") == 1
    assert [one.state for one in chat.promises] == [PromiseState.KEPT]
    assert outcomes(chat) == ["settled"]


def test_accepted_stays_sent_and_is_asked_about_until_it_is_done(shop: Shop, side: ShopSide) -> None:
    side.manner = "accepted"
    chat, worker = refunded(shop), Worker(shop, side.url)
    worker.work()
    assert the_refund(chat).state is RemedyState.SENT and told(chat, "is done") == 0
    assert worker.work(timedelta(seconds=10)) == 0
    worker.work(timedelta(minutes=1))
    side.known[the_refund(chat).key]["state"] = "settled"
    worker.work(timedelta(minutes=5))
    assert the_refund(chat).state is RemedyState.SETTLED
    assert len(side.acts) == 1 and side.asked == [the_refund(chat).key] * 2
    assert outcomes(chat) == ["accepted", "settled"]


def test_refusal_is_told_and_brings_a_person_and_can_be_sent_again(shop: Shop, side: ShopSide) -> None:
    side.manner = "422"
    chat, worker = refunded(shop), Worker(shop, side.url)
    worker.work()
    refund = the_refund(chat)
    assert (refund.state, refund.why) == (RemedyState.FAILED, "not for this card")
    assert told(chat, "our failure") + told(chat, "on us") == 1
    assert chat.conversation.handler is Handler.QUEUE and alerts(shop) == ["remedy_failed"]
    assert worker.work(timedelta(days=1)) == 0
    side.manner = "settled"
    ledger.redrive(shop, refund.reference, LEAD, worker.now)
    worker.work()
    assert the_refund(chat).state is RemedyState.SETTLED and side.effects == {refund.key: 1}


@pytest.mark.parametrize("manner", ["hang", "500", "garbage", "empty"])
def test_act_done_without_an_answer_is_looked_up_and_never_sent_again(shop: Shop, side: ShopSide, manner: str) -> None:
    side.manner = manner
    chat, worker = refunded(shop), Worker(shop, side.url)
    worker.work()
    assert the_refund(chat).state is RemedyState.UNKNOWN and told(chat, "is done") == 0
    worker.work(timedelta(minutes=1))
    assert the_refund(chat).state is RemedyState.SETTLED
    assert (len(side.acts), side.effects) == (1, {the_refund(chat).key: 1})
    assert outcomes(chat) == ["unknown", "settled"]


def claimed(shop: Shop, now: datetime) -> dict[str, Any]:
    with shop.begin(True) as uow:
        (row,) = uow.outbox.claim_due(KIND, now, LEASE, 1)
    return row


@pytest.mark.parametrize("arrived", [True, False])
def test_crash_between_sending_and_noting_is_looked_up_first(shop: Shop, side: ShopSide, arrived: bool) -> None:
    chat = refunded(shop)
    errand = set_out(shop, claimed(shop, NOON), True, NOON)  # and then the worker is killed
    assert errand is not None and the_refund(chat).state is RemedyState.SENT
    if arrived:
        Webhook(side.url, SECRET, clock.now).carry_out(errand.act)
    worker = Worker(shop, side.url)
    assert worker.work() == 0  # the lease still holds
    assert worker.work(LEASE + timedelta(seconds=1)) == 1
    assert the_refund(chat).state is RemedyState.SETTLED
    assert side.asked == [errand.act.key] and side.effects == {errand.act.key: 1}
    assert len(side.acts) == 1


def test_crash_before_anything_was_marked_changes_nothing(shop: Shop, side: ShopSide) -> None:
    chat = refunded(shop)
    claimed(shop, NOON)
    assert the_refund(chat).state is RemedyState.QUEUED
    worker = Worker(shop, side.url)
    worker.work(LEASE + timedelta(seconds=1))
    assert the_refund(chat).state is RemedyState.SETTLED and side.asked == []


def test_shop_that_is_away_is_tried_with_growing_pauses_and_then_given_up(shop: Shop) -> None:
    (port,) = free_ports(1)
    chat, worker = refunded(shop), Worker(shop, f"http://127.0.0.1:{port}/")
    tries = 0
    for _ in range(2000):
        tries += worker.work(timedelta(seconds=20))
        if the_refund(chat).state is RemedyState.FAILED:
            break
        assert the_refund(chat).state is RemedyState.QUEUED
    assert tries == TRIES and timedelta(minutes=40) < worker.now - NOON < timedelta(minutes=90)
    assert outcomes(chat) == ["unreachable"] * TRIES
    assert alerts(shop) == ["remedy_failed"] and chat.conversation.handler is Handler.QUEUE
    assert told(chat, "our failure") + told(chat, "on us") == 1


def test_pauses_double_up_to_an_hour_and_differ() -> None:
    seconds = [pause(n).total_seconds() for n in (1, 2, 3, 20)]
    assert all(0.8 * wanted <= is_ <= 1.2 * wanted for is_, wanted in zip(seconds, (30, 60, 120, 3600), strict=True))
    assert len({pause(5) for _ in range(20)}) > 1


def test_remedy_that_has_not_reached_the_shop_can_still_be_taken_back(shop: Shop) -> None:
    (port,) = free_ports(1)
    chat, worker = refunded(shop), Worker(shop, f"http://127.0.0.1:{port}/")
    worker.work()
    reference = the_refund(chat).reference
    ledger.undo(shop, reference, LEAD, "", worker.now)
    assert worker.work(timedelta(hours=2)) == 0
    with shop.begin(False) as uow:
        assert uow.remedies.by_reference(reference).state is RemedyState.CANCELLED


def test_unknown_fate_is_asked_about_for_ever_and_never_called_a_failure(shop: Shop, side: ShopSide) -> None:
    side.manner = "500"
    chat, worker = refunded(shop), Worker(shop, side.url)
    worker.work()
    (port,) = free_ports(1)
    gone = Worker(shop, f"http://127.0.0.1:{port}/")
    for _ in range(TRIES + 3):
        gone.work(timedelta(hours=2))
    assert the_refund(chat).state is RemedyState.UNKNOWN
    assert alerts(shop) == ["remedy_unknown"]
    worker.now = gone.now
    worker.work(timedelta(hours=2))
    assert the_refund(chat).state is RemedyState.SETTLED and len(side.acts) == 1


def test_shop_that_keeps_nothing_and_always_fails_is_given_up(shop: Shop, side: ShopSide) -> None:
    side.manner = "429"  # takes nothing, knows nothing
    chat, worker = refunded(shop), Worker(shop, side.url)
    for _ in range(TRIES + 3):
        worker.work(timedelta(hours=2))
    assert the_refund(chat).state is RemedyState.FAILED and side.effects == {}


class TestTheShopsOwnAnswer:
    def sent(self, shop: Shop, side: ShopSide) -> Chat:
        side.manner = "accepted"
        chat = refunded(shop)
        Worker(shop, side.url).work()
        return chat

    def test_settles_it_once_however_often_it_comes(self, shop: Shop, side: ShopSide) -> None:
        chat = self.sent(shop, side)
        key = the_refund(chat).key
        for answer in ("settled", "settled", "accepted", "failed", "settled"):
            assert take_answer(shop, key, Answer(answer, "PAY-9"), NOON).state is RemedyState.SETTLED
        assert told(chat, "is done") == 1 and told(chat, "our failure") + told(chat, "on us") == 0
        assert outcomes(chat) == ["accepted", "settled"]

    def test_may_overtake_our_own_note_of_it(self, shop: Shop, side: ShopSide) -> None:
        chat = refunded(shop)
        errand = set_out(shop, claimed(shop, NOON), True, NOON)
        assert errand is not None
        take_answer(shop, errand.act.key, Answer("settled"), NOON)
        worker = Worker(shop, side.url)
        assert worker.work(LEASE * 2) == 0 and side.acts == []
        assert the_refund(chat).state is RemedyState.SETTLED

    def test_done_after_all_is_believed(self, shop: Shop, side: ShopSide) -> None:
        chat = self.sent(shop, side)
        key = the_refund(chat).key
        take_answer(shop, key, Answer("failed", why="card closed"), NOON)
        assert the_refund(chat).state is RemedyState.FAILED
        take_answer(shop, key, Answer("settled"), NOON)
        assert the_refund(chat).state is RemedyState.SETTLED

    def test_echo_of_an_earlier_failure_does_not_stop_what_is_tried_again(self, shop: Shop, side: ShopSide) -> None:
        chat = self.sent(shop, side)
        refund = the_refund(chat)
        take_answer(shop, refund.key, Answer("failed"), NOON)
        ledger.redrive(shop, refund.reference, LEAD, NOON)
        take_answer(shop, refund.key, Answer("failed"), NOON)
        assert the_refund(chat).state is RemedyState.QUEUED

    def test_for_what_was_never_sent_is_refused_and_people_hear_of_it(self, shop: Shop) -> None:
        chat = refunded(shop)
        refund = the_refund(chat)
        ledger.undo(shop, refund.reference, LEAD, "", NOON)
        with pytest.raises(Conflict, match="never sent"):
            take_answer(shop, refund.key, Answer("settled"), NOON)
        assert "done_though_cancelled" in alerts(shop)
        with pytest.raises(NotFound):
            take_answer(shop, "nonsense", Answer("settled"), NOON)


class TestByHand:
    def test_without_a_shops_system_people_do_it_and_say_so(self, shop: Shop) -> None:
        chat, worker = refunded(shop), Worker(shop, None)
        worker.work()
        refund = the_refund(chat)
        assert refund.state is RemedyState.QUEUED and alerts(shop) == ["by_hand"]
        assert worker.work(timedelta(days=2)) == 0
        settle_by_hand(shop, refund.reference, LEAD, "paid at the bank", worker.now)
        settle_by_hand(shop, refund.reference, LEAD, "", worker.now)
        assert the_refund(chat).state is RemedyState.SETTLED and told(chat, "is done") == 1

    def test_is_refused_while_it_is_on_its_way(self, shop: Shop) -> None:
        chat = refunded(shop)
        with pytest.raises(Conflict, match="on its way by itself"):
            settle_by_hand(shop, the_refund(chat).reference, LEAD, "", NOON)

    def test_letters_and_corrections_are_peoples_work(self, shop: Shop, side: ShopSide) -> None:
        chat = Chat(shop)
        chat.say("the page crashes", "service_outage", phrase="the page crashes")
        for kind in (RemedyKind.CORRECTION, RemedyKind.APOLOGY_LETTER):
            ledger.grant(shop, chat.case.reference, LEAD, kind, NOON, reason="it is owed")
        Worker(shop, side.url).work()
        assert side.acts == [] and alerts(shop) == ["by_hand", "by_hand"]

    def test_taking_back_goes_the_way_of_the_remedy(self, shop: Shop, side: ShopSide) -> None:
        chat, worker = refunded(shop), Worker(shop, side.url)
        worker.work()
        refund = the_refund(chat)
        back = ledger.undo(shop, refund.reference, "Amira Haddad", "paid twice", NOON)
        ledger.approve(shop, back.reference, LEAD, "", NOON)
        worker.work()
        assert (side.acts[1]["undoes"], side.acts[1]["key"]) == (refund.key, f"{refund.key}:undo")
        assert {one.reference: one.state for one in chat.remedies if one.is_filed or one.state == "compensated"} == {
            refund.reference: RemedyState.COMPENSATED,
            back.reference: RemedyState.SETTLED,
        }


def test_remedy_undone_and_chosen_again_goes_out(shop: Shop, side: ShopSide) -> None:
    chat = refunded(shop)
    ledger.undo(shop, the_refund(chat).reference, LEAD, "", NOON)
    assert Worker(shop, side.url).work() == 0
    with shop.begin(True) as uow:
        case = uow.cases.by_reference(chat.case.reference)
        refund = next(one for one in uow.remedies.of(case.id) if one.kind is RemedyKind.REFUND)
        refund.move(RemedyState.PROPOSED, NOON)
        file_remedy(shop, uow, case, refund, NOON, "yes-again")
    Worker(shop, side.url).work()
    assert len(side.acts) == 1


def test_two_workers_carry_it_out_once(shop: Shop, side: ShopSide) -> None:
    chat = refunded(shop)
    workers = [Worker(shop, side.url), Worker(shop, side.url)]
    assert sum(one.job.run(NOON) for one in workers) == 1
    for one in workers:
        one.job.wait()
    assert side.effects == {the_refund(chat).key: 1} and told(chat, "is done") == 1


def test_shop_that_hangs_holds_up_nothing_else(shop: Shop, side: ShopSide) -> None:
    side.manner = "hang"
    refunded(shop)
    worker = Worker(shop, side.url)
    begun = clock.now()
    worker.job.run(NOON)
    assert clock.now() - begun < timedelta(seconds=HANG_S / 2)
    worker.job.close()
