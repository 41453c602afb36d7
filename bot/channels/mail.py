"""E-mail: letters come in by IMAP, or as a signed request, and go out by SMTP.

RFC 5321 and 5322 (mail), 3501 (IMAP), 3834 (automatic answers), 8058 (one-click unsubscribing), 8601 (who vouches). A mail's id
is its Message-ID; ours are made of the message's key, so that a server that had it before can tell.

The request: `POST` of the raw mail (message/rfc822), signed by `Amends-Signature` as docs/webhook.md says, with
AMENDS_MAIL_HOOK_SECRET. For whoever gets mails by a provider's inbound parsing: a few lines there pass the raw mail on.
"""

import re
import smtplib
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from email import message_from_bytes
from email.generator import BytesGenerator
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from io import BytesIO
from urllib.parse import urlsplit

from bot.cases.channel import Abilities, Media
from bot.cases.signature import HEADER, flaw
from bot.channels.http import LARGEST_FILE
from bot.channels.mail_box import MailBox
from bot.channels.mail_parts import Part
from bot.channels.mail_proof import address_in
from bot.channels.mail_reading import Reader, is_mail
from bot.channels.mail_writing import message_id, written
from bot.clock import now as clock
from bot.errors import BadSetting, FileRefused, Refused, SendFailed
from bot.ports import Collected, Knock, Outgoing, TakenIn
from bot.providers.mail import connected

SHORTEST_SECRET = 32
# What says that an address will never work: RFC 3463, with the replies that servers give without it.
_GONE = re.compile(rb"\b5\.1\.(1|2|3|6|10)\b|\b5\.2\.1\b|no such (user|mailbox)|user unknown|does not exist", re.IGNORECASE)


class Email:
    """`box` or `secret` may be missing, not both."""

    name = "email"

    def __init__(self, smtp_url: str, sender: str, box: MailBox | None, secret: str | None, authserv: str | None) -> None:
        self.can = Abilities(longest=20_000, has_threads=True, collects=box is not None, sends_files=True)
        self.smtp, self.sender, self.box, self.secret = smtp_url, sender, box, secret
        self.reader = Reader(address_in(parseaddr(sender)[1]) or "", authserv)

    def read(self, knock: Knock, now: datetime) -> TakenIn:
        if not self.secret:
            raise Refused(403, "Mails are not taken in here: AMENDS_MAIL_HOOK_SECRET is not set.")
        if wrong := flaw(self.secret, knock.headers.get(HEADER.lower()), knock.body, now):
            raise Refused(401, wrong)
        if knock.method != "POST" or not is_mail(knock.body):
            raise Refused(400, "Send the mail itself by POST, as message/rfc822: its headers, an empty line, its body.")
        arrival = self.reader.read(knock.body, now)
        return TakenIn((arrival,) if arrival else ())

    def collect(self, cursor: str | None, now: datetime) -> Collected | None:
        if self.box is None:
            return None
        mails, after = self.box.since(cursor, now)
        if not mails and after == cursor:
            return None
        read = (self.reader.read(mail.content, now, _place(mail.place)) for mail in mails)
        return Collected(tuple(one for one in read if one), after)

    def send(self, out: Outgoing) -> str | None:
        mail = written(out, self.sender, clock())
        try:
            server = connected(self.smtp)
        except (smtplib.SMTPException, OSError) as error:
            raise SendFailed(f"the mail server was not reached: {type(error).__name__}") from error
        try:
            self._hand_over(server, out.to, mail)
        finally:
            with suppress(smtplib.SMTPException, OSError):  # the mail is on its way, however we part
                server.quit()
            server.close()
        return message_id(out.key, self.sender)

    def _hand_over(self, server: smtplib.SMTP, to: str, mail: EmailMessage) -> None:
        is_said = False
        try:
            server.ehlo_or_helo_if_needed()
            is_plain = to.isascii() and self.reader.own.isascii()
            if not is_plain and not server.has_extn("smtputf8"):
                raise SendFailed("the mail server knows no such addresses", is_final=True)
            _expect(server.mail(parseaddr(self.sender)[1], [] if is_plain else ["SMTPUTF8", "BODY=8BITMIME"]))
            _expect(server.rcpt(address_in(to) or to))
            content = _bytes_of(mail, is_plain)
            is_said = True
            _expect(server.data(content))
        except smtplib.SMTPDataError as refused:  # it did not want to hear it
            _expect((refused.smtp_code, refused.smtp_error if isinstance(refused.smtp_error, bytes) else b""))
        except (smtplib.SMTPException, OSError) as error:
            raise SendFailed(f"the mail server broke off: {type(error).__name__}", is_unknown=is_said) from error

    def find(self, out: Outgoing) -> str | None:
        return None

    def fetch(self, media: Media) -> bytes:
        kind, _, rest = media.ref.partition(":")
        if kind == "data":
            try:
                content = b64decode(rest, validate=True)
            except (NotBase64, ValueError) as error:
                raise SendFailed("the file was not kept", is_final=True) from error
        elif kind == "imap" and self.box is not None:
            place, _, number = rest.partition("/")
            content = Part(number, message_from_bytes(self.box.part(place, number)), ()).content()
        else:
            raise SendFailed("the file is in a mailbox that is not looked into any more", is_final=True)
        if len(content) > LARGEST_FILE:
            raise FileRefused("too_large")
        return content

    def mark_seen(self, to: str, provider_id: str) -> None:
        """A letter is not marked."""


