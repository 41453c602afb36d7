"""Webhooks: what is told, signed, in order, once for each id, again after failures, given up with an alert, and never where it must not."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot import clock
from bot.cases.api import SUBSCRIBED, Event, event_of
from bot.cases.conversation import Author
from bot.cases.reachable import is_public
from bot.errors import BadInput, NotFound, NotReached
from bot.handling import hooks, people
from bot.handling.accept import accept, open_conversation
from bot.handling.case_api import ask_for_person
from bot.handling.shop import Shop
from bot.providers.hooks import HookPost
from bot.store.database import Database
from bot.worker.hooks import Hooks
from tests.builders import NOON, an_order
from tests.doors import a_shop
from tests.receiver import Receiver, receiving
from tests.unit.handling.chats import Chat, take_orders


@dataclass
class Told:
    """A shop with one hook, the worker's job, and the clock it goes by."""

    shop: Shop
    receiver: Receiver
    hook: str
    job: Hooks
    at: datetime

    def run(self, passed: timedelta = timedelta()) -> None:
        """Until nothing is due any more."""
        self.at += passed
        while self.job.run(self.at):
            self.job.wait()

    def states(self) -> dict[str, int]:
        return next((counts for hook, counts in hooks.listed(self.shop) if hook.id == self.hook), {})

    def late(self) -> Chat:
        chat = Chat(self.shop, now=self.at)
        chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", email="nina@example.com")
        return chat


@pytest.fixture
def told(database: Database) -> Iterator[Told]:
    take_orders(database, an_order())
    shop = a_shop(database)
    with receiving() as receiver:
        made = hooks.add(shop, receiver.url, (), NOON, with_private=True)
        receiver.secret = made.secret
        post = HookPost(clock.now, with_private=True, answer_within=1)
        found = Told(shop, receiver, made.id, Hooks(shop, post, lambda: found.at), NOON)
        yield found
        receiver.freed.set()
        found.job.close()
        post.close()


def test_everything_from_complaint_to_hand_back_is_told_in_order(told: Told) -> None:
    chat = told.late()
    chat.tap("refund")
    chat.tap("Yes")
    reference = chat.case.reference
    ask_for_person(told.shop, reference, "asked", NOON)
    people.reply(told.shop, reference, "Amira", "I look into it.", NOON)
    people.hand_back(told.shop, reference, "The carrier looks for it.", NOON, "Amira")
    told.run()
    assert told.receiver.flaws == [] and told.states() == {"sent": len(told.receiver.taken)}
    said = told.receiver.taken
    assert {one["event"] for one in said} == {*SUBSCRIBED}
    assert len({one["id"] for one in said}) == len(said) and {one["conversation_id"] for one in said} == {chat.id}
    messages = [one["message"] for one in said if one["event"] == "message.created"]
    assert [(one["seq"], one["author"], one["text"]) for one in messages] == [
        (one.seq, one.author.value, one.text) for one in chat.transcript
    ]
    assert {one["author"] for one in messages} == {one.value for one in Author}
    taken, back = (next(one for one in said if one["event"] == f"handoff.{name}") for name in ("taken", "handed_back"))
    assert (taken["by"], taken["case"], taken["handoff"]["reason"]) == ("Amira", reference, "asked")
    assert back["handoff"]["note"] == "The carrier looks for it." and back["handoff"]["handler"] == "assistant"
    remedy = [one["remedy"] for one in said if one["event"] == "remedy.changed"][-1]
    assert (remedy["kind"], remedy["state"], remedy["case"]) == ("refund", "queued", reference)
    order = told.receiver.events()
    assert order.index("handoff.asked") < order.index("handoff.taken") < order.index("handoff.handed_back")
    opened = next(one for one in said if one["event"] == "case.opened")
    assert opened["case"]["reference"] == reference and opened["case"]["facts"]["email"] == "nina@example.com"
    headers = told.receiver.headers[0]
    assert (headers["idempotency-key"], headers["amends-event"]) == (said[0]["id"], said[0]["event"])
    with told.shop.begin(False) as uow:
        assert {uow.hooks.delivery(int(one["id"])).body for one in said} == {None}


