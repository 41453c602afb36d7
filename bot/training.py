"""The assistant's model: which one fits what is written here, and training it where there is none."""

import fcntl
import hashlib
import re
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from bot.errors import AmendsError

SOURCES = (
    "config.yml",
    "domain.yml",
    "data/nlu",
    "data/rules",
    "data/stories",
    "data/lookups",
    "data/severity",
    "bot/nlu",
)  # not data/responses: only our renderer speaks
LIBRARIES = ("rasa", "scikit-learn", "spacy", "onnxruntime")  # a model is pickled by these
_STEP = re.compile(r"Starting to train component '(\w+)'")
Told = Callable[[str], None]
BESIDE = ("nice", "-n", "10")  # of what runs while customers are answered


class TrainingFailed(AmendsError):
    """The assistant could not be trained."""


def model_path(root: Path) -> Path:
    """Where the model of exactly these sources is, or will be. Its name carries their digest."""
    return root / "models" / f"amends-{digest(root)[:12]}.tar.gz"


def digest(root: Path) -> str:
    """Of all that training reads."""
    seen = hashlib.sha256("".join(f"{name}{version(name)}" for name in LIBRARIES).encode())
    for path in _files(root):
        seen.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return seen.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for source in SOURCES:
        path = root / source
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (one for one in found if one.is_file() and "__pycache__" not in one.parts)


@contextmanager
def alone(model: Path) -> Iterator[None]:
    """Waits until nobody else on this machine trains: two that train the same would take twice as long and write one file."""
    with model.with_name("training.lock").open("w") as line:
        fcntl.flock(line, fcntl.LOCK_EX)
        yield


def train(root: Path, model: Path, log: Path, environment: dict[str, str], tell: Told, *extra: Path) -> None:
    """Runs `rasa train` on data/, and on `extra` files beside it, telling each step.

    Raises TrainingFailed with its last lines; the rest is in the log.
    """
    name = model.name.removesuffix(".tar.gz")
    command = [*(BESIDE if extra else ()), sys.executable, "-m", "rasa", "train", "--fixed-model-name", name, "--out", str(model.parent)]
    command += ["--data", "data", *map(str, extra)] if extra else []
    last: deque[str] = deque(maxlen=12)
    with subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            with log.open("w", encoding="utf-8") as kept:
                for line in process.stdout or ():
                    kept.write(line)
                    last.append(line.rstrip())
                    step = _STEP.search(line)
                    if step:
                        tell(plain(step.group(1)))
        except BaseException:
            process.terminate()
            raise
    if process.returncode or not model.exists():
        raise TrainingFailed("The assistant could not be trained:\n" + "\n".join(last) + f"\nAll of it is in {log}.")


def plain(component: str) -> str:
    """A component's name as words: SentenceEncoder is "sentence encoder"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", component).lower()
