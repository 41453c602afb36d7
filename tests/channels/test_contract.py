"""What every channel keeps to, seen from its provider's side and from the desk: complaints, people, follow-ups, and each thing once."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from PIL import Image

from bot import clock
from bot.cases.conversation import Author
from bot.cases.wording import faults
from tests.channels.together import Together
from tests.channels.world import CHANNELS, LEAD, VOUCHED, Customer, Desk, within
from tests.sent_files import photo

pytestmark = [pytest.mark.product, pytest.mark.xdist_group("channels"), pytest.mark.parametrize("channel", CHANNELS)]
STATES = {
    "sms": "delivered",
    "messenger": "delivered",
    "telegram": "sent",
    "mastodon": "sent",
}  # what their providers tell; of the others they tell that it was read


def test_complaint_to_remedy(together: Together, channel: str) -> None:
    together.play(complaint_to_remedy, channel)


def complaint_to_remedy(customer: Customer) -> Iterator[datetime]:
    """In words, with what is asked for, to what is filed."""
    first = customer.asks("The lamp from my order arrived broken in two.")
    assert "automated" in first and customer.reference in first and "order number" in first
    found = customer.asks(f"it is {customer.order}")
    if customer.channel in VOUCHED:
        assert "postcode" not in found
    else:
        assert "postcode" in found
        customer.asks(customer.email)
    assert "Walnut Desk Lamp" in customer.taps("replacement")
    done = customer.taps("yes")
    (case,) = customer.cases()
    (filed,) = [one for one in case["remedies"] if one["state"] != "cancelled"]
    assert "is filed as" in done and case["reference"] in done
    assert (case["channel"], filed["kind"], filed["state"]) == (customer.channel, "replacement", "queued")
    can, said = customer.world.can[customer.channel], [one for one in customer.said if one.author is not Author.CUSTOMER]
    assert all(len(one.text) <= can.longest for one in customer.arrived)
    assert len({one.text for one in said}) == len(said) and not any(faults(one.text) for one in said)
    assert sum("order number" in one.text for one in said) == 1
    customer.world.regulars[customer.channel] = customer
    yield from ()


def test_person_takes_over(together: Together, channel: str) -> None:
    together.play(person_takes_over, channel)


def person_takes_over(customer: Customer) -> Iterator[datetime]:
    """Their words and a photo come to the customer, and the customer's photo to the desk."""
    desk, ref = with_a_person(customer)
    sends_files = customer.world.can[customer.channel].sends_files
    shown = desk.keeps(ref, "lamp.jpg", photo(colour="#3355aa"))
    desk.post(f"chats/{ref}/reply", text="This is the lamp we have left.", key="first-reply", files=[shown])
    assert "This is the lamp we have left." in customer.hears()
    files = [content for one in customer.arrived for content in one.files]
    assert [Image.open(io.BytesIO(one)).size for one in files] == [(640, 480)] * sends_files
    customer.says("Here is mine.", photos=(photo(320, 200),))
    assert within(20, lambda: "Here is mine." in customer.own_words)
    newest = [one for one in customer.at_desk()["messages"] if one["author"] == "customer"][-1]
    (sent,) = newest["files"]
    assert newest["text"] == "Here is mine." and Image.open(io.BytesIO(desk.file(sent["url"]))).size == (320, 200)
    assert customer.at_desk()["agent"] == LEAD
    yield from ()


def with_a_person(customer: Customer) -> tuple[Desk, str]:
    """They ask for one, who takes the chat."""
    customer.asks("I want to talk to a person")
    ref = customer.reference
    customer.world.desk.post(f"chats/{ref}/take")
    customer.rests()
    return customer.world.desk, ref


def test_each_thing_once(together: Together, channel: str) -> None:
    together.play(each_thing_once, channel)


