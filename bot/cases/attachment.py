"""Files that a customer sends along: what may be sent, how much of it, and what the bytes give away of their kind."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cases.issue import Word

LARGEST = 10 * 1024 * 1024  # bytes of one file, as sent and as kept
MOST_IN_A_MESSAGE = 5
MOST_IN_A_CHAT = 100 * 1024 * 1024  # bytes kept of one conversation
KEPT_UNUSED = timedelta(days=1)  # a file that no message came to speak of
LONGEST_NAME = 80  # characters
LONGEST_SIDE = 2048  # pixels of a picture as kept: an order number on a label can still be read
MOST_PIXELS = 60_000_000  # of a picture as sent; more is a whole gigabyte once unpacked
MOST_PAGES = 100
ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}
# Why a file is refused; each has its sentence, refuse_file_<why>, which says what to do instead.
REFUSALS = (
    "empty", "too_large", "broken", "too_many_pixels", "program", "web_page", "drawing", "archive", "other_picture", "unknown",
    "pdf_broken", "pdf_locked", "pdf_too_long", "too_hard", "chat_full",
)  # fmt: skip
_BEGINS = (
    (b"\xff\xd8\xff", "picture"),
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"%PDF-", "pdf"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"#!", "program"),
    (b"\xfe\xed\xfa", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"PK", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"\xd0\xcf\x11\xe0", "unknown"),  # old office files
    (b"GIF8", "other_picture"),
    (b"BM", "other_picture"),
    (b"II*\0", "other_picture"),
    (b"MM\0*", "other_picture"),
)
_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_MARKUP = re.compile(rb"<(!doctype\s+html|html|head|body|script|iframe)\b", re.IGNORECASE)
_DRAWING = re.compile(rb"<(!doctype\s+)?svg\b", re.IGNORECASE)


class FileKind(Word):
    """What a file is to whoever looks at it."""

    PHOTO = "photo"
    DOCUMENT = "document"


@dataclass(eq=False)
class File:
    """One file as kept, without its bytes. It belongs to the conversation and, through its message, to the case."""

    id: str
    conversation_id: str
    client_id: str  # the sender's own id of it: UNIQUE in the conversation
    kind: FileKind
    media_type: str  # one of ENDINGS
    name: str
    size: int  # bytes
    at: datetime
    width: int | None = None  # pixels, of a photo
    height: int | None = None
    message_id: str | None = None  # none yet: it was sent ahead of its message
    place: int = 0  # within the message


@dataclass(eq=False)
class FileContent:
    """The bytes of a file, kept apart so that nobody reads them by the way."""

    file_id: str
    content: bytes


def looks_like(raw: bytes) -> str:
    """`picture` or `pdf`, or why it is refused: by its first bytes alone, whatever its name and sender say."""
    if not raw:
        return "empty"
    for begins, found in _BEGINS:
        if raw.startswith(begins):
            return found
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "picture"
    if raw[4:8] == b"ftyp":
        return "picture" if raw[8:12] in _HEIC else "other_picture" if raw[8:12] in (b"avif", b"avis") else "unknown"
    head = raw[:2048]
    return "drawing" if _DRAWING.search(head) else "web_page" if _MARKUP.search(head) else "unknown"


def file_name(said: str, kind: FileKind, media_type: str) -> str:
    """The name to show: no folder, the ending of what it really is, and something where nothing is left."""
    bare = re.split(r"[/\\]", said)[-1]
    stem = re.sub(r"(\.[A-Za-z0-9]{1,5})+$", "", bare).strip(" .")[:LONGEST_NAME].strip()
    return (stem or str(kind)) + ENDINGS[media_type]
