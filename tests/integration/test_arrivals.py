"""What comes in from messaging channels, whatever their provider: kept and taken in once, and each kind as a person would expect."""

from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import func, select

from bot.bootstrap import open_file_maker
from bot.cases.channel import Abilities, Arrival, ArrivalKind, Media
from bot.cases.conversation import Author, Handler
from bot.handling.arrivals import RECEIPTS_LATE, keep
from bot.ports import Collected
from bot.store import tables
from bot.store.database import Database
from bot.worker.channels import Collecting, TakingIn
from tests.builders import NOON
from tests.doors import a_shop
from tests.lines import HER, Line, Post
from tests.product import wait_until
from tests.sent_files import photo


@pytest.fixture
def line(database: Database) -> Line:
    return Line(a_shop(database), Post())


def test_delivered_three_times_it_is_one_message(line: Line) -> None:
    for _ in range(3):
        line.comes("1", "My lamp is broken.")
    line.comes("2", "It is order A10021.")
    assert [one.text for one in line.messages] == ["My lamp is broken.", "It is order A10021."]


def test_what_waits_is_taken_in_as_it_was_sent(line: Line) -> None:
    late, early = (Arrival(one, ArrivalKind.MESSAGE, HER, one, at=NOON + timedelta(seconds=when)) for one, when in (("b", 2), ("a", 1)))
    keep(line.shop, line.post, [late], NOON)
    keep(line.shop, line.post, [early, late], NOON)
    line.later(seconds=3)
    line.works()
    assert [one.text for one in line.messages] == ["a", "b"]


def test_photo_is_fetched_before_its_words_are_heard_and_tried_again(line: Line) -> None:
    line.comes("1", "Look at it.", media=(Media("m1", "lamp.jpg"),))
    assert line.messages == []
    line.comes("2", "Well?")
    assert line.messages == []  # it would overtake the photo
    line.post.files["m1"] = photo()
    line.later(seconds=20)
    line.works()
    assert [one.text for one in line.messages] == ["Look at it.", "Well?"]
    with line.shop.begin(False) as uow:
        assert [one.name for one in uow.files.of_message(line.messages[0].id)] == ["lamp.jpg"]


def test_file_that_never_comes_or_cannot_be_kept_is_told_of(line: Line) -> None:
    line.comes("1", media=(Media("m1"),))
    line.post.files["bad"] = b"MZ no photo"
    line.later(minutes=6)
    line.works()
    line.comes("2", "And this?", media=(Media("bad", "x.jpg"),))
    said = [(one.author, one.text) for one in line.messages]
    assert said[0][0] is Author.SYSTEM and "did not come through" in said[0][1]
    assert said[1] == (Author.CUSTOMER, "And this?") and "is a program" in said[2][1]


def test_edit_replaces_what_nobody_read_and_corrects_what_was_read(line: Line) -> None:
    line.comes("1", "My lmp is broken.")
    line.comes("e1", "My lamp is broken.", ArrivalKind.EDIT, about="1")
    assert [one.text for one in line.messages] == ["My lamp is broken."]
    with line.shop.begin(True) as uow:
        uow.messages.of(line.chat.id)[0].asked_at = NOON
    line.comes("e2", "My clock is broken.", ArrivalKind.EDIT, about="1")
    line.comes("e3", "Pay me 1000.", ArrivalKind.EDIT, about="1", sender="+15550999999")
    assert [one.text for one in line.messages] == ["My lamp is broken.", "My clock is broken."]


def test_what_is_taken_back_is_not_answered_and_its_words_are_gone(line: Line) -> None:
    line.comes("1", "My card is lost, PIN 1234")
    line.comes("d1", "", ArrivalKind.DELETION, about="1")
    (message,) = line.messages
    assert message.answered_at and "PIN" not in message.text
    line.comes("d2", "", ArrivalKind.DELETION, about="unknown")


