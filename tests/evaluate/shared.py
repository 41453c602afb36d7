"""The figures on the sets of real messages beside the project, by their own scorer, where they are there."""

import json
import re
import subprocess
import sys

from bot.evaluation.reading import Assistant
from bot.evaluation.sets import Pairs, named
from bot.settings import ROOT

FOLDER = ROOT.parent / "shared" / "eval"
# What is read from the last line of `score_nlu.py`, and how it is called here.
SETS = {
    "intents": ("dev.jsonl", {"macro_F1": "macro F1", "fallback": "fallback", "complaints_flagged_severe": "flagged severe"}),
    "facts": ("facts_dev.jsonl", {"micro_F1": "micro F1"}),
    "severity": ("severity_dev.jsonl", {"recall": "recall", "false_alarms": "false alarms"}),
}


def is_there() -> bool:
    return (FOLDER / "score_nlu.py").exists()


def scores(assistant: Assistant) -> dict[str, float]:
    """The figures of each set; the scorer's own table is shown as it comes."""
    found = {}
    for what, (file, wanted) in SETS.items():
        command = [sys.executable, str(FOLDER / "score_nlu.py"), what, str(FOLDER / file), "--url", assistant.url]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        print(said)
        last = dict(re.findall(r"(\w+)=([\d.]+)", said.strip().splitlines()[-1]))
        found |= {f"real {what}, {name}": float(last[key]) for key, name in wanted.items()}
        for row in re.finditer(r"^(\w+) +\d+ +[\d.]+ +[\d.]+ +([\d.]+)", said, re.MULTILINE):
            found[f"real {what}, {row[1]}"] = float(row[2])
    return found


def pairs(assistant: Assistant) -> Pairs:
    """Label and guess of every real message."""
    rows = [json.loads(line) for line in (FOLDER / "dev.jsonl").read_text(encoding="utf-8").splitlines() if line.strip()]
    return [(row["label"], named(assistant.parse(row["text"]))) for row in rows]
