"""The Telegram channel: what it reads of the documented updates, what it refuses, and how it sends against the documented API."""

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.cases.channel import Arrival, ArrivalKind, Media, arrival_of
from bot.channels.telegram import LONGEST_CAPTION, LONGEST_TEXT, Telegram, open_telegram
from bot.errors import BadSetting, FileRefused, Refused, SendFailed
from bot.ports import Knock, Outgoing, OutgoingFile, TakenIn
from tests import sent_files
from tests.served import served
from tests.standins.telegram import SECRET, TOKEN, telegram
from tests.standins.telegram import Telegram as StandIn

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)
SENT = datetime(2026, 3, 2, 9, 29, tzinfo=timezone.utc)
CHANNEL = Telegram(TOKEN, SECRET, "http://127.0.0.1:1")
ADA = {"id": 42, "is_bot": False, "first_name": "Ada", "last_name": "Ljung", "language_code": "en"}
CHAT = {"id": 42, "first_name": "Ada", "type": "private"}
OURS = {"id": 123456789, "is_bot": True, "first_name": "Shop", "username": "shop_bot"}
BASE = {"message_id": 7, "from": ADA, "chat": CHAT, "date": int(SENT.timestamp())}
SIZES = [{"file_id": name, "width": width, "height": height} for name, width, height in (("s", 90, 67), ("x", 1280, 960), ("m", 320, 240))]
MESSAGE: dict[str, Any] = {"id": "42:7", "kind": "message", "sender": "42", "at": "2026-03-02T09:29:00+00:00", "name": "Ada Ljung"}


def knock(body: bytes, secret: str | None = SECRET, method: str = "POST", query: dict[str, str] | None = None) -> Knock:
    headers = {"x-telegram-bot-api-secret-token": secret} if secret is not None else {}
    return Knock(method, "https://shop.example/channels/telegram", headers, query or {}, body)


def read(**update: Any) -> TakenIn:
    return CHANNEL.read(knock(json.dumps({"update_id": 870000001, **update}).encode()), NOW)


def shown(arrival: Arrival) -> dict[str, Any]:
    """As it is kept; instants as ISO 8601."""
    kept = arrival.as_json()
    assert arrival_of(json.loads(json.dumps(kept))) == arrival
    return kept | ({"at": arrival.at.isoformat()} if arrival.at else {})


@pytest.mark.parametrize(
    ("holds", "expected"),
    [
        ({"text": "My parcel is late"}, {"text": "My parcel is late"}),
        ({"text": "a\0b \ud83d"}, {"text": "ab ?"}),
        ({"photo": SIZES, "caption": "Broken"}, {"text": "Broken", "media": ({"ref": "x", "name": "", "media_type": "image/jpeg"},)}),
        ({"photo": SIZES, "media_group_id": "1"}, {"media": ({"ref": "x", "name": "", "media_type": "image/jpeg"},)}),
        (
            {"document": {"file_id": "d", "file_name": "bill.pdf", "mime_type": "application/pdf"}},
            {"media": ({"ref": "d", "name": "bill.pdf", "media_type": "application/pdf"},)},
        ),
        ({"voice": {"file_id": "v", "duration": 3}}, {"media": ({"ref": "v", "name": "", "media_type": "audio/ogg"},)}),
        ({"video_note": {"file_id": "n"}}, {"media": ({"ref": "n", "name": "", "media_type": "video/mp4"},)}),
        (
            {"animation": {"file_id": "g", "mime_type": "video/mp4"}, "document": {"file_id": "g"}},
            {"media": ({"ref": "g", "name": "", "media_type": "video/mp4"},)},
        ),
        ({"sticker": {"file_id": "k", "emoji": "👍"}}, {"text": "👍"}),
        ({"dice": {"emoji": "🎲", "value": 3}}, {"text": "🎲"}),
        ({"poll": {"question": "When?"}}, {"text": "When?"}),
        ({"location": {"latitude": 52.5, "longitude": 13.25}}, {"text": "geo:52.5,13.25"}),
        (
            {"venue": {"title": "Depot", "address": "Kai 3"}, "location": {"latitude": 52.5, "longitude": 13}},
            {"text": "Depot, Kai 3, geo:52.5,13"},
        ),
        (
            {"contact": {"phone_number": "46 70-174 06 05", "first_name": "Ada", "user_id": 42}},
            {"text": "Ada +46701740605", "phone": "+46701740605"},
        ),
        ({"contact": {"phone_number": "+46701740699", "first_name": "Bo", "user_id": 43}}, {"text": "Bo +46701740699"}),
        ({"contact": {"phone_number": "+46701740699", "first_name": "Bo"}}, {"text": "Bo +46701740699"}),
        ({"text": "/stop"}, {"id": "42:7/stop", "kind": "stop", "text": "/stop"}),
        ({"text": "/Stop@shop_bot writing to me"}, {"id": "42:7/stop", "kind": "stop", "text": "/Stop@shop_bot writing to me"}),
        ({"text": " /start "}, {"id": "42:7/start", "kind": "start", "text": " /start "}),
        ({"text": "/help"}, {"id": "42:7/help", "kind": "help", "text": "/help"}),
        ({"text": "/help my kettle\nleaks"}, {"text": "my kettle\nleaks"}),
        ({"text": "/starting from Monday it leaks"}, {"text": "/starting from Monday it leaks"}),
        ({"photo": SIZES, "caption": "/stop"}, {"text": "/stop", "media": ({"ref": "x", "name": "", "media_type": "image/jpeg"},)}),
    ],
)
def test_a_message_is_read_with_all_it_says(holds: dict[str, Any], expected: dict[str, Any]) -> None:
    (arrival,) = read(message=BASE | holds).arrivals
    assert shown(arrival) == MESSAGE | expected


