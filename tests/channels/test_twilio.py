"""SMS and WhatsApp through Twilio: what is read of the documented webhooks, what is refused, and sending against the documented API."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.cases.channel import Arrival, Media, arrival_of
from bot.channels.twilio import Twilio, open_twilio_sms, open_twilio_whatsapp
from bot.channels.twilio_errors import failure
from bot.channels.twilio_signature import is_signed, signature
from bot.errors import BadSetting, FileRefused, Refused, SendFailed
from bot.ports import Knock, Outgoing, TakenIn
from tests import sent_files
from tests.served import served
from tests.standins.twilio import OURS, SID, TEMPLATE, TOKEN, twilio
from tests.standins.twilio import Twilio as StandIn

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)
ADA, MESSAGE, SERVICE = "+447700900123", "SM" + "1f" * 16, "MG" + "2e" * 16
DOOR = "https://shop.example/channels/sms"
KEYS = {"AMENDS_TWILIO_ACCOUNT_SID": SID, "AMENDS_TWILIO_AUTH_TOKEN": TOKEN, "AMENDS_TWILIO_API": "http://127.0.0.1:1"}
OPENERS = {"sms": open_twilio_sms, "whatsapp": open_twilio_whatsapp}


def opened(name: str, door: str | None = DOOR, **more: str) -> Twilio:
    channel = OPENERS[name]({**KEYS, f"AMENDS_TWILIO_{name.upper()}_FROM": OURS, **more}, door)
    assert channel is not None
    return channel


BOTH = {name: opened(name) for name in OPENERS}


def signed(fields: dict[str, str], url: str = DOOR, body: bytes | None = None) -> Knock:
    headers = {"x-twilio-signature": signature(TOKEN, url, list(fields.items())).decode()}
    return Knock("POST", url, headers, {}, urlencode(fields).encode() if body is None else body)


def read(name: str, **told: str) -> tuple[Arrival, ...]:
    prefix = "whatsapp:" if name == "whatsapp" else ""
    usual = {"MessageSid": MESSAGE, "AccountSid": SID, "From": prefix + ADA, "To": prefix + OURS, "SmsStatus": "received"}
    taken = BOTH[name].read(signed(usual | told), NOW)
    assert (taken.body, taken.media_type) == (b"<Response/>", "text/xml")
    assert all(arrival_of(json.loads(json.dumps(one.as_json()))) == one for one in taken.arrivals)
    return taken.arrivals


def test_signature_is_that_of_twilios_own_example() -> None:
    url, told = "https://mycompany.com/myapp.php?foo=1&bar=2", "0/KCTR6DLpKmkAf8muzZqo1nDgQ="
    fields = {"CallSid": "CA1234567890ABCDE", "Caller": "+12349013030", "Digits": "1234", "From": "+12349013030", "To": "+18005551212"}
    assert signature("12345", url, list(fields.items())).decode() == told
    assert is_signed(told, "12345", url.replace(".com", ".com:443"), list(fields.items()))
    assert not is_signed(told, "12345", url.replace("https", "http"), list(fields.items()))
    assert not is_signed(told, "12345", url + "&baz=3", list(fields.items()))


@pytest.mark.parametrize(
    ("name", "told", "expected"),
    [
        ("sms", {"Body": "My parcel is late"}, {"text": "My parcel is late", "phone": ADA}),
        ("sms", {"Body": "a\0b €"}, {"text": "ab €", "phone": ADA}),
        ("sms", {"Body": "Hi", "From": "Parcels"}, {"text": "Hi", "sender": "Parcels"}),
        ("whatsapp", {"Body": "Hi", "ProfileName": "Ada Ljung", "WaId": ADA[1:]}, {"text": "Hi", "phone": ADA, "name": "Ada Ljung"}),
        ("whatsapp", {"Body": "Hi", "From": "whatsapp:US.4711"}, {"text": "Hi", "sender": "US.4711"}),
        (
            "sms",
            {"NumMedia": "2", "MediaUrl0": "https://a/0", "MediaContentType0": "image/jpeg", "MediaUrl1": "https://a/1"},
            {
                "phone": ADA,
                "media": (
                    {"ref": "https://a/0", "name": "", "media_type": "image/jpeg"},
                    {"ref": "https://a/1", "name": "", "media_type": ""},
                ),
            },
        ),
        (
            "whatsapp",
            {"Body": "Stop", "ButtonText": "Stop", "ButtonPayload": "choose:2", "OriginalRepliedMessageSid": "MM" + "0a" * 16},
            {"text": "Stop", "choice": "choose:2", "refers": ("MM" + "0a" * 16,), "phone": ADA},
        ),
        ("whatsapp", {"ListId": "r1", "ListTitle": "Refund"}, {"choice": "r1", "phone": ADA}),
        ("whatsapp", {"Latitude": "51.5", "Longitude": "-0.12", "Label": "Home"}, {"text": "Home, 51.5, -0.12", "phone": ADA}),
    ],
)
def test_a_message_is_read_with_all_that_came_with_it(name: str, told: dict[str, str], expected: dict[str, Any]) -> None:
    (arrival,) = read(name, **told)
    assert arrival.as_json() == {"id": MESSAGE, "kind": "message", "sender": ADA} | expected


def test_what_nobody_could_read_is_no_arrival() -> None:
    assert read("sms", Body=" \n") == read("whatsapp", NumMedia="0") == ()


@pytest.mark.parametrize(
    ("told", "sms", "whatsapp"),
    [
        *[
            ({"Body": word}, "stop", "stop")
            for word in ("STOP", "Stop.", " stop! ", "Stop all", "UNSUBSCRIBE", "opt out", "OptOut", "revoke")
        ],
        *[({"Body": word}, "stop", "message") for word in ("Cancel", "END", "quit")],
        *[({"Body": word}, "help", "message") for word in ("HELP", "Info")],
        *[({"Body": word}, "start", "start") for word in ("START", "unstop")],
        *[({"Body": word}, "message", "message") for word in ("Stop?", "please stop", "cancel my order", "no", "The end", "helpful")],
        ({"Body": "ARRET", "OptOutType": "STOP"}, "stop", "stop"),
        ({"Body": "ayuda", "OptOutType": "HELP"}, "help", "help"),
        ({"Body": "STOP", "MediaUrl0": "https://a/0"}, "message", "message"),
    ],
)
def test_bare_words_stop_start_and_help_as_their_network_has_it(told: dict[str, str], sms: str, whatsapp: str) -> None:
    assert [str(one.kind) for one in read("sms", **told)] == [sms]
    assert [str(one.kind) for one in read("whatsapp", **told)] == [whatsapp]


@pytest.mark.parametrize("told", [{"Body": "YES"}, {"Body": "Yes.", "OptOutType": "START"}])
def test_a_bare_yes_on_sms_lifts_twilios_block_and_is_an_answer_all_the_same(told: dict[str, str]) -> None:
    assert [(str(one.kind), one.id) for one in read("sms", **told)] == [("start", f"{MESSAGE}:start"), ("message", MESSAGE)]
    assert [str(one.kind) for one in read("whatsapp", **told)] == ["message"]


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        ("sent", "", {"state": "sent"}),
        ("delivered", "", {"state": "delivered"}),
        ("read", "", {"state": "read"}),
        ("undelivered", "30003", {"state": "failed", "why": "the phone is off or out of reach"}),
        ("failed", "63016", {"state": "failed", "why": "more than 24 hours after the customer's last message", "closes_window": True}),
        ("failed", "21610", {"state": "failed", "why": "the customer has written STOP", "stops": True}),
        ("failed", "99999", {"state": "failed", "why": "Twilio's error 99999"}),
        ("canceled", "", {"state": "failed", "why": "canceled"}),
        ("queued", "", None),
        ("sending", "", None),
    ],
)
def test_a_receipt_says_what_became_of_a_message(status: str, code: str, expected: dict[str, Any] | None) -> None:
    addresses = {"From": f"whatsapp:{OURS}", "To": f"whatsapp:{ADA}"}
    found = read("whatsapp", SmsStatus=status, MessageStatus=status, ErrorCode=code, **addresses)
    if expected is None:
        assert found == ()
    else:
        (receipt,) = found
        same = {"id": f"{MESSAGE}:{expected['state']}", "kind": "receipt", "sender": ADA, "about": MESSAGE}
        assert receipt.as_json() == same | expected


def test_a_message_at_the_other_ones_door_is_refused_in_words_that_mend_it() -> None:
    for name, sender in (("sms", f"whatsapp:{ADA}"), ("whatsapp", ADA), ("sms", ""), ("sms", "+" * 300)):
        with pytest.raises(Refused, match="address of its own door") as refused:
            read(name, From=sender, Body="Hi")
        assert refused.value.status == 400


def test_a_signed_get_is_told_to_be_a_post() -> None:
    with pytest.raises(Refused, match="HTTP POST") as refused:
        BOTH["sms"].read(replace(signed({}), method="GET"), NOW)
    assert refused.value.status == 405


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(BOTH)),
    st.dictionaries(
        st.sampled_from("Body From To MessageStatus SmsStatus ErrorCode NumMedia MediaUrl0 OptOutType ProfileName ListId".split()),
        st.text(st.characters(blacklist_categories=("Cs",)), max_size=40),
    ),
    st.one_of(st.none(), st.binary(max_size=200)),
    st.text(max_size=30),
)
def test_nothing_that_is_sent_makes_it_fail(name: str, told: dict[str, str], body: bytes | None, odd: str) -> None:
    usual = {"MessageSid": MESSAGE, "AccountSid": SID, "From": BOTH[name].network.prefix + ADA, "To": BOTH[name].network.prefix + OURS}
    for knock in (
        signed(usual | told, body=body),
        signed(usual | told, f"{DOOR}?{odd}"),
        Knock("POST", odd, {"x-twilio-signature": odd}, {}),
    ):
        try:
            taken = BOTH[name].read(knock, NOW)
        except Refused as refused:
            assert refused.status in (400, 403)
        else:
            assert all(arrival_of(json.loads(json.dumps(one.as_json()))) == one for one in taken.arrivals)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, 21610, {"is_final": True, "stops": True}),
        (400, 21211, {"is_final": True}),
        (400, 21614, {"is_final": True}),
        (400, 77777, {"is_final": True}),
        (400, "no number", {"is_final": True}),
        (400, 63016, {"closes_window": True}),
        (400, 63018, {"wait_s": 3.0}),
        (400, 21609, {}),  # a setting, which somebody mends
        (401, 20003, {}),
        (404, 20404, {}),
    ],
)
def test_an_error_is_final_only_where_trying_again_is_of_no_use(status: int, code: object, expected: dict[str, Any]) -> None:
    failed = vars(failure(status, code, 3.0))
    unset = {"is_final": False, "is_unknown": False, "wait_s": None, "closes_window": False, "stops": False}
    assert failed == unset | expected


@pytest.mark.parametrize(
    ("name", "env", "said"),
    [
        ("sms", {"AMENDS_TWILIO_SMS_FROM": "0770"}, "AMENDS_TWILIO_SMS_FROM is '0770': use a number such as"),
        ("sms", {"AMENDS_TWILIO_ACCOUNT_SID": ""}, "AMENDS_TWILIO_ACCOUNT_SID is '': AMENDS_TWILIO_SMS_FROM needs"),
        ("sms", {"AMENDS_TWILIO_AUTH_TOKEN": ""}, "AMENDS_TWILIO_AUTH_TOKEN is missing"),
        ("sms", {"AMENDS_TWILIO_API": "http://api.twilio.com"}, "AMENDS_TWILIO_API is 'http://api.twilio.com': use https"),
        ("whatsapp", {"AMENDS_TWILIO_WHATSAPP_FROM": SERVICE}, "AMENDS_TWILIO_WHATSAPP_FROM is"),
        ("whatsapp", {"AMENDS_TWILIO_WHATSAPP_TEMPLATE": "hello"}, "AMENDS_TWILIO_WHATSAPP_TEMPLATE is 'hello'"),
    ],
)
def test_a_setting_that_cannot_be_used_says_how_to_mend_it(name: str, env: dict[str, str], said: str) -> None:
    with pytest.raises(BadSetting, match=said.replace("(", r"\(")):
        opened(name, **env)


def test_it_is_off_until_a_sender_is_named_and_can_do_what_is_set() -> None:
    assert open_twilio_sms(KEYS, None) is None and open_twilio_whatsapp(KEYS, None) is None
    assert not BOTH["whatsapp"].can.has_template
    assert opened("whatsapp", AMENDS_TWILIO_WHATSAPP_TEMPLATE=TEMPLATE).can.has_template


@contextmanager
def connected(name: str, origin: str = OURS) -> Iterator[tuple[StandIn, Twilio, list[TakenIn]]]:
    """Twilio, the channel that is set to it, and what came through the channel's door."""
    came: list[TakenIn] = []

    async def door(request: Request) -> Response:
        knock = Knock(request.method, str(request.url), dict(request.headers), dict(request.query_params), await request.body())
        try:
            came.append(channel.read(knock, NOW))
        except Refused as refused:
            return Response(str(refused), refused.status)
        return Response(came[-1].body, media_type=came[-1].media_type)

    app = Starlette(routes=[Route("/channels/{name}", door, methods=["GET", "POST"])])
    app.state.let_go = lambda: None
    with served(app) as url, twilio(name, f"{url}/channels/{name}", origin) as standin:
        made = OPENERS[name](standin.settings, standin.door)
        assert made is not None
        channel = made
        yield standin, channel, came


