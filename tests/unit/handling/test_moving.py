"""A customer who goes on elsewhere keeps the case after proof; nobody else gets into it."""

import pytest

from bot.cases.case import CaseStatus
from bot.cases.contact import Contact
from bot.cases.conversation import Handler
from bot.handling.accept import open_conversation
from bot.handling.handoff import hand_off
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import NOON, an_item, an_order
from tests.doors import a_shop
from tests.unit.handling.chats import Chat, take_orders

MINE = {"order_number": "A10021", "email": "nina@example.com"}


@pytest.fixture
def shop(memory_database: Database) -> Shop:
    take_orders(memory_database, an_order(status="delivered", items=(an_item(1, "Desk Lamp"), an_item(2, "Wall Clock", "30.00"))))
    return a_shop(memory_database)


def by_mail(shop: Shop, **vouched: str) -> Chat:
    """A conversation by e-mail; `vouched`: what its server says of the sender."""
    chat = Chat(shop, id=open_conversation(shop, "email", NOON).id)
    with shop.begin(True) as uow:
        uow.add(Contact(chat.id, "email", "nina@example.com", **vouched))
    return chat


def begun(shop: Shop) -> Chat:
    chat = Chat(shop)
    chat.say("My lamp came broken, A10021 nina@example.com", "damaged_or_defective", **MINE)
    chat.say("the lamp", "inform", product="lamp")
    assert chat.case.proven
    return chat


def test_case_goes_on_with_what_was_told(shop: Shop) -> None:
    chat = begun(shop)
    ref, told = chat.case.reference, chat.facts
    mail = by_mail(shop, email="nina@example.com")
    said = mail.say("It is about my broken lamp from order A10021.", "damaged_or_defective", order_number="A10021")
    assert mail.case.reference == ref and ref in said and "known here" in said
    assert mail.asks not in ("items", "proof") and {**told}.items() <= {**mail.facts}.items()
    assert chat.conversation.case_id is None
    with shop.begin(False) as uow:
        closed = [one for one in uow.cases.list() if one.status is CaseStatus.CLOSED]
        assert [uow.case_views.links(one.id) for one in closed] == [[(ref, "merged", False)]]


def test_people_who_have_it_there_have_it_here(shop: Shop) -> None:
    chat = begun(shop)
    with shop.begin(True) as uow:
        there = uow.conversations.get(chat.id)
        hand_off(shop, uow, there, "asked", NOON)
        there.give_to(Handler.AGENT, "Amira Haddad")
    mail = by_mail(shop, email="nina@example.com")
    mail.say("My lamp is broken, order A10021.", "damaged_or_defective", order_number="A10021")
    assert (mail.conversation.handler, mail.conversation.agent) == (Handler.AGENT, "Amira Haddad")
    assert any("goes on with your case" in one.text for one in mail.transcript)
    assert chat.conversation.handler is Handler.NOBODY


def test_nobody_elses_proof_opens_it(shop: Shop) -> None:
    chat = begun(shop)
    gift = Chat(shop)
    gift.say("My lamp came broken, A10021, postcode 85001", "damaged_or_defective", order_number="A10021")
    assert gift.case.proven and gift.case.reference != chat.case.reference


def test_what_only_looks_like_the_customer_proves_nothing(shop: Shop) -> None:
    chat = begun(shop)
    mail = by_mail(shop)
    said = mail.say("My lamp is broken, order A10021.", "damaged_or_defective", order_number="A10021")
    assert mail.asks == "proof" and chat.case.reference not in said


def test_another_matter_or_a_settled_one_stays_a_case_of_its_own(shop: Shop) -> None:
    chat = begun(shop)
    mail = by_mail(shop, email="nina@example.com")
    mail.say("I was charged twice for order A10021.", "billing_dispute", order_number="A10021")
    assert mail.case.reference != chat.case.reference
    chat.tap("replacement" if any("replacement" in one for one in chat.labels) else chat.labels[0])
    if chat.asks == "confirmation":
        chat.say("yes", "affirm")
    assert chat.filed
    other = by_mail(shop, email="nina@example.com")
    other.say("My lamp came broken, order A10021.", "damaged_or_defective", order_number="A10021")
    assert other.case.reference != chat.case.reference


def test_number_that_the_channel_vouches_for_is_no_wrong_try(shop: Shop) -> None:
    mail = by_mail(shop, email="somebody.else@example.com")
    mail.say("My lamp is broken, order A10021.", "damaged_or_defective", order_number="A10021")
    assert mail.case.wrong_proofs == 0 and mail.asks == "proof"
    mail.say("nina@example.com", "inform", email="nina@example.com")
    assert mail.case.proven


def test_letter_answers_several_questions_each_in_a_line(shop: Shop) -> None:
    mail = by_mail(shop)
    asked = mail.say("My lamp came broken.", "damaged_or_defective", things=("lamp",))
    assert "postcode" in asked and "what would put it right" in asked
    mail.say("10021\n85001\nThe lamp. I paid 1200 for such things before.", "inform", product="lamp")
    assert mail.case.proven and mail.facts["postcode"] == "85001"
    assert mail.asks not in ("order_number", "proof", "items")
