"""Training, and the two servers of a contestant, as `amends up` starts them: each in a folder and on ports of its own."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from bot import settings, supervision, up
from bot.errors import AmendsError
from bot.settings import ROOT
from tests.bench.contestants import HOME, Contestant
from tests.bench.measure import is_open, is_ready

START_S = 300.0
STOP_S = 20.0
LOOK_S = 0.02


class BenchFailed(AmendsError):
    """The benchmark could not be carried out."""


def train(contestant: Contestant) -> dict[str, float]:
    """Trains it, once, with an empty cache; how long that took, and how busy the machine was when it began."""
    told = contestant.folder / "trained.json"
    if not (told.exists() and contestant.model.exists()):
        load, begun = os.getloadavg()[0], time.monotonic()
        with tempfile.TemporaryDirectory() as cache, (contestant.folder / "train.log").open("w") as log:
            done = subprocess.run(_training(contestant), cwd=ROOT, env=_environment(RASA_CACHE_DIRECTORY=cache), stdout=log, stderr=log)
        if done.returncode or not contestant.model.exists():
            raise BenchFailed(f"{contestant.name} could not be trained: see {contestant.folder / 'train.log'}.")
        told.write_text(json.dumps({"seconds": round(time.monotonic() - begun, 1), "load_before": round(load, 2)}))
    read: dict[str, float] = json.loads(told.read_text())
    return read


class Servers:
    """The assistant and the action server of one contestant, with a database that holds the demo orders and no more."""

    def __init__(self, contestant: Contestant) -> None:
        self.contestant = contestant
        var = HOME / "var" / contestant.name
        shutil.rmtree(var, ignore_errors=True)
        ports = {"AMENDS_ASSISTANT_PORT": str(_free_port()), "AMENDS_ACTIONS_PORT": str(_free_port())}
        self.environment = _environment(AMENDS_ENV="development", AMENDS_VAR=str(var), SANIC_HOST="127.0.0.1", **ports)
        self.settings = settings.read(self.environment)
        up.prepare_database(self.settings)
        supervision.write_files(self.settings, contestant.model)
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Servers":
        self._start("actions")
        self._wait("actions")
        return self

    def __exit__(self, *_error: object) -> None:
        for name in list(self.running):
            self._stop(name)

    @property
    def port(self) -> int:
        return self.settings.assistant_port

    def start_assistant(self) -> float:
        """Starts it, anew if it runs: the seconds until it answers with its model loaded."""
        self._stop("assistant")
        begun = time.monotonic()
        self._start("assistant")
        self._wait("assistant")
        return time.monotonic() - begun

    def memory(self) -> int:
        """Resident bytes of the assistant and its children."""
        process = psutil.Process(self.running["assistant"].pid)
        return sum(int(one.memory_info().rss) for one in [process, *process.children(recursive=True)])

    def _start(self, name: str) -> None:
        command = supervision.commands(self.settings, self.contestant.model)[name]
        with self._log(name).open("ab") as log:
            self.running[name] = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def _wait(self, name: str) -> None:
        begun = time.monotonic()
        while not (is_ready(self.port) if name == "assistant" else is_open(self.settings.actions_port)):
            if self.running[name].poll() is not None or time.monotonic() - begun > START_S:
                raise BenchFailed(f"The {name} server of {self.contestant.name} did not start: see {self._log(name)}.")
            time.sleep(LOOK_S)

    def _stop(self, name: str) -> None:
        process = self.running.pop(name, None)
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _log(self, name: str) -> Path:
        return self.settings.var / "log" / f"{name}.log"


def _training(contestant: Contestant) -> list[str]:
    paths = ["--config", contestant.config, "--domain", contestant.domain, "--data", contestant.data, ROOT / "data" / "responses"]
    kept = ["--out", contestant.folder, "--fixed-model-name", contestant.model.name.removesuffix(".tar.gz")]
    return [sys.executable, "-m", "rasa", "train", "--force", *map(str, paths + kept)]


def _environment(**given: str) -> dict[str, str]:
    """Ours as it runs, whatever is set outside."""
    plain = {name: value for name, value in supervision.environment().items() if not name.startswith("AMENDS_")}
    return {**plain, **given}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