def test_what_a_link_brings_along_is_said_after_the_start() -> None:
    start, said = read(message=BASE | {"text": "/start A-1042"}).arrivals
    assert (start.kind, start.id, start.text) == (ArrivalKind.START, "42:7/start", "/start A-1042")
    assert (said.kind, said.id, said.text) == (ArrivalKind.MESSAGE, "42:7", "A-1042")


def test_an_edit_names_the_message_that_it_changes() -> None:
    edited = BASE | {"edit_date": int(NOW.timestamp()), "text": "Order 1042, not 1024"}
    (edit,) = read(edited_message=edited).arrivals
    assert (edit.kind, edit.id, edit.about, edit.text, edit.at) == (ArrivalKind.EDIT, "update 870000001", "42:7", edited["text"], NOW)
    assert read(edited_message=BASE | {"location": {"latitude": 1, "longitude": 2}}).arrivals == ()


def test_a_tap_is_a_choice_with_its_label_and_answered_in_the_answer() -> None:
    keyboard = {"inline_keyboard": [[{"text": "Refund", "callback_data": "c1"}], [{"text": "Replacement", "callback_data": "c2"}]]}
    ours = {"message_id": 9, "from": OURS, "chat": CHAT, "date": 1, "reply_markup": keyboard}
    taken = read(callback_query={"id": "4382", "from": ADA, "message": ours, "data": "c2", "chat_instance": "7"})
    (tap,) = taken.arrivals
    assert shown(tap) == {
        "id": "tap 4382", "kind": "message", "sender": "42", "text": "Replacement", "choice": "c2", "about": "42:9", "name": "Ada Ljung"
    }  # fmt: skip
    assert (json.loads(taken.body), taken.media_type) == (
        {"method": "answerCallbackQuery", "callback_query_id": "4382"},
        "application/json",
    )
    gone = {"id": "4383", "from": ADA, "message": {"message_id": 9, "chat": CHAT, "date": 0}, "data": "c2"}
    assert [(one.choice, one.text) for one in read(callback_query=gone).arrivals] == [("c2", "")]


@pytest.mark.parametrize(("status", "kind"), [("kicked", ArrivalKind.STOP), ("member", ArrivalKind.START), ("restricted", None)])
def test_whoever_blocks_the_bot_wants_nothing_more(status: str, kind: ArrivalKind | None) -> None:
    member = {"chat": CHAT, "from": ADA, "date": BASE["date"], "new_chat_member": {"user": OURS, "status": status}}
    arrivals = read(my_chat_member=member).arrivals
    assert [(one.kind, one.id, one.sender, one.text, one.at) for one in arrivals] == (
        [(kind, "update 870000001", "42", "", SENT)] if kind else []
    )


