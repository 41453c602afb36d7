"""The chat shuts nobody out: axe finds nothing in any state, and it works from right to left, small, and without motion."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visitor, Visits

pytestmark = [pytest.mark.product, pytest.mark.browser]

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "right to left": {"path": "/?lang=ar"},
    "phone": {"viewport": PHONE, "has_touch": True, "is_mobile": True},
    "smallest phone, dark, right to left": {"viewport": {"width": 320, "height": 568}, "color_scheme": "dark", "path": "/?lang=ar"},
    "strong colours": {"forced_colors": "active"},
}


def assert_open_to_all(visitor: Visitor, state: str) -> None:
    found = Axe().run(visitor.page)
    assert found.violations_count == 0, f"{state}: {found.generate_report()}"


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_in_any_state(visit: Visits, look: str) -> None:
    visitor = visit(**{"reduced_motion": "reduce", **LOOKS[look]})
    chat = visitor.page.locator("amends-chat")
    expect(visitor.page.locator(".orders li").first).to_be_visible()
    assert_open_to_all(visitor, "closed")
    visitor.open()
    assert_open_to_all(visitor, "open")
    visitor.say("I was charged twice")
    visitor.hear(1)
    assert_open_to_all(visitor, "in mid-talk")
    chat.locator("button.more").click()
    assert_open_to_all(visitor, "menu")
    chat.locator(".menu button").first.click()
    assert_open_to_all(visitor, "asked whether to start again")
    visitor.page.keyboard.press("Escape")
    visitor.page.route("**/api/**", lambda route: route.abort())
    visitor.say("and this one does not get through")
    expect(chat.locator(".state.waiting")).to_be_visible()
    assert_open_to_all(visitor, "no connection")
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_chat_follows_the_language_of_the_page(visit: Visits) -> None:
    visitor = visit("/?lang=ar")
    expect(visitor.launcher).to_have_attribute("aria-label", "تحدّث معنا")
    left = visitor.launcher.bounding_box()
    assert left and left["x"] < 100  # the end of a line that runs from right to left
    visitor.open()
    expect(visitor.page.locator("amends-chat .wrap")).to_have_attribute("dir", "rtl")
    visitor.say("My parcel is late")
    visitor.hear(1)
    mine, ours = visitor.bubbles.nth(0).bounding_box(), visitor.bubbles.nth(1).bounding_box()
    assert mine and ours and mine["x"] < ours["x"] + ours["width"] / 2


def test_chat_stays_whole_at_twice_the_size(visit: Visits) -> None:
    visitor = visit(viewport={"width": 640, "height": 360}, device_scale_factor=2)  # 1280 x 720 at 200 %
    visitor.open()
    visitor.say("My parcel is late")
    visitor.hear(1)
    for one in (visitor.field, visitor.page.locator("amends-chat .close"), visitor.page.locator("amends-chat .scroll")):
        expect(one).to_be_in_viewport(ratio=1)


def test_tab_stays_in_the_chat_that_covers_a_phone_and_escape_gives_the_focus_back(visit: Visits) -> None:
    visitor = visit(viewport=PHONE)
    visitor.open()
    for _ in range(12):
        visitor.page.keyboard.press("Tab")
        assert visitor.page.evaluate("document.activeElement.localName") == "amends-chat"
    visitor.page.keyboard.press("Escape")
    expect(visitor.launcher).to_be_focused()


def test_nothing_moves_where_no_motion_is_wanted(visit: Visits) -> None:
    visitor = visit(reduced_motion="reduce")
    visitor.open()
    running = "document.querySelector('amends-chat').shadowRoot.getAnimations().filter((one) => one.playState === 'running').length"
    assert visitor.page.evaluate(running) == 0
