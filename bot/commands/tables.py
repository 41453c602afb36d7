"""What commands print on: as wide as the terminal, or a fixed width where there is none."""

import sys
from datetime import datetime

from rich.console import Console

WIDTH = 140


def console() -> Console:
    return Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)


def moment(instant: datetime | None) -> str:
    """Such as "2026-03-03 12:00 UTC"."""
    return f"{instant:%Y-%m-%d %H:%M} UTC" if instant else "-"
