"""The two assistants compared: the same sentences, domain, rules and stories; only the configuration differs."""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution, version
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.cases.issue import Issue
from bot.settings import ROOT

HOME = ROOT / ".bench"
OURS, STOCK = "ours", "stock"
STOCK_CONFIG = "rasa/engine/recipes/config_files/default_config.yml"  # what `rasa train` fills into the configuration of `rasa init`
LIBRARIES = {OURS: ("rasa", "scikit-learn", "onnxruntime", "spacy"), STOCK: ("rasa", "tensorflow")}  # a model is made by these
QUICK_EPOCHS = 5


@dataclass(frozen=True)
class Contestant:
    """One assistant: what it is trained on, in a folder named by the digest of that."""

    name: str
    folder: Path

    @property
    def model(self) -> Path:
        return self.folder / "model.tar.gz"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def config(self) -> Path:
        return self.folder / "config.yml"

    @property
    def domain(self) -> Path:
        return self.folder / "domain.yml"


def prepare(name: str, sentences: int, quick: bool) -> Contestant:
    """Writes what this assistant is trained on, `sentences` an intent, unless the very same is there already."""
    fresh = Contestant(name, HOME / f"{name}-new")
    shutil.rmtree(fresh.folder, ignore_errors=True)
    fresh.data.mkdir(parents=True)
    config = YAML(typ="safe").load(ROOT / "config.yml") if name == OURS else _stock_config(quick)
    _write(fresh.config, config)
    shutil.copyfile(ROOT / "domain.yml", fresh.domain)
    shutil.copytree(ROOT / "data" / "rules", fresh.data / "rules")
    _write(fresh.data / "stories.yml", {"version": "3.1", "stories": _stories()})
    _write_sentences(fresh.data / "nlu.yml", sentences)
    kept = HOME / f"{name}-{_digest(fresh)}"
    if kept.exists():
        shutil.rmtree(fresh.folder)
    else:
        fresh.folder.rename(kept)
    return Contestant(name, kept)


def complaints(count: int) -> list[str]:
    """Sentences to say, the same ones every time: complaints that no training has seen."""
    told = _examples([ROOT / "tests" / "nlu" / "test_nlu.yml"])
    return _drawn([one for issue in Issue for one in told.get(issue.value, [])], count)


def _stock_config(quick: bool) -> dict[str, Any]:
    config: dict[str, Any] = YAML(typ="safe").load(Path(str(distribution("rasa").locate_file(STOCK_CONFIG))))
    config["assistant_id"] = "amends"
    for part in [*config["pipeline"], *config["policies"]]:
        if quick and "epochs" in part:
            part["epochs"] = QUICK_EPOCHS
    return config


def _stories() -> Iterator[dict[str, Any]]:
    """Every rule told once more as a story: without any, TED and UnexpecTED are skipped. Real projects have more."""
    for path in sorted((ROOT / "data" / "rules").glob("*.yml")):
        for rule in YAML(typ="safe").load(path)["rules"]:
            if "condition" not in rule:
                yield {"story": rule["rule"], "steps": rule["steps"]}


def _write_sentences(path: Path, count: int) -> None:
    told = _examples(sorted((ROOT / "data" / "nlu").glob("*.yml")))
    intents = [
        {"intent": intent, "examples": "".join(f"- {one}\n" for one in _drawn(all_, count))} for intent, all_ in sorted(told.items())
    ]
    _write(path, {"version": "3.1", "nlu": intents})


def _examples(paths: list[Path]) -> dict[str, list[str]]:
    """The sentences of each intent."""
    told: dict[str, list[str]] = {}
    for path in paths:
        for block in YAML(typ="safe").load(path)["nlu"]:
            lines = str(block["examples"]).splitlines()
            told.setdefault(str(block["intent"]), []).extend(line.strip()[2:] for line in lines if line.strip())
    return told


def _drawn(sentences: list[str], count: int) -> list[str]:
    """As many of them, drawn by their hashes: a sentence added or taken away changes one place at most."""
    return sorted(sentences, key=lambda one: hashlib.sha256(one.encode()).digest())[:count]


def _digest(contestant: Contestant) -> str:
    """Of all that its training reads."""
    seen = hashlib.sha256("".join(f"{name} {version(name)}\n" for name in LIBRARIES[contestant.name]).encode())
    found = [one for one in contestant.folder.rglob("*") if one.is_file()]
    if contestant.name == OURS:
        found += [one for one in (ROOT / "bot" / "nlu").rglob("*") if one.suffix in (".py", ".txt")]
    for path in sorted(found):
        seen.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return seen.hexdigest()[:12]


def _write(path: Path, content: dict[str, Any]) -> None:
    writer = YAML(typ="safe")
    writer.default_flow_style = False
    with path.open("w", encoding="utf-8") as file:
        writer.dump({key: list(value) if isinstance(value, Iterator) else value for key, value in content.items()}, file)
