"""The door with its HTTP: a served app, and a small server in Rasa's place."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from bot import clock, settings
from bot.cases.conversation import Author
from bot.errors import AssistantFailed, AssistantNotReady
from bot.handling.accept import accept, add_reply, open_conversation
from bot.providers.assistant import RasaAssistant
from bot.store.database import Database
from bot.web.app import create_app
from bot.worker.turns import LeftOver
from tests.doors import a_shop

SECRET = "shared between the two"


class RasaStandIn(ThreadingHTTPServer):
    """Answers as told: a status, a body, and after how long."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer: tuple[int, bytes, float] = (200, said("Which order is it about?"), 0)
        self.heard: list[tuple[str, dict[str, Any]]] = []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: RasaStandIn

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.heard.append((self.headers["authorization"], body))
        status, content, pause = self.server.answer
        time.sleep(pause)
        self.send_response(status)
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):  # who asked has given up
            self.wfile.write(content)

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


def said(*texts: str, buttons: list[dict[str, str]] | None = None) -> bytes:
    return json.dumps({"messages": [{"text": text, "buttons": buttons or []} for text in texts]}).encode()


@pytest.fixture
def rasa() -> Iterator[RasaStandIn]:
    server = RasaStandIn()
    yield server
    server.shutdown()
    server.server_close()


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_assistant_is_asked_with_the_secret_and_the_message_id(rasa: RasaStandIn) -> None:
    rasa.answer = (200, said("One.", "Two.", buttons=[{"title": "Yes", "payload": "/affirm"}]), 0)
    reply = RasaAssistant(rasa.url, SECRET).ask("c.1", "hello", {"message_id": "m"})
    assert reply.text == "One.\n\nTwo." and reply.choices[0] == {"label": "Yes", "payload": "/affirm"}
    assert rasa.heard == [(f"Bearer {SECRET}", {"sender": "c.1", "text": "hello", "metadata": {"message_id": "m"}})]


@pytest.mark.parametrize(
    "answer", [(500, b"{}", 0), (401, b"{}", 0), (200, b"not json", 0), (200, b"[]", 0), (200, said(), 0), (200, said(""), 0)]
)
def test_unusable_answer_is_a_failure(rasa: RasaStandIn, answer: tuple[int, bytes, float]) -> None:
    rasa.answer = answer
    with pytest.raises(AssistantFailed):
        RasaAssistant(rasa.url, SECRET).ask("c.1", "hello", {})


def test_late_answer_is_a_failure(rasa: RasaStandIn) -> None:
    rasa.answer = (200, said("Too late."), 1)
    with pytest.raises(AssistantFailed, match="Timeout"):
        RasaAssistant(rasa.url, SECRET, timeout=0.2).ask("c.1", "hello", {})


def test_refused_connection_is_no_asking() -> None:
    assistant = RasaAssistant(f"http://127.0.0.1:{a_free_port()}", SECRET)
    with pytest.raises(AssistantNotReady):
        assistant.ask("c.1", "hello", {})
    assert not assistant.is_ready()


def test_assistant_is_ready_once_its_port_is_open(rasa: RasaStandIn) -> None:
    assert RasaAssistant(rasa.url, SECRET).is_ready()


@pytest.fixture
def door(memory_database: Database, rasa: RasaStandIn, tmp_path: Path) -> Iterator[httpx.Client]:
    """The app on a port of its own, asking the stand-in."""
    chosen = settings.read({"AMENDS_VAR": str(tmp_path), "AMENDS_POLL_MS": "20"})
    app = create_app(a_shop(memory_database), RasaAssistant(rasa.url, SECRET, timeout=0.5), chosen)
    port = a_free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as client:
        client.headers["authorization"] = f"Bearer {client.post('/api/conversations').json()['token']}"
        yield client
    app.state.let_go()
    server.should_exit = True
    thread.join(10)


def send(door: httpx.Client, text: str, client_id: str = "1") -> int:
    answer = door.post("/api/messages", json={"client_id": client_id, "text": text})
    assert answer.status_code == 202
    return int(answer.json()["seq"])


def next_words(door: httpx.Client, after: int, wait: float = 10) -> dict[str, Any]:
    """The first message to the customer after this one."""
    until = time.monotonic() + wait
    while time.monotonic() < until:
        page = door.get("/api/messages", params={"after": after, "wait": 2}).json()
        ours = [one for one in page["messages"] if one["author"] != "customer"]
        if ours:
            found: dict[str, Any] = ours[0]
            return found
    raise AssertionError("nothing was said")


def test_message_is_kept_before_the_assistant_has_thought(door: httpx.Client, rasa: RasaStandIn) -> None:
    rasa.answer = (200, said("Here."), 0.3)
    begun = time.monotonic()
    seq = send(door, "My parcel is late")
    assert time.monotonic() - begun < 0.25
    assert next_words(door, seq)["text"] == "Here."


def test_slow_assistant_is_a_failure_said_in_words(door: httpx.Client, rasa: RasaStandIn) -> None:
    rasa.answer = (200, said("Too late."), 2)
    words = next_words(door, send(door, "My parcel is late"))
    assert words["author"] == "system" and "safe" in words["text"]
    assert len(rasa.heard) == 1


def test_waiting_reader_hears_of_words_written_by_another_process(door: httpx.Client, memory_database: Database) -> None:
    """The worker answers what was accepted while the assistant was away; the reader learns of it from the outbox."""
    conversation = door.headers["authorization"].split()[1].split(".")[0]
    heard: list[dict[str, Any]] = []
    reader = threading.Thread(target=lambda: heard.append(next_words(door, 0)))
    reader.start()
    time.sleep(0.2)
    with memory_database.begin() as uow:
        add_reply(uow, uow.conversations.get(conversation), Author.AGENT, "Maria here.", clock.now(), agent="Maria")
    written = time.monotonic()
    reader.join(5)
    assert heard[0]["agent"] == "Maria" and time.monotonic() - written < 1


def test_worker_takes_the_turn_that_web_could_not_finish(memory_database: Database, rasa: RasaStandIn) -> None:
    shop = a_shop(memory_database)
    chat = open_conversation(shop, "website", clock.now()).id
    accept(shop, chat, f"{chat}:1", "My parcel is late", None, clock.now())
    left_over = LeftOver(shop, RasaAssistant(rasa.url, SECRET), clock.now)
    assert left_over.run(clock.now()) == 0  # nothing waits for the assistant: what it said shows at the next look
    left_over.wait()
    assert left_over.run(clock.now()) == 1 and left_over.run(clock.now()) == 0
    left_over.close()
    with shop.begin(False) as uow:
        assert [one.text for one in uow.messages.of(chat)] == ["My parcel is late", "Which order is it about?"]
