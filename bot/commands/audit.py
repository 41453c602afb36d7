"""`amends audit verify` and `show`."""

import json
import sys

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.cases.instants import instant
from bot.commands.shop import ready_shop
from bot.handling.chains import trail, verify

WIDTH = 110  # where there is no terminal


def show_verified(reference: str | None) -> bool:
    """Prints how many lines and chains are sound, and the first fault of each broken chain. True where none is."""
    found = verify(ready_shop(), reference)
    for one in found.broken:
        print(f"{one.whose}: {one.fault}")
    sound = found.chains - len(found.broken)
    print(f"{found.lines} lines in {found.chains} chains: {sound} sound, {len(found.broken)} broken.")
    return not found.broken


def show_trail(reference: str, as_json: bool) -> None:
    """The lines of one chain, as a table or as JSON Lines."""
    lines = trail(ready_shop(), reference)
    if as_json:
        for one in lines:
            row = {"number": one.number, "at": instant(one.at), "who": one.who, "act": one.act, "detail": one.detail, "seal": one.seal}
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for head in ("line", "at", "who", "what", "detail", "seal"):
        table.add_column(head, overflow="fold", no_wrap=head != "detail")
    for one in lines:
        detail = ", ".join(f"{name} {value}" for name, value in one.detail.items())
        table.add_row(str(one.number), f"{one.at:%Y-%m-%d %H:%M:%S}", escape(one.who), one.act, escape(detail), one.seal[:8])
    Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False).print(table if lines else "No lines.")
