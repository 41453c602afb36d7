"""WhatsApp and Messenger through Meta: every documented shape is read, every forgery refused, and what is sent comes out once."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cases.channel import Arrival, ArrivalKind, Media, arrival_of
from bot.channels.messenger import Messenger, open_messenger
from bot.channels.meta import GraphChannel
from bot.channels.meta_whatsapp import MetaWhatsApp, open_meta_whatsapp
from bot.errors import Refused
from bot.ports import Knock
from tests.standins.messenger import PAGE_ID, MessengerStandIn, messenger
from tests.standins.meta import SECRET, TOKEN, VERIFY_TOKEN, GraphStandIn, signature
from tests.standins.meta_whatsapp import PHONE_ID, WhatsAppStandIn, whatsapp

NOW = datetime(2026, 11, 29, 18, 0, tzinfo=timezone.utc)
HANA, PSID, SCOPED = "16505551234", "7001234567890123", "US.13491208655302741918"
PNG = b"\x89PNG\r\n\x1a\n\r\n--picture\x00\xff\r\n"
SHARED = {"AMENDS_META_APP_SECRET": SECRET, "AMENDS_META_VERIFY_TOKEN": VERIFY_TOKEN}
WHATSAPP = {**SHARED, "AMENDS_WHATSAPP_PHONE_ID": PHONE_ID, "AMENDS_WHATSAPP_TOKEN": TOKEN}
MESSENGER = {**SHARED, "AMENDS_MESSENGER_PAGE_ID": PAGE_ID, "AMENDS_MESSENGER_TOKEN": TOKEN}


@pytest.fixture(scope="module")
def meta() -> Iterator[tuple[WhatsAppStandIn, MessengerStandIn]]:
    with whatsapp() as one, messenger() as other:
        yield one, other


def opened(stand_in: GraphStandIn) -> GraphChannel:
    """The channel that is set up for this stand-in."""
    found = open_meta_whatsapp(stand_in.settings, None) or open_messenger(stand_in.settings, None)
    assert found
    return found


def on_whatsapp() -> MetaWhatsApp:
    found = open_meta_whatsapp(WHATSAPP, "https://amends.example/channels/whatsapp")
    assert found
    return found


def on_messenger() -> Messenger:
    found = open_messenger(MESSENGER, None)
    assert found
    return found


def knock(body: bytes, **headers: str) -> Knock:
    return Knock("POST", "https://amends.example/channels/x", headers or {"x-hub-signature-256": signature(body)}, {}, body)


def read(channel: GraphChannel, told: dict[str, Any]) -> tuple[Arrival, ...]:
    """What a signed webhook brings; each arrival is the same after it was kept."""
    found = channel.read(knock(json.dumps(told).encode()), NOW).arrivals
    assert tuple(arrival_of(json.loads(json.dumps(one.as_json()))) for one in found) == found
    return found


def from_whatsapp(*messages: dict[str, Any], **value: Any) -> tuple[Arrival, ...]:
    """These messages of Hana's, a second after each other, in one webhook."""
    given = [{"from": HANA, "id": f"wamid.{place}", "timestamp": str(1764439200 + place), **one} for place, one in enumerate(messages)]
    contact = {"profile": {"name": "Hana Sato"}, "wa_id": HANA, "user_id": SCOPED}
    told = {"metadata": {"phone_number_id": PHONE_ID}, "contacts": [contact], "messages": given, **value}
    whole = {"id": "102290129340398", "changes": [{"field": "messages", "value": told}, {"field": "account_update", "value": told}]}
    return read(on_whatsapp(), {"object": "whatsapp_business_account", "entry": [whole]})


def from_messenger(*events: dict[str, Any]) -> tuple[Arrival, ...]:
    """These events of one person's, a second after each other, each an entry of one webhook."""
    ids = {"sender": {"id": PSID}, "recipient": {"id": PAGE_ID}}
    given = [{**ids, "timestamp": 1764439200000 + 1000 * place, **one} for place, one in enumerate(events)]
    return read(on_messenger(), {"object": "page", "entry": [{"id": PAGE_ID, "time": 1, "messaging": [one]} for one in given]})


