"""`amends report`: the picture of a day, a week or a month, as a file or on the terminal."""

import os
import sys
from pathlib import Path

from bot import clock, settings
from bot.bootstrap import open_reporter, open_shop
from bot.commands.shop import ready_database
from bot.errors import BadInput
from bot.handling.report import period_of, report
from bot.reports.rendering import FORMATS, written


def write_report(day: str, week: str, month: str, kind: str, out: Path | None) -> None:
    """Writes it to `out`, else to standard output. Raises BadInput for a period or a format there is not, or a place it cannot go to."""
    if kind not in FORMATS:
        raise BadInput(f"There is no format {kind!r}: use {', '.join(FORMATS)}.")
    chosen = settings.read()
    shop, now = open_shop(chosen, ready_database()), clock.now()
    told = report(shop, period_of(shop, now, day, week, month), now, open_reporter())
    text = written(told, kind, f"{chosen.public_url.rstrip('/')}/desk" if chosen.public_url else "")
    if out is None or str(out) == "-":
        sys.stdout.write(text)
        return
    try:
        _put(out, text)
    except OSError as error:
        raise BadInput(f"{out} cannot be written: {error.strerror or error}. Name another place with --out.") from error
    print(f"The report of {told.period.title} is in {out}.")


def _put(out: Path, text: str) -> None:
    """All of it or nothing: who reads the file meanwhile sees the one before."""
    beside = out.with_name(f".{out.name}.part")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, out)
