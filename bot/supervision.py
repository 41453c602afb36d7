"""The files that start the four processes: one supervisord, Rasa's endpoints and its channels."""

import hashlib
import os
import shlex
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TextIO

from ruamel.yaml import YAML

from bot.settings import Settings

LONGEST_SOCKET = 90  # bytes; Linux takes 107, other systems fewer, and supervisord writes beside it first
AFTER_THE_DOOR = ("nice", "-n", "10")  # whoever thinks leaves the processor to whoever takes messages in: accepted first, answered next
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}


def environment() -> dict[str, str]:
    """Ours, without what Rasa and TensorFlow would say besides."""
    return {**os.environ, **QUIET}


def write_files(chosen: Settings, model: Path) -> Path:
    """Writes everything below `var`; returns supervisord's configuration."""
    (chosen.var / "log").mkdir(parents=True, exist_ok=True)
    _write_yaml(chosen.var / "endpoints.yml", endpoints(chosen))
    _write_yaml(chosen.var / "credentials.yml", credentials(chosen))
    _make_tracker(chosen.tracker_database)
    path = chosen.var / "supervisord.conf"
    _write_private(path, supervisord(chosen, use_model(chosen, model)))
    return path


def use_model(chosen: Settings, model: Path) -> Path:
    """Has the assistant read this model at its next start; returns the link by which it finds it. All or nothing."""
    link = chosen.var / "model.tar.gz"
    part = link.with_name("model.part")
    part.unlink(missing_ok=True)
    part.symlink_to(model.resolve())
    os.replace(part, link)
    return link


def _make_tracker(file: str) -> None:
    """The assistant's working memory as a write-ahead file: fewer waits for the disk in every turn. The mode stays with the file."""
    with closing(sqlite3.connect(file)) as tracker:
        tracker.execute("PRAGMA journal_mode=WAL")


def endpoints(chosen: Settings) -> dict[str, dict[str, object]]:
    """Where Rasa finds its actions and keeps its working memory."""
    return {
        # Our actions never read the domain, so it need not travel with every call.
        "action_endpoint": {"url": f"http://127.0.0.1:{chosen.actions_port}/webhook", "enable_selective_domain": True},
        "tracker_store": {"type": "SQL", "dialect": "sqlite", "db": chosen.tracker_database},
    }


def credentials(chosen: Settings) -> dict[str, dict[str, str]]:
    """Our own channel with its secret; the stock one, which believes any sender, in development only."""
    ours = {"bot.channels.assistant_input.AssistantInput": {"secret": chosen.secret("assistant")}}
    return ours if chosen.is_production else {"rest": {}, **ours}


def commands(chosen: Settings, model: Path) -> dict[str, list[str]]:
    """The four programs. Only `web` listens beyond this machine, and only where AMENDS_HOST says so."""
    python = sys.executable
    rasa = ["-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(chosen.assistant_port), "-m", str(model)]
    files = ["--endpoints", str(chosen.var / "endpoints.yml"), "--credentials", str(chosen.var / "credentials.yml")]
    api = [] if chosen.is_production else ["--enable-api"]
    return {
        "assistant": [*AFTER_THE_DOOR, python, *rasa, *files, *api],
        "actions": [python, "-m", "rasa_sdk", "--actions", "actions", "--port", str(chosen.actions_port)],
        "web": [python, "-m", "bot.web"],
        "worker": [python, "-m", "bot.worker"],
    }


def socket_of(chosen: Settings) -> Path:
    """Where supervisord is told to start a program anew, by its own user only: in `var`, or where that path is too long for a
    socket, in the folder for temporary files."""
    beside = chosen.var.resolve() / "supervisor.sock"
    if len(os.fsencode(beside)) <= LONGEST_SOCKET:
        return beside
    named = hashlib.sha256(str(chosen.var.resolve()).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"amends-{os.getuid()}-{named}.sock"


def supervisord(chosen: Settings, model: Path) -> str:
    """The configuration: whatever dies is started again, and all stop together."""
    programs = commands(chosen, model)
    head = f"""\
[unix_http_server]
file={_plain(socket_of(chosen))}
chmod=0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisord]
nodaemon=true
silent=true
logfile={_plain(chosen.var / "log" / "supervisord.log")}
pidfile={_plain(chosen.var / "supervisord.pid")}

[group:amends]
programs={",".join(programs)}
"""
    return head + "".join(_program(chosen, name, command) for name, command in programs.items())


def _program(chosen: Settings, name: str, command: list[str]) -> str:
    return f"""
[program:{name}]
command={_plain(shlex.join(command))}
directory={_plain(chosen.root)}
environment=SANIC_HOST="127.0.0.1"
autorestart=true
startsecs=1
startretries=1000000
stopasgroup=true
killasgroup=true
stopwaitsecs=8
redirect_stderr=true
stdout_logfile={_plain(chosen.var / "log" / f"{name}.log")}
stdout_logfile_maxbytes=5MB
stdout_logfile_backups=2
"""


def _plain(text: object) -> str:
    """Supervisord expands what follows a percent sign."""
    return str(text).replace("%", "%%")


def _write_yaml(path: Path, content: object) -> None:
    with _private(path) as file:
        YAML(typ="safe").dump(content, file)


def _write_private(path: Path, text: str) -> None:
    with _private(path) as file:
        file.write(text)


def _private(path: Path) -> TextIO:
    """A new file that only its owner reads: the secret may be in it."""
    path.unlink(missing_ok=True)
    return open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8")