def each_thing_once(customer: Customer) -> Iterator[datetime]:
    """Everything is delivered three times, the later before the earlier: each is one message, one turn and one act."""
    ids = [f"{customer.order[1:]}{place:04}" for place in range(3)]
    complaint, late = f"My lamp {customer.order} came broken, I want a replacement. I am {customer.email}.", "It was packed badly."
    at, before = clock.now(), customer.world.kept(customer.channel)[0]
    if customer.world.can[customer.channel].has_threads:  # what answers nothing of ours would begin another conversation
        customer.asks(complaint, id=ids[0], at=at, times=3)
        customer.asks(late, id=ids[1], at=at, times=4)
    else:
        customer.says(late, id=ids[1], at=at, times=2)
        customer.says(complaint, id=ids[0], at=at - timedelta(seconds=2), times=3)
        customer.says(late, id=ids[1], at=at, times=2)
        customer.hears()
    assert sorted(customer.own_words) == sorted([complaint, late])
    while not (yes := next((one["label"] for one in customer.said[-1].choices if one["label"].startswith("Yes")), "")):
        customer.taps("replacement" if "replacement" in str(customer.said[-1].choices) else "Lamp")
    customer.says(yes, id=ids[2], times=3)
    customer.hears()
    customer.says(complaint, id=ids[0], at=at, times=2)
    customer.rests()
    assert customer.own_words.count(complaint) == customer.own_words.count(late) == customer.own_words.count(yes) == 1
    assert customer.world.kept(customer.channel)[0] - before == len(customer.own_words)
    cases = customer.cases()
    filed = [one for case in cases for one in case["remedies"] if one["state"] not in ("cancelled", "proposed")]
    assert len(cases) == 1 and len(filed) == 1
    said = [one.text for one in customer.said if one.author is Author.ASSISTANT]
    assert len(set(said)) == len(said) <= len(customer.own_words)
    came = [one.text for one in customer.arrived]
    assert len(set(came)) == len(came)
    for state in ("read", "delivered", "read"):
        for one in customer.arrived:
            customer.there.reports(one, "delivered" if customer.channel == "sms" else state, times=3)
    wanted = STATES.get(customer.channel, "read")
    assert within(10, lambda: set(customer.at_desk()["states"].values()) == {wanted}), customer.at_desk()["states"]
    yield from ()


def test_follow_up(together: Together, channel: str) -> None:
    together.play(complaint_to_remedy, channel)
    together.play(follow_up, channel)


def follow_up(newcomer: Customer) -> Iterator[datetime]:
    """The remedy has landed: a day later it is asked whether that put it right, as the channel allows after so long."""
    customer = newcomer.world.regulars[newcomer.channel]
    remedy = next(one["ref"] for one in newcomer.world.desk.get(f"cases/{customer.reference}")["remedies"] if one["state"] == "queued")
    newcomer.world.desk.post(f"remedies/{remedy}/settle", note="sent by hand")
    customer.rests()
    customer.heard = len(customer.arrived)
    yield max(due(customer), clock.now() + timedelta(hours=26)) + timedelta(minutes=1)
    can = customer.world.can[customer.channel]
    assert within(30, lambda: asked(customer) == 1), "nobody asks"
    if can.window:
        assert within(10, lambda: len(customer.arrived) - customer.heard == can.has_template)
        assert all(one.is_template for one in customer.arrived[customer.heard :])
        (held,) = [one["became"] for one in customer.at_desk()["messages"] if one["became"]]
        assert held["what"] == ("told" if can.has_template else "window")
        customer.heard = len(customer.arrived)
        came = customer.asks("Hello?")
    else:
        came = customer.hears()
    assert asked(customer) == 1 and question(customer) in came.replace("\n", " ")
    if customer.channel == "email":
        assert "List-Unsubscribe" in customer.arrived[-1].raw
    customer.asks("yes it has, thank you")
    assert customer.cases()[0]["follow_up"]["outcome"] == "yes"


def due(customer: Customer) -> datetime:
    """When the question is to be put."""
    found: list[datetime] = []

    def is_planned() -> bool:
        with customer.world.shop.begin(False) as uow:
            found[:] = [one.due_at for one in uow.follow_ups.of(uow.cases.by_reference(customer.reference).id)]
        return bool(found)

    assert within(15, is_planned), "no question is planned"
    return found[-1]


def asked(customer: Customer) -> int:
    """How often they were asked by nobody in particular whether it was put right."""
    return len(
        [one for one in customer.said if one.author is Author.SYSTEM and any("put_right" in each["payload"] for each in one.choices)]
    )


def question(customer: Customer) -> str:
    """Its first words."""
    put = next(one for one in reversed(customer.said) if any("put_right" in each["payload"] for each in one.choices))
    return put.text[:30]
