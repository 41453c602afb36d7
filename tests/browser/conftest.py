"""A real browser, the system's Chromium, on one running product for the whole session."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests.product import Product, running

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
ANSWER_MS = 40_000  # a turn of the assistant on a busy machine
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One product for all tests here; each test has a conversation of its own."""
    secret, at_once = "a secret of the demo shop for its visitors", "0"  # what people at the desk write goes out at once
    with running(tmp_path_factory.mktemp("browser"), AMENDS_IDENTITY_SECRET=secret, AMENDS_UNDO_SECONDS=at_once) as product:
        yield product


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not shutil.which(CHROMIUM):
        words = f"no browser at {CHROMIUM}: `apt-get install chromium`, or say in CHROMIUM where one is"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGS))
        yield browser
        browser.close()


@dataclass
class Visitor:
    """A customer with a browser: a page with the chat in it."""

    page: Page
    errors: list[str]

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    @property
    def launcher(self) -> Locator:
        return self.page.locator("amends-chat .launcher")

    @property
    def field(self) -> Locator:
        return self.page.locator("amends-chat textarea")

    @property
    def bubbles(self) -> Locator:
        return self.page.locator("amends-chat .said")

    @property
    def replies(self) -> Locator:
        return self.page.locator("amends-chat .said:not(.customer)")

    @property
    def choices(self) -> Locator:
        return self.page.locator("amends-chat .choice")

    def open(self) -> None:
        self.launcher.click()
        expect(self.field).to_be_focused()

    def say(self, text: str) -> None:
        """Types and sends."""
        self.field.fill(text)
        self.field.press("Enter")

    def hear(self, count: int) -> str:
        """Waits until so many replies are there; the last one's text."""
        expect(self.replies).to_have_count(count, timeout=ANSWER_MS)
        return self.replies.last.locator(".bubble").inner_text()

    def words(self) -> list[str]:
        """What every bubble says, in order."""
        return self.page.locator("amends-chat .said .bubble").all_inner_texts()


class Visits:
    """Opens pages and closes them at the end of the test."""

    def __init__(self, chromium: Browser, product: Product) -> None:
        self.chromium, self.product = chromium, product
        self.contexts: list[BrowserContext] = []

    def __call__(self, path: str = "/", context: BrowserContext | None = None, init: str = "", **options: Any) -> Visitor:
        context = context or self.chromium.new_context(**{"viewport": DESKTOP, **options})
        self.contexts.append(context)
        if init:
            context.add_init_script(init)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(path if path.startswith("http") else self.product.url + path)
        return Visitor(page, errors)


@pytest.fixture
def visit(chromium: Browser, product: Product) -> Iterator[Visits]:
    visits = Visits(chromium, product)
    yield visits
    for context in visits.contexts:
        context.close()


@pytest.fixture(scope="session")
def static() -> Path:
    return Path(__file__).resolve().parent.parent.parent / "bot" / "web" / "static"