def open_email(env: Mapping[str, str], door: str | None) -> Email | None:
    """The channel where mails come in: AMENDS_IMAP_URL, AMENDS_MAIL_HOOK_SECRET or both; they go out as letters do. Raises BadSetting."""
    imap, secret = env.get("AMENDS_IMAP_URL") or None, env.get("AMENDS_MAIL_HOOK_SECRET") or None
    if imap is None and secret is None:
        return None
    smtp, sender = env.get("AMENDS_SMTP_URL", ""), env.get("AMENDS_MAIL_FROM", "")
    if urlsplit(smtp).scheme not in ("smtp", "smtps"):
        raise BadSetting("AMENDS_SMTP_URL is missing: mails are answered through it, such as smtps://USER:PASSWORD@HOST:PORT.")
    if address_in(parseaddr(sender)[1]) is None:
        raise BadSetting("AMENDS_MAIL_FROM is no address: answers come from it, such as Larkspur & Lane <care@example.com>.")
    if secret is not None and len(secret) < SHORTEST_SECRET:
        raise BadSetting(
            f"AMENDS_MAIL_HOOK_SECRET is too short: use at least {SHORTEST_SECRET} characters, the same where mails are passed on."
        )
    authserv = env.get("AMENDS_MAIL_AUTHSERV") or None
    if authserv and not re.fullmatch(r"[A-Za-z0-9._:-]{1,250}", authserv):
        raise BadSetting("AMENDS_MAIL_AUTHSERV is no name: use the first word that your mail server writes after Authentication-Results.")
    return Email(smtp, sender, MailBox(imap) if imap else None, secret, authserv)


def _place(place: str) -> Callable[[Part], str]:
    return lambda part: f"imap:{place}/{part.number}"


def _bytes_of(mail: EmailMessage, is_plain: bool) -> bytes:
    made = BytesIO()
    BytesGenerator(made, policy=SMTP if is_plain else SMTP.clone(utf8=True)).flatten(mail)
    return made.getvalue()


def _expect(answer: tuple[int, bytes]) -> None:
    """Raises SendFailed as a server's refusal means it: from 500 on for good."""
    code, said = answer
    if code >= 400:
        raise SendFailed(f"the mail server answered {code}", is_final=code >= 500, stops=code >= 500 and bool(_GONE.search(said)))
