"""A customer of the running product is erased: no database, log or other file of the installation holds them any more."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import httpx
import jwt
import pytest

from bot import clock
from bot.settings import ROOT
from bot.store.demo import resolved
from tests.canary import CARD, EMAIL, MARKS, NAME, PHONE, POSTCODE, SIGN
from tests.journeys.customer import IDENTITY_SECRET
from tests.product import Chat, Product, wait_until
from tests.sent_files import photo

pytestmark = pytest.mark.product


def bring_order(product: Product, customer: str, number: str) -> None:
    """A copy of the demo shop's A10036, of this very customer. The file is ours, and goes."""
    lines = map(json.loads, (ROOT / "data" / "shop" / "orders.jsonl").read_text(encoding="utf-8").splitlines())
    order = resolved(next(one for one in lines if one["order_number"] == "A10036"), clock.now().replace(microsecond=0))
    order |= {"order_number": number, "customer": {"id": customer, "name": NAME, "email": EMAIL, "phone": PHONE}}
    order["ship_to"] |= {"zip": POSTCODE, "street": f"1 {SIGN} road"}
    file = Path(product.env["AMENDS_VAR"]) / "canary.jsonl"
    file.write_text(json.dumps(order), encoding="utf-8")
    product.amends("orders", "import", str(file))
    file.unlink()


def complain(product: Product, customer: str, number: str) -> list[Chat]:
    """Two chats, one of them signed in: words, a photo, a person's reply and note, and a note by another system."""
    chat = Chat.begin(product)
    chat.say(f"the lamp from my order {number} arrived broken, {EMAIL}, I am {NAME} of {POSTCODE}, call {PHONE}, card {CARD}, {SIGN}")
    headers = {"Authorization": f"Bearer {chat.token}", "content-type": "image/jpeg"}
    sent = httpx.post(
        f"{product.url}/api/files?client_id=photo-1", content=photo(), headers={**headers, "x-file-name": f"{SIGN}.jpg"}, timeout=20
    )
    assert sent.status_code == 201, sent.text
    ref = product.case_of(chat)["reference"]
    product.amends("cases", "reply", ref, f"Dear {NAME}, hello.", "--agent", "Amira")
    token = re.search(r"Token: (\S+)", product.amends("tokens", "add", f"desk of {number}", "--scope", "read", "--scope", "write"))
    assert token
    noted = httpx.post(
        f"{product.url}/api/v1/cases/{ref}/notes",
        json={"agent": "Amira", "text": f"{NAME} rang: {PHONE}", "key": f"note-of-{number}"},
        headers={"Authorization": f"Bearer {token[1]}"},
        timeout=10,
    )
    assert noted.status_code == 201, noted.text
    claims = {"sub": customer, "aud": "amends", "exp": int(time.time()) + 600}
    body = {"identity": jwt.encode(claims, IDENTITY_SECRET, algorithm="HS256")}
    opened = httpx.post(f"{product.url}/api/conversations", json=body, timeout=10).json()
    signed_in = Chat(product, opened["id"], opened["token"])
    signed_in.say(f"where is my order {number}? {SIGN}")
    return [chat, signed_in]


def marks_in_files(product: Product) -> list[str]:
    """Which marks are in which file of the installation, be it database, log or whatever else is there."""
    found = []
    for path in Path(product.env["AMENDS_VAR"]).rglob("*"):
        if path.is_file():
            held = path.read_bytes().lower()
            found += [f"{mark} in {path.name}" for mark in MARKS if mark.lower().encode() in held]
    return sorted(found)


def test_erased_by_command_no_file_holds_them(product: Product) -> None:
    wait_until(product.is_ready, 90, "all parts to be ready")
    customer, number = "quillon-v-1", "A95001"
    bring_order(product, customer, number)
    chats = complain(product, customer, number)
    before = marks_in_files(product)
    assert {one.split(" in ")[1].split("-")[0] for one in before} == {"amends.db", "tracker.db"}, before  # and no log
    assert not [one for one in before if CARD in one]
    held = json.loads(product.amends("customers", "export", number))["held"]
    assert {"messages", "notes", "files", "facts"} <= set(held) and NAME in json.dumps(held)
    product.amends("customers", "erase", number, "--also-open", "--yes")
    wait_until(lambda: marks_in_files(product) == [], 40, "every trace to be gone")
    assert "erased" in chats[0].hear() and chats[0].send("hello?").status_code == 404
    bring_order(product, customer, number)
    assert marks_in_files(product) == [] and number in product.amends("customers", "erase", number, "--yes")


def test_killed_in_the_middle_the_worker_finishes_it(product: Product) -> None:
    wait_until(product.is_ready, 90, "all parts to be ready")
    customer, number = "quillon-v-2", "A95002"
    bring_order(product, customer, number)
    Chat.begin(product).say(f"the lamp from my order {number} arrived broken, {EMAIL}, I am {NAME}, {SIGN}")
    store = Path(product.env["AMENDS_VAR"]) / "amends.db"
    erased = count_of(store)
    command = [sys.executable, "-m", "bot.cli", "customers", "erase", number, "--also-open", "--yes"]
    process = subprocess.Popen(command, cwd=ROOT, env=product.env, stdout=subprocess.DEVNULL)
    while count_of(store) == erased and process.poll() is None:
        time.sleep(0.002)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_until(lambda: marks_in_files(product) == [], 60, "the worker to go on with it")
    assert count_of(store) == erased + 1


def count_of(store: Path) -> int:
    """How many erasures the store knows."""
    file = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    try:
        return int(file.execute("SELECT count(*) FROM erasures").fetchone()[0])
    finally:
        file.close()
