"""Mastodon: mentions in order and once, private words for one reader, and nothing lost where the server is not well."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cases.channel import Arrival, ArrivalKind, arrival_of
from bot.channels import mastodon
from bot.channels.mastodon import Mastodon, open_mastodon
from bot.channels.mastodon_posts import AT, Home, arrival_in, text_of, words_of
from bot.errors import BadSetting, Refused, SendFailed
from bot.ports import Knock, Outgoing, OutgoingFile
from tests.standins.mastodon import DOMAIN, MENTION, OURS, TOKEN, MastodonStandIn
from tests.standins.mastodon import mastodon as a_server

JUNE, LOCAL = "june@elsewhere.example", f"sam@{DOMAIN}"
HOME = Home(OURS, "shop", DOMAIN, 500)
UNREACHED = Mastodon("http://127.0.0.1:9", TOKEN)
ANSWER = Outgoing("key-00000001", JUNE, "We look into it.\nIt is ours to put right.", thread=None)


@pytest.fixture(scope="module")
def running() -> Iterator[MastodonStandIn]:
    with a_server("http://unused.example/channels/mastodon") as stand_in:
        yield stand_in


@pytest.fixture
def server(running: MastodonStandIn) -> MastodonStandIn:
    """Empty, whatever came before."""
    fresh = MastodonStandIn(running.door, url=running.url)
    for name in ("longest", "arrived", "statuses", "notes", "keys", "media", "slow_media", "told_to_files", "_fails"):
        setattr(running, name, getattr(fresh, name))
    return running


@pytest.fixture
def channel(server: MastodonStandIn, monkeypatch: pytest.MonkeyPatch) -> Mastodon:
    monkeypatch.setattr(mastodon, "LOOK_AGAIN_S", 0.0)
    opened = open_mastodon(server.settings, None)
    assert opened
    return opened


def now() -> datetime:
    return datetime.now(timezone.utc)


def taken(channel: Mastodon, cursor: str | None = "0") -> list[Arrival]:
    found = channel.collect(cursor, now())
    return list(found.arrivals) if found else []


def test_mention_is_read_whole(server: MastodonStandIn, channel: Mastodon) -> None:
    server.says(
        JUNE, "It's broken & late.\n\nSee https://a.example/x?a=1&b=2\n@other@b.example too", visibility="unlisted", photos=(b"PNG",)
    )
    server.says(LOCAL, "hello", spoiler_text="A rant about my order")
    june, sam = taken(channel)
    assert june.text == "It's broken & late.\n\nSee https://a.example/x?a=1&b=2\n@other@b.example too"
    assert (june.sender, june.name, june.is_public, june.kind) == (JUNE, "June", True, ArrivalKind.MESSAGE)
    assert june.thread == june.id and june.at and abs(now() - june.at) < timedelta(minutes=1)
    assert (sam.sender, sam.is_public, sam.text) == (LOCAL, False, "A rant about my order\nhello")
    assert arrival_of(json.loads(json.dumps(june.as_json()))) == june
    assert channel.fetch(june.media[0]) == b"PNG" and june.media[0].media_type == "image/png"
    assert server.told_to_files == [None]  # the token stays with the server


def test_mentions_come_in_order_over_pages_and_each_once(server: MastodonStandIn, channel: Mastodon, monkeypatch: Any) -> None:
    monkeypatch.setattr(mastodon, "PAGE", 3)
    ids = [str(number) for number in range(500, 508)]
    server.says_at_once([(JUNE, f"word {id}", id) for id in ids])
    found = channel.collect("0", now())
    assert found and [one.id for one in found.arrivals] == ids
    assert channel.collect(found.cursor, now()) is None
    server.says(JUNE, "word 500", id="500", times=3)
    assert channel.collect(found.cursor, now()) is None
    monkeypatch.setattr(mastodon, "PAGES", 2)  # the rest is fetched the next time
    first = channel.collect("0", now())
    second = first and channel.collect(first.cursor, now())
    assert first and second and [one.id for one in (*first.arrivals, *second.arrivals)] == ids


def test_first_look_goes_back_a_day(server: MastodonStandIn, channel: Mastodon, monkeypatch: Any) -> None:
    monkeypatch.setattr(mastodon, "PAGE", 2)
    nothing = channel.collect(None, now())
    assert nothing and nothing.arrivals == () and channel.collect(nothing.cursor, now()) is None
    for hours in (400, 30, 20, 3, 2, 1):
        server.says(JUNE, f"{hours} hours ago", at=now() - timedelta(hours=hours))
    found = channel.collect(None, now())
    assert found and [one.text for one in found.arrivals] == [f"{hours} hours ago" for hours in (20, 3, 2, 1)]
    assert channel.collect(found.cursor, now()) is None
    assert channel.collect(nothing.cursor, now()) is not None


def test_look_that_brought_nothing_leaves_the_server_alone_for_a_while(
    server: MastodonStandIn, channel: Mastodon, monkeypatch: Any
) -> None:
    monkeypatch.setattr(mastodon, "LOOK_AGAIN_S", 0.3)
    assert taken(channel) == []
    server.says(JUNE, "Late.")
    assert taken(channel) == []
    time.sleep(0.31)
    assert [one.text for one in taken(channel)] == ["Late."]
    assert [one.text for one in taken(channel)] == ["Late."]  # what brought something may go on at once


def test_edit_is_told_and_names_what_it_changes(server: MastodonStandIn, channel: Mastodon) -> None:
    server.says(JUNE, "It is lost.", id="77", visibility="public")
    server.edits("77", "It is late.")
    message, edit = taken(channel)
    assert (edit.kind, edit.about, edit.text, edit.is_public) == (ArrivalKind.EDIT, "77", "It is late.", True)
    assert edit.id != message.id == "77" and edit.at and message.at and edit.at > message.at


def test_own_words_bots_and_odd_shapes_are_no_arrivals(server: MastodonStandIn, channel: Mastodon) -> None:
    server.says("weather@b.example", "Rain.", account={"bot": True})
    server.says(f"shop@{DOMAIN}", "Ourselves.", account={"id": OURS})
    server.says("a" * 200 + "@b.example", "Nobody's name.")
    server.notes += [{"id": server.new_id(), "type": "mention"}, {"id": server.new_id(), "type": "mention", "status": {"account": "x"}}]
    server.says(JUNE, "A person.")
    assert [one.text for one in taken(channel)] == ["A person."]


def test_private_words_go_to_one_reader_in_the_thread(server: MastodonStandIn, channel: Mastodon) -> None:
    server.says(JUNE, "Late.", id="900000000000000001", visibility="public")
    words = "You wrote “ask @amira or ²@amira@b.example,.@sam”. Write to care@shop.example."
    sent = channel.send(replace(ANSWER, text=words, thread="900000000000000001"))
    (arrived,) = server.arrived
    assert (arrived.to, arrived.is_public, arrived.id) == (JUNE, False, sent)
    assert arrived.text == words.replace("@amira", f"{AT}amira").replace("@sam", f"{AT}sam")
    assert arrived.raw["visibility"] == "direct" and arrived.raw["in_reply_to_id"] == "900000000000000001"
    channel.send(replace(ANSWER, key="key-00000002", is_public=True, thread="900000000000000001"))
    assert server.arrived[-1].is_public and server.arrived[-1].raw["visibility"] == "unlisted"


def test_deleted_post_still_has_an_author(server: MastodonStandIn, channel: Mastodon) -> None:
    assert channel.send(replace(ANSWER, thread="404")) == server.arrived[0].id
    with pytest.raises(SendFailed) as told:
        channel.send(replace(ANSWER, key="key-00000003", thread="404", is_public=True))
    assert told.value.is_final and len(server.arrived) == 1


def test_file_goes_with_it_once_it_is_processed(server: MastodonStandIn, channel: Mastodon, monkeypatch: Any) -> None:
    monkeypatch.setattr(mastodon, "MEDIA_PAUSE_S", 0.01)
    server.slow_media = 2
    channel.send(replace(ANSWER, file=OutgoingFile("lamp.png", "image/png", b"PNG of a lamp")))
    assert server.arrived[0].files == (b"PNG of a lamp",)
    server.slow_media = 99
    with pytest.raises(SendFailed, match="processed"):
        channel.send(replace(ANSWER, key="key-00000004", file=OutgoingFile("lamp.png", "image/png", b"PNG")))
    with pytest.raises(SendFailed) as told:
        channel.send(replace(ANSWER, key="key-00000005", file=OutgoingFile("lamp.pdf", "application/pdf", b"%PDF")))
    assert told.value.is_final and len(server.arrived) == 1


def test_what_a_server_can_hold_is_kept_to(server: MastodonStandIn) -> None:
    server.longest = 5000
    channel = Mastodon(server.url, TOKEN)
    assert channel.can.longest == 430
    channel.send(replace(ANSWER, text="word " * 980))
    assert channel.can.longest == 4930
    server.longest = 500
    usual = Mastodon(server.url, TOKEN)
    usual.collect("0", now())
    usual.send(replace(ANSWER, key="key-00000006", to=f"{'a' * 60}@{'long.' * 20}example", text="x" * usual.can.longest))
    assert len(server.arrived) == 2


def failure(channel: Mastodon, out: Outgoing = ANSWER) -> SendFailed:
    with pytest.raises(SendFailed) as told:
        channel.send(out)
    return told.value


def test_what_went_wrong_is_told_apart(server: MastodonStandIn, channel: Mastodon) -> None:
    for how in ("down", "rate", "crash", "refused"):
        server.misbehaves(how, 1)
    down, rate, crash, refused = (failure(channel, replace(ANSWER, key=f"key-{number:08}")) for number in range(4))
    assert not down.is_final and not down.is_unknown
    assert rate.wait_s and 0 < rate.wait_s <= 3  # to a second, by the server's own clock
    assert crash.is_unknown and not crash.is_final
    assert refused.is_final and "422" in str(refused)
    foreign = failure(Mastodon(server.url, "a token that was revoked"))
    assert not foreign.is_final and foreign.wait_s and "AMENDS_MASTODON_TOKEN" in str(foreign)
    nobody = failure(UNREACHED)
    assert not nobody.is_final and not nobody.is_unknown
    with pytest.raises(SendFailed):
        Mastodon(server.url, "revoked").collect("0", now())


def test_lost_answer_doubles_nothing_within_the_hour_or_after(server: MastodonStandIn, channel: Mastodon) -> None:
    server.says(JUNE, "Late.", id="55")
    out = replace(ANSWER, thread="55")
    assert channel.find(out) is None
    server.misbehaves("crash", 1)
    assert failure(channel, out).is_unknown
    assert channel.send(out) == server.arrived[0].id  # the key is known: the first post is the answer
    server.forget_keys()
    assert channel.find(out) == server.arrived[0].id and len(server.arrived) == 1
    others = (replace(out, to=LOCAL), replace(out, is_public=True), replace(out, text="Other words."), replace(out, thread="54"))
    assert [channel.find(one) for one in others] == [None] * 4
    assert channel.find(replace(out, thread=None)) is None


def test_finding_looks_through_many_posts(server: MastodonStandIn, channel: Mastodon, monkeypatch: Any) -> None:
    monkeypatch.setattr(mastodon, "PAGE", 2)
    server.says(JUNE, "Late.", id="55")
    sent = [channel.send(replace(ANSWER, key=f"key-{number:08}", text=f"Number {number}.", thread="55")) for number in range(5)]
    assert channel.find(replace(ANSWER, text="Number 4.", thread="55")) == sent[4]
    monkeypatch.setattr(mastodon, "PAGES", 2)
    with pytest.raises(SendFailed) as told:
        channel.find(replace(ANSWER, text="Number 9.", thread="55"))
    assert told.value.is_unknown


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(("GET", "POST", "PUT")))
def test_nothing_is_taken_at_a_door_that_is_not_used(body: bytes, method: str) -> None:
    with pytest.raises(Refused) as told:
        UNREACHED.read(Knock(method, "https://a.example/channels/mastodon", {}, {}, body), now())
    assert told.value.status == 404


JUNK: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ("id", "content", "account", "visibility", "created_at", "edited_at", "in_reply_to_id", "media_attachments", "spoiler_text")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(("mention", "update")), st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JUNK)), JUNK)
def test_no_shape_of_a_status_is_too_odd(kind: str, status: Any, account: Any) -> None:
    for one in (status, status | {"account": account}, status | {"account": {"acct": "a", "id": account}}):
        found = arrival_in({"type": kind, "status": one}, HOME)
        assert found is None or arrival_of(json.loads(json.dumps(found.as_json()))) == found


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab@._²é \n<&;/", max_size=40))
def test_no_words_mention_anybody_but_their_reader(text: str) -> None:
    assert MENTION.findall(words_of(replace(ANSWER, text=text)))[1:] == []


def test_markup_is_words() -> None:
    assert text_of("<p>1 &lt; 2</p><p>a<br>b</p><ul><li>c</li></ul>" + "<" * 50_000).startswith("1 < 2\n\na\nb\n\nc")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"AMENDS_MASTODON_SERVER": "https://a.example"}, "AMENDS_MASTODON_TOKEN is missing"),
        ({"AMENDS_MASTODON_TOKEN": "t"}, "AMENDS_MASTODON_SERVER is missing"),
        ({"AMENDS_MASTODON_SERVER": "http://a.example", "AMENDS_MASTODON_TOKEN": "t"}, "https://HOST"),
        ({"AMENDS_MASTODON_SERVER": "https://a.example/@shop", "AMENDS_MASTODON_TOKEN": "t"}, "without a path"),
        ({"AMENDS_MASTODON_SERVER": "https://a.example", "AMENDS_MASTODON_TOKEN": "a b\n"}, "AMENDS_MASTODON_TOKEN"),
    ],
)
def test_setting_that_cannot_be_used_is_named(given: dict[str, str], says: str) -> None:
    with pytest.raises(BadSetting, match=says):
        open_mastodon(given, None)
    assert open_mastodon({}, None) is None