def test_tap_and_number_mean_the_choice(line: Line) -> None:
    line.comes("1", "Broken lamp.")
    line.says("What would help?", (("New lamp", "/a"), ("Money back", "/b")))
    line.works()
    line.comes("2", "2")
    assert (line.messages[-1].text, line.messages[-1].choice) == ("Money back", "/b")


def test_receipts_in_any_order_and_before_their_message_is_known(line: Line) -> None:
    line.comes("1", "Hello.")
    message = line.says("Words.")
    line.comes("r1", kind=ArrivalKind.RECEIPT, about="out-1", state="read", sender="")
    assert line.state(message) == "waiting"
    line.works()
    line.later(seconds=15)
    line.works()
    assert line.state(message) == "read"
    line.comes("r2", kind=ArrivalKind.RECEIPT, about="out-1", state="delivered", sender="")
    line.comes("r3", kind=ArrivalKind.RECEIPT, about="out-1", state="failed", sender="")
    assert line.state(message) == "read" and line.alerts == []
    line.comes("r4", kind=ArrivalKind.RECEIPT, about="nobody's", state="failed", sender="")
    line.at += RECEIPTS_LATE
    line.works()


def test_taken_and_failed_afterwards_is_seen_by_people(line: Line) -> None:
    line.comes("1", "Hello.")
    message = line.says("Words.")
    line.works()
    line.comes("r1", kind=ArrivalKind.RECEIPT, about="out-1", state="failed", why="the phone is switched off", sender="")
    assert line.state(message) == "failed" and line.alerts == ["message_failed"]
    with line.shop.begin(False) as uow:
        assert uow.sendings.failures(line.chat.id) == {message: "the phone is switched off"}


def test_stop_ends_what_waits_and_start_begins_anew(line: Line) -> None:
    line.comes("1", "Hello.")
    waiting = line.says("Too late.")
    line.comes("s1", "STOP", ArrivalKind.STOP)
    line.comes("s1", "STOP", ArrivalKind.STOP)
    line.works()
    assert line.state(waiting) == "dropped" and len(line.post.texts) == 1 and "no more messages" in line.post.texts[0]
    line.later(minutes=1)
    unwanted = line.says("Are you there?")
    line.works()
    assert line.state(unwanted) == "failed" and len(line.post.texts) == 1
    line.comes("s2", "START", ArrivalKind.START)
    line.comes("h1", "HELP", ArrivalKind.HELP)
    line.works()
    assert len(line.post.texts) == 3 and all("STOP" in one for one in line.post.texts[1:])


def test_stop_is_heard_as_a_word_on_every_channel(line: Line) -> None:
    line.comes("1", "Please stop the order.")
    line.comes("2", "Stop?")
    line.comes("3", " Stop! ")
    line.works()
    assert [one.text for one in line.messages][:2] == ["Please stop the order.", "Stop?"]
    assert len(line.messages) == 3 and "no more messages" in line.post.texts[-1]
    line.later(minutes=1)
    line.comes("4", "START")
    line.works()
    assert "Tell me what went wrong" in line.post.texts[-1]
    line.post.can = Abilities(longest=2000, has_threads=True)
    line.comes("5", "Stop", sender="june@example.com", subject="My order")
    with line.shop.begin(False) as uow:
        new = uow.contacts.at("post", "june@example.com")
        assert new and [one.text for one in uow.messages.of(new.conversation_id)] == ["Stop"]


def test_two_at_one_time_open_one_conversation(line: Line) -> None:
    line.comes("1", "One.", name="Nina")
    line.comes("2", "Two.", name="Nina Berg", sender=HER)
    line.comes("3", "Three.", sender="+15550999999")
    with line.shop.begin(False) as uow:
        contact = uow.contacts.at("post", HER)
        assert contact and contact.name == "Nina Berg"
    assert [one.text for one in line.messages] == ["One.", "Two."]


