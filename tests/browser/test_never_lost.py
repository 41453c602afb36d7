"""No message is lost and none is doubled: a reload, two tabs, a line that is away, storage that is blocked."""

import re

import httpx
import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Visitor, Visits
from tests.product import Product

pytestmark = [pytest.mark.product, pytest.mark.browser]

BLOCKED = """for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });"""


def on_record(visitor: Visitor, product: Product) -> list[str]:
    """What the server has of this customer's own words."""
    headers = {"authorization": f"Bearer {token_of(visitor)}"}
    page = httpx.get(f"{product.url}/api/messages", headers=headers).json()
    return [one["text"] for one in page["messages"] if one["author"] == "customer"]


def token_of(visitor: Visitor) -> str:
    """What the visitor's browser keeps of the session."""
    kept: str = visitor.page.evaluate("Object.entries(localStorage).find(([key]) => key.endsWith(':token'))[1]")
    return kept.strip('"')


def conversation_of(visitor: Visitor) -> str:
    """The conversation that the visitor's session is bound to."""
    return token_of(visitor).split(".")[0]


def test_reload_in_mid_form_goes_on_where_it_was(visit: Visits) -> None:
    visitor = visit()
    visitor.open()
    visitor.say("My parcel is late, order A10043")
    visitor.hear(1)
    before = visitor.words()
    visitor.page.reload()
    expect(visitor.field).to_be_visible()  # open, as it was
    expect(visitor.bubbles).to_have_count(2)
    assert visitor.words() == before
    visitor.say("lena.vogt@example.com")
    assert "A10043" in visitor.hear(2)


def test_two_tabs_are_in_step_over_one_stream(visit: Visits) -> None:
    first = visit()
    streams: list[str] = []
    first.context.on("request", lambda sent: streams.append(sent.url) if "/api/stream" in sent.url else None)
    first.open()
    first.say("My parcel is late")
    first.hear(1)
    second = visit(context=first.context)
    second.hear(1)
    second.open()
    second.say("Order A10041")
    second.hear(2)
    first.hear(2)
    assert first.words() == second.words() and len(first.words()) == 4
    assert len(streams) == 1
    first.page.close()  # the other takes the line over
    second.say("farah.aziz@example.com")
    second.hear(3)
    assert len(streams) == 2


def test_words_written_offline_are_sent_once_and_in_order(visit: Visits, product: Product) -> None:
    visitor = visit()
    visitor.open()
    visitor.say("hello")
    visitor.hear(1)
    visitor.context.set_offline(True)
    for text in ("first offline", "second offline", "third offline"):
        visitor.say(text)
    expect(visitor.page.locator("amends-chat .state.waiting")).to_have_count(3)
    visitor.page.wait_for_timeout(4000)
    visitor.context.set_offline(False)
    expect(visitor.page.locator("amends-chat .state.waiting")).to_have_count(0, timeout=40_000)
    assert on_record(visitor, product) == ["hello", "first offline", "second offline", "third offline"]
    expect(visitor.page.locator("amends-chat .said.customer")).to_have_count(4)


def test_outbox_survives_a_reload(visit: Visits, product: Product) -> None:
    visitor = visit()
    visitor.open()
    visitor.say("hello")
    visitor.hear(1)
    visitor.page.route(re.compile("/api/"), lambda route: route.abort())
    visitor.say("written while the server was away")
    expect(visitor.page.locator("amends-chat .state.waiting")).to_have_count(1)
    visitor.page.reload()
    expect(visitor.bubbles.filter(has_text="written while")).to_have_count(1)
    visitor.page.unroute_all()
    visitor.hear(2)
    assert on_record(visitor, product) == ["hello", "written while the server was away"]


def test_answer_that_is_lost_on_the_way_doubles_nothing(visit: Visits, product: Product) -> None:
    """The server took the message, and the browser never heard so: it sends the same once more."""
    visitor = visit()
    visitor.open()
    visitor.say("hello")
    visitor.hear(1)
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().text())
            route.abort()
        else:
            route.continue_()

    visitor.page.route(re.compile("/api/messages"), lose_the_first)
    visitor.say("My lamp is broken")
    visitor.hear(2)
    expect(visitor.page.locator("amends-chat .said.customer")).to_have_count(2)
    assert lost and on_record(visitor, product) == ["hello", "My lamp is broken"]


def test_refused_message_says_why_and_can_go(visit: Visits) -> None:
    visitor = visit()
    visitor.open()
    body = '{"error": "This message cannot be read."}'
    visitor.page.route(re.compile("/api/messages"), lambda route: route.fulfill(status=400, content_type="application/json", body=body))
    visitor.say("refuse me")
    failed = visitor.page.locator("amends-chat .state.failed")
    expect(failed).to_contain_text("Not sent. This message cannot be read.")
    failed.get_by_role("button", name="Remove").click()
    expect(visitor.bubbles).to_have_count(0)


def test_chat_works_by_polling_where_a_proxy_holds_the_stream_back(visit: Visits) -> None:
    visitor = visit()
    visitor.page.route(re.compile("/api/stream"), lambda route: None)  # never answered
    visitor.open()
    visitor.say("My parcel is late")
    visitor.hear(1)


def test_chat_works_with_storage_blocked(visit: Visits) -> None:
    visitor = visit(init=BLOCKED)
    visitor.open()
    visitor.say("My parcel is late")
    visitor.hear(1)
    visitor.say("hello")
    visitor.hear(2)
    assert visitor.errors == []