@pytest.fixture(scope="module", params=["sms", "whatsapp"])
def both(request: pytest.FixtureRequest) -> Iterator[tuple[StandIn, Twilio, list[TakenIn]]]:
    with connected(request.param) as parts:
        yield parts


Parts = tuple[StandIn, Twilio, list[TakenIn]]


def test_everything_forged_is_refused_and_brings_nothing(both: Parts) -> None:
    standin, channel, _ = both
    for forged in standin.forgeries(ADA, "Refund me"):
        if forged.what == "oversized":
            continue  # the door counts bytes before the channel sees them
        url = standin.door + (f"?{forged.query}" if forged.query else "")
        with pytest.raises(Refused) as refused:
            channel.read(Knock(forged.method, url, forged.headers, {}, forged.body), NOW)
        assert refused.value.status in forged.status, forged.what


def test_a_message_its_answer_and_what_became_of_it_go_round(both: Parts) -> None:
    standin, channel, came = both
    came.clear()
    answers = standin.says(ADA, "Where is it?", id="one", times=3)
    assert [(one.status_code, one.text, one.headers["content-type"].split(";")[0]) for one in answers] == [
        (200, "<Response/>", "text/xml")
    ] * 3
    assert len({one.arrivals[0].id for one in came}) == 1
    sent = channel.send(Outgoing("key-00000001", ADA, "It’s in Leeds — “tomorrow” it’s with you…"))
    arrived = standin.arrived[-1]
    assert (arrived.id, arrived.to) == (sent, ADA)
    assert arrived.text == (
        "It's in Leeds - \"tomorrow\" it's with you..." if channel.name == "sms" else "It’s in Leeds — “tomorrow” it’s with you…"
    )
    came.clear()
    for state in ("delivered", "read", "failed"):
        assert standin.reports(arrived, state)[0].status_code == 200
    assert [(one.arrivals[0].about, one.arrivals[0].state) for one in came] == [(sent, "delivered"), (sent, "read"), (sent, "failed")]


