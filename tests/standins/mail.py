"""The world of mail on this machine: a real SMTP server that delivers to customers, a real IMAP server with the shop's mailbox, and
customers whose mail programs thread and quote as mail programs do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import format_datetime, parseaddr
from typing import Any
from uuid import uuid4

import httpx
from aiosmtpd.controller import Controller

from bot.cases.signature import HEADER, sign
from bot.clock import now
from tests.product import free_ports
from tests.standins.imap import PASSWORD, USER, Folder, imap_server
from tests.standins.standin import Arrived, Forgery

OUR_SENDER = "Larkspur & Lane <care@shop.example>"
AUTHSERV = "mx.shop.example"
HOOK_SECRET = "a secret of the mail provider and Amends"
_LARGEST_BODY = 3 * 1024 * 1024


class MailStandIn:
    """As `StandIn` says; besides, `delivers` puts any raw mail into the mailbox and `posts` brings one by the webhook."""

    channel = "email"

    def __init__(self, folder: Folder, imap_port: int, smtp_port: int, door: str) -> None:
        self.folder, self.door, self.smtp_port = folder, door, smtp_port
        self.arrived: list[Arrived] = []
        self._how: list[str] = []
        self.settings = {
            "AMENDS_IMAP_URL": f"imap://{USER}:{PASSWORD.replace('@', '%40').replace(' ', '%20')}@127.0.0.1:{imap_port}/INBOX",
            "AMENDS_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
            "AMENDS_MAIL_FROM": OUR_SENDER,
            "AMENDS_MAIL_AUTHSERV": AUTHSERV,
            "AMENDS_MAIL_HOOK_SECRET": HOOK_SECRET,
        }

    def says(
        self, sender: str, text: str, *, id: str | None = None, at: datetime | None = None, photos: tuple[bytes, ...] = (), times: int = 1
    ) -> list[httpx.Response]:
        raw = self.mail_of(sender, text, id=id, at=at, photos=photos)
        for _ in range(times):
            self.delivers(raw)
        return []

    def says_at_once(self, messages: list[tuple[str, str, str]]) -> httpx.Response | None:
        with self.folder.lock:
            for sender, text, id in messages:
                self.says(sender, text, id=id)
        return None

    def taps(self, sender: str, label: str) -> list[httpx.Response]:
        """Nothing can be tapped in a letter: its number is written."""
        choices = self.newest(sender).choices
        return self.says(sender, next((number for number, one in choices if one == label), label))

    def reports(self, arrived: Arrived, state: str, times: int = 1) -> list[httpx.Response]:
        raw = _read_notice(arrived) if state == "read" else _status_notice(arrived, state)
        for _ in range(times):
            self.delivers(raw)
        return []

    def misbehaves(self, how: str, times: int) -> None:
        self._how += [how] * times

    def forgeries(self, sender: str, text: str) -> list[Forgery]:
        raw = self.mail_of(sender, text)
        kind = {"content-type": "message/rfc822"}
        large = raw + b"x" * _LARGEST_BODY
        return [
            Forgery("unsigned", "POST", kind, raw, (401,)),
            Forgery("foreign", "POST", kind | {HEADER: sign("another's secret, long enough", raw, now())}, raw, (401,)),
            Forgery("stale", "POST", kind | {HEADER: sign(HOOK_SECRET, raw, now() - timedelta(minutes=6))}, raw, (401,)),
            Forgery("changed", "POST", kind | {HEADER: sign(HOOK_SECRET, raw, now())}, raw.replace(b"From:", b"From: x"), (401,)),
            Forgery("oversized", "POST", kind | {HEADER: sign(HOOK_SECRET, large, now())}, large, (413,)),
            Forgery("malformed", "POST", kind | {HEADER: sign(HOOK_SECRET, b"{}", now())}, b"{}", (400,)),
        ]

    def mail_of(
        self, sender: str, text: str, *, id: str | None = None, at: datetime | None = None, photos: tuple[bytes, ...] = ()
    ) -> bytes:
        """The raw mail of a customer: an answer to the newest mail to them, quoted below, if there is one."""
        mail = EmailMessage(policy=SMTP)
        domain = parseaddr(sender)[1].rpartition("@")[2]
        mail["Authentication-Results"] = f"{AUTHSERV}; dmarc=pass (p=reject dis=none) header.from={domain}"
        mail["From"], mail["To"] = sender, OUR_SENDER
        mail["Date"], mail["Message-ID"] = format_datetime(at or now()), f"<{id or uuid4().hex}@{domain}>"
        before = self.newest(sender) if self.to(sender) else None
        mail["Subject"] = f"Re: {before.raw['Subject'].removeprefix('Re: ')}" if before else "My order"
        quote = ""
        if before:
            mail["In-Reply-To"] = before.raw["Message-ID"]
            mail["References"] = f"{before.raw.get('References', '')} {before.raw['Message-ID']}".strip()
            quoted = "\n".join(f"> {line}" for line in before.text.split("\n"))
            quote = f"\n\nOn Mon, 2 Nov 2026 at 10:15, Larkspur & Lane <care@shop.example> wrote:\n\n{quoted}\n"
        mail.set_content(text + quote)
        for at_photo, photo in enumerate(photos, start=1):
            mail.add_attachment(photo, maintype="image", subtype="jpeg", filename=f"IMG_{at_photo}.jpeg")
        return mail.as_bytes()

    def delivers(self, raw: bytes) -> int:
        return self.folder.put(raw)

    def posts(self, raw: bytes, times: int = 1) -> list[httpx.Response]:
        """A provider's inbound parsing passes the mail on, signed."""
        headers = {"content-type": "message/rfc822", HEADER: sign(HOOK_SECRET, raw, now())}
        return [httpx.post(self.door, content=raw, headers=headers, timeout=10, trust_env=False) for _ in range(times)]

    def to(self, sender: str) -> list[Arrived]:
        return [one for one in self.arrived if one.to.lower() == parseaddr(sender)[1].lower()]

    def newest(self, sender: str) -> Arrived:
        return self.to(sender)[-1]

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if self._how[:1] == ["down"]:
            self._how.pop(0)
            return "421 4.3.2 not just now"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 go on"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]) -> str:
        how = self._how[0] if self._how else ""
        if how in ("rate", "refused"):
            self._how.pop(0)
            return "451 4.7.1 too many at once, come back" if how == "rate" else "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 go on"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        arrived = _arrived(envelope.rcpt_tos[0], envelope.content)
        how = self._how.pop(0) if self._how else ""
        known = {one.id for one in self.arrived}
        if arrived.id not in known:  # a customer's server shows a mail with a Message-ID that it has once
            self.arrived.append(arrived)
        if how == "crash":
            server.transport.abort()
        if how == "late_failure":
            self.delivers(_status_notice(arrived, "failed"))
        return "250 taken"