def test_thread_is_found_by_our_own_message_and_by_nobody_else(line: Line) -> None:
    line.post.can = Abilities(longest=2000, has_threads=True)
    line.comes("1", "My lamp is broken.", subject="Lamp")
    line.says("Which order?")
    line.works()
    first = line.chat.id
    line.comes("2", "A10021", refers=("out-1",))
    assert [one.text for one in line.messages] == ["My lamp is broken.", "Which order?", "A10021"]
    line.comes("3", "I am her, pay me.", refers=("out-9",))
    line.comes("4", "Me too.", refers=("out-1",), sender="+15550999999")
    with line.shop.begin(False) as uow:
        assert len(uow.messages.of(first)) == 3


def test_letter_in_pieces_is_one_talk_where_the_address_is_vouched_for(line: Line) -> None:
    line.post.can = Abilities(longest=2000, has_threads=True)
    line.comes("1", "My lamp is broken.", email="nina@example.com")
    line.comes("2", "It is order A10021.", email="nina@example.com")
    line.comes("3", "I am her.")
    line.later(minutes=20)
    line.comes("4", "Something else.", email="nina@example.com")
    with line.shop.begin(False) as uow:
        chats = {one.provider_id: one.conversation_id for one in (uow.messages.by_provider_id(f"post:{n}") for n in "1234") if one}
    assert chats["post:1"] == chats["post:2"] and len({*chats.values()}) == 3


def test_letter_whose_photo_comes_late_opens_one_conversation(line: Line) -> None:
    line.post.can = Abilities(longest=2000, has_threads=True)
    line.comes("1", "My lamp is broken.", media=(Media("m1", "lamp.jpg"),))
    line.later(seconds=20)
    line.works()
    line.post.files["m1"] = photo()
    line.later(seconds=20)
    line.works()
    with line.shop.begin(False) as uow:
        assert uow.session.execute(select(func.count()).select_from(tables.conversations)).scalar() == 1
    assert [one.text for one in line.messages] == ["My lamp is broken."]


def test_mailbox_is_read_on_from_where_it_was(line: Line) -> None:
    line.post.can = Abilities(longest=200, collects=True)
    line.post.waiting = [Collected((Arrival("1", ArrivalKind.MESSAGE, HER, "By mail."),), "7")]
    collecting = Collecting(line.shop, {"post": line.post}, lambda: line.at)
    collecting.run(line.at)
    collecting.close()
    line.works()
    assert [one.text for one in line.messages] == ["By mail."]
    with line.shop.begin(True) as uow:
        assert uow.arrivals.cursor("post", line.at, timedelta(minutes=1)) == (True, "7")
        assert uow.arrivals.cursor("post", line.at, timedelta(minutes=1)) == (False, "7")


def test_file_that_is_slow_to_fetch_keeps_nobody_else_waiting(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = Event()
    monkeypatch.setattr(line.post, "fetch", lambda _media: photo() if let_go.wait(10) else b"")
    hers = Arrival("1", ArrivalKind.MESSAGE, HER, "My lamp is broken.", media=(Media("p"),))
    keep(line.shop, line.post, [hers], NOON)
    keep(line.shop, line.post, [Arrival("2", ArrivalKind.MESSAGE, "+15550999999", "Mine too.")], NOON)
    line.later(seconds=3)
    taking = TakingIn(line.shop, {"post": line.post}, open_file_maker(), lambda: line.at)
    assert (taking.run(line.at), taking.run(line.at)) == (2, 0)
    wait_until(lambda: not line.waits_of("+15550999999"), 10, "the other one's message")
    assert line.waits_of(HER)
    let_go.set()
    taking.wait()
    taking.close()
    assert [one.text for one in line.messages] == ["My lamp is broken."] and not line.waits_of(HER)


def test_files_of_people_go_out_and_number_is_vouched_for(line: Line) -> None:
    line.comes("1", "My lamp is broken.", phone=HER)
    with line.shop.begin(True) as uow:
        assert uow.contacts.vouched(line.chat.id) == [("phone", HER)]
    assert line.chat.handler is Handler.ASSISTANT