@pytest.mark.parametrize(
    "update",
    [
        {"message": BASE | {"chat": {"id": -100123, "type": "supergroup"}, "text": "hello"}},
        {"message": BASE | {"chat": {"id": -5, "type": "group"}, "new_chat_members": [OURS]}},
        {"message": BASE | {"from": ADA | {"is_bot": True}, "text": "hello"}},
        {"message": BASE | {"pinned_message": BASE}},
        {"channel_post": {"message_id": 1, "chat": {"id": -100, "type": "channel"}, "text": "news"}},
        {"message_reaction": {"chat": CHAT, "message_id": 9, "user": ADA, "new_reaction": [{"type": "emoji", "emoji": "👍"}]}},
        {"callback_query": {"id": "1", "from": ADA, "inline_message_id": "x", "data": "c1"}},
        {"my_chat_member": {"chat": {"id": -5, "type": "group"}, "from": ADA, "new_chat_member": {"status": "kicked"}}},
        {"message": {}},
        {},
    ],
)
def test_what_is_no_customers_message_is_taken_and_is_no_arrival(update: dict[str, Any]) -> None:
    assert read(**update).arrivals == ()


def test_every_forgery_is_refused(api: StandIn) -> None:
    for forged in api.forgeries("42", "Refund me"):
        if forged.status == (413,):
            continue  # the door's, before any channel is asked
        query = dict(one.split("=") for one in forged.query.split("&") if one)
        with pytest.raises(Refused) as refused:
            CHANNEL.read(Knock(forged.method, "", forged.headers, query, forged.body), NOW)
        assert refused.value.status in forged.status, forged.what
    for secret in ("", "\ud800", "ÿ", SECRET + "\0"):
        with pytest.raises(Refused) as refused:
            CHANNEL.read(knock(b"{}", secret), NOW)
        assert refused.value.status == 401


NAMES = (
    "update_id message edited_message callback_query my_chat_member from chat id type is_bot text caption date edit_date photo file_id "
    "width height file_size document contact phone_number user_id location latitude longitude venue data reply_markup sticker emoji "
    "inline_keyboard callback_data new_chat_member status message_id first_name"
).split()
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(42),
    st.floats(),
    st.text(),
    st.sampled_from(["private", "kicked", "/start x", "\ud83d"]),
)
JSONS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6), max_leaves=25
)
UPDATES = st.fixed_dictionaries({"update_id": st.integers()}, optional={name: JSONS for name in NAMES[1:5]})
HELD = {name: JSONS for name in ("photo", "document", "contact", "location", "venue", "sticker", "date", "message_id", "voice", "poll")}
MESSAGES = st.fixed_dictionaries({}, optional={"text": st.text(), "caption": st.text(), **HELD}).map(
    lambda more: {"update_id": 1, "message": {**BASE, **more}}
)


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.binary(), st.just(b"[" * 100_000), st.one_of(UPDATES, MESSAGES, JSONS).map(lambda one: json.dumps(one).encode())))
def test_no_body_makes_it_fall_over(body: bytes) -> None:
    try:
        taken = CHANNEL.read(knock(body), NOW)
    except Refused as refused:
        assert refused.status == 400
        return
    for arrival in taken.arrivals:
        assert arrival.id and arrival.sender and len(arrival.id) <= 150
        json.dumps(arrival.as_json(), ensure_ascii=False).encode()  # as databases want it


@pytest.fixture(scope="module")
def api() -> Iterator[StandIn]:
    """With a door behind which only the channel stands; what it read is in `app.state.read`."""
    with telegram() as standin:
        channel, took = opened(standin), []

        async def door(request: Request) -> Response:
            told = channel.read(Knock("POST", "", dict(request.headers), {}, await request.body()), NOW)
            took.extend(told.arrivals)
            return Response(told.body, media_type=told.media_type)

        app = Starlette(routes=[Route("/channels/telegram", door, methods=["POST"])])
        app.state.let_go = lambda: None
        with served(app) as url:
            standin.door = f"{url}/channels/telegram"
            standin.took = took  # type: ignore[attr-defined]
            yield standin


