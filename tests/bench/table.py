"""The result side by side: on the terminal, in docs/bench.md and, for programs, in results/bench.json."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from rich.table import Table

from tests.bench.contestants import OURS, STOCK
from tests.bench.measure import Measured


@dataclass(frozen=True)
class Row:
    """One thing measured, and how ours should stand to stock: at most, or at least, so many times as much."""

    key: str
    what: str
    unit: str  # s, ms, MB or /s
    target: float | None = None
    goal: float | None = None

    @property
    def more_is_better(self) -> bool:
        return self.unit == "/s"


ROWS = (
    Row("start_up", "start-up", "s", 0.6),
    Row("training", "training", "s", 0.3),
    Row("model_size", "model on disk", "MB"),
    Row("memory", "memory of the assistant", "MB", 0.85),
    Row("parse_p50", "parse, p50", "ms"),
    Row("parse_p95", "parse, p95", "ms"),
    Row("turn_p50", "whole first turn, p50", "ms", 0.9, 0.6),
    Row("turn_p95", "whole first turn, p95", "ms"),
    Row("a_second_at_1", "first turns a second, 1 client", "/s"),
    Row("a_second_at_8", "first turns a second, 8 clients", "/s", 1.2, 2.0),
)
COLUMNS = ("", "ours", "stock", "ratio", "target", "goal", "")
PAGE = """\
# Amends beside stock Rasa

`make bench` writes this page. {day}, {cores} cores, Python {python}.

{table}

Ratio is ours to stock.

**What is compared.** Ours is `config.yml` as it stands. Stock is the pipeline and policies that Rasa {rasa} fills in where `rasa init`
leaves them open: DIETClassifier, ResponseSelector, TEDPolicy and UnexpecTEDIntentPolicy at 100 epochs among them. Both are trained on
the same {sentences} sentences an intent of `data/nlu`, drawn by hash, with the same domain, rules and responses. TED and UnexpecTED do
not train without stories, so each rule is told once more as a story; that is as little as they can have. Both then run the same
actions over an SQLite store with the demo orders, Rasa's SQL tracker store, and Rasa's REST door, started with the commands of
`amends up`, each on an action server and a database of its own.

**How.** Training: the whole of `rasa train`, with an empty cache, once; the machine's load was {load_ours:.1f} (ours) and {load_stock:.1f}
(stock) when it began, so others may have slowed it. Start-up: from starting the process until `GET /status` answers with a
model, {starts} times each in turn, the median. Memory: resident, of the assistant process and its children, after its first {warm} turns.
Then {rounds} rounds each in turn, the other one idle: {said} complaints of `tests/nlu/test_nlu.yml` are parsed (`POST /model/parse`),
said as first turns by one client, each from a new sender, and said twice by eight clients at once. p50 and p95 are over all rounds, turns a
second the median of the rounds. The clients run on the same machine. The run stops at a turn without an answer. Each start
and round waits up to two minutes for a quiet machine; at worst, others used {busy} % of it just before one. A model is kept in `.bench/`
until what it is trained on changes; delete that folder to train anew.
"""


def lines(measured: dict[str, Measured]) -> list[tuple[str, ...]]:
    """The cells of each row."""
    ours, stock = measured[OURS].values(), measured[STOCK].values()
    return [_line(row, ours[row.key], stock[row.key]) for row in ROWS]


def _line(row: Row, ours: float, stock: float) -> tuple[str, ...]:
    ratio = ours / stock
    sign = ">=" if row.more_is_better else "<="
    asked = [f"{sign} {limit:g}" if limit else "" for limit in (row.target, row.goal)]
    return (row.what, _shown(ours, row.unit), _shown(stock, row.unit), f"{ratio:.2f}", *asked, _verdict(row, ratio))


def _verdict(row: Row, ratio: float) -> str:
    def met(limit: float | None) -> bool:
        return limit is not None and (ratio >= limit if row.more_is_better else ratio <= limit)

    if row.target is None:
        return ""
    return "goal met" if met(row.goal) else "met" if met(row.target) else "missed"


def _shown(value: float, unit: str) -> str:
    factor = {"ms": 1e3, "MB": 1e-6}.get(unit, 1.0)
    return f"{value * factor:,.1f} {unit}"


def on_terminal(measured: dict[str, Measured]) -> Table:
    """For rich to print."""
    table = Table()
    for column in COLUMNS:
        table.add_column(column, no_wrap=True)
    for cells in lines(measured):
        table.add_row(*cells)
    return table


def page(measured: dict[str, Measured], day: date, rasa: str, counts: dict[str, int]) -> str:
    """docs/bench.md, whole."""
    rows = [COLUMNS, tuple("-" for _ in COLUMNS), *lines(measured)]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
    busy = max(busy for one in measured.values() for busy in one.busy)
    facts = {"day": day, "cores": os.cpu_count(), "python": platform.python_version(), "rasa": rasa, "table": table, "busy": f"{busy:.0f}"}
    loads = {f"load_{name}": one.load_before for name, one in measured.items()}
    return PAGE.format(**facts, **loads, **counts)


def write_json(path: Path, measured: dict[str, Measured]) -> None:
    """Every single value, for whoever wants to look closer."""
    path.parent.mkdir(exist_ok=True)
    told = {name: {"values": one.values(), "measured": asdict(one)} for name, one in measured.items()}
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
