"""E-mail over real servers on this machine: a mailbox that is looked into, letters that go out, and mails by a signed request."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cases.channel import ArrivalKind
from bot.cases.signature import HEADER, sign
from bot.channels import mail_box
from bot.channels.mail import Email, open_email
from bot.errors import BadSetting, FileRefused, Refused, SendFailed
from bot.ports import Knock, Outgoing, OutgoingFile
from tests.standins.mail import HOOK_SECRET, MailStandIn, mail_standin

ADA = "ada@mail.example"
NOW = datetime.now(timezone.utc)
PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40


@pytest.fixture(scope="module")
def servers() -> Iterator[MailStandIn]:
    with mail_standin() as standin:
        yield standin


@pytest.fixture
def world(servers: MailStandIn) -> MailStandIn:
    """The same servers with nothing in them."""
    servers.folder.mails.clear()
    servers.folder.commands.clear()
    servers.folder.next_uid, servers.folder.validity, servers.folder.is_down, servers.folder.fails = 1, 1_700_000_001, False, 0
    servers.arrived.clear()
    return servers


@pytest.fixture
def email(world: MailStandIn) -> Email:
    channel = open_email(world.settings, world.door)
    assert channel is not None
    return channel


def an_answer(**changes: Any) -> Outgoing:
    given: dict[str, Any] = {
        "key": "m-00000001",
        "to": ADA,
        "text": "Is it the lamp?",
        "thread": "first@x.example 1@mail.example",
        "subject": "My lamp",
    }
    return Outgoing(**{**given, **changes})


def knock(raw: bytes, method: str = "POST", **headers: str) -> Knock:
    return Knock(method, "https://shop.example/channels/email", {HEADER.lower(): sign(HOOK_SECRET, raw, NOW), **headers}, {}, raw)


def test_new_mails_are_collected_once_in_order_and_the_mailbox_stays_as_it_was(world: MailStandIn, email: Email) -> None:
    world.says_at_once([(ADA, "The lamp is broken.", "1"), (ADA, "It is order A10036.", "2")])
    first = email.collect(None, NOW)
    assert first is not None
    assert [(one.id, one.text, one.email) for one in first.arrivals] == [
        ("1@mail.example", "The lamp is broken.", ADA),
        ("2@mail.example", "It is order A10036.", ADA),
    ]
    assert email.collect(first.cursor, NOW) is None
    world.says(ADA, "And the shade.", id="3", times=3)
    second = email.collect(first.cursor, NOW)
    assert second is not None and [one.id for one in second.arrivals] == ["3@mail.example"] * 3  # one id: the core takes it in once
    assert all(mail.flags == set() for mail in world.folder.mails)
    assert not [one for one in world.folder.commands if one.startswith(("SELECT", "UID STORE")) or "BODY[" in one]


def test_what_is_old_or_answered_by_a_person_is_left_alone(world: MailStandIn, email: Email) -> None:
    for text in ("years ago", "answered yesterday", "answered now", "deleted", "new"):
        world.says(ADA, text)
    world.folder.mails[0].came = NOW - timedelta(days=400)
    world.folder.mails[1].flags.add("\\Answered")
    world.folder.mails[2].flags.add("\\Answered")
    world.folder.mails[3].flags.add("\\Deleted")
    collected = email.collect(None, NOW)
    assert collected is not None and [one.text for one in collected.arrivals] == ["new"]


def test_an_empty_mailbox_and_one_that_was_numbered_anew(world: MailStandIn, email: Email) -> None:
    empty = email.collect(None, NOW)
    assert empty is not None and (empty.arrivals, empty.cursor) == ((), "1700000001:0")
    world.says_at_once([(ADA, f"mail {number}", str(number)) for number in range(30)])
    first = email.collect(empty.cursor, NOW)
    assert first is not None and len(first.arrivals) == 25
    world.folder.number_anew()
    anew = email.collect(first.cursor, NOW)
    assert anew is not None and [one.text for one in anew.arrivals][:1] == ["mail 0"]
    rest = email.collect(anew.cursor, NOW)
    assert rest is not None and [one.text for one in rest.arrivals][-1] == "mail 29"


def test_a_photo_is_fetched_from_the_mailbox_and_one_that_is_too_large_is_not(
    world: MailStandIn, email: Email, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, limit in (("LARGEST", 200_000), ("FIRST_BYTES", 20_000), ("LARGEST_FILE", 100_000)):  # as with 25 MB, in less time
        monkeypatch.setattr(mail_box, name, limit)
    world.says(ADA, "See the photo.", photos=(PHOTO,))
    world.says(ADA, "And this one.", photos=(b"\xff\xd8\xff" + b"x" * 300_000,))
    collected = email.collect(None, NOW)
    assert collected is not None
    small, large = collected.arrivals
    assert (large.text, len(large.media)) == ("And this one.", 1)
    assert email.fetch(small.media[0]) == PHOTO
    with pytest.raises(FileRefused, match="too_large"):
        email.fetch(large.media[0])
    world.folder.number_anew()
    world.folder.mails.clear()
    with pytest.raises(SendFailed) as gone:
        email.fetch(small.media[0])
    assert gone.value.is_final


def test_a_mailbox_that_is_away_is_asked_again(world: MailStandIn, email: Email) -> None:
    assert email.collect(None, NOW) is not None
    world.says(ADA, "Hello")
    world.folder.fails = 1  # the connection that was kept has died: a new one is opened at once
    collected = email.collect("1700000001:0", NOW)
    assert collected is not None and len(collected.arrivals) == 1
    world.folder.is_down = True
    with pytest.raises(SendFailed) as away:
        email.collect("1700000001:0", NOW)
    assert not away.value.is_final
    wrong = open_email(world.settings | {"AMENDS_IMAP_URL": world.settings["AMENDS_IMAP_URL"].replace("word", "words")}, None)
    world.folder.is_down = False
    assert wrong is not None
    with pytest.raises(SendFailed):
        wrong.collect(None, NOW)


def test_an_answer_is_a_plain_and_a_pleasant_mail_in_its_thread(world: MailStandIn, email: Email) -> None:
    out = an_answer(
        text="Is it <the> lamp?\nSee https://shop.example/o?a=1&b=2.",
        choices=(("yes", "Yes"), ("no", "No")),
        stop="https://shop.example/stop/1",
    )
    assert email.send(out) == "m-00000001@shop.example"
    assert email.send(out) == "m-00000001@shop.example"
    (mail,) = world.arrived  # the same id: its server shows it once
    assert mail.text == "Is it <the> lamp?\nSee https://shop.example/o?a=1&b=2.\n\n1. Yes\n2. No"
    assert mail.choices == (("1", "Yes"), ("2", "No"))
    assert mail.raw["Subject"] == "Re: My lamp" and mail.raw["From"] == "Larkspur & Lane <care@shop.example>"
    assert (mail.raw["In-Reply-To"], mail.raw["References"]) == ("<1@mail.example>", "<first@x.example> <1@mail.example>")
    assert mail.raw["Auto-Submitted"] == "auto-replied" and mail.raw["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html = mail.raw["html"]
    assert (
        "Is it &lt;the&gt; lamp?<br>" in html
        and '<a href="https://shop.example/o?a=1&amp;b=2">' in html
        and '<li value="2">No</li>' in html
    )
    assert 'name="color-scheme" content="light dark"' in html and "src=" not in html and "color:" not in html
    email.send(
        an_answer(key="m-00000002", agent="Amira", subject="Re: My lamp", file=OutgoingFile("label.pdf", "application/pdf", b"%PDF-1.4"))
    )
    letter = world.arrived[-1]
    assert "Auto-Submitted" not in letter.raw and letter.files == (b"%PDF-1.4",) and letter.raw["Subject"] == "Re: My lamp"


def test_a_customers_answer_names_the_mail_it_answers(world: MailStandIn, email: Email) -> None:
    sent = email.send(an_answer(choices=(("yes", "Yes"),)))
    world.taps(ADA, "Yes")
    collected = email.collect(None, NOW)
    assert collected is not None
    (arrival,) = collected.arrivals
    assert arrival.text == "1" and sent in arrival.refers and arrival.subject == "Re: My lamp"
    for state in ("delivered", "read", "failed"):
        world.reports(world.arrived[-1], state)
    reports = email.collect(collected.cursor, NOW)
    assert reports is not None
    assert [(one.kind, one.about, one.state) for one in reports.arrivals] == [
        (ArrivalKind.RECEIPT, sent, state) for state in ("delivered", "read", "failed")
    ]
    assert reports.arrivals[-1].why == "for good: the mailbox is full (5.2.2)"


@pytest.mark.parametrize(
    ("how", "is_final", "is_unknown", "stops"),
    [("down", False, False, False), ("rate", False, False, False), ("refused", True, False, True), ("crash", False, True, False)],
)
def test_what_a_server_answers_is_told_apart(
    world: MailStandIn, email: Email, how: str, is_final: bool, is_unknown: bool, stops: bool
) -> None:
    world.misbehaves(how, 1)
    with pytest.raises(SendFailed) as failed:
        email.send(an_answer())
    assert (failed.value.is_final, failed.value.is_unknown, failed.value.stops) == (is_final, is_unknown, stops)
    assert email.send(an_answer()) == "m-00000001@shop.example"
    assert len(world.arrived) == 1


def test_nothing_that_is_written_begins_another_header(world: MailStandIn, email: Email) -> None:
    evil = "Hi\r\nBcc: evil@evil.example\r\n\r\nbody"
    email.send(
        an_answer(subject=evil, thread=f"a@b.example\r\nBcc: x@evil.example {evil}", stop=f"https://a.example/{evil}", text=f"{evil}\x00")
    )
    (mail,) = world.arrived
    assert "Bcc" not in mail.raw and "List-Unsubscribe" not in mail.raw and mail.to == ADA
    for to in ("ada@mail.example\r\nRCPT TO:<evil@evil.example>", "a@b.example,c@d.example", "nobody", ""):
        with pytest.raises(SendFailed) as refused:
            email.send(an_answer(to=to))
        assert refused.value.is_final
    assert len(world.arrived) == 1


def test_a_signed_request_brings_a_mail_with_its_files(world: MailStandIn, email: Email) -> None:
    raw = world.mail_of(ADA, "See the photo.", photos=(PHOTO,), id="7")
    (arrival,) = email.read(knock(raw), NOW).arrivals
    assert (arrival.id, arrival.text, arrival.email) == ("7@mail.example", "See the photo.", ADA)
    assert email.fetch(arrival.media[0]) == PHOTO
    assert email.read(knock(raw.replace(b"Subject:", b"List-Id: x\nSubject:")), NOW).arrivals == ()


def test_every_forgery_is_refused(world: MailStandIn, email: Email) -> None:
    for forgery in world.forgeries(ADA, "Refund me"):
        if forgery.what == "oversized":
            continue  # the door measures it before it asks
        headers = {name.lower(): value for name, value in forgery.headers.items()}
        with pytest.raises(Refused) as refused:
            email.read(Knock(forgery.method, world.door, headers, {}, forgery.body), datetime.now(timezone.utc))  # as old as it says
        assert refused.value.status in forgery.status, forgery.what
    with pytest.raises(Refused) as refused:
        email.read(knock(b"", method="GET"), NOW)
    assert refused.value.status == 400
    without = open_email({name: value for name, value in world.settings.items() if "HOOK" not in name}, None)
    assert without is not None
    with pytest.raises(Refused) as refused:
        without.read(knock(world.mail_of(ADA, "x")), NOW)
    assert refused.value.status == 403


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.booleans(), st.booleans())
def test_no_request_makes_it_fail(noise: bytes, is_signed: bool, is_mail: bool) -> None:
    channel = Email("smtp://127.0.0.1:1", "care@shop.example", None, HOOK_SECRET, None)
    body = b"From: a@b.example\r\n" + noise if is_mail else noise
    try:
        channel.read(knock(body) if is_signed else Knock("POST", "", {HEADER.lower(): noise.decode("latin-1")}, {}, body), NOW)
    except Refused as refused:
        assert refused.status in (400, 401)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("AMENDS_IMAP_URL", "imap.example"),
        ("AMENDS_IMAP_URL", "imaps://host/INBOX"),
        ("AMENDS_IMAP_URL", "imaps://user:word@host:port/"),
        ("AMENDS_SMTP_URL", ""),
        ("AMENDS_MAIL_FROM", "Larkspur"),
        ("AMENDS_MAIL_HOOK_SECRET", "short"),
        ("AMENDS_MAIL_AUTHSERV", "mx example"),
    ],
)
def test_a_wrong_setting_is_named(world: MailStandIn, key: str, value: str) -> None:
    with pytest.raises(BadSetting, match=key):
        open_email(world.settings | {key: value}, None)
    assert open_email({"AMENDS_SMTP_URL": "smtp://host", "AMENDS_MAIL_FROM": "care@shop.example"}, None) is None