def test_what_people_write_on_whatsapp_is_read() -> None:
    context = {"context": {"from": "15550783881", "id": "wamid.ours"}}
    button = {"type": "button_reply", "button_reply": {"id": "/yes", "title": "Yes"}}
    row = {"type": "list_reply", "list_reply": {"id": "/late", "title": "It is…", "description": "It is late"}}
    place = {"latitude": 52.5, "longitude": 13.4, "name": "Cafe", "address": "Main 1"}
    person = {"name": {"formatted_name": "Ada W"}, "phones": [{"phone": "+49 30 1"}, {"phone": "+49 30 2"}]}
    found = from_whatsapp(
        {"type": "text", "text": {"body": " My lamp\x00 broke \ud83d "}, **context},
        {"type": "image", "image": {"id": "77", "mime_type": "image/jpeg", "caption": "see here"}},
        {"type": "document", "document": {"id": "78", "mime_type": "application/pdf", "filename": "bill.pdf"}},
        {"type": "video", "video": {"id": "79", "mime_type": "video/mp4"}},
        {"type": "interactive", "interactive": button, **context},
        {"type": "interactive", "interactive": row},
        {"type": "button", "button": {"payload": "Read it", "text": "Read it"}},
        {"type": "location", "location": place},
        {"type": "contacts", "contacts": [person]},
        {"type": "image", "image": {}, "errors": [{"code": 131052, "title": "Media download error"}]},
        {"type": "sticker", "sticker": {"id": "1", "mime_type": "image/webp"}},
        {"type": "unsupported", "unsupported": {"type": "gif"}, "errors": [{"code": 131051}]},
    )
    text, image, document, video, tapped, chosen, label, where, who, lost, sticker, unseen = found
    assert (text.id, text.sender, text.text, text.kind) == ("wamid.0", HANA, "My lamp broke", ArrivalKind.MESSAGE)
    assert (text.name, text.phone, text.refers, text.at) == (
        "Hana Sato",
        f"+{HANA}",
        ("wamid.ours",),
        datetime(2025, 11, 29, 18, tzinfo=timezone.utc),
    )
    assert (image.text, image.media) == ("see here", (Media("77", "", "image/jpeg"),))
    assert (document.text, document.media) == ("", (Media("78", "bill.pdf", "application/pdf"),))
    assert video.media == (Media("79", "", "video/mp4"),)
    assert (tapped.choice, tapped.text, tapped.refers) == ("/yes", "Yes", ("wamid.ours",))
    assert (chosen.choice, chosen.text) == ("/late", "It is late")
    assert (label.choice, label.text) == (None, "Read it")
    assert where.text == "Cafe, Main 1, 52.5, 13.4" and who.text == "Ada W +49 30 1 +49 30 2"
    assert [(one.text, one.media) for one in (lost, sticker, unseen)] == [("", (Media(""),)), ("", ()), ("", ())]


