"""Teaching the assistant from labelled messages: a candidate is trained apart, compared, accepted by a person, and can be taken back.

What was accepted stands in data/nlu/learned.yml. The model's name carries the digest of all that training reads, so the candidate
becomes the very model that the next start looks for, and after a roll-back the one before is found again.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import supervision, training
from bot.cases.review import ALL_INTENTS
from bot.cases.taught import Example, Lesson, lesson
from bot.errors import AmendsError
from bot.evaluation.sets import sentences
from bot.settings import Settings
from bot.yaml_files import parsed

LEARNED = Path("data") / "nlu" / "learned.yml"
HEAD = "# Learned from the review: customers' words as people labelled them, without names and numbers. `amends learn` writes it.\n"
_LINE = re.compile(r"\s*- (?P<text>\S.*)")


class BadLesson(AmendsError):
    """The file cannot be learned from."""


class NothingToAccept(AmendsError):
    """No candidate waits to be accepted. `amends learn try` makes one, and keeps it where it is better."""


class NothingToRollBack(AmendsError):
    """Nothing was accepted here, so there is nothing to go back to."""


@dataclass(frozen=True)
class Candidate:
    """A model that was better. `base`: the digest of the sources it was compared on; `examples`: how many are new."""

    base: str
    examples: int
    gain: float
    at: str


@dataclass(frozen=True)
class Accepted:
    """What was put in use: `before` is the text that data/nlu/learned.yml had (None: no such file), `after` the digest of the new one."""

    before: str | None
    after: str
    model_before: str
    model: str
    examples: int
    by: str
    at: str


def as_yaml(examples: Iterable[Example]) -> str:
    """Rasa's training format, intents and sentences in a steady order."""
    by_intent: dict[str, list[str]] = {}
    for one in examples:
        by_intent.setdefault(one.intent, []).append(one.text)
    blocks = [
        f"  - intent: {intent}\n    examples: |\n" + "".join(f"      - {text}\n" for text in sorted(set(texts)))
        for intent, texts in sorted(by_intent.items())
    ]
    return f'version: "3.1"\n{HEAD}nlu:\n' + "".join(blocks) if blocks else f'version: "3.1"\n{HEAD}nlu: []\n'


def read(path: Path) -> list[Example]:
    """The examples of a file in Rasa's training format, as a person may have changed it. Raises BadLesson, naming every mistake."""
    try:
        content = parsed(path.read_text(encoding="utf-8"), path.name, BadLesson)
    except (OSError, UnicodeDecodeError) as error:
        raise BadLesson(f"{path} cannot be read: {error}.") from error
    blocks = content.get("nlu") if isinstance(content, dict) else None
    if not isinstance(blocks, list):
        raise BadLesson(f"{path.name} has no list `nlu:`. `amends learn export` writes one.")
    problems, examples = list[str](), list[Example]()
    for number, block in enumerate(blocks, 1):
        found, wrong = _block(block, f"{path.name}, block {number}")
        examples += found
        problems += wrong
    if problems:
        raise BadLesson("\n".join(problems))
    return examples


def _block(block: Any, where: str) -> tuple[list[Example], list[str]]:
    intent, text = (block.get("intent"), block.get("examples")) if isinstance(block, dict) else (None, None)
    if intent not in ALL_INTENTS:
        return [], [f"{where}: there is no intent {intent!r}. Use one of {', '.join(sorted(ALL_INTENTS))}."]
    if not isinstance(text, str):
        return [], [f"{where}: give `examples: |` with a line `- ...` for each sentence."]
    found, wrong = [], []
    for line in filter(str.strip, text.splitlines()):
        match = _LINE.fullmatch(line)
        if match is None or re.search(r"\]\s*[({]", line):
            wrong.append(f"{where}: {line.strip()[:60]!r}: a sentence stands behind `- `, and marks no entities.")
        else:
            found.append(Example(match["text"].strip(), intent))
    return found, wrong


def known(root: Path) -> list[str]:
    """Every sentence that the assistant is trained on now."""
    return [text for path in sorted((root / "data" / "nlu").glob("*.yml")) for _, text in sentences(path)]


def new_in(root: Path, labelled: Sequence[Example]) -> Lesson:
    """What of it is not in data/nlu yet."""
    return lesson(labelled, known(root))


def taught_so_far(root: Path) -> list[Example]:
    """What was accepted before."""
    path = root / LEARNED
    return read(path) if path.exists() else []


def folder(chosen: Settings) -> Path:
    """Where candidates and the way back are kept: never below data/, where Rasa would read them."""
    made = chosen.var / "learn"
    made.mkdir(parents=True, exist_ok=True)
    return made