def test_hook_is_told_only_of_what_it_asked_for_and_of_no_developers_chat(told: Told) -> None:
    with receiving() as other:
        other.secret = hooks.add(told.shop, other.url, ("handoff.asked",), NOON, with_private=True).secret
        chat = told.late()
        developers = Chat(told.shop, id=open_conversation(told.shop, "dev", NOON).id)
        developers.say("My lamp is broken", "damaged_item")
        ask_for_person(told.shop, chat.case.reference, "asked", NOON)
        told.run()
        assert other.events() == ["handoff.asked"]
    assert {one["conversation_id"] for one in told.receiver.taken} == {chat.id}


def test_nothing_is_told_of_what_did_not_happen(told: Told) -> None:
    chat = open_conversation(told.shop, "website", NOON)
    with pytest.raises(RuntimeError), told.shop.begin(True) as uow:
        from bot.handling.accept import add_reply

        add_reply(uow, uow.conversations.get(chat.id), Author.SYSTEM, "Never said.", NOON)
        uow.flush()
        raise RuntimeError
    told.run()
    assert told.receiver.told == []


def test_failure_holds_up_its_conversation_and_no_other(told: Told) -> None:
    first, second = (open_conversation(told.shop, "website", NOON) for _ in range(2))
    for number in range(3):
        accept(told.shop, first.id, f"{first.id}:{number}", f"first {number}", None, NOON)
    told.receiver.answers = [500, 302, "hang", 404]
    told.run()
    accept(told.shop, second.id, f"{second.id}:0", "second", None, NOON)
    told.receiver.answers = [200, *told.receiver.answers]
    told.run(timedelta(seconds=2))
    assert [one["message"]["text"] for one in told.receiver.taken] == ["second"]
    for _ in range(4):
        told.run(timedelta(minutes=5))
    assert [one["message"]["text"] for one in told.receiver.taken] == ["second", "first 0", "first 1", "first 2"]
    tries = [one for one in told.receiver.told if one.get("message", {}).get("text") == "first 0"]
    assert len(tries) == 5 and all(one == tries[0] for one in tries)


def test_what_never_arrives_is_given_up_with_one_alert_and_can_be_sent_again(told: Told) -> None:
    chat = open_conversation(told.shop, "website", NOON)
    for number in range(2):
        accept(told.shop, chat.id, f"{chat.id}:{number}", f"words {number}", None, NOON)
    told.receiver.answers = [503] * 24
    for _ in range(30):
        told.run(timedelta(hours=2))
    assert told.states() == {"dead": 2} and len(told.receiver.told) == 24
    with told.shop.begin(False) as uow:
        kinds = [one.kind for one in uow.alerts.unseen() if one.kind == "hook_dead"]
    assert 1 <= len(kinds) <= 2
    assert hooks.resend(told.shop, told.hook, told.at) == 2
    told.run()
    assert [one["message"]["text"] for one in told.receiver.taken] == ["words 0", "words 1"] and told.states() == {"sent": 2}


def test_pauses_grow_and_end_within_hours() -> None:
    pauses = [hooks.pause(one).total_seconds() for one in range(1, hooks.TRIES)]
    assert 4 <= pauses[0] <= 6 and max(pauses) <= 3600 * 1.2 and 2 * 3600 < sum(pauses) < 4 * 3600


def test_two_workers_deliver_each_once_and_in_order(told: Told) -> None:
    chats = [open_conversation(told.shop, "website", NOON) for _ in range(4)]
    for number in range(6):
        for chat in chats:
            accept(told.shop, chat.id, f"{chat.id}:{number}", f"{number}", None, NOON)
    other = Hooks(told.shop, told.job.post, lambda: told.at)
    until = time.monotonic() + 30

    def work(job: Hooks) -> None:
        while told.states().get("waiting") and time.monotonic() < until:
            job.run(NOON)
            job.wait()

    both = [threading.Thread(target=work, args=(one,)) for one in (told.job, other)]
    for one in both:
        one.start()
    for one in both:
        one.join(40)
    other.close()
    assert told.states() == {"sent": 24} and len({one["id"] for one in told.receiver.taken}) == 24 == len(told.receiver.told)
    for chat in chats:
        said = [one["message"]["text"] for one in told.receiver.taken if one["conversation_id"] == chat.id]
        assert said == ["0", "1", "2", "3", "4", "5"]