def test_what_asks_for_no_answer_is_no_arrival() -> None:
    assert () == from_whatsapp(
        {"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "👍"}},
        {"type": "system", "system": {"type": "user_changed_number", "wa_id": "1650"}},
        {"type": "unsupported", "errors": [{"code": 131051}]},
        {"type": "unsupported", "unsupported": {"type": "poll_update"}},
        {"type": "text", "text": {"body": "to all"}, "group_id": "Y2FwaV9ncm91cDox"},
        {"type": "text", "text": {"body": "nobody's"}, "from": None},
        {"type": "text", "text": "no object"},
        errors=[{"code": 130429, "title": "Rate limit hit"}],
    )
    assert () == from_messenger(
        {"reaction": {"reaction": "love", "emoji": "❤", "action": "react", "mid": "m_1"}},
        {"read": {"watermark": 1458668856253}},
        {"optin": {"type": "notification_messages"}},
        {"referral": {"ref": "x", "source": "SHORTLINK", "type": "OPEN_THREAD"}},
        {"message": {"mid": "m_3", "is_echo": True, "text": "from the page's inbox"}},
        {"message": {"mid": "m_4", "text": "from the chat plugin"}, "sender": {"user_ref": "r"}},
        {"delivery": {"watermark": 1458668856253}},
    )
    standby = {"id": PAGE_ID, "standby": [{"sender": {"id": PSID}, "message": {"mid": "m_5", "text": "another app's"}}]}
    assert read(on_messenger(), {"object": "page", "entry": [standby]}) == ()


def test_changed_and_deleted_words_are_told() -> None:
    body = {"type": "text", "text": {"body": "My chair broke"}}
    edited, captioned, gone = from_whatsapp(
        {"type": "edit", "edit": {"original_message_id": "wamid.a", "message": body}},
        {"type": "edit", "edit": {"original_message_id": "wamid.b", "message": {"type": "image", "image": {"caption": "now"}}}},
        {"type": "revoke", "revoke": {"original_message_id": "wamid.a"}},
    )
    assert (edited.kind, edited.about, edited.text, edited.id) == (ArrivalKind.EDIT, "wamid.a", "My chair broke", "wamid.0")
    assert (captioned.text, gone.kind, gone.about) == ("now", ArrivalKind.DELETION, "wamid.a")
    first, second, unsent = from_messenger(
        {"message_edit": {"mid": "m_1", "text": "chair", "num_edit": 1}},
        {"message_edit": {"mid": "m_1", "text": "table", "num_edit": 2}},
        {"message": {"mid": "m_1", "is_deleted": True}},
    )
    assert [one.about for one in (first, second, unsent)] == ["m_1"] * 3
    assert (first.kind, first.id, second.id, second.text) == (ArrivalKind.EDIT, "m_1:edit:1", "m_1:edit:2", "table")
    assert unsent.kind is ArrivalKind.DELETION


def test_receipts_name_our_message_and_our_key() -> None:
    def status(state: str, **more: Any) -> dict[str, Any]:
        return {"id": "wamid.ours", "status": state, "timestamp": "1764439200", "recipient_id": HANA, **more}

    key = {"biz_opaque_callback_data": "M-12345678.0"}
    errors = [{"code": 131026, "title": "Message undeliverable", "message": "Message undeliverable"}]
    late = status("failed", id="wamid.late", errors=[{"code": 131047, "title": "Re-engagement message"}])
    told = [status("sent", **key), status("delivered"), status("read"), status("failed", errors=errors), status("played"), late]
    sent, delivered, seen, failed, closed = from_whatsapp(statuses=told)
    assert closed.closes_window and not failed.closes_window and closed.why == "131047: Re-engagement message"
    assert {one.about for one in (sent, delivered, seen, failed)} == {"wamid.ours"} and sent.refers == ("M-12345678.0",)
    assert [one.state for one in (sent, delivered, seen, failed)] == ["sent", "delivered", "read", "failed"]
    assert len({one.id for one in (sent, delivered, seen, failed)}) == 4 and failed.why == "131026: Message undeliverable"
    ours = {"mid": "m_o", "is_echo": True, "app_id": 1, "metadata": "M-12345678"}
    echo, *named = from_messenger(
        {"message": ours, "sender": {"id": PAGE_ID}, "recipient": {"id": PSID}}, {"delivery": {"mids": ["m_o", "m_p", 7], "watermark": 1}}
    )
    assert (echo.kind, echo.state, echo.about, echo.refers, echo.sender) == (ArrivalKind.RECEIPT, "sent", "m_o", ("M-12345678",), PSID)
    assert [(one.about, one.state) for one in named] == [("m_o", "delivered"), ("m_p", "delivered")]


def test_what_people_write_on_messenger_is_read() -> None:
    photo = {"type": "image", "payload": {"url": "https://scontent.example/p.jpg"}}
    file = {"type": "file", "payload": {"url": "https://cdn.example/bill.pdf"}}
    page = {"type": "fallback", "payload": {"url": "https://shop.example/x", "title": "A page"}}
    text, seen, tapped, started, menu, liked, sticker, shared = from_messenger(
        {"message": {"mid": "m_1", "text": "late https://shop.example/x", "attachments": [page], "reply_to": {"mid": "m_0"}}},
        {"message": {"mid": "m_2", "attachments": [photo, file]}},
        {"message": {"mid": "m_3", "text": "Yes", "quick_reply": {"payload": "/yes"}}},
        {"postback": {"mid": "m_4", "title": "Get Started", "payload": "GET_STARTED"}},
        {"postback": {"title": "A person", "payload": "/person"}},
        {"message": {"mid": "m_6", "attachments": [{"type": "image", "payload": {"url": "https://x/y", "sticker_id": 369239263222822}}]}},
        {"message": {"mid": "m_7", "attachments": [{"type": "image", "payload": {"url": "https://x/y", "sticker_id": 14488}}]}},
        {"message": {"mid": "m_8", "attachments": [{"type": "fallback"}]}},
    )
    assert (text.sender, text.text, text.refers, text.media) == (PSID, "late https://shop.example/x", ("m_0",), ())
    assert (text.phone, text.email, text.name) == (None, None, None)
    assert [one.ref for one in seen.media] == ["https://scontent.example/p.jpg", "https://cdn.example/bill.pdf"]
    assert (tapped.choice, started.kind, started.text) == ("/yes", ArrivalKind.START, "Get Started")
    assert [(one.text, one.media) for one in (liked, sticker, shared)] == [("👍", ()), ("", ()), ("", ())]
    assert (menu.choice, menu.text, menu.id) == (None, "A person", f"postback:{PSID}:1764439204000:/person")


def test_a_batch_is_whole_in_order_and_ours_alone() -> None:
    def entry(number: str, *found: tuple[str, int]) -> dict[str, Any]:
        messages = [{"from": HANA, "id": key, "timestamp": str(at), "type": "text", "text": {"body": key}} for key, at in found]
        return {"changes": [{"field": "messages", "value": {"metadata": {"phone_number_id": number}, "messages": messages}}]}

    batch = [
        entry(PHONE_ID, ("c", 1764439203), ("a", 1764439201)),
        entry("999"),
        entry("999", ("x", 1)),
        entry(PHONE_ID, ("b", 1764439202)),
    ]
    found = read(on_whatsapp(), {"object": "whatsapp_business_account", "entry": batch})
    assert [one.text for one in found] == ["a", "b", "c"]
    assert (
        read(on_whatsapp(), {"object": "page", "entry": batch})
        == ()
        == read(on_messenger(), {"object": "instagram", "entry": [{"id": PAGE_ID}]})
    )


def test_a_customer_who_hides_their_number_is_known_by_a_scoped_id() -> None:
    (found,) = from_whatsapp({"from": None, "from_user_id": SCOPED, "type": "text", "text": {"body": "hello"}})
    assert (found.sender, found.phone, found.name) == (SCOPED, None, "Hana Sato")


def test_meta_is_told_its_challenge_and_nobody_else() -> None:
    def asked(**query: str) -> bytes:
        told = {key.replace("_", ".", 1): value for key, value in query.items()}
        return on_whatsapp().read(Knock("GET", "https://amends.example/channels/whatsapp", {}, told), NOW).body

    assert asked(hub_mode="subscribe", hub_verify_token=VERIFY_TOKEN, hub_challenge="1158201444") == b"1158201444"
    wrong = ({}, {"hub_mode": "subscribe", "hub_verify_token": "é" * 20}, {"hub_mode": "unsubscribe", "hub_verify_token": VERIFY_TOKEN})
    for query in wrong:
        with pytest.raises(Refused) as refused:
            asked(hub_challenge="1", **query)
        assert refused.value.status == 403
    with pytest.raises(Refused) as refused:
        asked(hub_mode="subscribe", hub_verify_token=VERIFY_TOKEN)
    assert refused.value.status == 400


def test_every_forgery_is_refused(meta: tuple[WhatsAppStandIn, MessengerStandIn]) -> None:
    for stand_in in meta:
        channel, tried = opened(stand_in), 0
        for forgery in stand_in.forgeries(HANA, "Refund me"):
            query = dict(pair.split("=") for pair in forgery.query.split("&") if pair)
            request = Knock(forgery.method, "https://amends.example", forgery.headers, query, forgery.body)
            if forgery.status == (413,):
                continue  # the door itself reads no more than it should
            tried += 1
            try:
                assert channel.read(request, NOW).arrivals == () and forgery.status == (200,), forgery.what
            except Refused as refused:
                assert (refused.status,) == forgery.status, forgery.what
        assert tried == 9
    raw = '{"object":"whatsapp_business_account","entry":[],"text":"é \\u00e9 / \\/"}'.encode()
    for signed, status in (("sha256=é", 403), (hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest(), 403)):
        with pytest.raises(Refused) as wrong:
            on_whatsapp().read(knock(raw, **{"x-hub-signature-256": signed}), NOW)
        assert wrong.value.status == status
    assert on_whatsapp().read(knock(raw), NOW).arrivals == ()
    with pytest.raises(Refused) as wrong:
        on_whatsapp().read(knock(b"[" * 100_000), NOW)
    assert wrong.value.status == 400


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from([PHONE_ID, PAGE_ID, "messages", "edit"])
)
KEYS = (
    "object entry changes field value metadata phone_number_id contacts profile name wa_id messages statuses from id "
    "timestamp type text body image interactive button_reply edit message status errors code messaging sender recipient mid "
    "attachments payload url delivery mids postback message_edit location phones button"
)
OPENED = (on_whatsapp(), on_messenger())
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=5), max_leaves=12
)


