"""A customer who has left: the mail that says so, its link in a fresh browser, mails stopped, the chat by mail; and the sound."""

import re
import secrets
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import Browser, Request, expect

from bot.store.database import Database
from bot.store.demo import seed_demo
from tests.browser.conftest import Visitor, Visits
from tests.mailbox import Mailbox, mailbox
from tests.product import ROOT, Product, running, wait_until

pytestmark = [pytest.mark.product, pytest.mark.browser, pytest.mark.xdist_group("coming_back")]

SECRET = "Your lamp is at the depot in Mesa."
COUNTED = """window.tones = 0; OscillatorNode.prototype.start = new Proxy(OscillatorNode.prototype.start,
  { apply(target, self, given) { window.tones += 1; return Reflect.apply(target, self, given); } });"""


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with mailbox() as box:
        yield box


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, box: Mailbox) -> Iterator[Product]:
    """A product with a mail server and a clock that can be put forward."""
    folder = tmp_path_factory.mktemp("coming_back")
    clock = folder / "clock"
    environment = {"AMENDS_ENV": "test", "AMENDS_CLOCK_FILE": str(clock), **box.settings}
    clock.write_text(str(until_noon()), encoding="utf-8")
    with running(folder, **environment) as product:
        database = Database(f"sqlite:///{folder / 'amends.db'}")  # only in development does it come with the demo shop
        seed_demo(database, ROOT / "data" / "shop", datetime.now(timezone.utc))
        database.close()
        yield product


def until_noon() -> float:
    """Seconds from now until it is noon in Phoenix, where no quiet hours are."""
    here = datetime.now(timezone.utc).astimezone(ZoneInfo("America/Phoenix"))
    noon = here.replace(hour=12, minute=0)
    return (noon - here).total_seconds()


@pytest.fixture
def visits(chromium: Browser, shop: Product) -> Iterator[Visits]:
    visits = Visits(chromium, shop)
    yield visits
    for context in {*visits.contexts}:
        context.close()


def put_forward(shop: Product, minutes: int) -> None:
    clock = Path(shop.env["AMENDS_CLOCK_FILE"])
    ahead = clock.with_suffix(".new")
    ahead.write_text(str(float(clock.read_text(encoding="utf-8")) + minutes * 60), encoding="utf-8")
    ahead.replace(clock)


def proven(visits: Visits, order: str, email: str) -> tuple[Visitor, str]:
    """A customer whose order is proven, and their case's reference."""
    visitor = visits(timezone_id="America/Phoenix")
    visitor.open()
    visitor.say(f"My parcel is late, order {order}, {email}")
    visitor.hear(1)
    case = [one for one in visits.product.cases() if one["order_number"] == order][-1]
    return visitor, case["reference"]


def left_and_mailed(visits: Visits, box: Mailbox, order: str, email: str) -> tuple[str, str]:
    """The customer closes the page, a person answers, five minutes pass: the case's reference and the mail's text."""
    visitor, reference = proven(visits, order, email)
    visitor.context.close()
    visits.contexts.remove(visitor.context)
    visits.product.amends("cases", "reply", reference, SECRET, "--agent", "Amira")
    put_forward(visits.product, 6)
    return reference, box.wait_for(email)


def link_in(text: str) -> str:
    return re.findall(r"^(http\S+#amends=\S+)", text, re.MULTILINE)[0]