def opened(api: StandIn, **more: str) -> Telegram:
    channel = open_telegram(api.settings | more, None)
    assert channel
    return channel


def out(text: str = "Your refund of £12.00 is on its way.", **more: Any) -> Outgoing:
    return Outgoing("c0ffee00-0", "42", text, **more)


def failure(channel: Telegram, message: Outgoing) -> tuple[bool, bool, bool, float | None]:
    with pytest.raises(SendFailed) as failed:
        channel.send(message)
    assert TOKEN not in str(failed.value)
    return failed.value.is_final, failed.value.is_unknown, failed.value.stops, failed.value.wait_s


def test_what_is_sent_arrives_as_it_is_and_can_be_tapped(api: StandIn) -> None:
    channel = opened(api)
    api.says("42", "Hello", id="first", times=3)
    assert len({one.id for one in api.took[-3:]}) == 1  # type: ignore[attr-defined]
    text = "*Which* of <b>these</b>? _1042_ https://shop.example " + "🙂" * (LONGEST_TEXT - 60)
    sent = channel.send(out(text, choices=(("c1", "Refund"), ("c2", "Replacement"))))
    arrived, (method, given) = api.arrived[-1], api.calls[-1]
    assert (arrived.id, arrived.text, arrived.choices) == (sent, text, (("c1", "Refund"), ("c2", "Replacement")))
    assert method == "sendMessage" and given["link_preview_options"] == {"is_disabled": True} and "parse_mode" not in given
    assert [len(row) for row in given["reply_markup"]["inline_keyboard"]] == [1, 1]
    api.taps("42", "Replacement")
    tapped = api.took[-1]  # type: ignore[attr-defined]
    assert (tapped.choice, tapped.text, tapped.about) == ("c2", "Replacement", sent)
    assert api.taps_answered == [tapped.id.removeprefix("tap ")]
    channel.mark_seen("42", tapped.id)
    assert api.calls[-1] == ("sendChatAction", {"chat_id": "42", "action": "typing"})
    assert channel.find(out()) is None and channel.collect(None, NOW) is None


@pytest.mark.parametrize(
    ("how", "expected", "arrives"),
    [
        ("down", (False, False, False, None), False),
        ("rate", (False, False, False, 1.0), False),
        ("crash", (False, True, False, None), True),
        ("refused", (True, False, False, None), False),
    ],
)
def test_what_can_go_wrong_is_told_apart(api: StandIn, how: str, expected: tuple[Any, ...], arrives: bool) -> None:
    api.says("42", "Hello")
    before = len(api.arrived)
    api.misbehaves(how, 1)
    assert failure(opened(api), out()) == expected
    assert len(api.arrived) - before == arrives


def test_whoever_cannot_be_reached_is_not_written_to_again(api: StandIn) -> None:
    channel = opened(api)
    assert failure(channel, Outgoing("c0ffee00-0", "77", "Hello")) == (True, False, False, None)
    api.says("43", "Hello")
    api.blocks("43")
    assert api.took[-1].kind is ArrivalKind.STOP  # type: ignore[attr-defined]
    assert failure(channel, Outgoing("c0ffee00-0", "43", "Hello")) == (True, False, True, None)
    api.blocks("43", is_back=True)
    assert api.took[-1].kind is ArrivalKind.START  # type: ignore[attr-defined]
    assert channel.send(Outgoing("c0ffee00-0", "43", "Hello"))


def test_a_token_that_is_not_accepted_waits_for_somebody_to_mend_it(api: StandIn) -> None:
    assert failure(opened(api, AMENDS_TELEGRAM_TOKEN=TOKEN[:-1] + "x"), out()) == (False, False, False, 300.0)
    assert failure(Telegram(TOKEN, SECRET, "http://127.0.0.1:1"), out()) == (False, False, False, None)


