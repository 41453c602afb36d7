"""People at the desk in real browsers, and chats that wait for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from bot import clock, settings
from bot.bootstrap import open_passwords, open_shop
from bot.cases.case import Alert
from bot.handling import agents
from bot.handling.accept import accept, open_conversation
from bot.handling.cases import case_of
from bot.handling.handoff import hand_off
from bot.handling.shop import Shop
from tests.product import Product

PASSWORD = "four-words-are-good"
WIDE = {"width": 1440, "height": 900}


@dataclass
class Person:
    """Somebody at the desk, with the desk open."""

    name: str
    page: Page
    errors: list[str]

    @property
    def field(self) -> Locator:
        return self.page.locator("#write")

    @property
    def said(self) -> Locator:
        """Every message, note and held reply of the open chat."""
        return self.page.locator(".entries .said")

    @property
    def dialog(self) -> Locator:
        return self.page.locator("dialog[open]")

    def row(self, ref: str) -> Locator:
        return self.page.locator(f'.row[data-key="{ref}"]')

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def open(self, ref: str) -> None:
        self.page.goto(f"{self.page.url.split('#')[0]}#/chat/{ref}")
        expect(self.page.locator(".under")).to_contain_text(ref)
        expect(self.said.first).to_be_visible()
        expect(self.page.locator("#case-title")).to_contain_text(ref)

    def leave_field(self) -> None:
        if self.page.evaluate("document.activeElement.matches('textarea, input, select')"):
            self.press("Escape")

    def take(self) -> None:
        self.leave_field()
        self.press("t")
        expect(self.page.locator(".standing")).to_have_text("With you")
        expect(self.field).to_be_focused()

    def send(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Control+Enter")

    def is_open_to_all(self, state: str) -> None:
        """Axe finds nothing, and nothing is wider than the screen."""
        found = Axe().run(self.page)
        assert found.violations_count == 0, f"{state}: {found.generate_report()}"
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), state


class People:
    """Opens the desk for accounts of the product; each in a browser of its own."""

    def __init__(self, chromium: Browser, product: Product) -> None:
        self.chromium, self.product = chromium, product

    def add(self, name: str, role: str) -> None:
        """An account."""
        address = f"{name.split()[0].lower()}@desk.example"
        agents.add(shop_of(self.product), open_passwords(), name, address, role, PASSWORD, clock.now())

    @contextmanager
    def at_desk(self, name: str, **options: Any) -> Iterator[Person]:
        context = self.chromium.new_context(**{"viewport": WIDE, "reduced_motion": "reduce", **options})
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
        sign_in(page, self.product.url, name)
        try:
            yield Person(name, page, errors)
            assert errors == []
        finally:
            context.close()


def sign_in(page: Page, url: str, name: str) -> None:
    """By the form, and waits for the queue."""
    page.goto(f"{url}/desk/sign-in")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    expect(page.locator(".tabs .count").first).not_to_be_empty(timeout=15_000)


_SHOPS: dict[str, Shop] = {}


def shop_of(product: Product) -> Shop:
    """The product's shop, opened once here."""
    if product.url not in _SHOPS:
        _SHOPS[product.url] = open_shop(settings.read(product.env))
    return _SHOPS[product.url]


def waiting(product: Product, *words: str, reason: str = "asked") -> str:
    """A chat that waits for a person; the reference of its case. It comes in by the product's own handling, without a turn."""
    shop, now = shop_of(product), clock.now()
    opened = open_conversation(shop, "website", now)
    for number, one in enumerate(words):
        accept(shop, opened.id, f"{opened.id}:{number}", one, None, now)
    with shop.begin(True) as uow:
        conversation = uow.conversations.get(opened.id)
        for message in uow.messages.unanswered(opened.id):
            message.answered_at = now
        hand_off(shop, uow, conversation, reason, now)
        return case_of(uow, conversation, now).reference


def alert(product: Product, ref: str, for_whom: str) -> None:
    """A case that is open again, raised as the product's own handling raises it."""
    with shop_of(product).begin(True) as uow:
        case = uow.cases.by_reference(ref)
        uow.alerts.raise_once(Alert("reopened", for_whom, clock.now(), f"reopened:{ref}:{for_whom}", case.id, {"case": ref}))