def test_mails_link_goes_on_with_the_conversation_in_a_fresh_browser(visits: Visits, shop: Product, box: Mailbox) -> None:
    reference, text = left_and_mailed(visits, box, "A10043", "lena.vogt@example.com")
    assert reference in text and "Mesa" not in text
    link = link_in(text)
    token = link.partition("#amends=")[2]
    fresh = visits("/healthz")
    addresses: list[str] = []
    heads: list[dict[str, str]] = []

    def note(request: Request) -> None:
        addresses.append(request.url.split("#")[0])
        heads.append(request.headers)

    fresh.page.on("request", note)
    fresh.page.goto(link)
    expect(fresh.bubbles.filter(has_text=SECRET)).to_be_visible()
    assert fresh.page.url == f"{shop.url}/"  # nothing of it is left to be seen, kept or sent on
    assert not [one for one in addresses if token in one] and not [one for one in heads if token in one.get("referer", "")]
    expect(fresh.page.locator("amends-chat .handler")).to_contain_text("Amira")
    fresh.say("Thank you, I will wait for it.")
    expect(fresh.page.locator("amends-chat .state.read, amends-chat .state.sent")).to_be_visible()
    assert "I will wait for it." in shop.amends("cases", "show", reference)
    fresh.page.reload()
    expect(fresh.bubbles.filter(has_text=SECRET)).to_be_visible()
    used = visits(link)  # by whoever finds the mail later
    expect(used.page.locator("amends-chat .notice").filter(has_text="This link has been used already.")).to_be_visible()
    expect(used.bubbles).to_have_count(0)
    put_forward(shop, 30)
    assert len(box.to("lena.vogt@example.com")) == 1
    assert fresh.errors == used.errors == []


def signs_in(visitor: Visitor, name: str) -> None:
    visitor.page.get_by_label("Sign in as").select_option(label=name)
    expect(visitor.page.get_by_text(f"Signed in as {name}.")).to_be_visible()


def test_mails_link_goes_on_when_its_own_customer_signs_in_and_stays_theirs(visits: Visits, box: Mailbox) -> None:
    reference, text = left_and_mailed(visits, box, "A10022", "ada.whitlock@example.com")
    visitor = visits(link_in(text))
    answer = visitor.bubbles.filter(has_text=SECRET)
    expect(answer).to_be_visible()
    visitor.page.reload()  # to sign in at a shop is mostly another page
    expect(answer).to_be_visible()
    signs_in(visitor, "Ada Whitlock")
    expect(answer).to_be_visible()
    visitor.say("Thank you, I will wait for it.")
    expect(visitor.page.locator("amends-chat .state.read, amends-chat .state.sent")).to_be_visible()
    assert "I will wait for it." in visits.product.amends("cases", "show", reference)
    visitor.page.get_by_label("Sign in as").select_option(label="A visitor, not signed in")
    expect(visitor.bubbles).to_have_count(0)  # nobody after her reads it here
    signs_in(visitor, "Ada Whitlock")
    expect(answer).to_be_visible()
    assert visitor.errors == []


def test_mails_link_shows_nothing_to_another_customer_and_is_not_used_up(visits: Visits, box: Mailbox) -> None:
    _, text = left_and_mailed(visits, box, "A10023", "ben.okafor@example.com")
    visitor = visits()
    signs_in(visitor, "Farah Aziz")
    visitor.open()
    visitor.say("hello")
    visitor.hear(1)
    fragment = link_in(text).partition("#")[2]
    visitor.page.evaluate("(fragment) => { location.hash = fragment; }", fragment)
    expect(visitor.page.locator("amends-chat .notice").filter(has_text="another customer's conversation")).to_be_visible()
    assert visitor.words()[0] == "hello" and SECRET not in " ".join(visitor.words())
    theirs = visits(link_in(text))  # in a fresh browser: as good as before
    answer = theirs.bubbles.filter(has_text=SECRET)
    expect(answer).to_be_visible()
    signs_in(theirs, "Farah Aziz")
    expect(answer).to_have_count(0)  # hers begins, or goes on
    expect(theirs.bubbles).to_have_count(0)
    theirs.page.get_by_label("Sign in as").select_option(label="A visitor, not signed in")
    expect(answer).to_be_visible()  # opened by whoever has his mail
    assert visitor.errors == theirs.errors == []


