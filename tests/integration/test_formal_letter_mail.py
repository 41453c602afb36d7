"""A formal apology and a claim for damages, end to end: on a real store, with the letter through a real SMTP server.

Run with -s to read both in full.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from bot.cases.case import PromiseState
from bot.cases.claim import ClaimState
from bot.cases.conversation import Author, Handler
from bot.cases.issue import Severity
from bot.cases.letter import AdmissionMode, Letter, LetterState
from bot.cases.policy import Jurisdiction
from bot.cases.remedy import RemedyState
from bot.errors import BadInput, Conflict, NotFound
from bot.handling import apology, ledger
from bot.handling.claim_decisions import accept
from bot.handling.shop import Shop
from bot.providers.mail import SmtpMailer
from bot.store.database import Database
from bot.worker.apologies import Apologies
from bot.worker.letters import Letters
from bot.worker.pace import LEASE, TRIES
from tests.builders import NOON, an_order
from tests.doors import a_shop
from tests.mailbox import Mailbox
from tests.unit.handling.chats import Chat, take_orders

LEAD, AGENT = "Tomas Lindqvist", "Amira Haddad"
LATER = NOON + timedelta(days=1)


@pytest.fixture
def shop(database: Database) -> Shop:
    """Nina's late order and her broken lamp; where the law protects a full apology."""
    take_orders(database, an_order(), an_order(number="B1", status="delivered"))
    return under(replace(a_shop(database), mails=True), AdmissionMode.FULL)


def under(shop: Shop, mode: AdmissionMode) -> Shop:
    return replace(shop, policy=replace(shop.policy, jurisdiction=Jurisdiction("XX", mode)))


def refunded(shop: Shop, number: str = "A10021") -> Chat:
    """Complained of and refunded, not settled yet."""
    chat = Chat(shop)
    late = number == "A10021"
    text, intent = ("my order is late", "late_delivery") if late else ("the lamp came broken", "damaged_or_defective")
    chat.say(text, intent, order_number=number, email="nina@example.com")
    chat.tap("efund")
    chat.tap("Yes")
    return chat


def settle(chat: Chat) -> None:
    with chat.shop.begin(True) as uow:
        for one in chat.filed:
            ledger.settle(chat.shop, uow, uow.remedies.get(one.id), LATER)


def signed(shop: Shop) -> Chat:
    """Its letter drafted by the worker and signed by a person."""
    chat = refunded(shop)
    settle(chat)
    assert Apologies(shop).run(LATER) == 1
    apology.sign(shop, chat.case.reference, AGENT, LATER)
    return chat


def letter_of(chat: Chat) -> Letter:
    return apology.find(chat.shop, chat.case.reference)


def words_of(chat: Chat) -> list[str]:
    with chat.shop.begin(False) as uow:
        return [one.text for one in uow.messages.of(chat.id)]


def show(title: str, text: str) -> None:
    print(f"\n--- {title}\n{text}")


def test_formal_apology_end_to_end(shop: Shop, mailer: SmtpMailer, inbox: Mailbox) -> None:
    chat = refunded(shop)
    assert Apologies(shop).run(LATER) == 0  # the repair is under way
    settle(chat)
    assert Apologies(shop).run(LATER + timedelta(minutes=1)) == 1
    assert Letters(shop, mailer).run(LATER) == 0  # nobody has signed it
    apology.sign(shop, chat.case.reference, AGENT, LATER)
    assert Letters(shop, mailer).run(LATER) == 1
    ((to, mail),) = inbox.letters
    kept = letter_of(chat)
    assert to == ["nina@example.com"]
    assert mail["Message-ID"] == f"<{kept.id}@example.com>"
    assert mail.get_content().strip().splitlines() == kept.text.splitlines()
    assert (kept.state, kept.sent_at, kept.signed_by) == (LetterState.SENT, LATER, AGENT)
    assert words_of(chat)[-1] == (
        f"Amira Haddad has written to you about your case {chat.case.reference}. "
        "The letter has gone by e-mail to the address on your order."
    )
    for hours in (1, 2):
        assert Letters(shop, mailer).run(LATER + timedelta(hours=hours)) + Apologies(shop).run(LATER + timedelta(hours=hours)) == 0
    assert len(inbox.letters) == 1
    show("The letter, as it was received", f"To: {to[0]}\nFrom: {mail['From']}\nSubject: {mail['Subject']}\n\n{mail.get_content()}")
    show("The chat", words_of(chat)[-1])


