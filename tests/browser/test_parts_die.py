"""Parts of the product die while a customer writes: nothing is lost or doubled, and the customer always reads where it stands."""

import re
import signal
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, Visits
from tests.browser.test_never_lost import conversation_of, on_record
from tests.product import Product, wait_until

pytestmark = [pytest.mark.product, pytest.mark.browser]

COMES_BACK_MS = 40_000


def test_killed_door_loses_and_doubles_nothing(visit: Visits, product: Product) -> None:
    visitor = visit()
    visitor.open()
    visitor.say("hello")
    visitor.hear(1)
    visitor.say("My parcel is late, order A10022")
    expect(visitor.page.locator("amends-chat .state.sent")).to_be_visible()  # it is kept, and its turn is under way
    product.kill("web")
    visitor.say("ada.whitlock@example.com")  # written to a door that is not there
    waiting = visitor.page.locator("amends-chat .state.waiting, amends-chat .state.sending")
    expect(waiting).to_have_count(0, timeout=COMES_BACK_MS)
    mine = ["hello", "My parcel is late, order A10022", "ada.whitlock@example.com"]
    expect(visitor.page.locator("amends-chat .said.customer .bubble")).to_have_text(mine)
    assert on_record(visitor, product) == mine
    expect(visitor.page.locator("amends-chat .said").last).not_to_have_class(re.compile("customer"), timeout=COMES_BACK_MS)
    wait_until(lambda: bool(cases_of(visitor, product)), 10, "the case")
    (case,) = cases_of(visitor, product)
    if case["handler"] == "queue":  # killed between asking the assistant and its answer: nobody asks twice, and a person is brought
        expect(visitor.page.locator("amends-chat .state.sent")).to_have_count(1)  # kept, and not read by anybody yet
    product.amends("cases", "reply", case["reference"], "I have all of it.", "--agent", "Amira")
    expect(visitor.page.locator("amends-chat .state.read")).to_have_count(1, timeout=COMES_BACK_MS)
    expect(visitor.page.locator("amends-chat .state")).to_have_count(1)
    expect(visitor.bubbles.filter(has_text="I have all of it.")).to_have_count(1)
    expect(visitor.page.locator("amends-chat .notice.bad")).to_be_empty()
    said = visitor.words()
    assert len(said) == len(set(said))
    visitor.page.reload()  # and the server tells the same
    expect(visitor.bubbles).to_have_count(len(said))
    assert visitor.words() == said
    assert len(cases_of(visitor, product)) == 1


def test_dead_assistant_is_owned_up_to_and_a_person_is_brought(visit: Visits, product: Product) -> None:
    wait_until(product.is_ready, 60, "all parts to be ready")
    visitor = visit()
    visitor.open()
    visitor.say("hello")
    visitor.hear(1)
    product.kill("assistant", signal.SIGSTOP)  # it takes what is asked of it and never answers
    try:
        visitor.say("My lamp came broken in two")
        said = visitor.hear(2)
    finally:
        product.kill("assistant", signal.SIGCONT)
    (case,) = cases_of(visitor, product)
    assert case["reference"] in said and "team" in said
    expect(visitor.page.locator("amends-chat .handler")).to_have_attribute("data-handler", "queue", timeout=COMES_BACK_MS)
    assert on_record(visitor, product) == ["hello", "My lamp came broken in two"]
    assert case["handler"] == "queue" and case["escalation"]["reason"] == "assistant_failed"


def cases_of(visitor: Visitor, product: Product) -> list[dict[str, Any]]:
    """This customer's cases, as exported."""
    return [case for case in product.cases() if case["conversation_id"] == conversation_of(visitor)]