def train_candidate(chosen: Settings, new: Sequence[Example], told: training.Told) -> Path:
    """Trains on data/ and the new examples together; the present model is not touched. Raises TrainingFailed."""
    place = folder(chosen) / "candidate"
    place.mkdir(exist_ok=True)
    forget_candidate(chosen)
    extra, model = place / "learned.yml", place / "candidate.tar.gz"
    extra.write_text(as_yaml(new), encoding="utf-8")
    with training.alone(training.model_path(chosen.root)):
        training.train(chosen.root, model, place / "train.log", supervision.environment(), told, extra)
    return model


def keep_candidate(chosen: Settings, base: str, new: Sequence[Example], gain: float, now: datetime) -> None:
    """Notes that the candidate is better than what `base` is the digest of."""
    found = Candidate(base, len(new), round(gain, 4), now.isoformat(timespec="seconds"))
    _write(folder(chosen) / "candidate" / "candidate.json", json.dumps(asdict(found)))


def forget_candidate(chosen: Settings) -> None:
    """Nothing of it is left that could be accepted."""
    for name in ("candidate.json", "candidate.tar.gz", "learned.yml"):
        (folder(chosen) / "candidate" / name).unlink(missing_ok=True)


def accept(chosen: Settings, by: str, now: datetime) -> Accepted:
    """Puts the candidate in use: its examples go to data/nlu/learned.yml, and it becomes their model.

    Killed in between, the next start finds the examples and at worst trains once more. Raises NothingToAccept.
    """
    place = folder(chosen) / "candidate"
    if not (place / "candidate.json").exists():
        raise NothingToAccept()
    candidate = Candidate(**json.loads((place / "candidate.json").read_text(encoding="utf-8")))
    if candidate.base != training.digest(chosen.root):
        raise NothingToAccept("The training data, the rules or the code have changed since the candidate was compared. Try it again.")
    path = chosen.root / LEARNED
    before = path.read_text(encoding="utf-8") if path.exists() else None
    text = as_yaml([*taught_so_far(chosen.root), *read(place / "learned.yml")])
    model_before, at = training.model_path(chosen.root).name, now.isoformat(timespec="seconds")
    record = _push(chosen, Accepted(before, _digest(text), model_before, "", candidate.examples, by, at))
    _write_learned(chosen, text)
    model = training.model_path(chosen.root)
    os.replace(place / "candidate.tar.gz", model)
    done = Accepted(before, _digest(text), model_before, model.name, candidate.examples, by, at)
    _write(record, json.dumps(asdict(done), ensure_ascii=False))
    forget_candidate(chosen)
    return done


def roll_back(chosen: Settings) -> tuple[Accepted, Path]:
    """Takes back what was accepted last; what was taken back, and the model that is in use now. Raises NothingToRollBack."""
    path = chosen.root / LEARNED
    there = path.read_text(encoding="utf-8") if path.exists() else None
    last = _last(chosen)
    if last and last.before == there:  # an acceptance that was cut off before it changed anything
        _pop(chosen)
        last = _last(chosen)
    if last is None:
        raise NothingToRollBack()
    if there is None or _digest(there) != last.after:
        raise NothingToRollBack(
            f"{LEARNED} was changed by hand since it was accepted. Put it right there, or restore it from your versions."
        )
    forget_candidate(chosen)
    if last.before is None:
        path.unlink()
    else:
        _write_learned(chosen, last.before)
    _pop(chosen)
    return last, training.model_path(chosen.root)


def _records(chosen: Settings) -> list[Path]:
    return sorted((folder(chosen) / "accepted").glob("*.json"))


def _last(chosen: Settings) -> Accepted | None:
    found = _records(chosen)
    return Accepted(**json.loads(found[-1].read_text(encoding="utf-8"))) if found else None


def _push(chosen: Settings, record: Accepted) -> Path:
    place = folder(chosen) / "accepted"
    place.mkdir(exist_ok=True)
    number = int(found[-1].stem) + 1 if (found := _records(chosen)) else 1
    path = place / f"{number:04}.json"
    _write(path, json.dumps(asdict(record), ensure_ascii=False))
    return path


def _pop(chosen: Settings) -> None:
    _records(chosen)[-1].unlink()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _write_learned(chosen: Settings, text: str) -> None:
    """The part file stands elsewhere: every file below data/nlu counts for the model's name."""
    _write(chosen.root / LEARNED, text, chosen.root / "models")


def _write(path: Path, text: str, aside: Path | None = None) -> None:
    """All of it or nothing, whenever it is cut off."""
    part = (aside or path.parent) / f"{path.name}.part"
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
