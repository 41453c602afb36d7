"""The assistant's working memory: Rasa's tracker store, a SQLite file that only Rasa writes, and from which we only take away."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from bot.cases.conversation import conversation_of
from bot.errors import StoreUnavailable

WAIT_S = 2.0  # for others in the middle of it; whoever asks tries again later
AFTER_DOT = chr(ord(".") + 1)


class TrackerFile:
    """By its path. Where Rasa has not run yet there is nothing in it. `wait`: seconds."""

    def __init__(self, path: Path, wait: float = WAIT_S) -> None:
        self.path, self.wait = path, wait

    def forget(self, chats: Sequence[str]) -> int:
        """Takes away all that is remembered of these conversations; how many events. Raises StoreUnavailable."""
        with self._open() as file:
            return sum(_forget(file, chat) for chat in chats) if file else 0

    def quiet_since(self, before: datetime) -> list[str]:
        """The conversations of which nothing was heard since then, the longest silent first. Raises StoreUnavailable."""
        with self._open() as file:
            if file is None:
                return []
            asked = "SELECT sender_id, max(timestamp) AS heard FROM events GROUP BY sender_id ORDER BY heard"
            heard: dict[str, float] = {}
            for sender, at in file.execute(asked):
                chat = conversation_of(sender)
                heard[chat] = max(heard.get(chat, 0.0), at or 0.0)
        return [chat for chat, at in heard.items() if at < before.timestamp()]

    def compact(self) -> None:
        """Leaves no trace of what was taken away in the file. Raises StoreUnavailable while somebody is in the middle of it."""
        with self._open() as file:
            if file:
                file.execute("VACUUM")
                is_busy, _, _ = file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if is_busy:
                    raise StoreUnavailable(f"{self.path.name} is being read: it is tidied later.")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection | None]:
        if not self.path.exists():
            yield None
            return
        try:
            with closing(sqlite3.connect(self.path, timeout=self.wait, isolation_level=None)) as file:
                has_events = file.execute("SELECT 1 FROM sqlite_master WHERE name = 'events'").fetchone()
                file.execute("PRAGMA secure_delete=ON")
                yield file if has_events else None
        except sqlite3.Error as error:
            raise StoreUnavailable(f"{self.path.name}, the assistant's memory, cannot be tidied now: {error}.") from error


def _forget(file: sqlite3.Connection, chat: str) -> int:
    """Its memories are named <chat>.<n>; that of a developer may be named by itself."""
    gone = file.execute(
        "DELETE FROM events WHERE sender_id = ? OR (sender_id >= ? AND sender_id < ?)", (chat, f"{chat}.", f"{chat}{AFTER_DOT}")
    )
    return gone.rowcount
