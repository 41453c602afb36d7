"""`amends promises list` and `report`."""

import json
import sys
from datetime import timedelta

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot import clock
from bot.commands.shop import ready_shop
from bot.handling.promise_report import Kept, listed, report

WIDTH = 110  # where there is no terminal


def show_list(which: str, as_json: bool) -> None:
    """`which`: open, due, broken or kept."""
    now = clock.now()
    rows = listed(ready_shop(), which, now)
    if as_json:
        for row in rows:
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        return
    table = _table("case", "what", "by whom", "due", "state", "told", "assignee")
    for row in rows:
        told = "before" if row["told_before_due"] else "after" if row["told_at"] else "-"
        cells = (row["case"], row["what"], row["by_whom"], row["due_at"][:16].replace("T", " "), row["state"], told, row["assignee"] or "-")
        table.add_row(*map(escape, cells))
    _console().print(table if rows else "No promises.")


def show_report(days: int, as_json: bool) -> None:
    """How those due in the last days were kept, by kind and in all."""
    kinds = report(ready_shop(), clock.now(), timedelta(days=days))
    if as_json:
        print(json.dumps({"days": days, "kinds": [one.as_json() for one in kinds]}, ensure_ascii=False, indent=2))
        return
    table = _table("promise", "due", "kept", "kept %", "missed", "told before", "overdue")
    for one in kinds:
        table.add_row(*_cells(one), style="bold" if one.what == "all" else None)
    _console().print(table)


def _cells(one: Kept) -> tuple[str, ...]:
    share = f"{100 * one.kept / one.due:.1f}" if one.due else "-"
    return (one.what, *map(str, (one.due, one.kept)), share, *map(str, (one.missed, one.told_before, one.overdue)))


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for head in heads:
        table.add_column(head, no_wrap=True)
    return table


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