def test_files_go_out_as_what_they_are(api: StandIn) -> None:
    channel = opened(api)
    api.says("42", "Hello")
    label, thin, bill = sent_files.photo(), sent_files.photo(2100, 40, kind="PNG"), b"%PDF-1.7 bill"
    for name, media_type, content in (("label.jpg", "image/jpeg", label), ("é.png", "image/png", thin), ("b.pdf", "application/pdf", bill)):
        sent = channel.send(out("Here.", file=OutgoingFile(name, media_type, content), choices=(("c1", "Thanks"),)))
        assert (api.arrived[-1].id, api.arrived[-1].text) == (sent, "Here.")
        assert api.arrived[-1].files == (content,) and api.arrived[-1].choices == (("c1", "Thanks"),)
    assert [name for name, _ in api.calls[-4:]] == ["sendPhoto", "sendPhoto", "sendDocument", "sendDocument"]


def test_a_long_text_follows_its_file_which_is_not_sent_again(api: StandIn) -> None:
    channel, before = opened(api), len(api.arrived)
    api.says("42", "Hello")
    message = out("word " * (LONGEST_CAPTION // 5 + 1), file=OutgoingFile("label.jpg", "image/jpeg", sent_files.photo()))
    channel.send(out("First."))
    api.manners = ["down", ""]  # the file goes out, the text does not
    assert failure(channel, message) == (False, False, False, None)
    channel.send(message)
    assert [(one.text, len(one.files)) for one in api.arrived[before:]] == [("First.", 0), ("", 1), (message.text, 0)]
    assert not channel.halves


def test_a_customers_file_is_fetched_in_its_largest_size(api: StandIn) -> None:
    channel, photo = opened(api), sent_files.photo(1600, 1200)
    api.says("42", "Broken on arrival", photos=(photo, sent_files.photo()))
    first, second = api.took[-2:]  # type: ignore[attr-defined]
    assert (first.text, second.text) == ("Broken on arrival", "") and first.id != second.id
    assert channel.fetch(first.media[0]) == photo
    for size in (21, 17):
        with pytest.raises(FileRefused, match="too_large"):
            channel.fetch(Media(api.keeps(bytes(size * 1024 * 1024), "film")))
    with pytest.raises(SendFailed) as failed:
        channel.fetch(Media("unknown"))
    assert not failed.value.is_final


def test_the_webhook_is_set_with_what_is_needed_and_nothing_that_waits_is_lost(api: StandIn) -> None:
    opened(api).register("https://shop.example/channels/telegram")
    assert api.webhook == {
        "url": "https://shop.example/channels/telegram",
        "secret_token": SECRET,
        "allowed_updates": ["message", "edited_message", "callback_query", "my_chat_member"],
        "drop_pending_updates": False,
    }
    with pytest.raises(SendFailed, match="An HTTPS URL must be provided"):
        opened(api).register("http://shop.example/channels/telegram")
    assert httpx.get(f"{api.url}/file/bot{TOKEN}/photos/no.jpg", trust_env=False).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"AMENDS_TELEGRAM_SECRET": ""}, "AMENDS_TELEGRAM_SECRET is missing"),
        ({"AMENDS_TELEGRAM_SECRET": "a secret with blanks"}, "letters, digits, _ and -"),
        ({"AMENDS_TELEGRAM_SECRET": "short"}, "16 to 256"),
        ({"AMENDS_TELEGRAM_TOKEN": ""}, "AMENDS_TELEGRAM_TOKEN is no bot's token"),
        ({"AMENDS_TELEGRAM_TOKEN": "bot123/x"}, "@BotFather"),
        ({"AMENDS_TELEGRAM_API": "api.telegram.org"}, "AMENDS_TELEGRAM_API is 'api.telegram.org'"),
    ],
)
def test_a_wrong_setting_says_how_to_mend_it(wrong: dict[str, str], named: str) -> None:
    right = {"AMENDS_TELEGRAM_TOKEN": TOKEN, "AMENDS_TELEGRAM_SECRET": SECRET}
    with pytest.raises(BadSetting) as bad:
        open_telegram(right | wrong, None)
    assert named in str(bad.value) and TOKEN not in str(bad.value)
    assert open_telegram({}, None) is None
    opened_here = open_telegram(right, None)
    assert opened_here and opened_here.provider.base == f"https://api.telegram.org/bot{TOKEN}"
