"""The one clock. Rules never read it: the time is passed to them."""

import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

from bot.errors import BadSetting


def now() -> datetime:
    """The present instant, aware, in UTC; moved by AMENDS_CLOCK_FILE under test."""
    return datetime.now(timezone.utc) + offset()


def offset() -> timedelta:
    """Seconds in the file that tests use to move all processes at once; none elsewhere."""
    name = os.environ.get("AMENDS_CLOCK_FILE")
    if not name or os.environ.get("AMENDS_ENV") != "test":
        return timedelta()
    try:
        return timedelta(seconds=float(Path(name).read_text(encoding="utf-8") or 0))
    except FileNotFoundError:
        return timedelta()


def check() -> None:
    """Refuses to start with a movable clock outside tests."""
    if os.environ.get("AMENDS_CLOCK_FILE") and os.environ.get("AMENDS_ENV") != "test":
        raise BadSetting("AMENDS_CLOCK_FILE moves the clock and is for tests only: unset it, or set AMENDS_ENV=test.")
