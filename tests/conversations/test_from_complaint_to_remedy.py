"""Whole conversations through the public door, with a really trained model, on the demo shop's orders."""

import re

import pytest

from bot.cases.wording import apologies, faults
from tests.product import Chat, Product

pytestmark = pytest.mark.product


def filed(case: dict) -> list[dict]:
    return [one for one in case["remedies"] if one["state"] in ("queued", "needs_approval")]


def test_late_parcel_under_the_storm_is_explained_and_refunded(product: Product, chat: Chat) -> None:
    first = chat.say("hello, my parcel is three days late and nobody tells me anything")
    assert "automated" in first and "person" in first
    assert apologies(first) == 1 and first.count("?") == 1 and len(first.split()) <= 80
    chat.say("a10022")
    found = chat.say("ada.whitlock@example.com")
    assert "winter storm has closed the passes" in found
    assert len(chat.labels) >= 3 and any("Refund".lower() in label.lower() for label in chat.labels)
    asked = chat.tap("refund")
    assert "$108.50" in asked
    done = chat.tap("yes")
    case = product.case_of(chat)
    (remedy,) = filed(case)
    assert (remedy["kind"], remedy["amount"], remedy["state"]) == ("refund", "108.50", "queued")
    assert case["reference"] in done and case["fault"] == "force_majeure"
    assert {promise["what"] for promise in case["promises"]} == {"incident_news", "refund", "taken_up"}
    assert all(not faults(one["text"]) for one in chat.said)
    assert sum(apologies(one["text"]) for one in chat.said) == 1


def test_everything_said_at_once_is_asked_for_once_only(product: Product, chat: Chat) -> None:
    asked = chat.say("The lamp in my order A10036 came broken in two. My e-mail is hana.sato@example.com and I would like a replacement.")
    assert "Walnut Desk Lamp" in asked and asked.count("?") == 1
    chat.tap("yes")
    (remedy,) = filed(product.case_of(chat))
    assert (remedy["kind"], remedy["state"]) == ("replacement", "queued")


def test_wrong_item_asks_which_one(product: Product, chat: Chat) -> None:
    chat.say("you sent me the wrong thing, this is not what I ordered")
    chat.say("A10038")
    chat.say("30303")
    assert "mug" in " ".join(chat.labels).lower()
    chat.say("the mug")
    chat.tap("right item")
    chat.tap("yes")
    case = product.case_of(chat)
    assert [one["kind"] for one in filed(case)] == ["replacement"]
    assert case["items"] == [1] or "1" in str(case["items"])


def test_charge_taken_twice_goes_back_to_the_cent(product: Product, chat: Chat) -> None:
    chat.say("I was charged twice for order A10029")
    found = chat.say("june.abara@example.com")
    assert "$258.00" in found and "$129.00" in found
    chat.tap("refund")
    chat.tap("yes")
    (remedy,) = filed(product.case_of(chat))
    assert (remedy["kind"], remedy["amount"]) == ("refund", "129.00")


def test_refund_that_was_never_sent_is_sent(product: Product, chat: Chat) -> None:
    chat.say("still waiting for my refund for A10035, farah.aziz@example.com")
    chat.tap("refund") if "confirm" not in chat.said[-1]["text"] and any("owed" in label for label in chat.labels) else None
    chat.tap("yes")
    (remedy,) = filed(product.case_of(chat))
    assert (remedy["kind"], remedy["amount"]) == ("refund", "29.00")


@pytest.mark.parametrize(
    ("said", "reason", "priority"),
    [
        ("the kettle exploded and burnt my hand", "injury", "urgent"),
        ("is there anybody with a heartbeat I could talk to", "asked", "normal"),
        ("I will see you in court, my solicitor is writing to you about this order", "legal", "high"),
    ],
)
def test_a_person_is_brought_in_the_same_turn(product: Product, chat: Chat, said: str, reason: str, priority: str) -> None:
    answer = chat.say(said)
    case = product.case_of(chat)
    assert case["escalation"]["reason"] == reason and case["escalation"]["priority"] == priority
    assert case["handler"] == "queue" and case["reference"] in answer and "?" not in answer
    assert re.search(r"\d\d:\d\d [A-Z]\w+ time (today|on \w+day \d+ \w+)", answer)


def test_nothing_of_an_order_is_shown_without_proof(product: Product, chat: Chat) -> None:
    other = Chat.begin(product)
    for one, number in ((chat, "A10027"), (other, "A99999")):
        one.say("my order arrived damaged")
        one.say(number)
        one.say("wrong@example.com")
    texts = [[re.sub(r"A\d{5}|A-\w+", "", message["text"]) for message in one.said][-1] for one in (chat, other)]
    assert not any(word in " ".join(texts) for word in ("Skillet", "delivered", "Apron", "141"))
    for one in (chat, other):
        one.say("other@example.com")
        last = one.say("third@example.com")
        assert product.case_of(one)["escalation"]["reason"] == "proof_failed", last


def test_a_person_takes_answers_and_hands_back(product: Product, chat: Chat) -> None:
    chat.say("get me a human please")
    reference = product.case_of(chat)["reference"]
    product.amends("cases", "take", reference, "--agent", "Amira")
    product.amends("cases", "reply", reference, "Hello, this is Amira. I am reading your case.", "--agent", "Amira")
    assert "Amira" in chat.hear()
    chat.send("my parcel A10021 is late")
    product.amends("cases", "reply", reference, "I have asked the carrier.", "--agent", "Amira")
    assert "carrier" in chat.hear()
    assert {one["author"] for one in chat.said[1:]} <= {"agent", "system"}
    product.amends("cases", "hand-back", reference, "--note", "The carrier looks for it.", "--agent", "Amira")
    assert "The carrier looks for it." in chat.hear()
    chat.say("my parcel is late")
    assert chat.said[-1]["author"] == "assistant"
