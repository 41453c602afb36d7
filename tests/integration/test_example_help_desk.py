"""The example in docs/ as a real process, with a real door and a real worker: from asking for a person to being handed back."""

import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from bot import clock, settings
from bot.cases.conversation import Author, Handler
from bot.handling import hooks, tokens
from bot.handling.accept import accept
from bot.store.database import Database
from bot.web.app import create_app
from tests.builders import an_order
from tests.doors import ROOT, Says, a_shop
from tests.product import free_ports, wait_until
from tests.served import served
from tests.unit.handling.chats import Chat, take_orders

EXAMPLE = ROOT / "docs" / "example_help_desk.py"


def test_people_of_another_help_desk_answer_and_hand_back(memory_database: Database, tmp_path: Path) -> None:
    take_orders(memory_database, an_order())
    shop = a_shop(memory_database)
    (port,) = free_ports(1)
    _, token = tokens.add(shop, "Help desk", ("read", "write"), clock.now())
    hook = hooks.add(shop, f"http://127.0.0.1:{port}/", ("handoff.asked", "message.created"), clock.now(), with_private=True)
    env = {**os.environ, "AMENDS_ENV": "development", "AMENDS_VAR": str(tmp_path / "var"), "AMENDS_DATABASE_URL": memory_database.url}
    worker = subprocess.Popen([sys.executable, "-m", "bot.worker"], cwd=ROOT, env=env)
    chosen = settings.read({"AMENDS_VAR": str(tmp_path / "web")})
    with served(create_app(shop, Says(), chosen)) as url:
        words = [sys.executable, str(EXAMPLE), str(port), url, token, hook.secret]
        desk = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert desk.stdin and desk.stdout
        printed: queue.Queue[str] = queue.Queue()
        threading.Thread(target=lambda: [printed.put(line.rstrip("\n")) for line in desk.stdout or ()], daemon=True).start()
        try:
            wait_until((tmp_path / "var" / "worker.alive").exists, 60, "the worker")
            chat = Chat(shop, now=clock.now())
            chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", email="nina@example.com")
            chat.say("I want a person", "ask_human")
            reference = chat.case.reference
            lines = [printed.get(timeout=30) for _ in range(5)]
            assert lines[0] == f"TICKET {reference} asked" and lines[1] == "  customer: A10021 nina@example.com is late"
            assert lines[3] == "  customer: I want a person"
            _say(desk, f"{reference} Hello, this is Amira.")
            wait_until(lambda: any(one.author is Author.AGENT for one in chat.transcript), 30, "the answer")
            assert next(one.text for one in chat.transcript if one.author is Author.AGENT) == "Hello, this is Amira."
            assert (chat.conversation.handler, chat.conversation.agent) == (Handler.AGENT, "Amira")
            accept(shop, chat.id, f"{chat.id}:thanks", "Where is it now?", None, clock.now())
            assert printed.get(timeout=30) == f"{reference} customer: Where is it now?"
            _say(desk, f"{reference} /back The carrier looks for it.")
            wait_until(lambda: chat.is_with_assistant, 30, "the hand-back")
            assert chat.conversation.note == "The carrier looks for it." and printed.empty()
            with pytest.raises(httpx.HTTPStatusError, match="401"):
                httpx.post(f"http://127.0.0.1:{port}/", json={"id": "1"}, headers={"Amends-Signature": "t=1,v1=00"}).raise_for_status()
        finally:
            desk.terminate()
            desk.wait(10)
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(30) == 0


def _say(desk: "subprocess.Popen[str]", line: str) -> None:
    assert desk.stdin
    desk.stdin.write(line + "\n")
    desk.stdin.flush()
