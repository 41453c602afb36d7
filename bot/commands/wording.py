"""`amends check-wording`: what in a text, or in the responses, goes against the wording rules, and a better way to say it."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from ruamel.yaml.comments import CommentedMap

from bot.cases.acts import public_flaws
from bot.cases.wording import Flaw, flaws
from bot.errors import BadInput, BadWording
from bot.settings import ROOT
from bot.yaml_files import parsed

RESPONSES = ROOT / "data" / "responses"
WIDTH = 110  # where there is no terminal
LONGEST_SHOWN = 60  # characters of the words at fault
FOREIGN = "utter_language_"  # these are not English; only what is broken in them can be told
# What may stand in a sentence: a usual value, and one that sounds or counts otherwise.
SAMPLES = {
    "Remedy": ("A refund", "A new delivery"),
    "closes": ("20:00 Phoenix time today", "17:00 on Friday 1 January"),
    "filed": ("a replacement (R-2B4C6D) and a refund (R-8J5T7W)", "a check (R-2B4C6D) and a call back (R-8J5T7W)"),
    "matter": ("the late delivery, order A10021", "what does not work"),
    "opens": ("08:00 Phoenix time on Tuesday 24 November", "09:00 on Friday 1 January"),
    "paid_by": ("visa ending 4417", "gift card"),
    "why": ("the order's record does not show it", "it is meant for graver cases"),
    "Team": ("Our customer care team", "An evening desk"),
    "agent": ("Maya", "Oluwaseun"),
    "amount": ("$118.00", "$8.50"),
    "carrier": ("Meadow Post", "the carrier"),
    "days": ("3 days", "1 day"),
    "decided": ("17:30 Phoenix time today", "09:00 on Friday 1 January"),
    "delivered": ("Monday 23 November", "Sunday 1 November"),
    "due": ("Wednesday 25 November", "Friday 1 January"),
    "items": ("the Walnut Desk Lamp", "it"),
    "method": ("your visa ending 4417", "the way you paid"),
    "news": ("17:30 Phoenix time today", "09:00 on Friday 1 January"),
    "note": ("A new lamp is on its way", "We meet on Friday 27 November"),
    "order": ("A10021", "18-400"),
    "owed": ("$118.00", "$8.50"),
    "paid": ("$236.00", "$17.00"),
    "phone": ("ending 23", "ending 80"),
    "account": ("your parcel is late", "our driver shouted at you"),
    "also": ("nobody answers you", "you were charged twice"),
    "question": ("why you were charged twice", "where your refund is"),
    "phrase": ("it never came and nobody answers me", "late"),
    "promised": ("Friday 20 November", "the promised day"),
    "ref": ("A-7K3M9Q", "A-8H2N4P"),
    "into": ("A-4D5F6G", "A-2B3C4D"),
    "refunded": ("$118.00", "$8.50"),
    "remedy": ("R-2B4C6D", "R-8J5T7W"),
    "shop": ("Larkspur & Lane", "Umber Outdoor"),
    "team": ("our customer care team", "an evening desk"),
    "thing": ("floor lamp", "umbrellas"),
    "count": ("1", "2"),
    "bought": ("2", "6"),
    "likely": ("the late delivery, what is missing or something else", "the charge or something else"),
    "long": ("2 hours", "an hour"),
    "figures": ("$118.00 and $12.50", "$118.00"),
    "is": ("is", "are"),
    "was": ("was", "were"),
    "has": ("has", "have"),
    "does": ("does", "do"),
    "they": ("it", "they"),
    "falls": ("falls", "fall"),
    "first": ("send it again by express", "refund you for it"),
    "second": ("cancel it and refund you", "have the payment checked"),
    "ways": ("refund $118.00 by Friday 27 November, or have a person call you by Tuesday 24 November", "refund $8.50"),
    "what": ("a replacement", "a new delivery"),
    "reading": ("the parcel is late.", "the shoes are damaged."),
    "owner": ("Maya Lindqvist", "Oluwaseun Abara"),
    "total": ("$118.00", "$8.50"),
    "by": ("Maya Lindqvist", "Oluwaseun Abara"),
    "code": ("K7QF-2MXT-9BHW-4RGD", "2345-6789-BCDF-GHJK"),
    "from": ("14:00 Phoenix time today", "09:00 on Friday 1 January"),
    "to": ("16:00", "11:00"),
    "until": ("Tuesday 30 May 2028", "Friday 1 January 2028"),
    "day": ("43", "31"),
    "end": ("30", "14"),
    "receipt": ("number 4711", "a till slip of the shop"),
    "claim": ("C-4N8R2T", "C-9W3K7P"),
    "done": ("Tuesday 3 March", "Friday 1 January"),
    "name": ("Nina Berg", "Oluwaseun Abara"),
    "told": ("Monday 23 November", "Sunday 1 November"),
    "reason": ("the picture shows another lamp", "the order was paid back already"),
}


Row = tuple[str, Flaw]  # where it stands, and what is amiss


@dataclass(frozen=True)
class Variant:
    """One variant of a response, and where it stands."""

    name: str
    text: str
    where: str  # file and line


def check(file: Path | None, text: str | None, in_public: bool) -> bool:
    """Prints what is amiss as a table. True where nothing is. Raises BadInput or BadWording for what cannot be read."""
    if file and text is not None:
        raise BadInput("Give a file or --text, not both.")
    if text is None and (file is None or file.is_dir() or file.suffix in (".yml", ".yaml")):
        variants = list(_variants(file or RESPONSES))
        checked, rows = f"{len(variants)} sentences", [row for one in variants for row in rows_of(one)]
    else:
        said = text if text is not None else _read(file or Path("-"))
        found = public_flaws(said) if in_public else flaws(said)
        checked, rows = "The text", [(str(said.count("\n", 0, flaw.start) + 1), flaw) for flaw in found]
    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    console.print(_table(rows) if rows else f"{checked}: nothing to mend.")
    return not rows


def rows_of(variant: Variant) -> list[Row]:
    """What is amiss in a variant, whichever values fill it; each thing once."""
    found: dict[tuple[int, str, str], Flaw] = {}
    for filled in filled_in(variant.text):
        for flaw in flaws(filled):
            if flaw.kind == "broken" or not variant.name.startswith(FOREIGN):
                found.setdefault((flaw.rule, flaw.kind, flaw.better), flaw)
    return [(variant.where, flaw) for flaw in found.values()]


def filled_in(text: str) -> tuple[str, str]:
    """The sentence with its usual values, and with the others. A name without a sample stays as it is, and is told as broken."""
    return _filled(text, 0), _filled(text, 1)


def _filled(text: str, place: int) -> str:
    return re.sub(r"\{(\w+)\}", lambda slot: SAMPLES[slot[1]][place] if slot[1] in SAMPLES else slot[0], text)


def _variants(path: Path) -> Iterator[Variant]:
    files = sorted(path.glob("*.yml")) if path.is_dir() else [path]
    for file in files:
        found = _parsed(file).get("responses") or {}
        if not isinstance(found, dict):
            raise BadWording(f"{file.name} has no responses by name.")
        for name, variants in found.items():
            for one in variants if isinstance(variants, list) else [variants]:
                if not isinstance(one, CommentedMap) or not isinstance(one.get("text"), str):
                    raise BadWording(f"{file.name}: {name} needs variants that each have a text.")
                yield Variant(name, one["text"], f"{file.name}:{one.lc.value('text')[0] + 1}")


def _parsed(file: Path) -> Any:
    found = parsed(_read(file), file.name, BadWording, with_lines=True)
    if not isinstance(found, dict) or "responses" not in found:
        raise BadWording(f"{file.name} has no responses.")
    return found


def _read(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} is not UTF-8 text: byte {error.start} cannot be read.") from error


def _table(rows: list[Row]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("line", no_wrap=True)
    table.add_column("rule", no_wrap=True)
    table.add_column("words", overflow="fold", ratio=2)
    table.add_column("better", overflow="fold", ratio=3)
    for where, flaw in rows:
        table.add_row(escape(where), f"{flaw.rule} {flaw.kind}", escape(_shown(flaw.words)), flaw.better)
    return table


def _shown(words: str) -> str:
    """What can be seen of the words: one line, and spaces told in words."""
    line = " ".join(words.split()) or ("a space" if words else "-")
    return line if len(line) <= LONGEST_SHOWN else f"{line[: LONGEST_SHOWN - 3].rstrip()}..."
