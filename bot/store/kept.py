"""What one unit of work has read and locked already, so that its many small questions need not each go to the database."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy.orm import Session

T = TypeVar("T")


class Kept:
    """Lists read since something was last written, and rows that are locked until the end."""

    def __init__(self) -> None:
        self.lists: dict[Hashable, list[Any]] = {}
        self.locked: set[tuple[type, str]] = set()

    def once(self, name: Hashable, read: Callable[[], list[T]]) -> list[T]:
        """The list that was read under this name, or what is read now; the caller gets a list of their own."""
        if name not in self.lists:
            self.lists[name] = read()
        return [*self.lists[name]]

    def forget(self) -> None:
        """Something was written: lists are read anew. Locks stay."""
        self.lists.clear()

    def get(self, session: Session, kind: type[T], key: str, lock: bool) -> T | None:
        """The row of this key. The first time it is read for writing it is locked and read as it is now; from then on it is ours."""
        is_ours = (kind, key) in self.locked
        found: T | None = session.get(kind, key, with_for_update=lock and not is_ours)
        if lock:
            self.locked.add((kind, key))
        return found
