"""`amends up`: checks everything, trains where needed, starts the four processes and keeps them running."""

import ctypes
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console

from bot import clock, settings, supervision, training
from bot.bootstrap import open_database, open_passwords, open_shop, prepare
from bot.errors import AmendsError, BadSetting
from bot.handling import agents, policy_versions
from bot.progress import Progress
from bot.settings import Settings

LOOK_S = 0.3  # between two looks at whether all is ready
STOP_S = 20.0  # for all four; supervisord kills a program that takes longer than 8
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1


class PortTaken(AmendsError):
    """A port that is needed is in use."""


def run(console: Console) -> int:
    """Runs until stopped; the exit code. Raises AmendsError where it cannot begin."""
    for one in STOPPING:
        signal.signal(one, signal.default_int_handler)
    try:
        chosen = settings.read()
        clock.check()
        check_ports(chosen)
        console.print(f"Amends, {chosen.env}. Database: {prepare_database(chosen)}")
        owner = first_account(chosen)
        model = ensure_model(chosen, console)
        return Running(chosen, supervision.write_files(chosen, model), console, owner).watch()
    except KeyboardInterrupt:
        console.print("Stopped.")
        return 130


def check_ports(chosen: Settings) -> None:
    """Raises PortTaken, naming the port and the setting to change."""
    for host, port, key in (
        (chosen.host, chosen.port, "AMENDS_PORT"),
        ("127.0.0.1", chosen.assistant_port, "AMENDS_ASSISTANT_PORT"),
        ("127.0.0.1", chosen.actions_port, "AMENDS_ACTIONS_PORT"),
    ):
        _check_port(host, port, key)


def _check_port(host: str, port: int, key: str) -> None:
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        raise BadSetting(f"AMENDS_HOST is {host!r}, which is no address of this machine: use 127.0.0.1 or 0.0.0.0.") from error
    except OSError as error:
        raise PortTaken(f"Port {port} on {host} cannot be used ({error.strerror}): free it, or set {key} to another port.") from error


def prepare_database(chosen: Settings) -> str:
    """Opens and upgrades the database, fills an empty one with the demo shop in development, and checks policy and wording."""
    database = open_database(chosen)
    before, after, orders = prepare(chosen, database)
    said = f"version {after}" if before == after else f"upgraded to version {after}"
    said += f", {orders} demo orders added" if orders else ""
    policy_versions.keep(open_shop(chosen, database), clock.now())
    database.close()
    return said


def first_account(chosen: Settings) -> str | None:
    """How to sign in at the desk, where nobody could so far: an owner's account is made, and its password told once."""
    database = open_database(chosen)
    made = agents.first(open_shop(chosen, database), open_passwords(), clock.now())
    database.close()
    return f"sign in as {made[0].email} with {made[1]} (shown this once)" if made else None


def ensure_model(chosen: Settings, console: Console) -> Path:
    """The model of these very sources; trained now, with progress, where it is not there."""
    model = training.model_path(chosen.root)
    if not model.exists():
        with training.alone(model):
            if not model.exists():  # else somebody else has trained it meanwhile
                _train(chosen, model, console)
    return model


def _train(chosen: Settings, model: Path, console: Console) -> None:
    log = chosen.var / "log" / "train.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    console.print("Training the assistant: its sources are new or have changed. This takes two to four minutes.")
    progress = Progress(console, "Training")
    with progress:
        training.train(chosen.root, model, log, supervision.environment(), progress.tell)
    console.print(f"Trained in {progress.seconds} s.")


@dataclass
class Running:
    """The four processes under one supervisord."""

    chosen: Settings
    config: Path
    console: Console
    owner: str | None = None  # how to sign in the first time

    @property
    def address(self) -> str:
        host = "127.0.0.1" if self.chosen.host in ("0.0.0.0", "::") else self.chosen.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.chosen.port}"

    def watch(self) -> int:
        """Starts them, says when they are ready, and waits. Returns when told to stop, or if supervisord ends by itself."""
        process = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(self.config)],
            env=supervision.environment(),
            start_new_session=True,  # Ctrl-C reaches us only, and we stop the rest in order
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )
        try:
            self._announce(process)
            while process.poll() is None:
                time.sleep(LOOK_S)
            self.console.print(f"supervisord ended by itself. See {self.chosen.var / 'log' / 'supervisord.log'}.")
            return 1
        except KeyboardInterrupt:
            return 0
        finally:
            self._end(process)

    def _announce(self, process: "subprocess.Popen[bytes]") -> None:
        """Prints the addresses at once, and what is still starting until all is ready."""
        self.console.print(f"Chat:    {self.address}/")
        self.console.print(f"Desk:    {self.address}/desk{f', {self.owner}' if self.owner else ''}", soft_wrap=True)
        self.console.print(f"Health:  {self.address}/healthz")
        if not self.chosen.is_production:
            self.console.print(f"Rasa:    {self.chosen.assistant_url} (this machine only)")
        self.console.print(f"Logs:    {self.chosen.var / 'log'}")
        with Progress(self.console, "Starting") as progress:
            while process.poll() is None:
                waiting = self._waiting()
                if not waiting:
                    break
                progress.tell(", ".join(waiting))
                time.sleep(LOOK_S)
        if process.poll() is None:
            self.console.print(f"Ready after {progress.seconds} s. Ctrl-C stops everything.")

    def _waiting(self) -> list[str]:
        """The parts that are not ready yet."""
        try:
            parts = httpx.get(f"{self.address}/healthz", timeout=5, trust_env=False).json()["parts"]
        except (httpx.HTTPError, ValueError, KeyError):
            return ["web"]
        return [name for name, ready in parts.items() if not ready]

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        """Stops all, and waits until nothing is left."""
        for one in STOPPING:
            signal.signal(one, signal.SIG_IGN)
        if process.poll() is None:
            self.console.print("Stopping.")
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
        self.console.print("Stopped.")


def _end_with_parent() -> None:
    """Has the kernel stop supervisord, and with it all four, if this process is killed outright."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
