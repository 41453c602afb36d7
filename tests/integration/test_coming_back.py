"""A customer who has gone: one mail through a real SMTP server, and its link back, on both databases."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from bot.cases.way_back import Links
from bot.errors import NotAllowed
from bot.handling import coming_back
from bot.handling.coming_back import AnotherCustomers, LinkExpired, LinkRefused, LinkUsed
from bot.handling.people import reply
from bot.handling.shop import Shop
from bot.handling.transcript import seen
from bot.providers.mail import SmtpMailer
from bot.store.database import Database
from bot.store.ways_back import WaysBack
from bot.worker.coming_back import ComingBack
from bot.worker.pace import LEASE
from tests.builders import NOON, an_order
from tests.doors import a_shop
from tests.mailbox import Mailbox
from tests.unit.handling.chats import Chat, anothers_order, take_orders

EVENING = NOON.replace(hour=16)  # 09:00 in Phoenix
GONE = EVENING + timedelta(minutes=6)
SECRET_WORDS = "Your parcel is behind the shed."
LINKS = Links("a secret of this installation", "https://shop.example/help?from=mail", "https://chat.example")
NINA = {"email": "nina@example.com"}


@dataclass
class Post:
    """The worker's job and what it mailed."""

    shop: Shop
    inbox: Mailbox
    mailer: SmtpMailer

    def run(self, now: Any, mailer: SmtpMailer | None = None) -> None:
        """A worker that has just started, until there is nothing more to do."""
        worker = ComingBack(self.shop, mailer or self.mailer, LINKS)
        while worker.run(now):
            pass

    def text(self) -> str:
        return str(self.inbox.letters[-1][1].get_content())

    def token(self) -> str:
        return re.findall(r"#amends=(\S+)", self.text())[-1]

    def stop(self) -> str:
        return re.findall(r"/mail/stop\?of=(\S+)", self.text())[-1]


@pytest.fixture
def shop(database: Database) -> Shop:
    take_orders(database, an_order(), anothers_order())
    return replace(a_shop(database), mails=True)


@pytest.fixture
def post(shop: Shop, inbox: Mailbox) -> Post:
    return Post(shop, inbox, inbox.mailer)


def left(shop: Shop, **given: Any) -> Chat:
    """Nina has told of her late order and gone; then a person has answered."""
    chat = Chat(shop, EVENING, **given)
    chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", **NINA)
    answer(shop, chat, SECRET_WORDS)
    return chat


def answer(shop: Shop, chat: Chat, text: str, at: Any = EVENING) -> None:
    reply(shop, chat.case.reference, "Amira", text, at)


def test_one_mail_tells_of_all_words_and_holds_none_of_them(shop: Shop, post: Post) -> None:
    chat = left(shop)
    answer(shop, chat, "And the second one is with your neighbour.")
    post.run(EVENING + timedelta(minutes=4))
    assert post.inbox.letters == []  # she may only have turned round
    post.run(GONE)
    answer(shop, chat, "A third thing.", GONE)
    post.run(GONE + timedelta(hours=1))
    ((to, letter),) = post.inbox.letters
    assert to == ["nina@example.com"] and chat.case.reference in letter["Subject"]
    assert chat.case.reference in post.text() and "shed" not in post.text() and "A10021" not in post.text()
    assert "https://shop.example/help?from=mail#amends=" in post.text()
    assert letter["List-Unsubscribe"] == f"<https://chat.example/mail/stop?of={post.stop()}>"
    assert chat.acts[-3:-1] == ["mail_back.queued", "mail_back.sent"]
    assert coming_back.come_in(shop, LINKS, post.token(), "a-browser", GONE) == chat.id
    answer(shop, chat, "Words after she came and went again.", GONE + timedelta(hours=2))
    post.run(GONE + timedelta(hours=3))
    assert len(post.inbox.letters) == 2


def test_words_that_were_seen_or_answered_are_not_told_of(shop: Shop, post: Post) -> None:
    read, answered = left(shop), left(shop)
    seen(shop, read.id, read.conversation.last_seq, EVENING)
    answered.say("thank you", "thanks")
    post.run(GONE)
    assert post.inbox.letters == []