def test_claim_for_damages_end_to_end(shop: Shop) -> None:
    chat = Chat(shop)
    facts = {"order_number": "B1", "email": "nina@example.com", "phrase": "came broken"}
    told = "The lamp of B1 came broken, nina@example.com. I had to buy another for 80 dollars and took a day off work"
    chat.say(told, "damaged_or_defective", **facts)
    chat.tap("Refund")
    chat.tap("Yes")
    chat.say("number 4711 of the corner shop", "inform")
    chat.say("120 dollars", "inform")
    chat.tap("no receipt")
    chat.tap("That is all")
    with shop.begin(False) as uow:
        (claim,) = uow.claims.waiting()
    decided = accept(shop, claim.reference, LEAD, NOON + timedelta(hours=1), "80.00", "the day off is not shown by anything yet")
    assert decided.remedy is not None
    with shop.begin(True) as uow:
        ledger.settle(shop, uow, uow.remedies.get(decided.remedy.id), LATER)
    with shop.begin(False) as uow:
        claim = uow.claims.by_reference(claim.reference)
        paid = uow.remedies.get(claim.remedy_id or "")
        lines = [f"{one.agent or one.author}: {one.text}" for one in uow.messages.of(chat.id)]
    assert (claim.state, claim.decided_by) == (ClaimState.ACCEPTED, LEAD)
    assert (paid.state, str(paid.amount), paid.granted_by) == (RemedyState.SETTLED, "$80.00", LEAD)
    assert {one.state for one in chat.promises if one.what == "damages_decision"} == {PromiseState.KEPT}
    assert lines[-1].endswith("Your bank may take a few days to show it.")
    show("The claim, as it reads", "\n".join(lines))


