"""The desk in real browsers: people take over from the assistant and hand back, alone and together, by keys, on a phone, without a line."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import ANSWER_MS, PHONE, Visitor, Visits
from tests.browser.deskside import PASSWORD, People, Person, alert, sign_in, waiting
from tests.product import Product

pytestmark = [pytest.mark.product, pytest.mark.browser]

AGENT, LEAD, SECOND = "Mira Olsen", "Otto Brandt", "Pia Lund"
SOON_MS = 1000  # from sent to seen
LOOK_EVERY_MS = 10
SHIFT = 20


@pytest.fixture(scope="module")
def people(chromium: Browser, product: Product) -> People:
    found = People(chromium, product)
    for name, role in ((AGENT, "agent"), (LEAD, "lead"), (SECOND, "agent")):
        found.add(name, role)
    return found


@pytest.fixture
def agent(people: People) -> Iterator[Person]:
    with people.at_desk(AGENT) as person:
        yield person


@pytest.fixture
def lead(people: People) -> Iterator[Person]:
    with people.at_desk(LEAD) as person:
        yield person


def newest(product: Product) -> str:
    return str(max(product.cases(), key=lambda case: case["created_at"])["reference"])


def test_severe_complaint_goes_to_people_and_back_three_times(visit: Visits, product: Product, agent: Person, lead: Person) -> None:
    visitor = visit()
    visitor.open()
    visitor.say("The reading chair from my order A10043 caught fire and burned my hand")
    visitor.hear(1)
    ref = newest(product)
    expect(agent.row(ref).locator(".reason")).to_have_text("Somebody was hurt")
    agent.open(ref)
    expect(agent.page.locator(".marker.handed_off")).to_contain_text("because: somebody was hurt")
    agent.take()
    expect(visitor.bubbles.filter(has_text=f"{AGENT} is here")).to_be_visible()
    five_each_way(visitor, agent)
    expect(agent.page.locator(".proof")).to_have_text("Identity not proven")
    note_fact(agent, "order_number", "A10043")
    note_fact(agent, "email", "lena.vogt@example.com")
    expect(agent.page.locator(".proof")).to_have_text("Identity proven")
    expect(agent.page.locator("#thread-title")).to_have_text("Lena Vogt")
    refund_is_approved(visitor, agent, lead)
    hand_back(agent, visitor, "The refund is filed; the chair goes to the safety lab.")
    # A second time: the customer asks for a person; a third: a lead takes it by herself.
    visitor.say("I want to talk to a person")
    expect(agent.row(ref)).to_be_visible(timeout=ANSWER_MS)
    expect(agent.page.locator(".marker.handed_off")).to_have_count(2, timeout=ANSWER_MS)
    agent.take()
    agent.send("The safety lab has the chair. You have its report by Friday at 12:00.")
    expect(visitor.replies.filter(has_text="The safety lab has the chair")).to_be_visible()
    hand_back(agent, visitor, "The report comes by Friday.")
    lead.open(ref)
    lead.take()
    lead.send("I read all of it. The report comes to your e-mail.")
    expect(visitor.replies.filter(has_text="I read all of it")).to_be_visible()
    hand_back(lead, visitor, "")
    expect(lead.page.locator(".marker.case-taken")).to_have_count(3)
    assistant_closes(visitor, agent, ref)
    assert visitor.errors == []


def five_each_way(visitor: Visitor, agent: Person) -> None:
    took: list[float] = []
    for number in range(5):
        took.append(seen_within(lambda n=number: agent.send(f"Desk, word {n}."), visitor.replies.filter(has_text=f"Desk, word {number}.")))
        took.append(seen_within(lambda n=number: visitor.say(f"Hand, word {n}."), agent.said.filter(has_text=f"Hand, word {number}.")))
    assert max(took) < SOON_MS, took
    expect(agent.page.locator(".said.agent .state.read").last).to_be_visible()  # they were seen, and the desk says so


def seen_within(act: Callable[[], None], place: Locator) -> float:
    """Milliseconds until what was sent here is seen there.

    Looked for every few milliseconds: ``expect`` looks at 0, 100, 350, 850 and 1850 ms only, so that it
    would tell 850 of what was seen after 351.
    """
    act()
    began = time.monotonic()
    while not place.is_visible():
        assert time.monotonic() - began < 10, f"not seen after ten seconds: {place}"
        place.page.wait_for_timeout(LOOK_EVERY_MS)
    return (time.monotonic() - began) * 1000


def note_fact(person: Person, name: str, value: str) -> None:
    """As the customer said it; it proves what it would prove for them."""
    person.page.get_by_role("button", name="Add a fact").click()
    person.dialog.locator("select").select_option(name)
    person.dialog.get_by_role("button", name="Go on").click()
    person.dialog.locator("[name=value]").fill(value)
    person.dialog.get_by_role("button", name="Save").click()
    expect(person.dialog).to_have_count(0)


def refund_is_approved(visitor: Visitor, agent: Person, lead: Person) -> None:
    """Above the agent's limit: a preview, a question, a lead's word, and the customer reads what comes of it."""
    agent.leave_field()
    agent.press("m")
    agent.dialog.get_by_label("What", exact=True).select_option("refund")
    agent.dialog.get_by_label("Amount").fill("600.00")
    agent.dialog.get_by_label("Why").fill("The chair caught fire")
    expect(agent.dialog.locator(".preview .quote")).to_contain_text("600.00")
    agent.is_open_to_all("granting a remedy")
    agent.dialog.get_by_role("button", name="Ask for approval").click()
    expect(agent.page.locator(".part.waiting .badge")).to_have_text("Needs approval")
    lead.leave_field()
    lead.press("g", "a")
    asked = lead.page.locator(".approval-row").filter(has_text=AGENT)
    expect(asked).to_contain_text("600.00")
    lead.is_open_to_all("approvals")
    lead.press("j", "y")
    expect(lead.dialog).to_contain_text("600.00")
    lead.dialog.get_by_role("button", name="Approve").click()
    expect(asked).to_have_count(0)
    expect(agent.page.locator(".part.waiting")).to_have_count(0)
    expect(visitor.replies.filter(has_text="600.00").first).to_be_visible()


def hand_back(person: Person, visitor: Visitor, note: str) -> None:
    person.leave_field()
    before = visitor.replies.count()
    person.press("b")
    person.dialog.locator("textarea").fill(note)
    person.press("Control+Enter")
    expect(person.page.locator(".standing")).to_have_text("With the assistant")
    visitor.hear(before + 1)
    if note:
        expect(visitor.bubbles.filter(has_text=note).first).to_be_visible()


def assistant_closes(visitor: Visitor, agent: Person, ref: str) -> None:
    """The last word is the assistant's: it asks nothing again, and nobody waits."""
    before = visitor.replies.count()
    visitor.say("Thank you, that is all")
    assert "?" not in visitor.hear(before + 1)
    expect(visitor.replies.last).to_have_class(re.compile("assistant"))
    expect(agent.row(ref)).to_have_count(0)


