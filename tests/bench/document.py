"""docs/bench.md: one section a part, each under a heading of its own, so that one can be measured anew without the others."""

import os
import platform
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.table import Table

BEGINS = re.compile(r"^(?=# )", re.MULTILINE)


def put(path: Path, section: str) -> None:
    """Puts a section in the place of the one with the same heading, or at the end. `section` begins with its heading."""
    written = BEGINS.split(path.read_text(encoding="utf-8")) if path.exists() else []
    path.write_text("\n".join(merged([one for one in written if one.strip()], section)), encoding="utf-8")


def merged(sections: list[str], section: str) -> list[str]:
    """The sections with this one among them, each ending with one line break."""
    heading = section.splitlines()[0]
    headings = [one.splitlines()[0] for one in sections]
    at = headings.index(heading) if heading in headings else len(sections)
    return [f"{one.strip()}\n" for one in [*sections[:at], section, *sections[at + 1 :]]]


def on_terminal(title: str, rows: Sequence[tuple[str, ...]]) -> Table:
    """What, how much and the verdict, for rich to print."""
    found = Table()
    for column in (title, "", ""):
        found.add_column(column, no_wrap=True)
    for cells in rows:
        found.add_row(*cells)
    return found


def section(template: str, rows: Sequence[tuple[str, ...]], day: date, **facts: object) -> str:
    """The same as a section of docs/bench.md, with this machine named."""
    written = "\n".join(f"| {' | '.join(cells)} |" for cells in [("", "", ""), ("-", "-", "-"), *rows])
    return template.format(table=written, day=day, cores=os.cpu_count(), python=platform.python_version(), **facts)