class TestMail:
    def test_crash_between_mail_and_mark_sends_the_same_letter_again(self, shop: Shop, mailer: SmtpMailer, inbox: Mailbox) -> None:
        chat = signed(shop)
        with pytest.raises(SystemExit):
            Letters(shop, inbox.dying_mailer).run(LATER)
        assert letter_of(chat).state is LetterState.SIGNED
        assert Letters(shop, mailer).run(LATER + timedelta(seconds=5)) == 0  # another has it in hand
        assert Letters(shop, mailer).run(LATER + LEASE + timedelta(seconds=1)) == 1
        assert len({mail["Message-ID"] for _, mail in inbox.letters}) == 1
        assert len({mail.get_content() for _, mail in inbox.letters}) == 1
        assert letter_of(chat).state is LetterState.SENT
        assert sum("has written to you" in one for one in words_of(chat)) == 1

    def test_of_two_workers_one_drafts_and_one_mails(self, shop: Shop, mailer: SmtpMailer, inbox: Mailbox) -> None:
        chat = refunded(shop)
        settle(chat)
        start = Barrier(2)

        def draft(_: int) -> Letter | None:
            start.wait(timeout=30)
            return apology.draft(shop, chat.case.id, LATER)

        def send(_: int) -> int:
            start.wait(timeout=30)
            return Letters(shop, mailer).run(LATER)

        with ThreadPoolExecutor(2) as pool:
            assert len([one for one in pool.map(draft, range(2)) if one]) == 1
            apology.sign(shop, chat.case.reference, AGENT, LATER)
            assert sorted(pool.map(send, range(2))) == [0, 1]
        assert len(inbox.letters) == 1

    def test_server_that_puts_it_off_gets_it_later(self, shop: Shop, mailer: SmtpMailer, inbox: Mailbox) -> None:
        chat = signed(shop)
        inbox.answer = "451 try later"
        assert Letters(shop, mailer).run(LATER) == 1
        assert letter_of(chat).state is LetterState.SIGNED
        inbox.answer = "250 taken"
        assert Letters(shop, mailer).run(LATER + timedelta(minutes=5)) == 1
        assert letter_of(chat).state is LetterState.SENT

    @pytest.mark.parametrize("answer", ["550 no such person", "451 try later"])
    def test_failure_is_told_and_a_person_brought_who_shows_it(self, shop: Shop, mailer: SmtpMailer, inbox: Mailbox, answer: str) -> None:
        chat = signed(shop)
        inbox.answer = answer
        for hours in range(TRIES):
            Letters(shop, mailer).run(LATER + timedelta(hours=3 * hours))
        assert letter_of(chat).state is LetterState.FAILED
        assert sum("could not be delivered to the address on your order" in one for one in words_of(chat)) == 1
        assert [one.reason for one in chat.escalations] == ["letter_failed"]
        assert chat.conversation.handler is Handler.QUEUE
        apology.show_in_chat(shop, chat.case.reference, AGENT, LATER + timedelta(days=2))
        with shop.begin(False) as uow:
            last = uow.messages.of(chat.id)[-1]
        assert (last.author, last.agent, last.text) == (Author.AGENT, AGENT, letter_of(chat).text)
        assert inbox.letters == []

    def test_signed_letter_is_neither_edited_nor_dropped_nor_shown_beside_the_mail(self, shop: Shop) -> None:
        chat = signed(shop)
        for deed in (
            lambda: apology.edit(shop, chat.case.reference, "Other words.", AGENT, LATER),
            lambda: apology.drop(shop, chat.case.reference, AGENT, "no", LATER),
            lambda: apology.show_in_chat(shop, chat.case.reference, AGENT, LATER),
        ):
            with pytest.raises(Conflict):
                deed()


class TestMode:
    def test_full_says_whose_failure_it_was(self, shop: Shop, mailer: SmtpMailer, inbox: Mailbox) -> None:
        signed(shop)
        Letters(shop, mailer).run(LATER)
        ((_, mail),) = inbox.letters
        assert "It failed with Northway Parcel, whom we had chosen" in mail.get_content().replace("\n", " ")

    def test_regret_says_neither_fault_nor_cause(self, shop: Shop, mailer: SmtpMailer, inbox: Mailbox) -> None:
        signed(under(shop, AdmissionMode.REGRET))
        Letters(shop, mailer).run(LATER)
        ((_, mail),) = inbox.letters
        assert "I am sorry that this happened to you" in mail.get_content()
        assert "Northway" not in mail.get_content()
        show("The same under regret", mail.get_content())

    def test_regret_refuses_an_admission(self, shop: Shop) -> None:
        chat = refunded(shop)
        settle(chat)
        assert Apologies(shop).run(LATER) == 1
        apology.edit(shop, chat.case.reference, "I am sorry. We failed you.", AGENT, LATER)
        with pytest.raises(BadInput, match="We failed"):
            apology.sign(under(shop, AdmissionMode.REGRET), chat.case.reference, AGENT, LATER)


class TestNone:
    def test_annoyance_gets_none(self, shop: Shop, database: Database) -> None:
        take_orders(database, an_order(promised_by=NOON - timedelta(days=1)))
        chat = refunded(shop)
        settle(chat)
        assert chat.case.severity is Severity.S1
        assert Apologies(shop).run(LATER) == 0

    def test_pending_repair_gets_none(self, shop: Shop) -> None:
        chat = refunded(shop)
        assert Apologies(shop).run(LATER) == 0
        assert apology.draft(shop, chat.case.id, LATER) is None
        with pytest.raises(NotFound):
            letter_of(chat)