def test_words_seen_after_the_mail_was_queued_stop_it(shop: Shop, post: Post) -> None:
    chat = left(shop)
    assert coming_back.queue(shop, chat.id, GONE)
    seen(shop, chat.id, chat.conversation.last_seq, GONE)
    post.run(GONE)
    assert post.inbox.letters == [] and chat.acts[-1] == "mail_back.dropped"
    answer(shop, chat, "More, much later.", GONE)
    post.run(GONE + timedelta(minutes=6))  # the mail that never went is in the way of none
    assert len(post.inbox.letters) == 1


def test_quiet_hours_of_the_customer_are_waited_out(shop: Shop, post: Post) -> None:
    late = NOON + timedelta(hours=17)  # 22:00 in Phoenix
    chat = left(shop)
    answer(shop, chat, "Once more, at night.", late)
    seen(shop, chat.id, chat.conversation.last_seq - 1, late)
    post.run(late + timedelta(minutes=6))
    assert post.inbox.letters == []
    post.run(NOON + timedelta(days=1, hours=3, minutes=1))  # 08:01
    assert len(post.inbox.letters) == 1


def test_mail_goes_to_nobody_but_who_gave_the_address_and_proved_it(shop: Shop, post: Post) -> None:
    unproven = Chat(shop, EVENING)
    unproven.say("My parcel is late, nina@example.com", "late_delivery", **NINA)
    answer(shop, unproven, SECRET_WORDS)
    gift = Chat(shop, EVENING)  # its recipient knows the number and the phone; the buyer's mail is not theirs
    gift.say("A10021 is late, +1 555 0123 456", "late_delivery", order_number="A10021", phone="+1 555 0123 456")
    assert gift.case.proven
    answer(shop, gift, SECRET_WORDS)
    two = left(shop)
    two.say("And A20077, otto@example.com", "late_delivery", order_number="A20077", email="otto@example.com")
    answer(shop, two, SECRET_WORDS)
    with shop.begin(False) as uow:
        named = {one.value for case in two.cases for one in uow.cases.facts(case.id) if one.name == "order_number"}
    assert named == {"A10021", "A20077"}
    post.run(GONE)
    assert post.inbox.letters == []
    assert all("mail_back.none" in chat.acts for chat in (gift, two))
    signed_in = Chat(shop, EVENING, customer_id="nina_7")
    signed_in.say("A10021 is late", "late_delivery", order_number="A10021")
    answer(shop, signed_in, SECRET_WORDS)
    post.run(GONE)
    assert [to for to, _ in post.inbox.letters] == [["nina@example.com"]]


def test_who_wants_no_more_of_them_gets_none(shop: Shop, post: Post) -> None:
    chat = left(shop)
    post.run(GONE)
    stop = post.stop()
    for wrong in ("", stop[:-1] + ("A" if stop[-1] != "A" else "B"), post.token()):
        with pytest.raises(NotAllowed):
            coming_back.stop(shop, LINKS, wrong, GONE)
    coming_back.stop(shop, LINKS, stop, GONE)
    coming_back.stop(shop, LINKS, stop, GONE)
    assert chat.acts.count("mail_back.stopped") == 1
    other = left(shop)
    post.run(GONE)
    assert len(post.inbox.letters) == 1 and "mail_back.none" in other.acts


def test_link_opens_its_conversation_once_and_no_other(shop: Shop, post: Post) -> None:
    chat = left(shop)
    post.run(GONE)
    token = post.token()
    way, ends, seal = token.split(".")
    forged = ["", "x", f"{way}.{ends}.{'A' * 43}", f"{way}.{int(ends) + 9}.{seal}", f"{'0' * 32}.{ends}.{seal}", post.stop()]
    for wrong in forged:
        with pytest.raises(LinkRefused):
            coming_back.come_in(shop, LINKS, wrong, "a-browser", GONE)
    with pytest.raises(LinkRefused):
        coming_back.come_in(shop, replace(LINKS, secret="another one"), token, "a-browser", GONE)
    assert "mail_back.used" not in chat.acts
    assert coming_back.come_in(shop, LINKS, token, "a-browser", GONE) == chat.id
    assert coming_back.come_in(shop, LINKS, token, "a-browser", GONE) == chat.id  # the first answer was lost on its way
    with pytest.raises(LinkUsed):
        coming_back.come_in(shop, LINKS, token, "another", GONE)
    with pytest.raises(LinkUsed):
        coming_back.come_in(shop, LINKS, token, "a-browser", GONE + timedelta(hours=1))
    assert chat.acts.count("mail_back.used") == 1


