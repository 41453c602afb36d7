"""Instants in JSON: ISO 8601 with their offset."""

from datetime import datetime, timezone
from typing import overload


@overload
def instant(at: datetime, timespec: str = "auto") -> str: ...
@overload
def instant(at: None, timespec: str = "auto") -> None: ...
def instant(at: datetime | None, timespec: str = "auto") -> str | None:
    """As it is told to pages, programs and other systems. `timespec`: how exactly, such as "minutes"."""
    return at.isoformat(timespec=timespec) if at else None


def instant_in(said: str) -> datetime | None:
    """What somebody wrote, in UTC; None where it is no instant, or nobody can know where on earth it is that late."""
    try:
        found = datetime.fromisoformat(said.strip().replace("Z", "+00:00"))
        return found.astimezone(timezone.utc) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None
