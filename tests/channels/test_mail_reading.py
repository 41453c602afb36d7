"""What mails say: seventy message files in the shapes of many mail programs, each with what a person would read in it."""

import re
from datetime import datetime, timezone
from email import message_from_bytes
from email.message import EmailMessage, Message
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.cases.channel import Arrival, ArrivalKind, arrival_of
from bot.channels.mail_html import words_of_html
from bot.channels.mail_proof import address_in, is_vouched_for
from bot.channels.mail_quotes import own_words
from bot.channels.mail_reading import Reader, is_mail

MAILS = Path(__file__).parent / "mails"
NOON = datetime(2026, 11, 2, 12, tzinfo=timezone.utc)
OURS = "r-2b4c6d8e01@shop.example"
READER = Reader("care@shop.example", "mx.shop.example")
EXPECTED: dict[str, dict[str, Any]] = YAML(typ="safe").load((MAILS / "read.yml").read_text(encoding="utf-8"))


def raw_of(name: str) -> bytes:
    return (MAILS / f"{name}.eml").read_bytes()


def read(raw: bytes) -> Arrival | None:
    return READER.read(raw, NOON, lambda part: part.number)


def a_mail(text: str = "The lamp is broken.", **headers: str) -> bytes:
    mail = EmailMessage()
    for name, value in {"From": "ada@mail.example", "Message-ID": "<1@mail.example>", **headers}.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def test_every_mail_has_what_is_expected_of_it() -> None:
    assert {path.stem for path in MAILS.glob("*.eml")} == set(EXPECTED)
    assert len(EXPECTED) >= 70


@pytest.mark.parametrize("name", EXPECTED)
def test_mail_is_read_as_a_person_reads_it(name: str) -> None:
    expected, arrival = EXPECTED[name], read(raw_of(name))
    if "nothing" in expected:
        assert arrival is None
        return
    assert arrival is not None
    if "receipt" in expected:
        assert (arrival.kind, arrival.about, arrival.sender) == (ArrivalKind.RECEIPT, OURS, "")
        assert (arrival.state, arrival.why) == (expected["receipt"], expected.get("why"))
        return
    assert arrival.kind is ArrivalKind.MESSAGE
    assert arrival.text == expected["text"].strip()
    assert (arrival.sender, arrival.name, arrival.subject) == (expected["from"], expected.get("name"), expected.get("subject"))
    assert arrival.email == (None if expected.get("vouched") is False else expected["from"])
    assert [f"{one.ref} {one.name}" for one in arrival.media] == expected.get("files", [])
    assert (arrival.refers[0] if arrival.refers else None) == expected.get("answers")
    assert arrival_of(arrival.as_json()) == arrival


def without_plain(message: Message) -> bool:
    """Takes the plain words out of a mail that has them as HTML too."""
    parts = message.get_payload()
    if not isinstance(parts, list):
        return False
    if message.get_content_type() == "multipart/alternative" and any(one.get_content_type() == "text/html" for one in parts):
        message.set_payload([one for one in parts if one.get_content_type() != "text/plain"])
        return True
    return any([without_plain(one) for one in parts])


RICH = [name for name in EXPECTED if "text" in EXPECTED[name] and without_plain(message_from_bytes(raw_of(name)))]


@pytest.mark.parametrize("name", RICH)
def test_html_of_a_mail_says_the_same_as_its_plain_words(name: str) -> None:
    message = message_from_bytes(raw_of(name))
    assert without_plain(message)
    arrival = read(message.as_bytes())
    assert arrival is not None

    def words(text: str) -> list[str]:
        return re.findall(r"\w+", re.sub(r"^(From|To|Date|Sent): .*$", "", text, flags=re.MULTILINE))

    assert words(arrival.text) == words(EXPECTED[name]["text"])
    assert len(arrival.media) == len(EXPECTED[name].get("files", []))


def test_thread_names_the_whole_chain_and_the_same_mail_has_the_same_id_at_every_delivery() -> None:
    raw = raw_of("gmail_web_reply")
    first, again = read(raw), read(b"Received: from elsewhere\n" + raw.replace(b"\n", b"\r\n"))
    assert first is not None and again is not None
    assert first.thread == f"r-first00001@shop.example {OURS} CAK3x9=web1@mail.gmail.example"
    assert first.id == again.id == "CAK3x9=web1@mail.gmail.example"
    nameless, moved = read(raw_of("no_message_id")), read(b"Received: x\r\n" + raw_of("no_message_id").replace(b"\n", b"\r\n"))
    assert nameless is not None and moved is not None
    assert nameless.id == moved.id and nameless.id.startswith("sha256:") and nameless.thread is None


