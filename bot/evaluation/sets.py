"""The figures on our own held-out messages (tests/nlu)."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.cases.taught import f1_by_label
from bot.errors import AmendsError
from bot.evaluation.reading import Reads
from bot.settings import ROOT

FOLDER = ROOT / "tests" / "nlu"
MUST_NOT_MISS = ("injury", "safety", "self_harm")
Pairs = list[tuple[str, str]]  # label and guess


class NoEvaluationSets(AmendsError):
    """The messages to measure with are not there."""


@dataclass(frozen=True)
class Measured:
    """Every figure, from 0 to 1, and for each message with one intent the label and the guess, always in the same order."""

    figures: dict[str, float]
    pairs: Pairs


def measure(reads: Reads, told: Callable[[str], None] = lambda _now: None) -> Measured:
    """Everything there is to measure. `told` hears what is read now. Raises NoEvaluationSets."""
    told("intents")
    figures, pairs = held_out(reads)
    told("severity")
    figures |= severity(reads)
    told("issues")
    found, more = issues(reads)
    told("facts")
    return Measured(figures | found | facts(reads), pairs + more)


def held_out(reads: Reads) -> tuple[dict[str, float], Pairs]:
    """Macro F1 of the intents and the share that fell back, with the pairs themselves."""
    parses = [(intent, reads.parse(text)) for intent, text in sentences(_file("test_nlu.yml"))]
    pairs = [(intent, named(parse)) for intent, parse in parses]
    fallback = sum(parse["intent"]["name"] == "nlu_fallback" for _, parse in parses) / len(parses)
    return {"own intents, macro F1": macro_f1(pairs), "own intents, fallback": fallback}, pairs


def severity(reads: Reads) -> dict[str, float]:
    """Recall of grave messages, of those that must not be missed, and the share of harmless ones that raise an alarm."""
    flagged = Counter[tuple[str, bool]]()
    for one in messages("severity.yml"):
        flagged[one["why"], reads.parse(one["text"])["severity"]["level"] == "severe"] += 1
    kinds = {why for why, _ in flagged} - {"none"}
    return {
        "own severity, recall": _share(flagged, kinds),
        "own severity, recall of injury, danger and self-harm": _share(flagged, set(MUST_NOT_MISS)),
        "own severity, false alarms": _share(flagged, {"none"}),
    }


def issues(reads: Reads) -> tuple[dict[str, float], Pairs]:
    """How often both of two issues are heard, and how often a second one where there is none; with the pairs of those with one."""
    both, second, pairs = [], [], []
    for one in messages("two_issues.yml"):
        parse = reads.parse(one["text"])
        heard = [found["name"] for found in parse["issues"]]
        if len(one["issues"]) > 1:
            both.append(set(one["issues"][:2]) <= set(heard))
        else:
            second.append(len(heard) > 1)
            pairs.append((one["issues"][0], named(parse)))
    figures = {"own two issues, both heard": sum(both) / len(both), "own one issue, false second issue": sum(second) / len(second)}
    return figures, pairs


def facts(reads: Reads) -> dict[str, float]:
    """Micro F1 of the facts named in a message: each with its kind and exactly its words."""
    hits = wanted = found = 0
    for one in messages("facts.yml"):
        text, expected = one["text"], Counter((name, value) for name, values in one["facts"].items() for value in values)
        heard = Counter((one["entity"], text[one["start"] : one["end"]]) for one in reads.parse(text)["entities"])
        hits, wanted, found = hits + sum((expected & heard).values()), wanted + sum(expected.values()), found + sum(heard.values())
    return {"own facts, micro F1": 2 * hits / (wanted + found)}


def sentences(path: Path) -> Pairs:
    """The (intent, sentence) pairs of a file in Rasa's training format."""
    blocks = YAML(typ="safe").load(path.read_text(encoding="utf-8"))["nlu"]
    return [(block["intent"], line[2:].strip()) for block in blocks for line in block["examples"].splitlines() if line.startswith("- ")]


def messages(name: str) -> list[dict[str, Any]]:
    """The messages of one of our own sets."""
    found: list[dict[str, Any]] = YAML(typ="safe").load(_file(name).read_text(encoding="utf-8"))["messages"]
    return found


def named(parse: dict[str, Any]) -> str:
    """The likeliest intent, whether or not the assistant is sure enough to act on it."""
    return next(str(one["name"]) for one in [parse["intent"], *parse["intent_ranking"]] if one["name"] != "nlu_fallback")


def macro_f1(pairs: Pairs) -> float:
    """The mean of F1 over the labels there are."""
    scores = f1_by_label(pairs)
    return sum(scores.values()) / len(scores)


def _file(name: str) -> Path:
    path = FOLDER / name
    if not path.exists():
        raise NoEvaluationSets(f"{path} is missing: without the held-out messages nothing can be compared. They are part of the project.")
    return path


def _share(flagged: "Counter[tuple[str, bool]]", kinds: set[str]) -> float:
    return sum(flagged[why, True] for why in kinds) / sum(flagged[why, True] + flagged[why, False] for why in kinds)
