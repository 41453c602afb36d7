"""How well messages are understood: figures beside those last recorded. Fails where one got worse by more than 0.02.

On our own held-out sentences (tests/nlu) always; on the sets of ../shared/eval where they are there. `--record` keeps the
new figures in tests/evaluate/recorded.json. A picture of what is taken for what is written to results/.
"""

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot import settings
from bot.cases.taught import gain
from bot.evaluation.reading import Assistant
from bot.evaluation.sets import Pairs, facts, held_out, issues, severity
from bot.progress import Progress
from bot.settings import ROOT
from bot.up import ensure_model
from tests.evaluate import picture, shared

RECORDED = Path(__file__).with_name("recorded.json")
WORSE = 0.02  # a figure may drop by this much: retraining alone moves them by half of it
LABELS = frozenset(path.stem for path in (ROOT / "data" / "nlu").glob("*.yml"))


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m tests.evaluate", description=__doc__)
    reader.add_argument("--record", action="store_true", help="keep these figures as the ones to beat")
    chosen, console = reader.parse_args(), Console()
    figures, pairs = measure(console)
    before = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.exists() else {}
    console.print(compared(figures, before))
    folder = ROOT / "results"
    folder.mkdir(exist_ok=True)
    for name, told in pairs.items():
        (folder / f"confusion_{name}.svg").write_text(picture.confusion(told, name.replace("_", " ")), encoding="utf-8")
        console.print(f"Written: results/confusion_{name}.svg")
    if chosen.record:
        RECORDED.write_text(json.dumps(before | figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        console.print(f"Recorded: {RECORDED.relative_to(ROOT)}")
        return 0
    dropped = sorted(
        name for name, value in figures.items() if name in before and not is_one_label(name) and gain(name, value, before[name]) < -WORSE
    )
    for name in dropped:
        console.print(f"[red]Worse by more than {WORSE}: {name}, {before[name]:.3f} before, {figures[name]:.3f} now.")
    return 1 if dropped else 0


def measure(console: Console) -> tuple[dict[str, float], dict[str, Pairs]]:
    """Every figure, and the pairs of label and guess to draw."""
    with Assistant(ROOT, ensure_model(settings.read(), console)) as assistant:
        with Progress(console, "Reading our own sentences"):
            figures, pairs = held_out(assistant)
            figures |= severity(assistant) | issues(assistant)[0] | facts(assistant)
        drawn = {"held_out": pairs}
        if shared.is_there():
            figures |= shared.scores(assistant)
            drawn["dev"] = shared.pairs(assistant)
    return figures, drawn


def is_one_label(name: str) -> bool:
    """One intent's figure, shown but not guarded: over so few messages it moves that much with any retraining."""
    return name.startswith("real intents, ") and name.removeprefix("real intents, ") in LABELS


def compared(figures: dict[str, float], before: dict[str, float]) -> Table:
    table = Table(title="How well messages are understood")
    for heading, side in (("figure", "left"), ("recorded", "right"), ("now", "right"), ("", "left")):
        table.add_column(heading, justify="right" if side == "right" else "left")
    for name, value in figures.items():
        old = before.get(name)
        step = 0.0 if old is None else gain(name, value, old)
        said = (
            "new"
            if old is None
            else ""
            if abs(step) < 0.0005
            else f"[green]better by {step:.3f}"
            if step > 0
            else f"[red]worse by {-step:.3f}"
        )
        table.add_row(name, "-" if old is None else f"{old:.3f}", f"{value:.3f}", said)
    return table


if __name__ == "__main__":
    sys.exit(main())
