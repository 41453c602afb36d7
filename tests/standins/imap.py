"""A small IMAP4rev1 server on this machine (RFC 3501): one account, one folder, and as much of the protocol as a reader of mail needs."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from typing import Any

from bot.clock import now

USER, PASSWORD = "care", "p@ss word"


@dataclass
class Kept:
    """A mail in the folder."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)
    came: datetime = field(default_factory=now)


@dataclass
class Folder:
    """`commands`: what clients asked, without tags; `is_down`: connections are cut at once; `fails`: how many commands get no answer."""

    validity: int = 1_700_000_001
    next_uid: int = 1
    mails: list[Kept] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    is_down: bool = False
    fails: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def put(self, raw: bytes) -> int:
        """Delivers a mail; its UID."""
        with self.lock:
            kept = Kept(self.next_uid, re.sub(rb"\r?\n", b"\r\n", raw))
            self.mails.append(kept)
            self.next_uid += 1
            return kept.uid

    def number_anew(self) -> None:
        """As a server does whose folder was made again."""
        with self.lock:
            self.validity += 1
            for uid, mail in enumerate(self.mails, start=1):
                mail.uid = uid
            self.next_uid = len(self.mails) + 1


class _Session(socketserver.StreamRequestHandler):
    server: "_Server"
    disable_nagle_algorithm = True

    def handle(self) -> None:
        folder = self.server.folder
        if folder.is_down:
            return
        self._say("* OK [CAPABILITY IMAP4rev1] ready")
        while line := self.rfile.readline():
            tag, _, command = line.decode("utf-8").strip().partition(" ")
            folder.commands.append(command if not command.upper().startswith("LOGIN") else "LOGIN")
            if folder.is_down or folder.fails:
                folder.fails = max(0, folder.fails - 1)
                return
            name = command.upper().split(" ")[0]
            with folder.lock:
                answer = self._answer(folder, name, command)
            self._say(f"{tag} {answer}")
            if name == "LOGOUT":
                return

    def _answer(self, folder: Folder, name: str, command: str) -> str:
        if name == "LOGIN":
            return "OK in" if command[6:] == f'{USER} "{PASSWORD}"' else "NO [AUTHENTICATIONFAILED] not you"
        if name in ("EXAMINE", "SELECT"):
            return self._open(folder, name, command)
        if command.upper().startswith("UID SEARCH"):
            self._say("* SEARCH " + " ".join(str(one.uid) for one in _found(folder, command[11:])))
        elif command.upper().startswith("UID FETCH"):
            _, _, uids, what = command.split(" ", 3)
            for at, mail in enumerate(folder.mails, start=1):
                if str(mail.uid) in uids.split(","):
                    self._tell(at, mail, what.strip("()"))
        elif name in ("CAPABILITY", "LOGOUT"):
            self._say("* CAPABILITY IMAP4rev1" if name == "CAPABILITY" else "* BYE until then")
        elif name != "NOOP":
            return "BAD not known here"
        return "OK done"

    def _open(self, folder: Folder, name: str, command: str) -> str:
        if command.split(" ", 1)[1] != '"INBOX"':
            return "NO no such folder"
        for told in (f"{len(folder.mails)} EXISTS", f"OK [UIDVALIDITY {folder.validity}] numbers", f"OK [UIDNEXT {folder.next_uid}] next"):
            self._say(f"* {told}")
        return f"OK [READ-{'ONLY' if name == 'EXAMINE' else 'WRITE'}] open"

    def _tell(self, at: int, mail: Kept, what: str) -> None:
        found = re.fullmatch(r"BODY\.PEEK\[(.*)\](?:<(\d+)\.(\d+)>)?", what)
        if not found:
            self._say(f"* {at} FETCH (UID {mail.uid} RFC822.SIZE {len(mail.raw)} FLAGS ({' '.join(sorted(mail.flags))}))")
            return
        content = _section(mail.raw, found[1])
        begin = f"<{found[2]}>" if found[2] else ""
        if found[2]:
            content = content[int(found[2]) : int(found[2]) + int(found[3])]
        self.wfile.write(f"* {at} FETCH (UID {mail.uid} BODY[{found[1]}]{begin} {{{len(content)}}}\r\n".encode() + content + b")\r\n")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


def _found(folder: Folder, asked: str) -> Iterator[Kept]:
    since = re.search(r"SINCE (\S+)", asked)
    day = datetime.strptime(since[1], "%d-%b-%Y").date() if since else None
    for mail in folder.mails:
        beyond = re.search(r"UID (\d+):\*", asked)
        # RFC 3501, 6.4.8: n:* holds the last mail even where n is beyond it.
        if beyond and mail.uid < min(int(beyond[1]), folder.mails[-1].uid):
            continue
        if (day and mail.came.date() < day) or ("UNANSWERED" in asked and "\\Answered" in mail.flags):
            continue
        yield mail


def _section(raw: bytes, section: str) -> bytes:
    if not section:
        return raw
    message = message_from_bytes(raw)
    if section.startswith("HEADER.FIELDS"):
        return "".join(f"{name}: {value}\r\n" for name, value in message.items() if name.lower().startswith("content-")).encode() + b"\r\n"
    numbers = [int(one) for one in section.removesuffix(".MIME").split(".")]
    part: Message = message
    for number in numbers:
        inner: Any = part.get_payload()
        if part.get_content_maintype() == "message":
            part = inner[0]
            inner = part.get_payload()
        part = inner[number - 1] if isinstance(inner, list) else part
    if section.endswith(".MIME"):
        return b"" if part is message else "".join(f"{name}: {value}\r\n" for name, value in part.items()).encode() + b"\r\n"
    return str(part.get_payload()).encode("ascii", "surrogateescape")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    folder: Folder


@contextmanager
def imap_server() -> Iterator[tuple[Folder, int]]:
    """The folder and the port at which it can be read, until the end."""
    server = _Server(("127.0.0.1", 0), _Session)
    server.folder = Folder()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server.folder, int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
