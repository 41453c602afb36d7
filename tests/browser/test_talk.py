"""A complaint from its first word to a filed remedy, in a real browser: by mouse, by keyboard alone, and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visitor, Visits
from tests.product import Product

pytestmark = [pytest.mark.product, pytest.mark.browser]


def complain(visitor: Visitor, order: str, email: str) -> None:
    """Up to the offer of remedies."""
    visitor.say(f"My parcel is late, order {order}")
    visitor.hear(1)
    visitor.say(email)
    visitor.hear(2)
    expect(visitor.choices.first).to_be_visible()


def assert_filed(visitor: Visitor, product: Product) -> None:
    """The reference that the customer reads is on record."""
    said = visitor.hear(4)
    found = re.search(r"R-[A-Z0-9]+", said)
    assert found, said
    assert found.group() in product.amends("remedies", "list", "--json")


def test_complaint_to_filed_remedy_by_mouse(visit: Visits, product: Product) -> None:
    visitor = visit()
    visitor.open()
    complain(visitor, "A10021", "cleo.marchetti@example.com")
    visitor.choices.filter(has_text="again by express").click()
    visitor.hear(3)
    visitor.choices.filter(has_text="Yes, do that").click()
    assert_filed(visitor, product)
    assert visitor.errors == []


def test_complaint_to_filed_remedy_by_keyboard_alone(visit: Visits, product: Product) -> None:
    visitor = visit()
    keys = visitor.page.keyboard
    for _ in range(12):  # past the shop's own links and fields
        keys.press("Tab")
        if visitor.launcher.evaluate("(one) => one.getRootNode().activeElement === one"):
            break
    keys.press("Enter")
    expect(visitor.field).to_be_focused()
    keys.type("My parcel is late, order A10045")
    keys.press("Enter")
    visitor.hear(1)
    keys.type("kit.holloway@example.com")  # the focus has stayed in the field
    keys.press("Enter")
    for count, words in ((2, "again by express"), (3, "Yes, do that")):
        visitor.hear(count)
        wanted = visitor.choices.filter(has_text=words)
        for _ in range(8):
            keys.press("Shift+Tab")
            if wanted.evaluate("(one) => one.getRootNode().activeElement === one"):
                break
        keys.press("Enter")
        expect(visitor.field).to_be_focused()
    assert_filed(visitor, product)
    keys.press("Escape")
    expect(visitor.field).to_be_hidden()
    expect(visitor.launcher).to_be_focused()


def test_complaint_to_filed_remedy_on_a_phone(visit: Visits, product: Product) -> None:
    visitor = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    visitor.launcher.tap()
    box = visitor.page.locator("amends-chat .panel").bounding_box()
    assert box and (box["x"], round(box["width"]), round(box["height"])) == (0, PHONE["width"], PHONE["height"])
    complain(visitor, "A10023", "ben.okafor@example.com")
    visitor.choices.filter(has_text="Cancel it and refund").tap()
    visitor.hear(3)
    visitor.choices.filter(has_text="Yes, do that").tap()
    assert_filed(visitor, product)
    small = "button, textarea"
    for one in visitor.page.locator("amends-chat").locator(small).all():
        size = one.bounding_box()
        assert size is None or (size["width"] >= 44 and size["height"] >= 44), one.inner_text()
    assert visitor.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_signed_in_customer_is_not_asked_who_they_are(visit: Visits) -> None:
    visitor = visit()
    visitor.page.get_by_label("Sign in as").select_option(label="Farah Aziz")
    expect(visitor.page.get_by_text("Signed in as Farah Aziz.")).to_be_visible()
    visitor.open()
    visitor.say("My parcel is late, order A10026")
    assert "e-mail" not in visitor.hear(1)
    visitor.page.get_by_label("Sign in as").select_option(label="A visitor, not signed in")
    expect(visitor.bubbles).to_have_count(0)


def test_person_is_asked_for_by_one_button(visit: Visits) -> None:
    visitor = visit()
    visitor.open()
    visitor.page.locator("amends-chat .head").get_by_role("button", name="Talk to a person").click()
    visitor.hear(1)
    expect(visitor.bubbles.first).to_contain_text("I want to talk to a person.")


def test_starting_again_asks_once(visit: Visits) -> None:
    visitor = visit()
    visitor.open()
    visitor.say("hello")
    visitor.hear(1)
    chat = visitor.page.locator("amends-chat")
    chat.get_by_role("button", name="More").click()
    chat.get_by_role("button", name="Start again").click()
    chat.get_by_role("button", name="Keep this one").click()
    expect(visitor.bubbles).to_have_count(2)
    chat.get_by_role("button", name="More").click()
    chat.get_by_role("button", name="Start again").click()
    chat.get_by_role("button", name="Start again").last.click()
    expect(visitor.bubbles).to_have_count(0)
    visitor.say("hello again")
    visitor.hear(1)


def test_transcript_is_asked_for_and_the_answer_shown(visit: Visits) -> None:
    visitor = visit()
    visitor.open()
    visitor.say("hello")
    visitor.hear(1)
    chat = visitor.page.locator("amends-chat")
    chat.get_by_role("button", name="More").click()
    chat.get_by_role("button", name="Send me this by e-mail").click()
    expect(chat.locator(".notice").filter(has_text=".")).to_be_visible()


def test_words_that_come_while_the_chat_is_closed_are_counted(visit: Visits) -> None:
    visitor = visit()
    visitor.open()
    visitor.say("My parcel is late")
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.locator("amends-chat .badge")).to_have_text("1", timeout=40_000)
    expect(visitor.launcher).to_have_attribute("aria-label", "Chat with us, 1 unread")
    visitor.open()
    visitor.page.reload()
    expect(visitor.page.locator("amends-chat .badge")).to_have_text("")
