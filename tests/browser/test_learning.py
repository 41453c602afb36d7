"""What is learned, in a real browser: a record is finished by keys in the chat, and its improvement done from the list."""

import pytest
from playwright.sync_api import Browser, expect

from bot import clock
from bot.handling import people as deeds
from bot.handling.resolving import end_case
from tests.browser.conftest import PHONE
from tests.browser.deskside import People, shop_of, waiting
from tests.product import Product

pytestmark = [pytest.mark.product, pytest.mark.browser]
NAME = "Runa Dahl"


@pytest.fixture
def people(chromium: Browser, product: Product) -> People:
    found = People(chromium, product)
    found.add(NAME, "lead")
    return found


def ended(product: Product) -> str:
    """A case that Runa has just ended."""
    shop, now, ref = shop_of(product), clock.now(), waiting(product, "The mug came chipped.")
    deeds.take(shop, ref, NAME, now)
    with shop.begin(True) as uow:
        case = uow.cases.by_reference(ref)
        end_case(shop, uow, case, uow.conversations.get(case.conversation_id), NAME, now)
    return ref


def test_record_is_finished_by_keys_and_its_improvement_done(people: People, product: Product) -> None:
    ref = ended(product)
    with people.at_desk(NAME) as runa:
        page = runa.page
        runa.open(ref)
        expect(page.locator(".part.learning")).to_contain_text("To be finished by")
        runa.leave_field()
        runa.press("l")
        expect(runa.dialog).to_contain_text(f"What is learned from {ref}")
        runa.is_open_to_all("form")
        page.select_option("[name=root_cause]", "process")
        page.fill("[name=cause]", "Mugs are packed without a divider.")
        page.select_option("[name=controllable]", "yes")
        page.fill("[name=prevent]", "A divider in each box.")
        page.select_option("[name=improvement]", "new")
        expect(page.locator("[name=title]")).to_have_value("A divider in each box.")
        runa.press("Control+Enter")
        expect(runa.dialog).to_have_count(0)
        expect(page.locator(".part.learning")).to_contain_text("Mugs are packed without a divider.")
        runa.press("g", "i")
        row = page.locator(".learning .approval-row").filter(has_text="A divider in each box.")
        row.get_by_role("button").click()
        page.fill("[name=what_changed]", "We regret any inconvenience.")
        runa.press("Control+Enter")
        expect(runa.dialog.locator(".problem")).to_contain_text("not sent to customers")
        page.fill("[name=what_changed]", "Each box of mugs now has a divider.")
        runa.press("Control+Enter")
        expect(runa.dialog).to_have_count(0)
        page.get_by_role("button", name="Done", exact=True).first.click()
        expect(page.locator(".learning .approval-row").filter(has_text="Told to those who asked")).to_contain_text(
            "no recurrence in 0 of 90 days"
        )
        runa.is_open_to_all("list")
        page.set_viewport_size(PHONE)
        runa.is_open_to_all("list on a phone")
