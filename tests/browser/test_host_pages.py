"""Pages of others: the strictest Content-Security-Policy, and words that want to be more than words."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visits
from tests.product import Product
from tests.sent_files import photo

pytestmark = [pytest.mark.product, pytest.mark.browser]

PAGE = """<!doctype html><html lang="en"><head><title>A strict shop</title></head><body><h1>A strict shop</h1>
<script src="{amends}/widget.js" data-name="A strict shop" defer></script></body></html>"""
HOSTILE = (
    '<img src=x onerror="window.hacked = 1">',
    "<script>window.hacked = 1</script>",
    "javascript:alert(1) and data:text/html,<b>x</b>",
    "\u202egnp.exe \u2066and on",
)


@pytest.fixture
def strict_page(product: Product) -> Iterator[str]:
    """A shop of another origin, whose pages may run and ask nothing but Amends. Styles and frames: none at all."""
    policy = f"default-src 'none'; script-src {product.url}; connect-src {product.url}; require-trusted-types-for 'script'; trusted-types"

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-security-policy", policy)
            self.send_header("cross-origin-embedder-policy", "require-corp")
            self.end_headers()
            self.wfile.write(PAGE.format(amends=product.url).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def test_chat_works_on_a_page_with_the_strictest_policy(visit: Visits, strict_page: str) -> None:
    visitor = visit(strict_page)
    visitor.open()
    visitor.say("My parcel is late")
    visitor.hear(1)
    assert visitor.launcher.evaluate("(one) => getComputedStyle(one).borderRadius") == "50%"
    new = "Object.keys(window).filter((name) => /amends|talk|chat/i.test(name))"
    assert visitor.page.evaluate(new) == [] and visitor.errors == []
    picked = {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    visitor.page.locator("amends-chat input[type=file]").set_input_files([picked])
    visitor.field.press("Enter")
    visitor.hear(2)
    visitor.page.reload()  # the page allows no image of anybody's; the picture is there all the same
    expect(visitor.page.locator("amends-chat button.picture.seen")).to_be_visible()
    assert visitor.errors == []


def test_hostile_words_are_only_words(visit: Visits) -> None:
    visitor = visit()
    visitor.open()
    for count, words in enumerate(HOSTILE, start=1):
        visitor.say(words)
        expect(visitor.page.locator("amends-chat .said.customer")).to_have_count(count)
    visitor.page.reload()  # and as they come back from the server
    expect(visitor.page.locator("amends-chat .said.customer")).to_have_count(len(HOSTILE))
    inside = visitor.page.locator("amends-chat .log")
    assert inside.locator("img, script, b").count() == 0
    assert [link for link in inside.locator("a").evaluate_all("(all) => all.map((one) => one.protocol)") if link != "mailto:"] == []
    assert visitor.page.evaluate("window.hacked") is None


def test_addresses_are_links_that_open_nothing_else(visit: Visits) -> None:
    visitor = visit()
    visitor.open()
    visitor.say("See https://example.com/a?b=<c>, (http://example.org/x). Or mailto:me@example.com; not https://me:pw@example.net/ here")
    links = visitor.page.locator("amends-chat .said.customer a")
    expect(links).to_have_count(3)
    assert links.evaluate_all("(all) => all.map((one) => one.href)") == [
        "https://example.com/a?b=",
        "http://example.org/x",
        "mailto:me@example.com",
    ]
    assert set(links.evaluate_all("(all) => all.map((one) => one.rel)")) == {"noopener noreferrer nofollow"}


def test_ten_thousand_characters_are_not_cut_unsaid(visit: Visits) -> None:
    visitor = visit()
    visitor.open()
    visitor.say("a" * 10_000)
    expect(visitor.page.locator("amends-chat .long")).to_have_text("That is 6000 characters too many. Send it in two parts.")
    assert visitor.field.input_value() == "a" * 10_000
    visitor.say("b" * 4_000)
    visitor.hear(1)
    panel, bubble = visitor.page.locator("amends-chat .panel").bounding_box(), visitor.bubbles.first.bounding_box()
    assert panel and bubble and bubble["width"] < panel["width"]