def test_a_clock_that_is_wrong_is_not_believed() -> None:
    for date in ("Fri, 02 Nov 2040 10:00:00 +0000", "Fri, 02 Nov 1990 10:00:00 +0000", "yesterday", "Mon, 99 Nov 2026 99:00:00 +9999"):
        arrival = read(a_mail(Date=date))
        assert arrival is not None and arrival.at == NOON
    arrival = read(a_mail(Date="Mon, 02 Nov 2026 10:00:00 -0000"))
    assert arrival is not None and arrival.at == datetime(2026, 11, 2, 10, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("results", "is_ours"),
    [
        (["mx.shop.example; dmarc=pass header.from=mail.example"], True),
        (["mx.shop.example 1; dmarc=pass (p=reject; sp=none) header.from=Mail.Example"], True),
        (["mx.shop.example; dkim=pass header.d=mail.example"], True),
        (["mx.shop.example; dkim=fail header.d=mail.example; dkim=pass header.i=@mail.example"], True),
        (["mx.shop.example; spf=pass smtp.mailfrom=ada@mail.example"], True),
        (["other.example; dmarc=fail", "mx.shop.example; dmarc=pass header.from=mail.example"], True),
        ([], False),
        (["mx.shop.example; none"], False),
        (["evil.example; dmarc=pass header.from=mail.example"], False),
        (["mx.shop.example.evil.example; dmarc=pass"], False),
        # Whatever is below our own server's newest result may be the sender's.
        (["mx.shop.example; dmarc=fail header.from=mail.example", "mx.shop.example; dmarc=pass header.from=mail.example"], False),
        (["mx.shop.example; dmarc=pass header.from=evil.example"], False),
        (["mx.shop.example; dmarc=fail header.from=mail.example; dkim=pass header.d=mail.example"], False),
        (["mx.shop.example; dmarc=pass; dmarc=fail"], False),
        (["mx.shop.example; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil@evil.example"], False),
        (["mx.shop.example; dkim=pass header.d=user.mail.example"], False),  # lent to somebody else
        (["mx.shop.example; dkim=pass header.d=example"], False),
        (["mx.shop.example; dkim=fail (see; dmarc=pass header.from=mail.example)"], False),
        (['mx.shop.example; spf=fail smtp.mailfrom="x; dmarc=pass header.from=mail.example"@evil.example'], False),
        (["mx.shop.example; spf=fail (open; dmarc=pass header.from=mail.example"], False),
        (['mx.shop.example; spf=fail smtp.mailfrom="open; dmarc=pass header.from=mail.example'], False),
    ],
)
def test_an_address_is_vouched_for_by_our_own_server_alone(results: list[str], is_ours: bool) -> None:
    assert is_vouched_for("ada@mail.example", results, "mx.shop.example") is is_ours
    assert not is_vouched_for("ada@mail.example", results, None)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Ada@Mail.Example", "ada@mail.example"),
        ("jörg@bücher.example", "jörg@xn--bcher-kva.example"),
        ("a@b@c.example", None),
        ("ada@mail.example\nBcc: x@y.example", None),
        ("ada@mail.example, evil@evil.example", None),
        ("@mail.example", None),
        ("ada", None),
        ("ada@-.example", None),
        ("x" * 65 + "@mail.example", None),
    ],
)
def test_an_address_is_one_address_or_none(text: str, address: str | None) -> None:
    assert address_in(text) == address


@pytest.mark.parametrize(
    "header",
    ["List-Id", "Precedence", "Auto-Submitted", "X-Auto-Response-Suppress", "X-Amends", "X-Spam-Flag", "X-Autoreply"],
)
def test_what_a_program_wrote_is_never_answered(header: str) -> None:
    value = {"Precedence": "bulk", "X-Spam-Flag": "YES", "Auto-Submitted": "auto-generated"}.get(header, "All")
    assert read(a_mail(**{header: value})) is None
    for human in ({"Auto-Submitted": "no"}, {"Precedence": "first-class"}, {"X-Auto-Response-Suppress": "None"}, {"X-Spam-Flag": "NO"}):
        assert read(a_mail(**human)) is not None
    assert read(a_mail(From="care+orders@shop.example")) is None


