"""Reviews: what is signed is read whole or refused with a reason, and each answer is on the page once."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cases.channel import Arrival, ArrivalKind, Media, arrival_of
from bot.channels.reviews import KINDS, SHAPES, Reviews, open_reviews
from bot.clock import now
from bot.errors import BadSetting, FileRefused, Refused, SendFailed
from bot.ports import Knock, Outgoing
from tests.standins.reviews import SECRET, ReviewPage, signed
from tests.standins.reviews import reviews as a_page

DOOR = "https://amends.example/channels/reviews"
UNREACHED = Reviews("http://127.0.0.1:9/answers", SECRET)
ANSWER = Outgoing("key-00000001", "u-51", "We look into it.", thread="rev-1", is_public=True)


@pytest.fixture(scope="module")
def page() -> Iterator[ReviewPage]:
    with a_page("http://127.0.0.1:9/") as stand_in:
        yield stand_in


@pytest.fixture
def channel(page: ReviewPage) -> Reviews:
    page.arrived.clear()
    page.known.clear()
    opened = open_reviews(page.settings, None)
    assert opened
    return opened


def knock(body: bytes, method: str = "POST", **headers: str) -> Knock:
    return Knock(method, DOOR, headers or {"amends-signature": signed(body)}, {}, body)


def read(said: Any) -> tuple[Arrival, ...]:
    return UNREACHED.read(knock(json.dumps(said).encode()), now()).arrivals


def refusal(body: bytes, method: str = "POST", **headers: str) -> Refused:
    with pytest.raises(Refused) as told:
        UNREACHED.read(knock(body, method, **headers), now())
    return told.value


def test_every_kind_is_read(page: ReviewPage) -> None:
    written = {
        "id": "rev-1",
        "kind": "review",
        "author": "u-51",
        "name": "June",
        "title": "Broken",
        "text": "It came in two.",
        "at": "2026-03-03T12:00:00Z",
        "photos": ["http://127.0.0.1:9/photos/a.png?size=full"],
        "stars": 1,
    }
    review, aside, edit, deletion, receipt, stop, start = read(
        [
            written,
            {"id": "pm-2", "kind": "review", "author": "u-51", "text": "", "public": False, "answers": "ans-1"},
            {"id": "ed-3", "kind": "edit", "author": "u-51", "about": "rev-1", "text": "It came in three."},
            {"id": "de-4", "kind": "deletion", "author": "u-51", "about": "rev-1"},
            {"id": "re-5", "kind": "receipt", "about": "ans-1", "state": "failed", "why": "closed"},
            {"id": "st-6", "kind": "stop", "author": "u-51"},
            {"id": "st-7", "kind": "start", "author": "u-51", "name": None},
        ]
    )
    assert (review.sender, review.text, review.name, review.thread, review.is_public) == (
        "u-51",
        "Broken\nIt came in two.",
        "June",
        "rev-1",
        True,
    )
    assert review.at == datetime(2026, 3, 3, 12, tzinfo=timezone.utc)
    assert review.media == (Media("http://127.0.0.1:9/photos/a.png?size=full", "a.png"),)
    assert (aside.is_public, aside.refers, aside.text) == (False, ("ans-1",), "")
    assert (edit.kind, edit.about, edit.thread) == (ArrivalKind.EDIT, "rev-1", "rev-1")
    assert (deletion.kind, deletion.about) == (ArrivalKind.DELETION, "rev-1")
    assert (receipt.kind, receipt.about, receipt.state, receipt.why) == (ArrivalKind.RECEIPT, "ans-1", "failed", "closed")
    assert [stop.kind, start.kind] == [ArrivalKind.STOP, ArrivalKind.START]
    assert UNREACHED.read(knock(json.dumps(written).encode()), now()).body == b'{"taken": 1}'
    assert UNREACHED.collect(None, now()) is None


def test_forged_and_stale_are_refused(page: ReviewPage) -> None:
    for one in page.forgeries("u-51", "Give me money."):
        with pytest.raises(Refused) as told:
            UNREACHED.read(Knock(one.method, DOOR, one.headers, {}, one.body), now())
        assert told.value.status in one.status, one.what


@pytest.mark.parametrize(
    ("happening", "says"),
    [
        ([], "1 to 100"),
        ([{}] * 101, "1 to 100"),
        ("text", "Number 1: kind must be one of"),
        ({"kind": ["review"]}, "kind must be"),
        ({"kind": "stop", "author": "u"}, "id is missing"),
        ({"id": "1", "kind": "edit", "author": "u", "text": "x"}, "about is missing"),
        ({"id": "a b", "kind": "stop", "author": "u"}, "id must be"),
        ({"id": "1", "kind": "stop", "author": "ü" * 151}, "author must be"),
        ({"id": "1", "kind": "receipt", "about": "a", "state": "lost"}, "state must be one of"),
        ({"id": "1", "kind": "review", "author": "u", "text": 5}, "text must be"),
        ({"id": "1", "kind": "review", "author": "u", "text": "x", "at": "today"}, "at must be"),
        ({"id": "1", "kind": "review", "author": "u", "text": "x", "public": "no"}, "public must be"),
        ({"id": "1", "kind": "review", "author": "u", "text": "x", "photos": ["http://169.254.169.254/x"]}, "photos must lie on the host"),
        ({"id": "1", "kind": "review", "author": "u", "text": "x", "photos": ["http://127.0.0.1:99/x"]}, "photos must lie on the host"),
        ([{"id": "1", "kind": "stop", "author": "u"}, {"id": "2", "kind": "stop"}], "Number 2: author is missing"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_field(happening: Any, says: str) -> None:
    told = refusal(json.dumps(happening).encode())
    assert told.status == 400 and says in str(told)


JUNK: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=9)
    | st.sampled_from(("rev-1", "failed", "2026-03-03T12:00:00Z", "http://[")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
HAPPENING = st.fixed_dictionaries(
    {"id": st.just("1") | JUNK, "kind": st.sampled_from([*KINDS])}, optional={one: JUNK for one in SHAPES if one != "id"}
)


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=200) | st.lists(HAPPENING, min_size=1, max_size=3).map(lambda one: json.dumps(one).encode()), st.booleans())
def test_whatever_comes_is_read_or_refused(body: bytes, is_signed: bool) -> None:
    try:
        found = UNREACHED.read(knock(body, **({} if is_signed else {"amends-signature": body.decode("latin-1")})), now())
    except Refused as refused:
        assert refused.status == (400 if is_signed else 401)
        return
    assert is_signed and [arrival_of(json.loads(json.dumps(one.as_json()))) for one in found.arrivals] == list(found.arrivals)


def failure(channel: Reviews, out: Outgoing) -> SendFailed:
    with pytest.raises(SendFailed) as told:
        channel.send(out)
    return told.value


def test_answer_is_shown_once_however_often_it_is_tried(page: ReviewPage, channel: Reviews) -> None:
    assert channel.find(ANSWER) is None
    page.misbehaves("crash", 1)
    lost = failure(channel, ANSWER)
    assert lost.is_unknown and not lost.is_final
    assert channel.find(ANSWER) == page.arrived[0].id == channel.send(ANSWER)
    private = channel.send(replace(ANSWER, key="key-00000002", text="Only for you: “é” \ud83d", is_public=False))
    assert [(one.to, one.is_public, one.id) for one in page.arrived] == [("u-51", True, page.arrived[0].id), ("u-51", False, private)]
    assert page.arrived[0].raw == {"key": ANSWER.key, "to": "u-51", "thread": "rev-1", "text": "We look into it.", "public": True}


def test_what_went_wrong_is_told_apart(page: ReviewPage, channel: Reviews) -> None:
    page.gone.add("u-99")
    for how in ("down", "rate", "refused"):
        page.misbehaves(how, 1)
    down, rate, refused = (failure(channel, replace(ANSWER, key=f"key-{number:08}")) for number in range(3))
    assert not down.is_final and not down.is_unknown
    assert rate.wait_s == 1 and not rate.is_final
    assert refused.is_final and "no inbox" in str(refused) and not refused.stops
    gone = failure(channel, replace(ANSWER, to="u-99"))
    assert gone.is_final and gone.stops
    foreign = failure(Reviews(channel.url, "another secret altogether"), ANSWER)
    assert not foreign.is_final and "401" in str(foreign)
    nobody = failure(UNREACHED, ANSWER)
    assert not nobody.is_final and not nobody.is_unknown
    assert page.arrived == []


def test_photo_is_fetched_from_the_page_alone(page: ReviewPage, channel: Reviews) -> None:
    url = page._keeps(b"PNG of a lamp")
    (review,) = channel.read(knock(json.dumps(page.review("u-51", "See.", photos=[url])).encode()), now()).arrivals
    assert channel.fetch(review.media[0]) == b"PNG of a lamp"
    with pytest.raises(FileRefused):
        channel.fetch(Media(page._keeps(b"x" * (16 * 1024 * 1024 + 1))))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"AMENDS_REVIEWS_URL": "https://a.example/r"}, "AMENDS_REVIEWS_SECRET is missing"),
        ({"AMENDS_REVIEWS_SECRET": SECRET}, "AMENDS_REVIEWS_URL is missing"),
        ({"AMENDS_REVIEWS_URL": "https://a.example/r", "AMENDS_REVIEWS_SECRET": "short"}, "too short"),
        ({"AMENDS_REVIEWS_URL": "ftp://a.example/r", "AMENDS_REVIEWS_SECRET": SECRET}, "https://HOST/PATH"),
        ({"AMENDS_REVIEWS_URL": "https://a:b@a.example/r?x=1", "AMENDS_REVIEWS_SECRET": SECRET}, "https://HOST/PATH"),
    ],
)
def test_setting_that_cannot_be_used_is_named(given: dict[str, str], says: str) -> None:
    with pytest.raises(BadSetting, match=says):
        open_reviews(given, None)
    assert open_reviews({}, None) is None
