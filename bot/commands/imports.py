"""`amends orders import` and `amends incidents import`."""

import sys
from collections.abc import Callable
from pathlib import Path

from bot import clock
from bot.commands.shop import ready_database
from bot.errors import BadImport
from bot.store.imports import ImportResult, import_incidents, import_orders

Taking = Callable[..., ImportResult]


def take_orders(file: Path, skip_bad: bool) -> None:
    _take(import_orders, "orders", file, skip_bad)


def take_incidents(file: Path, skip_bad: bool) -> None:
    _take(import_incidents, "incidents", file, skip_bad)


def _take(taking: Taking, what: str, file: Path, skip_bad: bool) -> None:
    lines = _lines(file)
    result = taking(ready_database(), lines, skip_bad, clock.now())
    for problem in result.skipped:
        print(f"amends: {problem}", file=sys.stderr)
    skipped = f", {len(result.skipped)} skipped" if result.skipped else ""
    print(
        f"{result.new + result.changed + result.same} {what}: {result.new} new, {result.changed} changed, {result.same} the same{skipped}."
    )


def _lines(file: Path) -> list[str]:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadImport([f"{file} cannot be read: {error.strerror}."]) from error
    except UnicodeDecodeError as error:
        raise BadImport([f"{file} is not UTF-8 text: byte {error.start} cannot be read."]) from error
    return text.splitlines()
