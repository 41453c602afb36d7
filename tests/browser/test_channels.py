"""A chat on a messaging channel in a real browser: what became of each message, and what the place to write says of the channel."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.bootstrap import open_passwords
from bot.cases.channel import Abilities, ArrivalKind
from bot.cases.conversation import Author
from bot.errors import SendFailed
from bot.handling import agents
from bot.handling.cases import case_of
from bot.handling.handoff import hand_off
from bot.handling.public_posts import answer_in_public
from bot.settings import read
from bot.store.database import Database
from bot.web.app import create_app
from tests.browser.conftest import PHONE
from tests.browser.deskside import PASSWORD, WIDE, Person, sign_in
from tests.builders import NOON
from tests.doors import Says, a_shop
from tests.lines import Line, Post
from tests.served import served

pytestmark = [pytest.mark.browser, pytest.mark.product]  # with the others that have a browser: one loop in a process
AMIRA, WINDOW = "Amira Haddad", timedelta(hours=1)


@pytest.fixture
def line(memory_database: Database) -> Line:
    """Somebody wrote on Messenger, in public at first, and waits for a person."""
    post = Post(Abilities(longest=2000, window=WINDOW, has_template=True, sends_files=True), name="messenger")
    found = Line(a_shop(memory_database), post)
    agents.add(found.shop, open_passwords(), AMIRA, "amira@desk.example", "lead", PASSWORD, NOON)
    found.comes("1", "My lamp came in two pieces.", is_public=True)
    with found.shop.begin(True) as uow:
        conversation = uow.conversations.get(found.chat.id)
        hand_off(found.shop, uow, conversation, "asked", NOON)
        case_of(uow, conversation, NOON)
    return found


@pytest.fixture
def url(line: Line, tmp_path: Path) -> Iterator[str]:
    chosen = read({"AMENDS_VAR": str(tmp_path / "var"), "AMENDS_POLL_MS": "20"})
    with served(create_app(line.shop, Says(), chosen, now=lambda: line.at, channels={"messenger": line.post})) as address:
        yield address


def told(page: Page, text: str) -> None:
    expect(page.locator(".channel-line")).to_contain_text(text)


def test_desk_says_what_became_of_each_message_and_why_none_can_be_sent(chromium: Browser, line: Line, url: str) -> None:
    context = chromium.new_context(viewport=WIDE, reduced_motion="reduce")
    page = context.new_page()
    sign_in(page, url, AMIRA)
    amira = Person(AMIRA, page, [])
    row = page.locator(".row").first
    expect(row).to_contain_text("Messenger")
    row.locator("a").click()
    expect(page.locator(".under")).to_contain_text("Messenger")
    expect(amira.said.first).to_contain_text("Public: everybody can read it")
    told(page, "takes your words for another")
    says(line, "A person looks at it now.")
    expect(amira.said.last.locator(".state")).to_have_text("Sent")
    line.comes("r1", kind=ArrivalKind.RECEIPT, about="out-1", state="read")
    expect(amira.said.last.locator(".state")).to_have_text("Seen")
    says(line, "It goes out today.", SendFailed("no such user", is_final=True))
    expect(amira.said.last.locator(".state")).to_have_text("Did not arrive: no such user")
    amira.is_open_to_all("in the window")
    line.later(minutes=61)
    says(line, "The parcel is on its way.")
    told(page, "Messenger takes no words of ours now")
    told(page, "A fixed message told them")
    expect(amira.said.last.locator(".state")).to_contain_text("Waits until they write; a fixed message told them")
    with_phone(chromium, url)
    line.later(minutes=1)
    line.comes("2", "STOP", ArrivalKind.STOP)
    told(page, "has wanted no messages on Messenger")
    amira.is_open_to_all("stopped")
    assert amira.errors == []
    context.close()


def test_public_answer_is_read_and_posted_by_a_person(chromium: Browser, line: Line, url: str) -> None:
    with line.shop.begin(True) as uow:
        conversation, message = uow.conversations.get(line.chat.id), uow.messages.of(line.chat.id)[0]
        message.heard, message.case_id = {"intent": "late_delivery", "confidence": 0.99, "reasons": [], "topic": None}, conversation.case_id
        answer_in_public(line.shop, uow, conversation, message, line.at)
    context = chromium.new_context(viewport=WIDE, reduced_motion="reduce")
    page = context.new_page()
    sign_in(page, url, AMIRA)
    amira = Person(AMIRA, page, [])
    page.locator(".row a").first.click()
    expect(amira.said.last.locator(".state")).to_have_text("Not posted yet")
    amira.is_open_to_all("a public answer that waits")
    page.get_by_role("button", name="Read and post").click()
    words = amira.dialog.get_by_label("What everybody reads")
    ours = words.input_value()
    words.fill("Your order A10021 is late.")
    amira.dialog.get_by_role("button", name="Post it").click()
    expect(amira.dialog.get_by_role("alert")).to_contain_text("can't be posted where everybody reads it")
    amira.is_open_to_all("refused words")
    words.fill(ours)
    amira.dialog.get_by_role("button", name="Post it").click()
    expect(amira.dialog).to_have_count(0)
    line.works()
    expect(amira.said.last.locator(".state")).to_have_text("Sent")
    assert line.post.sent[-1].is_public and line.post.texts[-1] == ours
    expect(page.locator(".marker").last).to_contain_text("You had the public answer posted.")
    context.close()


def says(line: Line, text: str, *failures: SendFailed) -> None:
    """A person writes, and the worker sends."""
    line.post.failures = [*failures]
    line.says(text, author=Author.AGENT, agent=AMIRA)
    line.works()


def with_phone(chromium: Browser, url: str) -> None:
    """The same on a phone: all of it is there, and nothing is wider than the screen."""
    context = chromium.new_context(viewport=PHONE, reduced_motion="reduce", color_scheme="dark")
    page = context.new_page()
    sign_in(page, url, AMIRA)
    page.locator(".row a").first.click()
    told(page, "Messenger takes no words of ours now")
    Person(AMIRA, page, []).is_open_to_all("on a phone")
    context.close()
