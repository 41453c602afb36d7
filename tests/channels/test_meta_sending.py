"""What goes out through Meta: every kind of message within its documented limits, and every documented refusal understood."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.cases.channel import Arrival, Media
from bot.channels.http import LARGEST_FILE
from bot.channels.messenger import Messenger, open_messenger
from bot.channels.meta import GraphChannel
from bot.channels.meta_whatsapp import MetaWhatsApp, open_meta_whatsapp
from bot.clock import now
from bot.errors import BadSetting, FileRefused, Refused, SendFailed
from bot.ports import Knock, Outgoing, OutgoingFile
from tests.served import served
from tests.standins.messenger import PAGE_ID, MessengerStandIn, messenger
from tests.standins.meta import SECRET, TOKEN, VERIFY_TOKEN
from tests.standins.meta_whatsapp import PHONE_ID, WhatsAppStandIn, whatsapp

HANA, PSID, SCOPED = "16505551234", "7001234567890123", "US.13491208655302741918"
PNG = b"\x89PNG\r\n\x1a\n\r\n--picture\x00\xff\r\n"
PHOTO, BILL = OutgoingFile("lamp.png", "image/png", PNG), OutgoingFile("bill.pdf", "application/pdf", b"%PDF-1.7 \xff")
YES_NO = (("/yes", "Yes"), ("/no", "No"))
MANY = tuple((f"/item_{place}", f"Walnut Desk Lamp, no. {place}") for place in range(1, 10))
SHARED = {"AMENDS_META_APP_SECRET": SECRET, "AMENDS_META_VERIFY_TOKEN": VERIFY_TOKEN}
WHATSAPP = {**SHARED, "AMENDS_WHATSAPP_PHONE_ID": PHONE_ID, "AMENDS_WHATSAPP_TOKEN": TOKEN}
MESSENGER = {**SHARED, "AMENDS_MESSENGER_PAGE_ID": PAGE_ID, "AMENDS_MESSENGER_TOKEN": TOKEN}


@pytest.fixture(scope="module")
def phone() -> Iterator[WhatsAppStandIn]:
    with whatsapp() as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def page() -> Iterator[MessengerStandIn]:
    with messenger() as stand_in:
        yield stand_in


def on_whatsapp(phone: WhatsAppStandIn, **settings: str) -> MetaWhatsApp:
    found = open_meta_whatsapp({**phone.settings, **settings}, None)
    assert found
    return found


def on_messenger(page: MessengerStandIn, **settings: str) -> Messenger:
    found = open_messenger({**page.settings, **settings}, None)
    assert found
    return found


def out(text: str = "We send a new lamp today.", to: str = HANA, **more: Any) -> Outgoing:
    return Outgoing("M-12345678-0", to, text, **more)


def told_of(failure: SendFailed) -> tuple[bool, bool, float | None, bool, bool]:
    return failure.is_final, failure.is_unknown, failure.wait_s, failure.closes_window, failure.stops


def test_whatsapp_carries_text_buttons_and_lists(phone: WhatsAppStandIn) -> None:
    channel = on_whatsapp(phone)
    sent = channel.send(out())
    assert (phone.arrived[-1].id, phone.arrived[-1].to, phone.arrived[-1].text) == (sent, HANA, "We send a new lamp today.")
    assert phone.arrived[-1].raw["biz_opaque_callback_data"] == "M-12345678-0" and phone.arrived[-1].raw["text"]["preview_url"] is False
    channel.send(out("x" * channel.can.longest, choices=YES_NO))
    assert phone.arrived[-1].choices == YES_NO and phone.arrived[-1].raw["interactive"]["type"] == "button"
    channel.send(out(choices=MANY))
    assert phone.arrived[-1].choices == MANY and phone.arrived[-1].raw["interactive"]["type"] == "list"
    longest = (("/a", "x" * channel.can.button_label), ("/b", "Show me the other options"))
    channel.send(out(choices=longest))
    assert phone.arrived[-1].choices == longest and phone.arrived[-1].raw["interactive"]["action"]["sections"][0]["rows"] == [
        {"id": "/a", "title": "x" * 23 + "…", "description": "x" * 72},
        {"id": "/b", "title": "Show me the other…", "description": "Show me the other options"},
    ]
    alike = (("/a", "Walnut Desk Lamp in oak, small"), ("/b", "Walnut Desk Lamp in oak, large"))
    channel.send(out(choices=alike))
    assert phone.arrived[-1].choices == alike
    channel.send(out(to=SCOPED))
    assert phone.arrived[-1].to == SCOPED and "to" not in phone.arrived[-1].raw
    assert all(one.to for one in phone.arrived) and channel.can.buttons == 10


def test_whatsapp_carries_files_and_its_template(phone: WhatsAppStandIn) -> None:
    channel = on_whatsapp(phone)
    channel.send(out("Here it is.", file=PHOTO))
    assert (phone.arrived[-1].text, phone.arrived[-1].files, phone.arrived[-1].raw["type"]) == ("Here it is.", (PNG,), "image")
    channel.send(out("", file=BILL))
    assert phone.arrived[-1].files == (BILL.content,) and phone.arrived[-1].raw["document"]["filename"] == "bill.pdf"
    with pytest.raises(SendFailed) as failure:
        channel.send(out("Which?", file=PHOTO, choices=YES_NO))
    assert failure.value.is_final
    phone.closed.add(HANA)
    with pytest.raises(SendFailed) as failure:
        channel.send(out())
    assert told_of(failure.value) == (False, False, None, True, False)
    channel.send(out(template={"shop": "Larkspur\n &  Lane", "case": "A-7K3M9Q"}))
    assert phone.arrived[-1].is_template and phone.arrived[-1].text == "case_update | Larkspur & Lane | A-7K3M9Q"
    named = phone.arrived[-1].raw["template"]["components"][0]["parameters"]
    assert [one["parameter_name"] for one in named] == ["shop", "case"]
    channel.send(out(template={"2": "second", "1": "first"}))
    assert phone.arrived[-1].text == "case_update | first | second"
    phone.closed.clear()
    with pytest.raises(SendFailed) as failure:
        on_whatsapp(phone, AMENDS_WHATSAPP_TEMPLATE="").send(out(template={}))
    assert failure.value.closes_window
    with pytest.raises(SendFailed) as failure:
        on_whatsapp(phone, AMENDS_WHATSAPP_TEMPLATE="other:en").send(out(template={}))
    assert failure.value.is_final and "132001" in str(failure.value)


def test_whatsapps_failures_mean_what_they_say(phone: WhatsAppStandIn) -> None:
    channel, before = on_whatsapp(phone), len(phone.arrived)
    for how, told in (
        ("down", (False, False, None, False, False)),
        ("rate", (False, False, 1.0, False, False)),
        ("refused", (True, False, None, False, False)),
    ):
        phone.misbehaves(how, 1)
        with pytest.raises(SendFailed) as failure:
            channel.send(out())
        assert told_of(failure.value) == told, how
    assert len(phone.arrived) == before
    phone.misbehaves("crash", 1)
    with door(channel) as (address, came), pytest.raises(SendFailed) as failure:
        phone.door = address
        try:
            channel.send(out())
        finally:
            phone.threads[-1].join(5)
    assert [(one.about, one.state, one.refers) for one in came] == [(phone.arrived[-1].id, "sent", (out().key,))]
    assert failure.value.is_unknown and len(phone.arrived) == before + 1 and channel.find(out()) is None and not channel.can.finds
    with pytest.raises(SendFailed) as failure:
        on_whatsapp(phone, AMENDS_WHATSAPP_TOKEN="expired-token").send(out())
    assert not failure.value.is_final and "AMENDS_WHATSAPP_TOKEN" in str(failure.value) and "expired-token" not in str(failure.value)
    with pytest.raises(SendFailed) as failure:
        on_whatsapp(phone, AMENDS_WHATSAPP_PHONE_ID="123").send(out())
    assert not failure.value.is_final
    phone.loses_uploads, before = True, len(phone.arrived)
    with pytest.raises(SendFailed) as failure:
        channel.send(out(file=PHOTO))
    phone.loses_uploads = False
    assert not failure.value.is_unknown and not failure.value.is_final and len(phone.arrived) == before


def test_whatsapps_files_are_fetched_with_the_token(phone: WhatsAppStandIn) -> None:
    channel, key = on_whatsapp(phone), phone.keep(PNG)
    assert channel.fetch(Media(key)) == PNG
    with pytest.raises(FileRefused):
        channel.fetch(Media(phone.keep(b"x" * (LARGEST_FILE + 1))))
    assert not phone.asked[-1][0].startswith("cdn/")  # its size alone was enough
    for ref in ("", "../me", "0" * 32):
        with pytest.raises(SendFailed) as failure:
            channel.fetch(Media(ref))
        assert failure.value.is_final is (len(ref) < 32)
    channel.mark_seen(HANA, "wamid.theirs")
    assert phone.marked[-1] == "wamid.theirs" and phone.asked[-1][1]["typing_indicator"] == {"type": "text"}


def test_messenger_carries_text_quick_replies_and_files(page: MessengerStandIn) -> None:
    channel = on_messenger(page)
    sent = channel.send(out("x" * channel.can.longest, to=PSID, choices=YES_NO))
    assert (page.arrived[-1].id, page.arrived[-1].to, page.arrived[-1].choices) == (sent, PSID, YES_NO)
    assert page.arrived[-1].raw["metadata"] == "M-12345678-0"
    channel.send(out("", to=PSID, file=BILL))
    assert page.arrived[-1].files == (BILL.content,) and page.arrived[-1].raw["attachment"]["type"] == "file"
    before = len(page.arrived)
    sent = channel.send(out("Here it is.", to=PSID, file=PHOTO))
    assert [(one.text, one.files) for one in page.arrived[before:]] == [("", (PNG,)), ("Here it is.", ())] and page.arrived[-1].id == sent
    assert [one.raw["metadata"] for one in page.arrived[before - 1 :]] == ["M-12345678-0", "M-12345678-0.file", "M-12345678-0"]
    with pytest.raises(SendFailed) as failure:
        channel.send(out(to=PSID, template={"1": "x"}))
    assert failure.value.is_final and not channel.can.has_template


def test_a_file_is_not_sent_twice_where_only_its_text_failed(page: MessengerStandIn) -> None:
    channel, before = on_messenger(page), len(page.arrived)
    page.mishaps.extend(["", "rate"])
    with pytest.raises(SendFailed) as failure:
        channel.send(out("Here it is.", to=PSID, file=PHOTO))
    assert told_of(failure.value) == (False, False, 2.0, False, False)
    channel.send(out("Here it is.", to=PSID, file=PHOTO))
    assert [(one.text, one.files) for one in page.arrived[before:]] == [("", (PNG,)), ("Here it is.", ())]
    channel.send(out("Here it is.", to=PSID, file=PHOTO))
    assert len(page.arrived) == before + 4


def test_after_a_day_only_a_person_may_write_on_messenger(page: MessengerStandIn) -> None:
    channel = on_messenger(page)
    page.closed.add(PSID)
    with pytest.raises(SendFailed) as failure:
        channel.send(out(to=PSID))
    assert told_of(failure.value) == (False, False, None, True, False)
    channel.send(out("This is Amira.", to=PSID, agent="Amira"))
    assert page.arrived[-1].text == "This is Amira." and page.asked[-1][1]["tag"] == "HUMAN_AGENT"
    channel.send(out("", to=PSID, agent="Amira", file=BILL))
    assert page.arrived[-1].files == (BILL.content,)
    page.closed.clear()
    channel.send(out("And in time.", to=PSID, agent="Amira"))
    assert page.asked[-1][1]["messaging_type"] == "RESPONSE"


def test_messengers_failures_files_and_marks(page: MessengerStandIn) -> None:
    channel, before = on_messenger(page), len(page.arrived)
    for how, told in (
        ("down", (False, False, None, False, False)),
        ("rate", (False, False, 2.0, False, False)),
        ("refused", (True, False, None, False, True)),
    ):
        page.misbehaves(how, 1)
        with pytest.raises(SendFailed) as failure:
            channel.send(out(to=PSID))
        assert told_of(failure.value) == told, how
    assert len(page.arrived) == before
    assert channel.fetch(Media(f"{page.url}/cdn/{page.keep(PNG)}")) == PNG
    for ref, is_final in ((f"{page.url}/cdn/none", True), ("file:///etc/hosts", True), ("http://169.254.169.254/", True)):
        with pytest.raises(SendFailed) as failure:
            channel.fetch(Media(ref))
        assert failure.value.is_final is is_final
    channel.mark_seen(PSID, "m_theirs")
    assert page.marked[-2:] == [f"{PSID}:mark_seen", f"{PSID}:typing_on"]


def test_settings_are_whole_or_not_there() -> None:
    assert open_meta_whatsapp(SHARED, None) is None and open_messenger({}, None) is None
    found = open_meta_whatsapp(WHATSAPP, None)
    assert found and not found.can.has_template and found.graph.base == "https://graph.facebook.com/v26.0"
    wrong = {
        "AMENDS_WHATSAPP_TOKEN": {**WHATSAPP, "AMENDS_WHATSAPP_TOKEN": ""},
        "AMENDS_META_APP_SECRET": {**WHATSAPP, "AMENDS_META_APP_SECRET": "short"},
        "AMENDS_META_VERIFY_TOKEN": {**WHATSAPP, "AMENDS_META_VERIFY_TOKEN": ""},
        "AMENDS_WHATSAPP_PHONE_ID": {**WHATSAPP, "AMENDS_WHATSAPP_PHONE_ID": "+1 650 555"},
        "AMENDS_META_API": {**WHATSAPP, "AMENDS_META_API": "http://graph.example"},
        "AMENDS_WHATSAPP_TEMPLATE": {**WHATSAPP, "AMENDS_WHATSAPP_TEMPLATE": "case_update"},
        "AMENDS_WHATSAPP_LIST_LABEL": {**WHATSAPP, "AMENDS_WHATSAPP_LIST_LABEL": "x" * 21},
    }
    for key, env in wrong.items():
        with pytest.raises(BadSetting, match=f"^{key} is "):
            open_meta_whatsapp(env, None)
    with pytest.raises(BadSetting, match=r"^AMENDS_MESSENGER_PAGE_ID is missing"):
        open_messenger({**MESSENGER, "AMENDS_MESSENGER_PAGE_ID": ""}, None)


@contextmanager
def door(channel: GraphChannel) -> Iterator[tuple[str, list[Arrival]]]:
    """A public door that reads what Meta sends, its address, and what it has read."""
    came: list[Arrival] = []

    async def knocked(request: Request) -> Response:
        knock = Knock(request.method, str(request.url), dict(request.headers), dict(request.query_params), await request.body())
        try:
            told = channel.read(knock, now())
        except Refused as refused:
            return Response(str(refused), refused.status)
        came.extend(told.arrivals)
        return Response(told.body, media_type=told.media_type)

    app = Starlette(routes=[Route("/channels/meta", knocked, methods=["GET", "POST"])])
    app.state.let_go = lambda: None
    with served(app) as url:
        yield f"{url}/channels/meta", came


def test_a_conversation_on_whatsapp(phone: WhatsAppStandIn) -> None:
    channel = on_whatsapp(phone)
    with door(channel) as (address, came):
        phone.door = address
        assert [one.status_code for one in phone.says(HANA, "It came broken", id="wamid.1", photos=(PNG, PNG), times=3)] == [200] * 3
        assert [one.id for one in came] == ["wamid.1", "wamid.1-2"] * 3 and came[:2] == came[2:4] == came[4:]
        assert [channel.fetch(one.media[0]) for one in came[:2]] == [PNG, PNG] and came[0].text == "It came broken"
        phone.says_at_once([(HANA, "one", "wamid.2"), (SCOPED, "two", "wamid.3")])
        assert [(one.sender, one.text) for one in came[6:]] == [(HANA, "one"), (SCOPED, "two")]
        channel.send(out(choices=MANY))
        phone.taps(HANA, MANY[4][1])
        assert (came[-1].choice, came[-1].text) == MANY[4]
        channel.send(out("Which?\n1. Lamp\n2. Chair"))
        phone.taps(HANA, "Chair")
        assert came[-1].text == "2"
        phone.misbehaves("late_failure", 1)
        sent = channel.send(out())
        phone.threads[-1].join(5)
        assert (came[-1].about, came[-1].state, came[-1].why) == (sent, "failed", "131026: Message undeliverable")
        phone.reports(phone.arrived[-1], "read")
        assert (came[-1].about, came[-1].state, came[-1].refers) == (sent, "read", ("M-12345678-0",))


def test_a_conversation_on_messenger(page: MessengerStandIn) -> None:
    channel = on_messenger(page)
    with door(channel) as (address, came):
        page.door = address
        page.says(PSID, "It came broken", id="m_1", photos=(PNG,), times=2)
        assert came[0] == came[1] and channel.fetch(came[0].media[0]) == PNG
        page.says_at_once([(PSID, "one", "m_2"), (PSID, "two", "m_3")])
        assert [one.text for one in came[2:]] == ["one", "two"]
        sent = channel.send(out(to=PSID, choices=YES_NO))
        page.taps(PSID, "No")
        assert (came[-1].choice, came[-1].text) == ("/no", "No")
        page.deliver(page.sent(page.arrived[-1]))
        assert (came[-1].about, came[-1].state, came[-1].refers) == (sent, "sent", ("M-12345678-0",))
        page.reports(page.arrived[-1], "delivered")
        assert (came[-1].about, came[-1].state) == (sent, "delivered")