def _arrived(to: str, raw: bytes) -> Arrived:
    mail: Any = message_from_bytes(raw, policy=default)
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n").strip()
    html = mail.get_body(("html",))
    return Arrived(
        to,
        text,
        str(mail["Message-ID"]).strip("<>"),
        choices=tuple(re.findall(r"^(\d+)\. (.+)$", text, re.MULTILINE)),
        files=tuple(part.get_payload(decode=True) for part in mail.iter_attachments()),
        raw={name: str(value) for name, value in mail.items()} | {"html": html.get_content().replace("\r\n", "\n") if html else ""},
    )


def _status_notice(arrived: Arrived, state: str) -> bytes:
    """RFC 3464, as Postfix writes it."""
    status, action = ("5.2.2", "failed") if state == "failed" else ("2.0.0", "delivered")
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.customer.example (Mail Delivery System)
To: care@shop.example
Subject: Undelivered Mail Returned to Sender
Date: {format_datetime(now())}
Message-ID: <{state}.{arrived.id.partition("@")[0]}@mx.customer.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_notice"

--=_notice
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--=_notice
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example

Final-Recipient: rfc822; {arrived.to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 552 {status} mailbox full

--=_notice
Content-Type: text/rfc822-headers

From: {OUR_SENDER}
Message-ID: <{arrived.id}>

--=_notice--
""".encode()


def _read_notice(arrived: Arrived) -> bytes:
    """RFC 8098."""
    return f"""\
From: {arrived.to}
To: care@shop.example
Subject: Read: {arrived.raw["Subject"]}
Date: {format_datetime(now())}
Message-ID: <read.{arrived.id.partition("@")[0]}@customer.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary="=_notice"

--=_notice
Content-Type: text/plain; charset=us-ascii

Your message was displayed.

--=_notice
Content-Type: message/disposition-notification

Final-Recipient: rfc822; {arrived.to}
Original-Message-ID: <{arrived.id}>
Disposition: manual-action/MDN-sent-manually; displayed

--=_notice--
""".encode()


@contextmanager
def mail_standin(door: str = "http://127.0.0.1:8080/channels/email") -> Iterator[MailStandIn]:
    """Open until the end. `door`: the public address of Amends' webhook for mails."""
    with imap_server() as (folder, imap_port):
        (smtp_port,) = free_ports(1)
        standin = MailStandIn(folder, imap_port, smtp_port, door)
        server = Controller(standin, hostname="127.0.0.1", port=smtp_port)
        server.start()
        try:
            yield standin
        finally:
            server.stop()