def test_hook_that_hangs_holds_up_no_other(told: Told) -> None:
    with receiving() as other:
        other.secret = hooks.add(told.shop, other.url, ("message.created",), NOON, with_private=True).secret
        told.receiver.answers = ["hang"] * 20
        for _ in range(6):
            chat = open_conversation(told.shop, "website", NOON)
            accept(told.shop, chat.id, f"{chat.id}:0", "hello", None, NOON)
        began = time.monotonic()
        while len(other.taken) < 6 and time.monotonic() < began + 20:
            told.job.run(told.at)
            time.sleep(0.02)
        assert len(other.taken) == 6 and len(told.receiver.taken) == 0


def test_removed_hook_is_told_nothing_more(told: Told) -> None:
    chat = open_conversation(told.shop, "website", NOON)
    accept(told.shop, chat.id, f"{chat.id}:0", "hello", None, NOON)
    assert hooks.remove(told.shop, told.hook, NOON) == 1
    accept(told.shop, chat.id, f"{chat.id}:1", "hello again", None, NOON)
    told.run()
    assert told.receiver.told == [] and hooks.listed(told.shop) == []
    for do in (hooks.remove, hooks.ping, hooks.resend):
        with pytest.raises(NotFound):
            do(told.shop, told.hook, NOON)


def test_what_was_told_is_forgotten_after_a_week(told: Told) -> None:
    hooks.ping(told.shop, told.hook, NOON)
    told.run()
    assert told.receiver.events() == ["ping"] and told.states() == {"sent": 1}
    told.run(timedelta(days=8))
    assert told.states() == {}


@pytest.mark.parametrize(
    "url",
    [
        *("", "ftp://desk.example/x", "https://", "https://a b.example/", "https://user:word@desk.example/", "https://desk.example/#x"),
        *(
            "https://desk.example:99999/",
            "http://desk.example/",
            "https://localhost/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://10.0.0.5/",
        ),
        *("https://169.254.169.254/latest", "https://[::ffff:192.168.0.1]/", "https://[64:ff9b::7f00:1]/", "https://\u0301.example/"),
    ],
)
def test_address_that_must_not_be_told_is_refused_in_production(memory_database: Database, url: str) -> None:
    shop = a_shop(memory_database)
    with pytest.raises(BadInput):
        hooks.add(shop, url, (), NOON, with_private=False)
    assert hooks.listed(shop) == []


def test_events_that_are_not_are_refused(memory_database: Database) -> None:
    with pytest.raises(BadInput, match=r"message\.created"):
        hooks.add(a_shop(memory_database), "https://desk.example/", ("everything",), NOON, with_private=False)


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("2606:4700::1111", True), ("64:ff9b::808:808", True)]
    + [
        (one, False)
        for one in ("127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "224.0.0.1")
    ]
    + [
        (one, False)
        for one in ("::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "2002:a00:1::", "64:ff9b::a00:1", "x")
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_name_that_leads_into_a_private_network_is_not_called() -> None:
    with receiving() as receiver:
        post = HookPost(clock.now, with_private=False)
        for url in (receiver.url, receiver.url.replace("127.0.0.1", "localhost")):
            with pytest.raises(NotReached, match="private network"):
                post.post(url, "secret", b"{}", {})
        mixed = HookPost(clock.now, with_private=False, resolve=lambda *_: ["8.8.8.8", "10.0.0.1"])
        with pytest.raises(NotReached, match="private network"):
            mixed.post(receiver.url, "secret", b"{}", {})
        assert receiver.told == []


def test_name_is_looked_up_once_and_what_was_checked_is_called() -> None:
    with receiving() as receiver:
        receiver.secret = "secret"
        asked: list[Any] = []

        def resolve(host: str, port: int) -> list[str]:
            asked.append((host, port))
            return ["127.0.0.1"]

        post = HookPost(clock.now, with_private=False, resolve=resolve, may_reach=lambda _: True)
        assert post.post(receiver.url.replace("127.0.0.1", "desk.example"), "secret", b'{"id": "1"}', {}) == 200
        assert len(asked) == 1 and receiver.headers[0]["host"] == f"desk.example:{asked[0][1]}"


def test_every_act_of_a_case_is_told_as_what_it_is() -> None:
    assert event_of("case.taken") is Event.HANDOFF_TAKEN and event_of("remedy.settled") is Event.REMEDY_CHANGED
    assert event_of("fact.heard") is Event.CASE_CHANGED
    assert {
        event_of(one) for one in ("case.replied", "api.asked", "note.written", "reply.held", "alert.seen", "mail_back.queued", "hook.added")
    } == {None}