def test_link_goes_on_with_whoever_is_signed_in_where_it_is_theirs(shop: Shop, post: Post) -> None:
    chat = left(shop)  # nobody was signed in, and the order is Nina's
    post.run(GONE)
    with pytest.raises(AnotherCustomers):
        coming_back.come_in(shop, LINKS, post.token(), "a-browser", GONE, "otto_8")
    assert "mail_back.used" not in chat.acts
    assert coming_back.come_in(shop, LINKS, post.token(), "a-browser", GONE, "nina_7") == chat.id
    coming_back.check_theirs(shop, chat.id, "nina_7")
    assert chat.conversation.customer_id is None  # whoever else has this chat open speaks for nobody by it
    unproven = Chat(shop, EVENING)
    unproven.say("My parcel is late, nina@example.com", "late_delivery", **NINA)
    for other in (chat.id, unproven.id):
        with pytest.raises(AnotherCustomers):
            coming_back.check_theirs(shop, other, "otto_8")
    with pytest.raises(AnotherCustomers):
        coming_back.check_theirs(shop, unproven.id, "nina_7")


def test_unseen_words_are_found_by_their_index(memory_database: Database) -> None:
    asked: list[Any] = []
    event.listen(memory_database.engine, "before_cursor_execute", lambda *heard: asked.append(heard[2:4]))
    with Session(memory_database.engine) as session:
        WaysBack(session, lock=False).unseen(EVENING, GONE, GONE, 20)
        statement, values = asked[-1]
        steps = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).scalars("detail").all()
    assert any("outbox USING INDEX ix_outbox_unread" in step for step in steps)
    assert not [step for step in steps if step.startswith("SCAN") or "AUTOMATIC" in step]


def test_link_ends_with_its_time_or_when_a_person_ends_it(shop: Shop, post: Post) -> None:
    left(shop)
    post.run(GONE)
    with pytest.raises(LinkExpired):
        coming_back.come_in(shop, LINKS, post.token(), "a-browser", GONE + timedelta(days=7))
    chat = left(shop)
    post.run(GONE)
    assert coming_back.revoke(shop, chat.case.reference, "Amira", GONE) == 1
    with pytest.raises(LinkExpired):
        coming_back.come_in(shop, LINKS, post.token(), "a-browser", GONE)
    assert chat.acts[-1] == "mail_back.revoked"


def test_two_browsers_at_once_and_only_one_comes_in(shop: Shop, post: Post) -> None:
    left(shop)
    post.run(GONE)
    together = Barrier(2)

    def come(browser: str) -> bool:
        together.wait()
        try:
            return bool(coming_back.come_in(shop, LINKS, post.token(), browser, GONE))
        except LinkUsed:
            return False

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(come, ("one", "other"))) == [False, True]


def test_two_workers_and_a_kill_make_one_mail(shop: Shop, post: Post) -> None:
    chat = left(shop)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: coming_back.queue(shop, chat.id, GONE), range(4))) == 1
    with pytest.raises(SystemExit):
        post.run(GONE, post.inbox.dying_mailer)
    post.run(GONE)
    assert len(post.inbox.letters) == 1  # leased: nobody hurries
    post.run(GONE + LEASE)
    post.run(GONE + LEASE * 2)
    assert len({letter["Message-ID"] for _, letter in post.inbox.letters}) == 1  # its reader's mail program shows one
    assert len({re.findall(r"#amends=(\S+)", letter.get_content())[0] for _, letter in post.inbox.letters}) == 1


def test_refused_mail_is_given_up_in_the_audit(shop: Shop, post: Post) -> None:
    chat = left(shop)
    post.inbox.answer = "550 nobody here"
    post.run(GONE)
    post.inbox.answer = "250 taken"
    post.run(GONE + timedelta(days=1))
    assert post.inbox.letters == [] and chat.acts[-1] == "mail_back.failed"
