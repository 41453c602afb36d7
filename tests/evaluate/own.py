"""The figures on our own held-out messages, which no training file and no word list holds."""

from collections import Counter
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.settings import ROOT
from tests.evaluate.assistant import Assistant

FOLDER = ROOT / "tests" / "nlu"
MUST_NOT_MISS = ("injury", "safety", "self_harm")
Pairs = list[tuple[str, str]]  # label and guess


def held_out(assistant: Assistant) -> tuple[dict[str, float], Pairs]:
    """Macro F1 of the intents and the share that fell back, with the pairs themselves."""
    parses = [(intent, assistant.parse(text)) for intent, text in sentences(FOLDER / "test_nlu.yml")]
    pairs = [(intent, named(parse)) for intent, parse in parses]
    fallback = sum(parse["intent"]["name"] == "nlu_fallback" for _, parse in parses) / len(parses)
    return {"own intents, macro F1": macro_f1(pairs), "own intents, fallback": fallback}, pairs


def severity(assistant: Assistant) -> dict[str, float]:
    """Recall of grave messages, of those that must not be missed, and the share of harmless ones that raise an alarm."""
    flagged = Counter[tuple[str, bool]]()
    for one in messages("severity.yml"):
        flagged[one["why"], assistant.parse(one["text"])["severity"]["level"] == "severe"] += 1
    kinds = {why for why, _ in flagged} - {"none"}
    return {
        "own severity, recall": _share(flagged, kinds),
        "own severity, recall of injury, danger and self-harm": _share(flagged, set(MUST_NOT_MISS)),
        "own severity, false alarms": _share(flagged, {"none"}),
    }


def issues(assistant: Assistant) -> dict[str, float]:
    """How often both of two issues are heard, and how often a second one where there is none."""
    both, second = [], []
    for one in messages("two_issues.yml"):
        heard = [found["name"] for found in assistant.parse(one["text"])["issues"]]
        if len(one["issues"]) > 1:
            both.append(set(one["issues"][:2]) <= set(heard))
        else:
            second.append(len(heard) > 1)
    return {"own two issues, both heard": sum(both) / len(both), "own one issue, false second issue": sum(second) / len(second)}


def sentences(path: Path) -> Pairs:
    """The (intent, sentence) pairs of a file in Rasa's training format."""
    blocks = YAML(typ="safe").load(path.read_text(encoding="utf-8"))["nlu"]
    return [(block["intent"], line[2:].strip()) for block in blocks for line in block["examples"].splitlines() if line.startswith("- ")]


def messages(name: str) -> list[dict[str, Any]]:
    """The messages of one of our own sets."""
    found: list[dict[str, Any]] = YAML(typ="safe").load((FOLDER / name).read_text(encoding="utf-8"))["messages"]
    return found


def named(parse: dict[str, Any]) -> str:
    """The likeliest intent, whether or not the assistant is sure enough to act on it."""
    return next(str(one["name"]) for one in [parse["intent"], *parse["intent_ranking"]] if one["name"] != "nlu_fallback")


def macro_f1(pairs: Pairs) -> float:
    labels = {label for label, _ in pairs}
    hits = Counter(label for label, guess in pairs if label == guess)
    wanted, guessed = Counter(label for label, _ in pairs), Counter(guess for _, guess in pairs)
    return sum(2 * hits[name] / (wanted[name] + guessed[name]) for name in labels) / len(labels)


def _share(flagged: "Counter[tuple[str, bool]]", kinds: set[str]) -> float:
    return sum(flagged[why, True] for why in kinds) / sum(flagged[why, True] + flagged[why, False] for why in kinds)