@settings(max_examples=50, deadline=None)
@given(ANYTHING, ANYTHING, ANYTHING, st.binary(max_size=60))
def test_nothing_that_is_sent_breaks_the_door(one: Any, two: Any, three: Any, noise: bytes) -> None:
    kind = {
        "type": two if isinstance(two, str) else "text",
        "text": three,
        "edit": two,
        "interactive": one,
        "contacts": two,
        "location": three,
    }
    event = {"sender": {"id": PSID}, "message": {"mid": "m", "attachments": two, "quick_reply": one}, "postback": two, "delivery": three}
    value = {
        "metadata": {"phone_number_id": PHONE_ID},
        "contacts": one,
        "messages": [{"from": HANA, "id": "w", **kind}, two],
        "statuses": [three],
    }
    entry = {
        "id": PAGE_ID,
        "changes": [{"field": "messages", "value": value}, one],
        "messaging": [event, two, {"sender": {"id": "1"}, "message": three}],
    }
    for channel in OPENED:
        for body in (noise, json.dumps(one).encode(), json.dumps({"object": channel.object, "entry": [entry, three]}).encode()):
            try:
                found = channel.read(knock(body), NOW).arrivals
            except Refused as refused:
                assert refused.status == 400
                continue
            assert all(0 < len(arrival.id) <= 150 and arrival.text == arrival.text.replace("\0", "") for arrival in found)
            assert json.dumps([arrival.as_json() for arrival in found], ensure_ascii=False).encode()