def test_shift_of_twenty_by_keys_alone(product: Product, agent: Person) -> None:
    refs = {waiting(product, f"My parcel number {number} is lost.") for number in range(SHIFT)}
    expect(agent.row(max(refs))).to_be_visible()
    agent.press("g", "w")
    expect(agent.page.locator(".row-link").first).to_be_focused()
    agent.press("j", "k", "Enter")
    left = {*refs}
    while left:
        ref = opened_one_of(agent, left)
        agent.press("t")
        expect(agent.field).to_be_focused()
        agent.page.keyboard.insert_text("Your parcel goes out again today and is with you by Friday.")
        agent.press("Control+Shift+Enter")  # sent, resolved, and the next one opens
        expect(agent.row(ref)).to_have_count(0)
        left.remove(ref)
    ended = {one["status"] for one in product.cases() if one["reference"] in refs}
    assert ended == {"resolved"}


def opened_one_of(agent: Person, refs: set[str]) -> str:
    """The open chat, where it is one of these; where another waits before them, one is found by typing its reference."""
    expect(agent.page.locator(".row.open")).to_have_count(1)
    ref = agent.page.locator(".row.open").get_attribute("data-key") or ""
    if ref not in refs:
        ref = min(refs)
        agent.press("Control+k")
        agent.page.keyboard.insert_text(ref)
        expect(agent.dialog.locator("[role=option]")).to_have_count(1)
        agent.press("Enter")
    expect(agent.page.locator(".under")).to_contain_text(ref)
    return ref


def test_nobody_is_shut_out(people: People, product: Product) -> None:
    ref = waiting(product, "You sold me rubbish and I will sue you", reason="legal")
    with people.at_desk(LEAD) as person:
        every_view(person, product, ref)
    with people.at_desk(LEAD, color_scheme="dark") as person:
        person.open(ref)
        a_note_and_a_warning(person)
    with people.at_desk(LEAD, forced_colors="active", viewport={"width": 720, "height": 450}) as person:  # 1440 x 900 at 200 %
        person.open(ref)
        person.is_open_to_all("chat, strong colours, twice the size")
    with people.at_desk(LEAD, viewport=PHONE, has_touch=True) as person:
        one_pane_at_a_time(person, ref)


def every_view(person: Person, product: Product, ref: str) -> None:
    person.is_open_to_all("queue")
    person.open(ref)
    for key, name in (("Control+k", "palette"), ("m", "remedy"), ("a", "assign"), ("?", "keys")):
        person.press(key)
        expect(person.dialog).to_be_visible()
        person.is_open_to_all(name)
        person.press("Escape")
        expect(person.dialog).to_have_count(0)
    for keys, view in (("ga", "approvals"), ("gl", "live")):
        person.press(*keys)
        expect(person.page.locator(f".view.{view} h1 >> visible=true")).to_be_visible()
        person.is_open_to_all(view)
    person.page.locator("button.me").click()
    person.is_open_to_all("settings")


def a_note_and_a_warning(person: Person) -> None:
    person.press("n")
    person.field.fill("Keep this to ourselves.")
    person.is_open_to_all("note")
    person.press("Escape", "r")
    person.field.fill("We are sorry for any inconvenience, rest assured!")
    expect(person.page.locator(".warnings li").first).to_be_visible()
    person.is_open_to_all("warned")