def test_forged_link_is_refused_in_words_and_starts_nothing(visits: Visits, shop: Product) -> None:
    begun: list[str] = []
    visitor = visits("/healthz")
    visitor.page.on("request", lambda sent: begun.append(sent.url) if sent.url.endswith("/api/conversations") else None)
    forged = f"{secrets.token_hex(16)}.4102444800.{'A' * 43}"
    visitor.page.goto(f"{shop.url}/?lang=en#amends={forged}")
    expect(visitor.page.locator("amends-chat .notice").filter(has_text="This link cannot be used.")).to_be_visible()
    assert visitor.page.url == f"{shop.url}/?lang=en" and begun == []
    assert visitor.page.evaluate("Object.keys(localStorage).filter((key) => key.endsWith(':token'))") == []


def test_mails_are_stopped_on_a_page_without_a_script(visits: Visits, shop: Product, box: Mailbox) -> None:
    _, text = left_and_mailed(visits, box, "A10041", "farah.aziz@example.com")
    stop = re.findall(r"^(http\S+/mail/stop\?\S+)", text, re.MULTILINE)[0]
    reader = visits(stop, java_script_enabled=False)
    assert reader.page.get_by_role("button", name="No more of these mails").count() == 1
    reads_arabic = visits(stop, java_script_enabled=False, locale="ar-EG")
    assert reads_arabic.page.locator("html").get_attribute("dir") == "rtl"
    reads_arabic.page.get_by_role("button", name="إيقاف هذه الرسائل").click()
    expect(reads_arabic.page.get_by_text("لن تصلك هذه الرسائل")).to_be_visible()
    visitor, reference = proven(visits, "A10041", "farah.aziz@example.com")
    visitor.context.close()
    visits.contexts.remove(visitor.context)
    shop.amends("cases", "reply", reference, SECRET, "--agent", "Amira")
    put_forward(shop, 6)
    wait_until(lambda: "mail_back.none" in shop.amends("audit", "show", reference), 20, "the audit to say that none was sent")
    assert len(box.to("farah.aziz@example.com")) == 1


def test_chat_is_mailed_to_the_address_on_the_order(visits: Visits, box: Mailbox) -> None:
    visitor, reference = proven(visits, "A10045", "kit.holloway@example.com")
    chat = visitor.page.locator("amends-chat")
    chat.get_by_role("button", name="More").click()
    chat.get_by_role("button", name="Send me this by e-mail").click()
    expect(chat.locator(".notice").filter(has_text="on its way to your e-mail address")).to_be_visible()
    text = box.wait_for("kit.holloway@example.com")
    assert all(words in " ".join(text.split()) for said in visitor.words() for words in said.split("\n")[:1])
    assert reference in str(box.to("kit.holloway@example.com")[0]["Subject"])


def test_sound_is_off_until_it_is_wanted_and_stays_as_it_was_set(visits: Visits) -> None:
    visitor = visits(init=COUNTED)
    visitor.open()
    visitor.say("hello")
    visitor.hear(1)
    assert visitor.page.evaluate("window.tones") == 0
    visitor.page.locator("amends-chat").get_by_role("button", name="More").click()
    switch = visitor.page.locator("amends-chat").get_by_role("switch", name="Sound for new messages")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    assert visitor.page.evaluate("window.tones") == 1  # what it will sound like
    visitor.page.reload()
    visitor.hear(1)
    visitor.field.click()
    assert visitor.page.evaluate("window.tones") == 0  # what was there is no news
    visitor.say("hello again")
    visitor.hear(2)
    assert visitor.page.evaluate("window.tones") == 1


def test_doors_of_the_way_back_have_every_header(shop: Product) -> None:
    answer = httpx.post(f"{shop.url}/api/continue", json={"token": "x", "client_id": "y"})
    assert answer.status_code == 401 and answer.headers["cache-control"] == "no-store"
    page = httpx.get(f"{shop.url}/mail/stop?of=x")
    assert page.status_code == 400 and "script-src" not in page.headers["content-security-policy"]
