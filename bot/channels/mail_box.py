"""The shop's mailbox, looked into by IMAP (RFC 3501): nothing in it is changed, not even what is marked as read.

So people can go on using it as ever. What somebody has answered or deleted there in the meantime is left to them.
"""

import imaplib
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from bot.channels.http import LARGEST_FILE
from bot.errors import BadSetting, FileRefused, SendFailed

TIMEOUT_S = 20
BATCH, BATCH_BYTES = 25, 40 * 1024 * 1024  # of one look
LARGEST = 25 * 1024 * 1024  # a mail that is read whole; of a larger one, what comes first
FIRST_BYTES = 1024 * 1024
LOOK_BACK = timedelta(days=3)  # at the very first look: what is older was dealt with before there was an assistant
LOOK_BACK_ANEW = timedelta(days=14)  # where the server has numbered its mails anew; what is known already is not taken twice
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_ENCODED_MORE = 1.45  # base64 and its line ends
T = TypeVar("T")


@dataclass(frozen=True)
class Raw:
    """A mail as the server keeps it. `place`: what names it for good, "UIDVALIDITY:UID"; `content` may end early where it is very large."""

    place: str
    content: bytes


class MailBox:
    """One folder of one account. One connection is kept and used by one thread at a time."""

    def __init__(self, url: str) -> None:
        wrong = BadSetting(
            "AMENDS_IMAP_URL is no mailbox: use imaps://USER:PASSWORD@HOST:PORT/FOLDER, or imap:// for TLS where it is offered."
        )
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise wrong from None
        if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username or not parts.password:
            raise wrong
        self.host, self.is_tls = parts.hostname, parts.scheme == "imaps"
        self.port = port or (993 if self.is_tls else 143)
        self.user, self.password = unquote(parts.username), unquote(parts.password)
        self.folder = unquote(parts.path.strip("/")) or "INBOX"
        if not self.folder.isascii() or re.search(r"[\x00-\x1f\x7f]", self.folder + self.user + self.password):
            raise wrong
        self._lock = threading.Lock()
        self._open: imaplib.IMAP4 | None = None

    def since(self, cursor: str | None, now: datetime) -> tuple[list[Raw], str]:
        """The next mails after the cursor, and the cursor after them. Raises SendFailed."""
        return self._asked(lambda server: self._since(server, cursor, now))

    def part(self, place: str, number: str) -> bytes:
        """A part of a mail: its MIME head, an empty line, its body. Raises FileRefused("too_large") or SendFailed."""
        validity, _, uid = place.partition(":")
        if not (validity.isdigit() and uid.isdigit() and re.fullmatch(r"\d+(\.\d+)*", number)):
            raise SendFailed("no such file in a mail", is_final=True)
        return self._asked(lambda server: self._part(server, validity, uid, number))

    def _since(self, server: imaplib.IMAP4, cursor: str | None, now: datetime) -> tuple[list[Raw], str]:
        validity, next_uid = self._look(server)
        known, _, last_text = (cursor or "").partition(":")
        last = int(last_text) if known == validity and last_text.isdigit() else None
        if last is None:
            last = self._first(server, now - (LOOK_BACK_ANEW if known else LOOK_BACK), next_uid)
        found = [
            uid for uid in self._search(server, f"UID {last + 1}:*") if uid > last
        ]  # n:* also names the last mail where n is beyond it
        mails: list[Raw] = []
        taken = 0
        for uid, size, flags in self._sizes(server, found[:BATCH]):
            if mails and taken + size > BATCH_BYTES:
                return mails, f"{validity}:{last}"
            last = uid
            if {"\\answered", "\\deleted"} & flags:
                continue
            content = self._fetch(server, uid, "BODY.PEEK[]" if size <= LARGEST else f"BODY.PEEK[]<0.{FIRST_BYTES}>")
            if content is not None:
                mails.append(Raw(f"{validity}:{uid}", content))
                taken += len(content)
        # What was deleted while we looked has no size: it is passed over all the same.
        return mails, f"{validity}:{max([last, *found[:BATCH]])}"

    def _part(self, server: imaplib.IMAP4, validity: str, uid: str, number: str) -> bytes:
        if self._look(server)[0] != validity:
            raise SendFailed("the mailbox was numbered anew", is_final=True)
        most = int(LARGEST_FILE * _ENCODED_MORE)
        head, body = (
            self._fetch(server, int(uid), f"BODY.PEEK[{number}.MIME]"),
            self._fetch(server, int(uid), f"BODY.PEEK[{number}]<0.{most + 1}>"),
        )
        if number == "1" and not (head or b"").strip():  # a mail of one part: its own head is the part's
            head = self._fetch(server, int(uid), "BODY.PEEK[HEADER.FIELDS (CONTENT-TYPE CONTENT-TRANSFER-ENCODING)]")
        if head is None or body is None:
            raise SendFailed("the mail is gone from the mailbox", is_final=True)
        if len(body) > most:
            raise FileRefused("too_large")
        return head.rstrip(b"\r\n") + b"\r\n\r\n" + body

    def _asked(self, ask: Callable[[imaplib.IMAP4], T]) -> T:
        """What the server answers; once more by a new connection where the one we kept has died."""
        with self._lock:
            kept, self._open = self._open, None
            if kept is not None:
                try:
                    return self._by(kept, ask)
                except (imaplib.IMAP4.error, OSError, ValueError):
                    pass  # the server has hung up on what it gave us long ago
            try:
                return self._by(self._connected(), ask)
            except (imaplib.IMAP4.error, OSError, ValueError) as error:
                raise SendFailed(f"the mailbox at {self.host} gave no answer: {type(error).__name__}") from error

    def _by(self, server: imaplib.IMAP4, ask: Callable[[imaplib.IMAP4], T]) -> T:
        """Its answer; the connection is kept unless it failed."""
        try:
            answer = ask(server)
        except (SendFailed, FileRefused):
            self._open = server
            raise
        except BaseException:
            _close(server)
            raise
        self._open = server
        return answer

    def _connected(self) -> imaplib.IMAP4:
        context = ssl.create_default_context()
        server: imaplib.IMAP4 | None = None
        try:
            if self.is_tls:
                server = imaplib.IMAP4_SSL(self.host, self.port, ssl_context=context, timeout=TIMEOUT_S)
            else:
                server = imaplib.IMAP4(self.host, self.port, timeout=TIMEOUT_S)
                if "STARTTLS" in server.capabilities:
                    server.starttls(context)
            server.login(self.user, self.password)
        except (imaplib.IMAP4.error, OSError, ValueError) as error:
            if server is not None:
                _close(server)
            raise SendFailed(f"the mailbox at {self.host} was not opened: {type(error).__name__}") from error
        return server

    def _look(self, server: imaplib.IMAP4) -> tuple[str, int]:
        """Opens the folder to read only; its UIDVALIDITY, and the number that the next mail gets."""
        _checked(server.select('"' + self.folder.replace("\\", "\\\\").replace('"', '\\"') + '"', readonly=True))
        validity, following = (_number(server.response(name)[1]) for name in ("UIDVALIDITY", "UIDNEXT"))
        if validity is None:
            raise SendFailed("the mailbox numbers its mails not for good: it has no UIDVALIDITY")
        return str(validity), following or 0

    def _first(self, server: imaplib.IMAP4, day: datetime, next_uid: int) -> int:
        """The number before the oldest mail that nobody has answered since that day."""
        waiting = self._search(server, f"UNANSWERED SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}")
        every = [] if waiting or next_uid else self._search(server, "ALL")
        return min(waiting) - 1 if waiting else max([next_uid - 1, 0, *every])

    def _search(self, server: imaplib.IMAP4, what: str) -> list[int]:
        found = _checked(server.uid("SEARCH", what))
        return sorted(int(one) for part in found if isinstance(part, bytes) for one in part.split() if one.isdigit())

    def _sizes(self, server: imaplib.IMAP4, uids: list[int]) -> Iterator[tuple[int, int, set[str]]]:
        if not uids:
            return
        told = {}
        for line in _checked(server.uid("FETCH", ",".join(map(str, uids)), "(UID RFC822.SIZE FLAGS)")):
            text = (line[0] if isinstance(line, tuple) else line or b"").decode("ascii", "replace")
            uid, size, flags = (re.search(one, text) for one in (r"\bUID (\d+)", r"\bRFC822\.SIZE (\d+)", r"\bFLAGS \(([^)]*)\)"))
            if uid and size:
                told[int(uid[1])] = (int(size[1]), {one.lower() for one in (flags[1] if flags else "").split()})
        yield from ((uid, *told[uid]) for uid in uids if uid in told)

    def _fetch(self, server: imaplib.IMAP4, uid: int, what: str) -> bytes | None:
        answer = _checked(server.uid("FETCH", str(uid), f"({what})"))
        whole = next((line for line in answer if isinstance(line, tuple)), None)
        if whole is not None:
            return bytes(whole[1])
        # A part without content comes as "" or NIL.
        return b"" if any(isinstance(line, bytes) and line.rstrip(b")").endswith((b'""', b"NIL")) for line in answer) else None


def _checked(answer: tuple[str, list[Any]]) -> list[Any]:
    if answer[0] != "OK":
        raise imaplib.IMAP4.error(answer[0])
    return answer[1]


def _number(told: list[Any]) -> int | None:
    return next((int(one) for one in told if isinstance(one, bytes) and one.isdigit()), None)


def _close(server: imaplib.IMAP4) -> None:
    try:
        server.shutdown()
    except OSError:
        pass
