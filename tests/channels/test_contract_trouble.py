"""What every channel keeps to when things go wrong: forged requests, a provider that fails, and an assistant that is down."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import clock
from bot.cases.conversation import Author
from bot.cases.signature import HEADER, sign
from tests.channels.test_contract import with_a_person
from tests.channels.together import Together
from tests.channels.world import CHANNELS, Customer, World, within
from tests.product import wait_until
from tests.standins import meta, reviews, telegram

pytestmark = [pytest.mark.product, pytest.mark.xdist_group("channels")]
on_every_channel = pytest.mark.parametrize("channel", CHANNELS)
KNOWS = ("sms", "mastodon", "reviews", "email")  # whether a message went out can be found, or it is taken once however often it is sent
FAILS_LATE = ("sms", "whatsapp", "reviews", "email")
ENOUGH_S, GENEROUS_S = 0.5, 2.0
SIGNS: dict[str, Any] = {
    "telegram": lambda _body: {"x-telegram-bot-api-secret-token": telegram.SECRET},
    "whatsapp": lambda body: {"x-hub-signature-256": meta.signature(body)},
    "messenger": lambda body: {"x-hub-signature-256": meta.signature(body)},
    "reviews": lambda body: {"amends-signature": reviews.signed(body)},
}


@on_every_channel
def test_provider_that_fails(together: Together, channel: str) -> None:
    together.play(provider_fails, channel, at_once=len(CHANNELS))  # nobody waits for the assistant here


def provider_fails(customer: Customer) -> Iterator[datetime]:
    """Away for an hour, too busy, done but not answered, failed afterwards, refused: people see it, nothing is lost."""
    with_a_person(customer)
    try:
        yield from is_away(customer)
        yield from is_difficult(customer)
    finally:
        behaves(customer)  # whatever is amiss here, other tests find it well


def is_away(customer: Customer) -> Iterator[datetime]:
    """What waits goes out afterwards, in order and once."""
    customer.there.misbehaves("down", 500)
    replies(customer, "First.", "Second.")
    assert within(20, lambda: (became(customer, "First.") or {}).get("what") == "retry"), became(customer, "First.")
    for _ in range(3):
        yield clock.now() + timedelta(minutes=20)
        assert not came(customer, "First.") and not came(customer, "Second.")
    assert within(20, lambda: "message_waits" in alerts(customer)) and became(customer, "First.")["why"]
    behaves(customer)
    yield clock.now() + timedelta(minutes=6)
    assert within(20, lambda: came(customer, "Second.") == 1)
    assert [one.text for one in customer.arrived if one.text in ("First.", "Second.")] == ["First.", "Second."]


def is_difficult(customer: Customer) -> Iterator[datetime]:
    """Each difficulty once, with a message of its own."""
    customer.there.misbehaves("rate", 1)
    replies(customer, "Third.")
    assert within(20, lambda: came(customer, "Third.") == 1), "what its provider had no time for is sent later"

    customer.there.misbehaves("crash", 1)
    replies(customer, "Fourth.")
    customer.rests()
    assert came(customer, "Fourth.") in ((1,) if customer.channel in KNOWS else (1, 2))
    yield clock.now() + timedelta(seconds=30)

    if customer.channel in FAILS_LATE:
        customer.there.misbehaves("late_failure", 1)
        replies(customer, "Fifth.")
        assert within(20, lambda: (became(customer, "Fifth.") or {}).get("what") == "failed"), "failed afterwards"
        assert became(customer, "Fifth.")["why"]
    customer.there.misbehaves("refused", 1)
    replies(customer, "Sixth.")
    assert within(20, lambda: (became(customer, "Sixth.") or {}).get("what") == "failed"), "refused"
    assert became(customer, "Sixth.")["why"] and came(customer, "Sixth.") == 0 and "message_failed" in alerts(customer)
    assert [came(customer, one) for one in ("First.", "Second.", "Third.")] == [1, 1, 1]


def replies(customer: Customer, *texts: str) -> None:
    for text in texts:
        key = f"{customer.order}-{text.strip('.').lower()}"
        customer.world.desk.post(f"chats/{customer.reference}/reply", text=text, key=key)


def came(customer: Customer, text: str) -> int:
    return sum(one.text == text for one in customer.arrived)


def became(customer: Customer, text: str) -> Any:
    """What the desk says of a message."""
    return next(one["became"] for one in customer.at_desk()["messages"] if one["text"] == text)


def alerts(customer: Customer) -> set[str]:
    with customer.world.shop.begin(False) as uow:
        case_id = uow.cases.by_reference(customer.reference).id
        return {one.kind for one in uow.alerts.unseen() if one.case_id == case_id}


def behaves(customer: Customer) -> None:
    """The provider is well again."""
    for name in ("manners", "_manners", "mishaps", "_fails", "_how"):
        getattr(customer.there, name, []).clear()


@on_every_channel
def test_what_is_not_the_providers_changes_nothing(world: World, channel: str) -> None:
    there, before = world.stand_ins[channel], world.kept(channel)
    for one in there.forgeries(world.customer(channel).address, "I want my money back"):
        url = there.door + (f"?{one.query}" if one.query else "")
        answer = httpx.request(one.method, url, headers=one.headers, content=one.body, timeout=20, trust_env=False)
        assert answer.status_code in one.status, f"{one.what}: {answer.status_code} {answer.text[:200]}"
    assert world.kept(channel) == before


def test_assistant_is_down(world: World, record_property: Callable[[str, object], None]) -> None:
    """Every delivery is acknowledged as fast as ever, kept, and answered once the assistant is back."""
    customers = [world.customer(name) for name in CHANNELS]
    world.product.kill("assistant")
    took: dict[str, list[float]] = {}
    for one in customers:
        for words in words_of(one):
            began = time.monotonic()
            if one.says(words):
                took.setdefault(one.channel, []).append(time.monotonic() - began)
    for channel, seconds in took.items():
        record_property(f"acknowledged_ms_{channel}", round(median(seconds) * 1000))
        assert max(seconds) < GENEROUS_S, f"{channel} waited {max(seconds):.2f} s"
    assert median([one for seconds in took.values() for one in seconds]) < ENOUGH_S
    wait_until(world.product.is_ready, 90, "the assistant to be back")
    assert within(90, lambda: all(is_answered(one) for one in customers)), [one.under_way() for one in customers]
    for one in customers:
        assert one.own_words == words_of(one)


def words_of(customer: Customer) -> list[str]:
    """Two messages; one where a second that answers nothing of ours begins another conversation."""
    has_threads = customer.world.can[customer.channel].has_threads
    return ["My parcel is late.", f"It is order {customer.order}."][: 1 if has_threads else 2]


def is_answered(customer: Customer) -> bool:
    """By the assistant or, where it had too much to do at once, by an honest word that a person will."""
    said = [one for one in customer.said if one.author is not Author.CUSTOMER]
    answers = any(one.author is Author.ASSISTANT or "failed on our side" in one.text for one in said)
    return answers and not customer.under_way() and len(customer.arrived) >= len(said)


def test_no_bytes_at_a_door_are_our_failure(world: World) -> None:
    doors = {name: (world.stand_ins[name].door, world.stand_ins[name].forgeries("1", "words")[0]) for name in CHANNELS}
    client, statuses = httpx.Client(timeout=20, trust_env=False), set[int]()
    SIGNS["email"] = lambda body: {HEADER: sign("a secret of the mail provider and Amends", body, clock.now())}

    @settings(max_examples=600, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(CHANNELS), st.data())
    def knock(channel: str, data: st.DataObject) -> None:
        door, genuine = doors[channel]
        at = data.draw(st.integers(0, len(genuine.body)))
        junk = data.draw(st.binary(max_size=40) | st.sampled_from([b"null", b"{}", b"[]", b'"\\ud800"', b"1e999", b"\0", b"%ff", b"-1"]))
        body = genuine.body[:at] + junk + genuine.body[at + data.draw(st.integers(0, 60)) :]
        headers = genuine.headers | (SIGNS[channel](body) if channel in SIGNS and data.draw(st.booleans()) else {})
        method = data.draw(st.sampled_from(["POST", "POST", "POST", "GET", "PUT", "DELETE", "HEAD"]))
        query = data.draw(st.sampled_from(["", "?hub.mode=subscribe&hub.challenge=1", "?%00=%ff", "?a=1&a=2"]))
        statuses.add(client.request(method, door + query, headers=headers, content=body).status_code)

    knock()
    client.close()
    assert max(statuses) < 500 and {400, 405} <= statuses and statuses & {401, 403}, statuses
