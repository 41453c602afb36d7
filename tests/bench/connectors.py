"""What Rasa's own connectors for Telegram, Twilio and Messenger do in five cases, before our stand-ins, with a toy bot behind them.

As a program (our three addresses, Rasa's arguments, and perhaps `mend`) it puts the addresses in the place of the providers', which
the connectors' libraries hold fast, and hands over to `rasa`. Told to mend, it has aiogram open its session anew once its event loop is
closed, as newer ones do. Rasa 3.6.21 installs with aiogram 2.15 (newer ones want an older aiohttp): no message on Telegram is answered.
"""

import hashlib
import hmac
import importlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot import supervision
from bot.settings import ROOT
from tests.bench.measure import is_ready
from tests.product import free_ports, wait_until
from tests.sent_files import photo
from tests.served import served
from tests.standins import meta, telegram, twilio
from tests.standins.messenger import MessengerStandIn

NAMES = {"telegram": "telegram", "sms": "twilio", "messenger": "facebook"}  # of the connectors, by our channels
THREE = ("My lamp came broken.", "It is order A10036.", "My mail is hana.sato@example.com.")
SAYS = {"lamp": "A lamp, then.", "order": "An order, then.", "mail": "A mail, then.", "default": "What?", "EXTERNAL_news": "All well?"}
LOUD = re.compile(r"(?: (?:WARNING|ERROR) +(?!asyncio)[\w.]+ +- |^(?=\w+Error: ))(.+)", re.MULTILINE)
PARTS = {"pipeline": [{"name": "KeywordIntentClassifier", "case_sensitive": False}], "policies": [{"name": "RulePolicy"}]}
ADDRESSES = {"telegram": "7005500{}", "sms": "+150355600{}", "messenger": "6805500{}"}
Does = Callable[[Any, str], list[httpx.Response]]


class TelegramForRasa(telegram.Telegram):
    """Takes what else Telegram documents: forms, getMe, and a webhook without a secret token."""

    async def answers(self, request: Request) -> Response:
        form, method = dict(parse_qsl((await request.body()).decode())), request.path_params["method"]
        known: dict[str, Any] = {"getMe": telegram.BOT, "setWebhook": True}
        status, told = (200, {"ok": True, "result": known[method]}) if method in known else self.carries_out(method, form)
        return JSONResponse(told, status)


class MessengerForRasa(MessengerStandIn):
    """Takes the token in the query and `me` for the page, as Meta documents, and signs with SHA-1 too, which is all that Rasa reads."""

    async def answer(self, request: Request) -> Response:
        return self.posted(f"{self.account}/messages", json.loads(await request.body()), b"")

    def deliver(self, entries: list[dict[str, Any]], times: int = 1) -> list[httpx.Response]:
        body = json.dumps({"object": self.object, "entry": entries}).encode()
        older = "sha1=" + hmac.new(meta.SECRET.encode(), body, hashlib.sha1).hexdigest()
        headers = {"content-type": "application/json", "x-hub-signature": older, "x-hub-signature-256": meta.signature(body)}
        return [httpx.post(self.door, content=body, headers=headers, timeout=30, trust_env=False) for _ in range(times)]


def at_once(there: Any, who: str) -> list[httpx.Response]:
    """In one delivery where the provider knows batches, else one right after the other."""
    if there.channel == "messenger":
        return [there.says_at_once([(who, text, f"{who} {text}") for text in THREE])]
    return [answer for text in THREE for answer in there.says(who, text)]


def unsigned(there: Any, who: str) -> list[httpx.Response]:
    forged = there.forgeries(who, THREE[0])[0]
    return [httpx.post(there.door, content=forged.body, headers=forged.headers, timeout=30, trust_env=False)]


CASES: dict[str, Does] = {
    "three messages at once": at_once,
    "one message, delivered three times": lambda there, who: there.says(who, THREE[0], id=f"{who} again", times=3),
    "a request that nobody signed": unsigned,
    "a photo without words": lambda there, who: there.says(who, "", photos=(photo(),)),
}
WORDS = ("tracker/events?output_channel={}&execute_side_effects=true", {"event": "bot", "text": "Amira here."})
FOLLOW_UP = ("trigger_intent?output_channel={}", {"name": "EXTERNAL_news"})
PROACTIVE = {"a follow-up": FOLLOW_UP, "a person's words": WORDS, "a person's words, a day later": WORDS}  # over Rasa's HTTP API


def measure() -> Iterator[tuple[str, str, str]]:
    """Trains the toy, starts stock Rasa twice, and tells of each connector and case what was seen."""
    (app := Starlette()).state.let_go = lambda: None
    graph = meta.running(MessengerForRasa(""))
    with tempfile.TemporaryDirectory() as at, served(app) as url, twilio.twilio("sms") as sms, graph as messenger:
        bots, folder = TelegramForRasa(url, ""), Path(at)
        app.router.routes.append(Route("/bot{token}/{method}", bots.answers, methods=["POST"]))
        there: dict[str, Any] = {"telegram": bots, "sms": sms, "messenger": messenger}
        train(folder, there)
        with rasa(folder, there):
            yield "telegram", "a message, as it installs", seen(folder, bots, "70", lambda there, who: there.says(who, THREE[0]))
        with rasa(folder, there, "mend"):
            for name, one in there.items():
                yield from ((name, case, seen(folder, one, f"7{place}", do)) for place, (case, do) in enumerate(CASES.items(), 1))
                one.says(ADDRESSES[name].format("79"), THREE[0])
                yield from ((name, case, pushed(folder, one, case)) for case in PROACTIVE)


