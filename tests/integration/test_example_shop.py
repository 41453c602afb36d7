"""The example in docs/ as a real process, with a real worker before it: from yes to the customer being told."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from bot import clock
from bot.cases.remedy import RemedyState
from bot.errors import NotReached
from bot.ports import Act
from bot.providers.webhook import Webhook
from bot.store.database import Database
from tests.builders import an_order
from tests.doors import ROOT, a_shop
from tests.product import free_ports, wait_until
from tests.shopside import SECRET
from tests.unit.handling.chats import Chat, take_orders

ACT = Act("A-7K3M9Q:refund:7500USD:1", "R-2B4C6D", "A-7K3M9Q", "refund", "A10021", (1,), None, "75.00", "USD")


@contextmanager
def example(port: int, secret: str, file: Path) -> Iterator[None]:
    """The example, answering."""
    words = [sys.executable, str(ROOT / "docs" / "example_shop.py"), str(port), secret, str(file)]
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL)

    def answers() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/", timeout=1).status_code == 401
        except httpx.HTTPError:
            return False

    try:
        wait_until(answers, 20, "the example shop")
        yield
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def port() -> int:
    (found,) = free_ports(1)
    return found


def test_example_verifies_dedupes_and_remembers(port: int, tmp_path: Path) -> None:
    ours = Webhook(f"http://127.0.0.1:{port}/", SECRET, clock.now)
    with example(port, SECRET, tmp_path / "done"):
        assert ours.look_up(ACT) is None
        first = ours.carry_out(ACT)
        assert (first.state, first.reference) == ("settled", "refund-1")
        assert ours.carry_out(ACT) == first == ours.look_up(ACT)
        assert Webhook(f"http://127.0.0.1:{port}/", "a secret of somebody else", clock.now).carry_out(ACT).state == "failed"
        assert httpx.post(f"http://127.0.0.1:{port}/", json={"key": "x"}).status_code == 401
        assert httpx.post(f"http://127.0.0.1:{port}/", json={}, headers={"Amends-Signature": "t=x,v1="}).status_code == 401
    with pytest.raises(NotReached):
        ours.look_up(ACT)
    with example(port, SECRET, tmp_path / "done"):
        assert ours.look_up(ACT) == first


def test_refund_goes_from_yes_to_told(memory_database: Database, port: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Queued, sent, settled, told; with the time of each step."""
    take_orders(memory_database, an_order())
    shop = a_shop(memory_database)
    env = {
        **os.environ,
        "AMENDS_ENV": "development",
        "AMENDS_VAR": str(tmp_path / "var"),
        "AMENDS_DATABASE_URL": memory_database.url,
        "AMENDS_SHOP_WEBHOOK_URL": f"http://127.0.0.1:{port}/",
        "AMENDS_SHOP_WEBHOOK_SECRET": SECRET,
    }
    with example(port, SECRET, tmp_path / "done"):
        worker = subprocess.Popen([sys.executable, "-m", "bot.worker"], cwd=ROOT, env=env)
        try:
            wait_until((tmp_path / "var" / "worker.alive").exists, 60, "the worker")
            chat = Chat(shop, now=clock.now())
            chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", email="nina@example.com")
            chat.tap("refund")
            chat.now = yes = clock.now()
            chat.tap("Yes")
            filed = clock.now()
            wait_until(lambda: any(one.state is RemedyState.SETTLED for one in chat.remedies), 20, "the refund to settle")
        finally:
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(30) == 0
    with shop.begin(False) as uow:
        acts = {line["act"]: line["at"] for line in uow.cases.audit(chat.case.id)}
        told = next(one for one in uow.messages.of(chat.id) if "has been paid back" in one.text)
        refund = next(one for one in chat.remedies if one.state is RemedyState.SETTLED)
        assert [one.outcome for one in uow.remedies.attempts(refund.id)] == ["settled"]
    assert refund.provider_reference == "refund-1"
    steps = {"filed": filed, "sent": acts["remedy.sent"], "settled": acts["remedy.settled"], "told": told.at}
    with capsys.disabled():
        print("\n" + "\n".join(_line(yes, name, at) for name, at in steps.items()))
    assert yes <= steps["sent"] <= steps["settled"] <= steps["told"]


def _line(yes: datetime, name: str, at: datetime) -> str:
    return f"{name:8} {(at - yes).total_seconds() * 1000:6.0f} ms after the yes"