def one_pane_at_a_time(person: Person, ref: str) -> None:
    page = person.page
    person.open(ref)
    expect(page.locator(".pane.queue")).to_be_hidden()
    page.locator(".to-case").click()
    expect(page.locator(".pane.thread")).to_be_hidden()
    person.is_open_to_all("case on a phone")
    page.locator(".to-chat").click()
    expect(page.locator("#thread-title")).to_be_focused()
    a_note_and_a_warning(person)
    page.locator(".to-queue").click()
    expect(page.locator(".pane.queue")).to_be_visible()
    person.is_open_to_all("queue on a phone")


def test_small_screen_has_big_buttons(people: People, product: Product) -> None:
    ref = waiting(product, "My lamp is broken.")
    with people.at_desk(SECOND, viewport={"width": 320, "height": 568}, has_touch=True, is_mobile=True) as person:
        person.row(ref).locator(".row-link").tap()
        expect(person.said.first).to_be_visible()
        person.page.get_by_role("button", name="Take", exact=True).tap()
        expect(person.page.locator(".standing")).to_have_text("With you")
        low = """[...document.querySelectorAll("button, select")]
            .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 43.5).map((one) => one.className)"""
        assert person.page.evaluate(low) == []
        person.field.fill("I look into it.")
        person.page.get_by_role("button", name="Send to customer").tap()
        expect(person.said.filter(has_text="I look into it.")).to_be_visible()
        assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_agent_notices_what_is_theirs(product: Product, agent: Person) -> None:
    ref, other = waiting(product, "It broke again."), waiting(product, "Mine too.")
    alert(product, ref, AGENT)
    alert(product, other, SECOND)
    agent.page.reload()
    expect(agent.page.locator(".bell")).to_have_attribute("aria-label", re.compile("To notice: [1-9]"))
    agent.press("g", "n")
    row = agent.dialog.locator(".alert-row").filter(has_text=ref)
    expect(row).to_contain_text("not put right")
    expect(row).to_contain_text("for you")
    expect(agent.dialog).not_to_contain_text(other)
    agent.is_open_to_all("alerts")
    row.get_by_role("link").click()
    expect(agent.dialog).to_have_count(0)
    expect(agent.page.locator(".under")).to_contain_text(ref)
    agent.page.locator(".bell").click()
    row.get_by_role("button", name="Seen").click()
    expect(row).to_have_count(0)
    assert agent.page.evaluate("document.querySelector('dialog').contains(document.activeElement)")
    agent.press("Escape")
    expect(agent.page.locator(".part.follow-up")).to_have_count(0)
    agent.take()
    agent.send("A new one leaves us today.")
    agent.leave_field()
    agent.press("e")  # ended by a person: the customer will be asked
    agent.is_open_to_all("resolve")
    agent.dialog.get_by_role("button", name="Resolve").click()
    expect(agent.dialog).to_have_count(0)
    agent.press("Control+k")  # what is ended is found without its list
    agent.page.keyboard.type(ref.removeprefix("A-"))
    expect(agent.dialog.get_by_role("option").first).to_contain_text(f"{ref}, Resolved")
    agent.press("Escape")
    agent.open(ref)
    expect(agent.page.locator(".part.follow-up")).to_contain_text("Not asked yet. The question is due")


def test_what_is_typed_outlives_trouble(product: Product, people: People, agent: Person) -> None:
    ref = waiting(product, "My chair is late.")
    agent.open(ref)
    agent.press("n")
    agent.field.fill("A note, not for the customer")
    agent.press("Escape", "r")
    expect(agent.field).to_have_value("")  # a note never becomes a reply by switching
    agent.field.fill("Half a sentence")
    with people.at_desk(SECOND) as other:  # somebody else is faster
        other.open(ref)
        expect(agent.row(ref).locator(".looking")).to_contain_text(SECOND)
        other.take()
    expect(agent.page.locator(".standing")).to_have_text(f"With {SECOND}")
    agent.field.press("Control+Enter")
    expect(agent.page.locator(".said-line")).to_contain_text(SECOND)
    expect(agent.field).to_have_value("Half a sentence")
    # The line breaks and heals.
    agent.page.context.set_offline(True)
    agent.field.fill("Half a sentence more")
    expect(agent.page.locator(".line-state")).to_be_visible(timeout=30_000)
    agent.page.context.set_offline(False)
    expect(agent.page.locator(".line-state")).to_be_hidden(timeout=15_000)
    # The session ends, and begins again in the same tab.
    agent.page.request.post(f"{product.url}/desk/sign-out")
    agent.press("Control+Enter")
    expect(agent.dialog).to_contain_text("You are signed out")
    agent.is_open_to_all("signed out")
    agent.dialog.get_by_role("link", name="Sign in again").click()
    expect(agent.page.locator("#password")).to_be_visible()
    agent.is_open_to_all("sign-in")
    sign_in(agent.page, product.url, AGENT)
    agent.open(ref)
    expect(agent.field).to_have_value("Half a sentence more")
    assert PASSWORD not in agent.page.content()