def seen(folder: Path, there: Any, number: str, do: Does) -> str:
    """The answers to the requests, what the bot remembers of them, what came to the customer, and Rasa's last complaint."""
    who = ADDRESSES[there.channel].format(number)
    statuses = ", ".join(str(one.status_code) for one in do(there, who))
    events = httpx.get(f"{there.door.split('/webhooks')[0]}/conversations/{who}/tracker", timeout=30, trust_env=False).json()["events"]
    heard = [one["text"] for one in events if one["event"] == "user"]
    return f"{statuses}; heard {heard}; came {[one.text for one in there.arrived if one.to == who]}{complaint(folder)}"


def pushed(folder: Path, there: Any, case: str) -> str:
    """The answer to what was to be sent, and what came. A day later Messenger takes no free words any more."""
    who, (path, body) = ADDRESSES[there.channel].format("79"), PROACTIVE[case]
    if "later" in case and there.channel == "messenger":
        there.closed.add(who)
    before = len(there.arrived)
    url = f"{there.door.split('/webhooks')[0]}/conversations/{who}/{path.format(NAMES[there.channel])}"
    told = httpx.post(url, json=body, timeout=30, trust_env=False)
    return f"{told.status_code}; came {[one.text for one in there.arrived[before:]]}{complaint(folder)}"


def complaint(folder: Path) -> str:
    """What Rasa logged last, if it was loud; the log is emptied."""
    told = LOUD.findall((folder / "run.log").read_text(encoding="utf-8"))
    (folder / "run.log").write_text("", encoding="utf-8")
    return f"; logged: {told[-1]}" if told else ""


def train(folder: Path, there: dict[str, Any]) -> None:
    """A bot that answers each of three words with a sentence, anything else with that it did not understand: rules only."""
    intents = [one for one in SAYS if one != "default"]
    files: dict[str, dict[str, Any]] = {
        "config.yml": {"recipe": "default.v1", "language": "en", "assistant_id": "toy", **PARTS},
        "domain.yml": {"intents": intents, "responses": {f"utter_{one}": [{"text": text}] for one, text in SAYS.items()}},
        "data/nlu.yml": {"nlu": [{"intent": one, "examples": f"- {one}\n- the {one}\n"} for one in intents]},
        "data/rules.yml": {"rules": [{"rule": one, "steps": [{"intent": one}, {"action": f"utter_{one}"}]} for one in intents]},
        "credentials.yml": {
            "telegram": {"access_token": telegram.TOKEN, "verify": telegram.BOT["username"], "webhook_url": "https://shop.example/webhook"},
            "twilio": {"account_sid": twilio.SID, "auth_token": twilio.TOKEN, "twilio_number": twilio.OURS},
            "facebook": {"verify": meta.VERIFY_TOKEN, "secret": meta.SECRET, "page-access-token": meta.TOKEN},
        },
        "endpoints.yml": {"tracker_store": {"type": "SQL", "dialect": "sqlite", "db": "memory.db"}},
    }
    (folder / "data").mkdir()
    for name, content in files.items():
        (folder / name).write_text("\n".join(f"{key}: {json.dumps(value)}" for key, value in content.items()), encoding="utf-8")
    assert start(folder, there, "train", "--fixed-model-name", "toy").wait() == 0, (folder / "train.log").read_text(encoding="utf-8")


@contextmanager
def rasa(folder: Path, there: dict[str, Any], *how: str) -> Iterator[None]:
    """Runs, ready, and is stopped at the end. The doors of the stand-ins lead to it."""
    (port,) = free_ports(1)
    process = start(folder, there, "run", "--enable-api", "--port", str(port), "--model", "models/toy.tar.gz", *how)
    for name, one in there.items():
        one.door = f"http://127.0.0.1:{port}/webhooks/{NAMES[name]}/webhook"
    try:
        wait_until(lambda: process.poll() is not None or is_ready(port), 300, "Rasa to be ready")
        assert process.poll() is None, (folder / "run.log").read_text(encoding="utf-8")
        complaint(folder)
        yield
    finally:
        process.terminate()
        process.wait(30)


def start(folder: Path, there: dict[str, Any], *arguments: str) -> "subprocess.Popen[bytes]":
    env = {**supervision.environment(), "RASA_TELEMETRY_ENABLED": "false", "SANIC_HOST": "127.0.0.1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.bench.connectors", *(there[name].url for name in NAMES), *arguments]
    with (folder / f"{arguments[0]}.log").open("ab") as log:
        return subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)


def main() -> None:
    """What a subprocess of `start` does."""
    to_telegram, to_twilio, to_meta, *arguments = sys.argv[1:]
    server = importlib.import_module("aiogram.bot.api").TELEGRAM_PRODUCTION
    object.__setattr__(server, "base", f"{to_telegram}/bot{{token}}/{{method}}")
    importlib.import_module("twilio.rest.api").ApiBase.absolute_url = lambda self, uri: f"{to_twilio}/{uri.strip('/')}"
    client = importlib.import_module("fbmessenger").MessengerClient
    client.graph_url = property(lambda self: f"{to_meta}/{meta.VERSION}", lambda self, given: None)
    if "mend" in arguments:
        session = importlib.import_module("aiohttp").ClientSession
        session.closed = property(lambda self: self._connector is None or self._connector.closed or self._loop.is_closed())
    sys.argv[1:] = [one for one in arguments if one != "mend"]
    importlib.import_module("rasa.__main__").main()


if __name__ == "__main__":
    main()
