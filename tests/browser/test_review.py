"""The review in a real browser: what the assistant was unsure of is labelled by keys, and marked in the thread with one."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PHONE, Visits
from tests.browser.deskside import People, Person, waiting
from tests.product import Product

pytestmark = [pytest.mark.product, pytest.mark.browser]
LEAD = "Lena Fors"


@pytest.fixture(scope="module")
def people(chromium: Browser, product: Product) -> People:
    found = People(chromium, product)
    found.add(LEAD, "lead")
    return found


@pytest.fixture
def lead(people: People) -> Iterator[Person]:
    with people.at_desk(LEAD) as person:
        yield person


def test_unsure_and_marked_messages_are_labelled_by_keys(visit: Visits, product: Product, lead: Person, people: People) -> None:
    visitor = visit()
    visitor.open()
    visitor.say("hm the one from before against the one from after, you know, asks Nina Ahlberg")
    visitor.hear(1)
    ref = waiting(product, "The kettle sings at night.")
    lead.open(ref)
    lead.leave_field()
    lead.press("w")
    expect(lead.page.locator(".marked")).to_have_text("Marked wrong")
    lead.press("g", "r")
    rows = lead.page.locator(".review-row")
    unsure = rows.filter(has_text="the one from before against the one from after, you know, asks [name]")
    marked = rows.filter(has_text="The kettle sings at night.")
    expect(unsure).to_be_visible()
    expect(marked).to_contain_text("Marked at the desk · by Lena Fors")
    lead.is_open_to_all("review")
    marked.locator(".review-text").focus()
    lead.press("/")
    lead.page.keyboard.type("faulty")
    lead.press("1")
    expect(marked).to_have_count(0)
    unsure.locator(".review-text").focus()
    lead.press("x")
    expect(unsure).to_have_count(0)
    lead.page.get_by_role("button", name="Labelled", exact=True).click()
    expect(marked).to_contain_text("Damaged or faulty, by Lena Fors")
    expect(unsure).to_contain_text("Not for training, by Lena Fors")
    with people.at_desk(LEAD, viewport=PHONE) as phone:
        phone.page.goto(f"{product.url}/desk#/review")
        expect(phone.page.get_by_role("heading", name="What changes")).to_be_visible()
        phone.is_open_to_all("review on a phone")