def test_a_provider_in_trouble_is_told_apart(both: Parts) -> None:
    standin, channel, _ = both
    standin.says(ADA, "Hi")
    expected = {
        "down": {"is_unknown": False, "is_final": False},
        "rate": {"is_unknown": False, "is_final": False, "wait_s": 1.0},
        "crash": {"is_unknown": True, "is_final": False},
        "refused": {"is_unknown": False, "is_final": True, "stops": False},
    }
    for how, marks in expected.items():
        out, before = Outgoing(f"key-{how}-0", ADA, f"On its way: {how}"), len(standin.arrived)
        standin.misbehaves(how, 1)
        with pytest.raises(SendFailed) as failed:
            channel.send(out)
        assert {name: vars(failed.value)[name] for name in marks} == marks, how
        assert ADA not in str(failed.value)
        assert channel.find(out) == (standin.arrived[-1].id if how == "crash" else None)
        assert len(standin.arrived) - before == (how == "crash")


def test_the_newest_message_alike_is_found_and_nobody_elses(both: Parts) -> None:
    standin, channel, _ = both
    standin.says("+447700900999", "Hi")
    out = Outgoing("key-00000002", "+447700900999", "Which order —\n is it about?")
    assert channel.find(out) is None
    first = channel.send(out)
    standin.listed[-1]["date_created"] = "Sun, 01 Mar 2026 09:00:00 +0000"
    second = channel.send(out)
    assert first != second and channel.find(out) == second
    assert channel.find(replace(out, to=ADA)) is None
    assert channel.find(replace(out, text="Which order")) is None


