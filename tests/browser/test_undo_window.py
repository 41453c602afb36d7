"""A reply that can be taken back for some seconds: the customer has none of it before they are over, and all of it right after."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bot import clock
from bot.bootstrap import open_passwords
from bot.handling import agents
from bot.handling.cases import case_of
from bot.handling.handoff import hand_off
from bot.handling.shop import Shop
from bot.settings import read
from bot.store.database import Database
from bot.web.app import create_app
from bot.worker.held_replies import HeldReplies
from bot.worker.loop import work
from tests.browser.deskside import PASSWORD, WIDE, Person, sign_in
from tests.doors import Says, a_shop
from tests.served import begin, id_of, served, streaming

pytestmark = [pytest.mark.browser, pytest.mark.product]  # with the others that have a browser: one loop in a process
AMIRA, WINDOW_S, SOON_S = "Amira Haddad", 3, 1.0


@dataclass
class Place:
    """A server whose desk has the window, and the worker's job that sends what was held."""

    shop: Shop
    url: str


@pytest.fixture
def place(memory_database: Database, tmp_path: Path) -> Iterator[Place]:
    shop, stop = a_shop(memory_database), threading.Event()
    agents.add(shop, open_passwords(), AMIRA, "amira@desk.example", "lead", PASSWORD, clock.now())
    chosen = read({"AMENDS_VAR": str(tmp_path / "var"), "AMENDS_UNDO_SECONDS": str(WINDOW_S)})
    worker = threading.Thread(target=work, args=([HeldReplies(shop)], clock.now, chosen.poll, tmp_path / "alive", stop))
    worker.start()
    with served(create_app(shop, Says(), chosen)) as url:
        yield Place(shop, url)
    stop.set()
    worker.join()


def test_reply_is_seen_within_a_second_of_its_window_or_never(chromium: Browser, place: Place) -> None:
    who = begin(place.url)
    with place.shop.begin(True) as uow:
        chat = uow.conversations.get(id_of(who))
        hand_off(place.shop, uow, chat, "asked", clock.now())
        ref = case_of(uow, chat, clock.now()).reference
    context = chromium.new_context(viewport=WIDE, reduced_motion="reduce")
    page = context.new_page()
    sign_in(page, place.url, AMIRA)
    amira = Person(AMIRA, page, [])
    page.goto(f"{place.url}/desk#/chat/{ref}")
    expect(page.locator(".under")).to_contain_text(ref)
    amira.take()
    with streaming(place.url, who) as stream:
        amira.send("This one is taken back.")
        expect(page.locator(".said.held .countdown")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(amira.field).to_have_value("This one is taken back.")
        sent = time.monotonic()
        amira.send("This one goes out.")
        came = next(one for one in stream if "This one goes out." in one.texts)
    assert WINDOW_S - 0.5 <= came.at - sent <= WINDOW_S + SOON_S
    with place.shop.begin(False) as uow:
        assert "This one is taken back." not in [one.text for one in uow.messages.of(chat.id)]
    context.close()