@pytest.mark.parametrize(
    ("said", "own"),
    [
        (
            "On Monday at 10:30 I called you.\nOn Tue, Nov 3, 2026 at 9:00 AM X <x@y.example> wrote:\n> hello",
            "On Monday at 10:30 I called you.",
        ),
        ("From: the start it was broken.\nTo: be honest, I am cross.", "From: the start it was broken.\nTo: be honest, I am cross."),
        ("Nobody wrote:\nnot once.", "Nobody wrote:\nnot once."),
        ("Best regards\nWhen does it come?", "Best regards\nWhen does it come?"),
        ("Regards,\nAda\n\nPS: " + "the glass is also cracked, and I have a photo of it that I can send you. " * 2, None),
        ("A\n-- \nsignature\n> quoted\nB", "A\n\n> quoted\nB"),
        ("Prices went from 5 > 7\n> yes?", "Prices went from 5 > 7"),
        ("", ""),
    ],
)
def test_words_that_only_look_like_a_quote_or_a_signature_stay(said: str, own: str | None) -> None:
    assert own_words(said) == (said.strip() if own is None else own)


def test_hidden_and_hostile_html_is_not_read_and_takes_no_time() -> None:
    html = "<p>Seen</p><div hidden style='display: none'>unseen</div><style>x</style><script>evil()</script><b>too</b><!-- no -->"
    assert words_of_html(html) == "Seen\n\ntoo"
    assert words_of_html("<![bad [x]>a<!DOCTYPE [<!ENTITY x 'y'>]><<!-- -->!-- b").startswith("a")
    started = perf_counter()
    for piece in ("<!--", "<a ", "<div>", "<", "&", "<blockquote>", "</p>", "<a b='", "<![", "<style>", "&#", '<img src="cid:'):
        words_of_html(piece * (300_000 // len(piece)))
    for line in (
        "> " * 20_000,
        "On 10:15 " * 20_000,
        "From:\n" * 20_000,
        "-" * 100_000,
        "a@b " * 20_000,
        "\n" * 100_000,
        "On 10:15\n" * 20_000,
    ):
        own_words(line, "Fwd: x")
    assert perf_counter() - started < 5


def test_a_mail_of_parts_within_parts_is_read_no_deeper_than_people_nest_them() -> None:
    deep = b"From: ada@mail.example\nMessage-ID: <deep@mail.example>\n"
    for level in range(1500):
        deep += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
    arrival = read(deep + b"Content-Type: text/plain\n\nhello\n")
    assert arrival is not None and (arrival.id, arrival.sender) == ("deep@mail.example", "ada@mail.example")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(sorted(EXPECTED)), st.integers(0, 5000), st.integers(0, 40))
def test_no_bytes_make_it_fail(noise: bytes, name: str, at: int, cut: int) -> None:
    raw = raw_of(name)[:6000]
    for one in (noise, b"From: a@b.example\n" + noise, raw[:at] + noise + raw[at + cut :]):
        arrival = READER.read(one, NOON)
        assert arrival is None or arrival_of(arrival.as_json()) == arrival
        assert is_mail(one) in (True, False)
        if arrival is not None:
            arrival.text.encode()


HEADERS = st.sampled_from(
    ["From", "Subject", "Date", "Content-Type", "References", "Authentication-Results", "Content-Disposition", "Sender"]
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(HEADERS, st.text(max_size=60) | st.sampled_from(["=?utf-8?B?/?=", "=?x?Q?=", "text/plain; charset=\0", "a@b.example"])),
        max_size=8,
    ),
    st.binary(max_size=80),
)
def test_no_headers_make_it_fail(headers: list[tuple[str, str]], body: bytes) -> None:
    raw = b"From: a@b.example\n" + b"".join(f"{name}: {value}\n".encode("utf-8", "surrogatepass") for name, value in headers) + b"\n" + body
    arrival = READER.read(raw, NOON)
    assert arrival is None or arrival_of(arrival.as_json()) == arrival
