"""Files and their bytes."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.cases.attachment import File
from bot.cases.conversation import Author
from bot.store import file_tables, tables


class Files:
    """Files by conversation, message and case; bytes only where they are asked for."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def find(self, conversation_id: str, file_id: str) -> File | None:
        """This file, if it is this conversation's."""
        f = file_tables.files.c
        return next(iter(self._all(f.id == file_id, f.conversation_id == conversation_id)), None)

    def by_client_id(self, conversation_id: str, client_id: str) -> File | None:
        """The file already taken in under the sender's own id of it."""
        f = file_tables.files.c
        return next(iter(self._all(f.conversation_id == conversation_id, f.client_id == client_id)), None)

    def sent(self, file_id: str) -> File | None:
        """This file, if it went with a message of ours."""
        f, m = file_tables.files.c, tables.messages.c
        ours = select(m.id).where(m.author != Author.CUSTOMER, m.id == f.message_id).exists()
        return next(iter(self._all(f.id == file_id, ours)), None)

    def of_messages(self, message_ids: Sequence[str]) -> dict[str, list[File]]:
        """The files of each of these messages that has any, in their order."""
        found: dict[str, list[File]] = {}
        for one in self._all(file_tables.files.c.message_id.in_(message_ids)) if message_ids else ():
            found.setdefault(str(one.message_id), []).append(one)
        return found

    def of_message(self, message_id: str) -> list[File]:
        return self._all(file_tables.files.c.message_id == message_id)

    def of_case(self, case_id: str) -> list[File]:
        """Those that came with the messages of a case."""
        messages = select(tables.messages.c.id).where(tables.messages.c.case_id == case_id)
        return self._all(file_tables.files.c.message_id.in_(messages))

    def bytes_of(self, conversation_id: str) -> int:
        """How much a conversation holds."""
        f = file_tables.files.c
        return int(
            self.session.execute(select(func.coalesce(func.sum(f.size), 0)).where(f.conversation_id == conversation_id)).scalar() or 0
        )

    def content(self, file_id: str) -> bytes:
        found = self.session.execute(select(file_tables.file_contents.c.content).where(file_tables.file_contents.c.file_id == file_id))
        return bytes(found.scalar() or b"")

    def remove_unused(self, before: datetime, limit: int) -> int:
        """Takes away those sent before this instant that no message speaks of; how many."""
        f = file_tables.files.c
        old = select(f.id).where(f.message_id.is_(None), f.at < before).limit(limit).with_for_update(skip_locked=True)
        ids = list(self.session.execute(old).scalars())
        self._remove(ids)
        return len(ids)

    def _remove(self, ids: list[str]) -> None:
        self.session.execute(delete(file_tables.file_contents).where(file_tables.file_contents.c.file_id.in_(ids)))
        self.session.execute(delete(file_tables.files).where(file_tables.files.c.id.in_(ids)))

    def _all(self, *where: object) -> list[File]:
        """In the order in which they were sent."""
        f, m = file_tables.files.c, tables.messages.c
        asked = select(File).outerjoin(tables.messages, m.id == f.message_id).where(*where).order_by(m.seq, f.place, f.at)
        found: Iterable[File] = self.session.execute(asked).scalars()
        return list(found)
