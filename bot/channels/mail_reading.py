"""A mail as it came over the wire, read as an arrival. Pure: nothing is fetched, nothing is run, and no bytes make it fail.

The formats are those of RFC 5322 and 2045 to 2049, of 3464 and 8098 for what came back, and what mail programs make of them.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from email.utils import parsedate_to_datetime

from bot.cases.channel import Arrival, ArrivalKind, Media
from bot.channels.mail_html import words_of_html
from bot.channels.mail_parts import Part, parts_of, raw_header, raw_headers, words_of_header
from bot.channels.mail_proof import is_vouched_for, writer_in
from bot.channels.mail_quotes import own_words
from bot.channels.mail_reports import is_automatic, report_of

LONGEST_SUBJECT, MOST_REFERENCES, MOST_FILES = 200, 30, 10
LARGEST_PIXEL, LARGEST_LOGO = 1024, 6 * 1024  # bytes
LOGO_HEIGHT = 110  # pixels: a picture in the text that is no higher shows nothing that went wrong
LATEST = timedelta(days=7)  # how old a mail's own date may be to be believed
_ID = re.compile(r"<\s*([^<>\s]{1,500})\s*>")
_PICTURE = re.compile(r"\[cid:([^\]\s]{1,300})\]")
_IGNORED = {
    *("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "application/pgp-keys"),
    *("text/calendar", "application/ics", "text/vcard", "text/x-vcard", "text/directory"),
    *("message/delivery-status", "text/rfc822-headers", "text/x-amp-html", "text/watch-html", "text/enriched"),
}
Where = Callable[[Part], str]  # what fetches a file again


@dataclass(frozen=True)
class Reader:
    """`own`: our own address; `authserv`: what our own mail server calls itself in Authentication-Results."""

    own: str
    authserv: str | None = None

    def read(self, raw: bytes, now: datetime, where: Where | None = None) -> Arrival | None:
        """What the mail brings; None where it is nothing to answer: a program's, a list's or our own."""
        try:
            message = message_from_bytes(raw, policy=compat32)
            parts = parts_of(message)
        except (
            RecursionError,
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
        ):  # broken on purpose: what its head says is what there is
            message = message_from_bytes(re.split(rb"\r?\n\r?\n", raw[:100_000], maxsplit=1)[0] + b"\n\n", policy=compat32)
            parts = []
        return self._arrival(message, parts, _key(message, raw), now, where or inline)

    def _arrival(self, message: Message, parts: list[Part], key: str, now: datetime, where: Where) -> Arrival | None:
        at, subject = _date(message, now), _subject(message)
        report = report_of(message, parts, key, at, self.own.rpartition("@")[2])
        if report:
            return report
        froms = raw_headers(message, "from")
        writer = writer_in(froms, raw_header(message, "sender"), [words_of_header(one) for one in froms])
        if writer is None or self._is_us(writer.address) or is_automatic(message, subject, writer.address):
            return None
        text, shown = _text(parts, subject)
        refers = _refers(message)
        vouched = writer.is_sole and is_vouched_for(writer.address, raw_headers(message, "authentication-results"), self.authserv)
        return Arrival(
            key,
            ArrivalKind.MESSAGE,
            writer.address,
            _without_marks(text),
            at=at,
            media=tuple(Media(where(part), part.name, part.type) for part in _files(parts, shown)),
            name=writer.name,
            thread=_thread(message, refers),
            subject=subject or None,
            refers=refers,
            email=writer.address if vouched else None,
        )

    def _is_us(self, address: str) -> bool:
        """Also by a tag of our own address: care+orders@example.com."""
        local, _, domain = address.partition("@")
        return f"{local.partition('+')[0]}@{domain}" == self.own


def is_mail(raw: bytes) -> bool:
    """Whether these bytes begin as a mail does: with headers, one of which says whom it is from."""
    head = re.split(rb"\r?\n\r?\n", raw[:200_000], maxsplit=1)[0]
    return bool(re.search(rb"^from[ \t]*:", head, re.IGNORECASE | re.MULTILINE))


def inline(part: Part) -> str:
    """A file as its own reference, where it cannot be fetched again."""
    return "data:" + b64encode(part.content()).decode()


def _without_marks(text: str) -> str:
    """Without what stands in the words where a picture was."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]*\[(cid|image): ?[^\]\n]{1,300}\]", "", text)).strip()


