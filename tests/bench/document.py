"""docs/bench.md: one section a part, each under a heading of its own, so that one can be measured anew without the others."""

import re
from pathlib import Path

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
