"""The parts of a mail (RFC 2045 to 2049): their words in whatever they say or fail to say they are written in, and its files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

LONGEST_TEXT = 2_000_000  # bytes of one part that are read as words
DEEPEST = 20  # parts within parts
MOST_PARTS = 200
# What programs write and what they mean by it: the Encoding Standard's view where it is wider.
_MEANT = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8", "gb2312": "gb18030", "gbk": "gb18030",
    "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "shift_jis": "cp932", "iso-8859-8-i": "iso-8859-8", "iso-2022-jp": "iso2022_jp_3",
}  # fmt: skip
_LONGEST_LINE = 100_000


@dataclass(frozen=True)
class Part:
    """A part that holds no others. `number` as IMAP counts them (RFC 3501, 6.4.5): "2.1"; `within`: the types of those around it."""

    number: str
    message: Message
    within: tuple[str, ...]

    @property
    def type(self) -> str:
        return str(self.message.get_content_type()).lower()

    @property
    def cid(self) -> str:
        return words_of_header(raw_header(self.message, "content-id")).strip("<> ")

    @property
    def name(self) -> str:
        """What its sender called the file; empty where it is not called anything."""
        try:
            name = self.message.get_filename() or ""
        except (ValueError, LookupError, TypeError):
            name = ""
        return re.sub(r"[\x00-\x1f\x7f/\\]+", " ", words_of_header(name)).strip()[-80:]

    @property
    def is_attached(self) -> bool:
        return raw_header(self.message, "content-disposition").strip().lower().startswith("attachment")

    def content(self) -> bytes:
        """Its bytes, decoded."""
        try:
            raw = self.message.get_payload(decode=True)
        except (ValueError, LookupError, TypeError, AttributeError):
            raw = None
        return raw if isinstance(raw, bytes) else b""

    def words(self) -> str:
        """Its text, by what it says of itself; flowing lines (RFC 3676) are joined again."""
        raw = self.content()[:LONGEST_TEXT]
        text = decoded(raw, _param(self.message, "charset") or _told_in_html(raw, self.type))
        if self.type == "text/plain" and _param(self.message, "format").lower() == "flowed":
            text = _unflowed(text, _param(self.message, "delsp").lower() == "yes")
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").replace("\x00", "")


def parts_of(message: Message) -> list[Part]:
    """All parts that hold no others, in their order; those of a mail within it too."""
    found: list[Part] = []
    for part in _below(message, "", (), 0):
        found.append(part)
        if len(found) >= MOST_PARTS:
            break
    return found


def mails_within(message: Message, depth: int = 0) -> list[Message]:
    """The mails that a mail holds whole or by their heads, outermost first."""
    inner = message.get_payload()
    if not isinstance(inner, list) or depth > DEEPEST:
        return []
    below = [one for one in inner[:MOST_PARTS] if isinstance(one, Message)]
    own = below if str(message.get_content_type()).lower() in ("message/rfc822", "message/global", "message/rfc822-headers") else []
    return own + [found for one in below for found in mails_within(one, depth + 1)]


def _below(message: Message, number: str, within: tuple[str, ...], depth: int) -> Iterator[Part]:
    inner = message.get_payload()
    kind = str(message.get_content_type()).lower()
    if isinstance(inner, list) and depth < DEEPEST:
        is_mail = kind.startswith("message/")
        for at, one in enumerate(inner, start=1):
            if not isinstance(one, Message):
                continue
            if is_mail and isinstance(one.get_payload(), list):  # a mail's own multipart has the number of the mail
                yield from _below(one, number, (*within, kind), depth + 1)
            else:
                yield from _below(one, f"{number}.{at}" if number else str(at), (*within, kind), depth + 1)
    elif not isinstance(inner, list):
        yield Part(number or "1", message, within)


def raw_header(message: Message, name: str) -> str:
    """The first header of this name as it stands, its bytes read as UTF-8 or what is likely; empty where there is none."""
    found = raw_headers(message, name)
    return found[0] if found else ""


def raw_headers(message: Message, name: str) -> list[str]:
    """All headers of this name, topmost first, unfolded."""
    return [_unfolded(value) for key, value in message.raw_items() if key.lower() == name]


def _unfolded(value: object) -> str:
    text = str(value)[:_LONGEST_LINE]
    if re.search(r"[\udc80-\udcff]", text):
        text = decoded(text.encode("utf-8", "surrogateescape"), "utf-8")
    return re.sub(r"\s*[\r\n]+\s*", " ", text).strip()


def words_of_header(text: str) -> str:
    """With its encoded words read (RFC 2047), also where two of them cut a letter in half."""
    if "=?" not in text:
        return _clean(text)
    try:
        pieces = decode_header(text)
    except (HeaderParseError, ValueError):
        return _clean(text)
    read, waiting, charset = "", b"", ""
    for piece, told in pieces:
        raw = piece if isinstance(piece, bytes) else piece.encode("utf-8", "replace")
        if waiting and (told or "") != charset:
            read, waiting = read + decoded(waiting, charset), b""
        waiting, charset = waiting + raw, told or ""
    return _clean(read + decoded(waiting, charset))


def _clean(text: str) -> str:
    text = text.encode("utf-8", "replace").decode("utf-8")
    return re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]+", " ", text).strip()


def decoded(raw: bytes, charset: str) -> str:
    """In what it says it is; where that cannot be, in UTF-8; where that cannot be either, in what Windows wrote."""
    told = charset.strip("'\" ").lower()
    for one in (_MEANT.get(told, told), "utf-8"):
        try:
            return raw.decode(one)
        except (LookupError, ValueError):
            continue
    if told.startswith(("utf-8", "iso-2022", "gb", "big5", "shift", "euc")) and not _is_western(raw):
        return raw.decode(_MEANT.get(told, told), "replace")
    return raw.decode("cp1252", "replace")


def _is_western(raw: bytes) -> bool:
    """Whether bytes beyond ASCII stand alone among letters, as accents do in one-byte text."""
    high = re.findall(rb"[\x80-\xff]+", raw)
    return bool(high) and sum(map(len, high)) / len(high) < 1.5


def _param(message: Message, name: str) -> str:
    try:
        value = message.get_param(name, "")
    except (ValueError, LookupError, TypeError):
        return ""
    return str(value[2] if isinstance(value, tuple) else value or "")


def _told_in_html(raw: bytes, kind: str) -> str:
    found = re.search(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,40})", raw[:4096]) if kind == "text/html" else None
    return found[1].decode("ascii") if found else ""


def _unflowed(text: str, delsp: bool) -> str:
    """RFC 3676, 4: a line that ends with a space goes on in the next, if both are quoted as deeply."""
    lines: list[str] = []
    flows, depth = False, 0
    for line in text.replace("\r\n", "\n").split("\n"):
        body = line.lstrip(">")
        now = len(line) - len(body)
        body = body[1:] if body.startswith(" ") else body
        if flows and now == depth and body != "-- ":
            lines[-1] += body
        else:
            lines.append("> " * now + body)
        flows, depth = body.endswith(" ") and body != "-- ", now
        if flows and delsp:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)
