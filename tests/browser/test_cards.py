"""Cards in a real browser: facts changed one by one, an item, a remedy and a time chosen; by mouse, by keys, on the smallest phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, expect

from tests.browser.conftest import ANSWER_MS, Visitor, Visits

pytestmark = [pytest.mark.product, pytest.mark.browser]

BROKEN_LAMP = "My lamp came broken, order A10036, hana.sato@example.com"
SMALLEST = {"width": 320, "height": 568}
HINT_FITS = """(field) => {
  const { font, paddingLeft, paddingRight } = getComputedStyle(field);
  const pen = Object.assign(document.createElement("canvas").getContext("2d"), { font });
  return pen.measureText(field.placeholder).width <= field.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
}"""


def cards(visitor: Visitor, name: str) -> Locator:
    return visitor.page.locator("amends-chat").get_by_role("group", name=name)


def rows(card: Locator) -> Locator:
    return card.locator("button")


def focus_by_tab(visitor: Visitor, wanted: Locator) -> None:
    """Back from the field, as somebody without a mouse goes."""
    for _ in range(12):
        if wanted.evaluate("(one) => one.getRootNode().activeElement === one"):
            return
        visitor.page.keyboard.press("Shift+Tab")
    pytest.fail("Tab does not lead there")


def assert_fits_everyone(visitor: Visitor, state: str) -> None:
    found = Axe().run(visitor.page)
    assert found.violations_count == 0, f"{state}: {found.generate_report()}"
    for one in visitor.page.locator("amends-chat .card button").all():
        size = one.bounding_box()
        assert size and size["width"] >= 44 and size["height"] >= 44, one.inner_text()
    assert visitor.page.locator("amends-chat .scroll").evaluate("(one) => one.scrollWidth <= one.clientWidth"), state


def test_review_is_changed_fact_by_fact_and_old_cards_are_only_read(visit: Visits) -> None:
    visitor = visit(reduced_motion="reduce")
    visitor.open()
    visitor.say(BROKEN_LAMP)
    visitor.hear(1)
    offer = cards(visitor, "What can be done")
    labels = rows(offer).locator(".label").all_inner_texts()
    assert len(labels) > 1
    below = visitor.page.locator("amends-chat .choices button")
    expect(below).to_have_text(["Talk to a person"])  # what stands in the card is not said twice
    assert_fits_everyone(visitor, "offer")
    rows(offer).filter(has_text="Refund").click()
    expect(visitor.bubbles.nth(2).locator(".bubble")).to_have_text(labels[0])
    visitor.hear(2)
    expect(rows(offer)).to_have_count(0)  # stale: there to be read
    expect(offer.locator(".label")).to_have_text(labels)
    visitor.choices.filter(has_text="Change something").click()
    assert visitor.hear(3) == "This is what I have. What should I change?"
    review = cards(visitor, "What I have noted")
    expect(review.get_by_role("term")).to_have_text(["What it is about", "The order", "The item", "What happened"])
    expect(rows(review)).to_have_count(3)
    assert_fits_everyone(visitor, "review")
    review.get_by_role("button", name="Change: What happened").click()
    visitor.hear(4)
    visitor.say("The shade of the lamp has a long crack")
    visitor.hear(5)
    visitor.page.reload()  # what was kept shows the same
    expect(visitor.replies).to_have_count(5)
    expect(rows(cards(visitor, "What I have noted"))).to_have_count(0)
    expect(cards(visitor, "What I have noted").get_by_role("definition").nth(1)).to_have_text("A10036")
    visitor.choices.filter(has_text="Refund").last.click()
    visitor.hear(6)
    visitor.choices.filter(has_text="Change something").click()
    visitor.hear(7)
    last = cards(visitor, "What I have noted").last
    expect(last).to_contain_text("The shade of the lamp has a long crack")
    last.get_by_role("button", name="Change: The order").click()
    assert "order" in visitor.hear(8)
    assert visitor.errors == []


def test_item_and_remedy_are_chosen_by_keyboard_alone(visit: Visits) -> None:
    visitor = visit()
    visitor.open()
    keys = visitor.page.keyboard
    keys.type("Something came broken, order A10027, gus.lindqvist@example.com")
    keys.press("Enter")
    visitor.hear(1)
    items = cards(visitor, "Items in the order")
    expect(rows(items)).to_have_count(3)
    wanted = rows(items).nth(1)
    name = wanted.locator(".label").inner_text()
    focus_by_tab(visitor, wanted)
    keys.press("Enter")
    expect(visitor.field).to_be_focused()
    visitor.hear(2)
    assert any(said.startswith(name) for said in visitor.words()[2:])  # the choice has the options in its words, too
    remedy = rows(cards(visitor, "What can be done")).first
    chosen = remedy.locator(".label").inner_text()
    focus_by_tab(visitor, remedy)
    keys.press(" ")
    expect(visitor.field).to_be_focused()
    visitor.hear(3)
    assert chosen in visitor.words()
    expect(visitor.choices.filter(has_text="Yes, do that")).to_be_visible()


def test_time_of_a_call_is_chosen_on_the_smallest_phone(visit: Visits) -> None:
    visitor = visit(viewport=SMALLEST, has_touch=True, is_mobile=True, reduced_motion="reduce", color_scheme="dark")
    visitor.launcher.tap()
    visitor.say("Your courier shouted at me and was rude, order A10045, kit.holloway@example.com")
    visitor.hear(1)
    assert visitor.field.evaluate(HINT_FITS)
    rows(cards(visitor, "What can be done")).filter(has_text="call me").tap()
    visitor.hear(2)
    visitor.say("+1 602 555 0188")
    visitor.hear(3)
    times = cards(visitor, "Times for the call")
    expect(rows(times)).to_have_count(3)
    assert_fits_everyone(visitor, "times")
    second = rows(times).nth(1)
    said = second.locator(".label").inner_text()
    second.tap()
    expect(visitor.replies.filter(has_text="Your call is filed as R-")).to_have_count(1, timeout=ANSWER_MS)
    expect(rows(times)).to_have_count(0)
    begins = said.split(" ")[0]
    expect(visitor.replies.filter(has_text=f"between {begins}")).to_have_count(1, timeout=ANSWER_MS)  # booked for that very time


def test_hostile_names_in_a_card_stay_text_from_right_to_left_too(visit: Visits) -> None:
    hostile = '<img src=x onerror="window.broken = 1"> [x](javascript:alert(1))'
    row = {"label": hostile, "value": "$1.00", "detail": hostile, "choice": "c1"}
    card = {"kind": "orders", "text": hostile, "rows": [row, {**row, "choice": "gone"}]}
    message = {"seq": 2, "author": "assistant", "text": "-", "choices": [{"id": "c1", "label": hostile}], "at": "2026-03-03T12:00:00+00:00"}
    page = {"messages": [{**message, "agent": None, "card": card}], "handler": "assistant", "agent": None, "typing": False, "read": 0}
    visitor = visit("/?lang=ar", reduced_motion="reduce")
    visitor.page.route("**/api/messages?*", lambda route: route.fulfill(json=page))
    visitor.page.route("**/api/stream?*", lambda route: route.abort())
    visitor.page.route("**/api/seen", lambda route: route.fulfill(status=204))
    visitor.open()
    visitor.say("hello")
    shown = cards(visitor, "طلباتك")
    expect(shown.locator(".label")).to_have_text([hostile, hostile], timeout=ANSWER_MS)
    expect(rows(shown)).to_have_count(1)
    assert shown.locator("img, a").count() == 0
    assert visitor.page.evaluate("window.broken") is None
    label, value = shown.locator(".label").first.bounding_box(), shown.locator(".value").first.bounding_box()
    assert label and value and value["x"] < label["x"]
    assert_fits_everyone(visitor, "hostile")
