"""Parts of the product die while a customer writes: nothing is lost or doubled, and the customer always reads where it stands."""

import re
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visits
from tests.browser.test_never_lost import on_record
from tests.product import Product, running, wait_until

pytestmark = [pytest.mark.product, pytest.mark.browser]

COMES_BACK_MS = 40_000


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product of its own, whose parts may be killed."""
    with running(tmp_path_factory.mktemp("parts_die")) as product:
        yield product


@pytest.fixture
def visits(chromium: Browser, mortal: Product) -> Iterator[Visits]:
    visits = Visits(chromium, mortal)
    yield visits
    for context in visits.contexts:
        context.close()


def test_killed_door_loses_and_doubles_nothing(visits: Visits, mortal: Product) -> None:
    visitor = visits()
    visitor.open()
    visitor.say("hello")
    visitor.hear(1)
    visitor.say("My parcel is late, order A10043")
    expect(visitor.page.locator("amends-chat .state.sent")).to_be_visible()  # it is kept, and its turn is under way
    mortal.kill("web")
    visitor.say("lena.vogt@example.com")  # written to a door that is not there
    waiting = visitor.page.locator("amends-chat .state.waiting, amends-chat .state.sending")
    expect(waiting).to_have_count(0, timeout=COMES_BACK_MS)
    mine = ["hello", "My parcel is late, order A10043", "lena.vogt@example.com"]
    expect(visitor.page.locator("amends-chat .said.customer .bubble")).to_have_text(mine)
    assert on_record(visitor, mortal) == mine
    expect(visitor.page.locator("amends-chat .said").last).not_to_have_class(re.compile("customer"), timeout=COMES_BACK_MS)
    wait_until(lambda: bool(mortal.cases()), 10, "the case")
    case = mortal.cases()[-1]
    if case["handler"] == "queue":  # killed between asking the assistant and its answer: nobody asks twice, and a person is brought
        expect(visitor.page.locator("amends-chat .state.sent")).to_have_count(1)  # kept, and not read by anybody yet
    mortal.amends("cases", "reply", case["reference"], "I have all of it.", "--agent", "Amira")
    expect(visitor.page.locator("amends-chat .state.read")).to_have_count(1, timeout=COMES_BACK_MS)
    expect(visitor.page.locator("amends-chat .state")).to_have_count(1)
    expect(visitor.bubbles.filter(has_text="I have all of it.")).to_have_count(1)
    expect(visitor.page.locator("amends-chat .notice.bad")).to_be_empty()
    said = visitor.words()
    assert len(said) == len(set(said))
    visitor.page.reload()  # and the server tells the same
    expect(visitor.bubbles).to_have_count(len(said))
    assert visitor.words() == said
    assert len(mortal.cases()) == 1


def test_dead_assistant_is_owned_up_to_and_a_person_is_brought(visits: Visits, mortal: Product) -> None:
    wait_until(mortal.is_ready, 60, "all parts to be ready")
    visitor = visits()
    visitor.open()
    visitor.say("hello")
    visitor.hear(1)
    mortal.kill("assistant", signal.SIGSTOP)  # it takes what is asked of it and never answers
    try:
        visitor.say("My lamp came broken in two")
        said = visitor.hear(2)
    finally:
        mortal.kill("assistant", signal.SIGCONT)
    assert mortal.cases()[-1]["reference"] in said and "team" in said
    expect(visitor.page.locator("amends-chat .handler")).to_have_attribute("data-handler", "queue", timeout=COMES_BACK_MS)
    assert on_record(visitor, mortal) == ["hello", "My lamp came broken in two"]
    assert mortal.cases()[-1]["handler"] == "queue" and mortal.cases()[-1]["escalation"]["reason"] == "assistant_failed"