def test_a_photo_is_fetched_with_our_password_which_no_other_host_gets(both: Parts) -> None:
    standin, channel, came = both
    photo = sent_files.photo()
    standin.says(ADA, "", photos=(photo,))
    (media,) = came[-1].arrivals[0].media
    assert channel.fetch(media) == photo
    with pytest.raises(SendFailed) as elsewhere:
        channel.fetch(Media(f"https://evil.example/{media.ref}"))
    assert elsewhere.value.is_final
    standin.says(ADA, "", photos=(b"\xff" * (17 * 1024 * 1024),))
    with pytest.raises(FileRefused, match="too_large"):
        channel.fetch(came[-1].arrivals[0].media[0])


def test_whatsapp_shows_that_a_message_was_read_and_is_being_answered(both: Parts) -> None:
    standin, channel, came = both
    standin.says(ADA, "Hello?")
    arrival = came[-1].arrivals[0]
    channel.mark_seen(arrival.sender, arrival.id)
    assert standin.typing == ([arrival.id] if channel.name == "whatsapp" else [])
    if channel.can.marks:
        with pytest.raises(SendFailed):
            channel.mark_seen(ADA, MESSAGE)
    assert opened("whatsapp", AMENDS_TWILIO_API="").typing == "https://messaging.twilio.com/v2/Indicators/Typing.json"