def _key(message: Message, raw: bytes) -> str:
    """The mail's own id; where it has none, one made of what never changes on its way."""
    found = _ID.search(raw_header(message, "message-id"))
    if found:
        return found[1]
    head = "\n".join(raw_header(message, name) for name in ("from", "date", "subject"))
    body = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[-1].replace(b"\r\n", b"\n").rstrip()
    return "sha256:" + hashlib.sha256(head.encode("utf-8", "replace") + b"\n" + body).hexdigest()


def _date(message: Message, now: datetime) -> datetime:
    """When it was sent, by its sender's clock where that may be right."""
    try:
        at = parsedate_to_datetime(raw_header(message, "date"))
        at = (at if at.tzinfo else at.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return now
    return at if now - LATEST <= at <= now else now


def _subject(message: Message) -> str:
    return re.sub(r"\s+", " ", words_of_header(raw_header(message, "subject"))).strip()[:LONGEST_SUBJECT]


def _refers(message: Message) -> tuple[str, ...]:
    """The ids that it answers, the nearest first."""
    named = [*_ID.findall(raw_header(message, "in-reply-to")), *reversed(_ID.findall(raw_header(message, "references")))]
    return tuple(dict.fromkeys(named))[:MOST_REFERENCES]


def _thread(message: Message, refers: tuple[str, ...]) -> str | None:
    """The ids that an answer names: the first of the thread, some of the last, and this one."""
    own = _ID.findall(raw_header(message, "message-id"))[:1]
    chain = [*reversed(refers)]
    return " ".join([*chain[:1], *chain[1:][-8:], *own]) or None


def _text(parts: list[Part], subject: str) -> tuple[str, set[str] | None]:
    """The writer's own words, and the ids of the pictures among them; None where no picture has its place in the words."""
    own = [part for part in parts if "message/rfc822" not in part.within and not part.is_attached]
    plain = [part for part in own if part.type == "text/plain" and not part.name]
    rich = [part for part in own if part.type == "text/html"]
    html = "\n".join(words_of_html(part.words()) for part in rich)
    text = "\n\n".join(part.words().strip("\n") for part in plain)
    words = own_words(text, subject) if _says(text, html) else own_words(html, subject)
    pictured = own_words(html, subject) if rich else text
    shown = {one.lower() for one in _PICTURE.findall(f"{pictured}\n{words}")} if _PICTURE.search(f"{html}\n{text}") else None
    within = [part for part in parts if "message/rfc822" in part.within and part.type in ("text/plain", "text/html")]
    if within:
        words += "\n\n" + (within[0].words() if within[0].type == "text/plain" else words_of_html(within[0].words()))
    return words.strip(), shown


def _says(plain: str, html: str) -> bool:
    """Whether the plain words are the mail itself, not a note that one's mail program should show HTML."""
    if not plain.strip():
        return not html.strip()
    return len(html) < 4 * len(plain) or not re.search(r"\bHTML\b|view (this|it) (e-?mail|message) in", plain, re.IGNORECASE)


def _files(parts: list[Part], shown: set[str] | None) -> list[Part]:
    """What the writer sent along: no signature's logo, no pixel that tells somebody when a mail is read, nothing of programs."""
    found = [part for part in parts if part.type not in _IGNORED and _is_file(part) and not _is_ornament(part, shown)]
    return found[:MOST_FILES]


def _is_file(part: Part) -> bool:
    if part.type in ("text/plain", "text/html"):
        return part.is_attached and "message/rfc822" not in part.within
    if "multipart/encrypted" in part.within:
        return False
    return not part.type.startswith(("message/", "multipart/")) and (
        part.type.startswith(("image/", "video/", "audio/")) or bool(part.name) or part.is_attached
    )


def _is_ornament(part: Part, shown: set[str] | None) -> bool:
    if not part.type.startswith("image/"):
        return False
    content = part.content()
    if len(content) <= LARGEST_PIXEL and part.cid:
        return True
    height = _height(content)
    if height is not None and height <= 3:
        return True
    if not part.cid or part.is_attached or shown is None:
        return False
    small = len(content) <= LARGEST_LOGO or (height is not None and height <= LOGO_HEIGHT)
    # In a quote or a signature, or so small that it is somebody's logo.
    return f"cid:{part.cid}".lower()[4:] not in shown or small


def _height(content: bytes) -> int | None:
    """A picture's height in pixels, as far as its first bytes tell it."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        return int.from_bytes(content[20:24], "big")
    if content[:4] == b"GIF8" and len(content) >= 10:
        return int.from_bytes(content[8:10], "little")
    at = 2
    while content[:2] == b"\xff\xd8" and at + 9 < len(content) and content[at] == 0xFF:
        if content[at + 1] in (0xC0, 0xC1, 0xC2):
            return int.from_bytes(content[at + 5 : at + 7], "big")
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None