def test_who_has_written_stop_cannot_be_written_to_until_yes() -> None:
    with connected("sms", SERVICE) as (standin, channel, came):
        out = Outgoing("key-00000003", ADA, "Your refund is on its way")
        standin.says(ADA, "Stop")
        assert str(came[-1].arrivals[0].kind) == "stop"
        with pytest.raises(SendFailed) as failed:
            channel.send(out)
        assert failed.value.is_final and failed.value.stops
        standin.says(ADA, "Yes")
        assert channel.send(out) == channel.find(out) == standin.arrived[-1].id
        assert standin.asked[-1] == {"To": ADA, "MessagingServiceSid": SERVICE, "StatusCallback": standin.door, "Body": out.text}


def test_after_a_day_whatsapp_takes_the_template_only() -> None:
    with connected("whatsapp") as (standin, channel, came):
        late = Outgoing("key-00000004", ADA, "Your refund is on its way")
        assert channel.send(late) is not None
        until = time.monotonic() + 5
        while not came and time.monotonic() < until:
            time.sleep(0.02)
        assert came[0].arrivals[0].closes_window and came[0].arrivals[0].state == "failed"
        template = Outgoing("key-00000005", ADA, "", template={"shop": "Oak\n& Pine", "ref": ""})
        assert channel.find(template) is None
        assert channel.send(template) == channel.find(template)
        assert (standin.arrived[-1].text, standin.arrived[-1].is_template) == (
            "Oak & Pine has news of your case. Answer here to read it.",
            True,
        )
        standin.says(ADA, "Yes?")
        assert channel.send(late) == standin.arrived[-1].id
