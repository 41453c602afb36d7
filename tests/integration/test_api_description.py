"""The API against its own description: schemathesis sends what fits it and what does not, and looks at every answer.

It needs newer packages than Rasa allows, so it runs in an environment of its own, which uv makes and keeps.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot import clock
from bot.handling import tokens
from bot.settings import read
from bot.store.database import Database
from bot.web.api import door
from bot.web.api.limits import ApiLimits
from bot.web.app import create_app
from bot.web.limits import Rate
from tests.builders import an_order
from tests.doors import ROOT, Says, a_shop
from tests.served import served
from tests.unit.handling.chats import Chat, take_orders

PINNED = "schemathesis==4.30.1"  # the newest for Python 3.10
UV = ROOT / ".tools" / "bin" / "uv"
INSTALL = f"schemathesis cannot be run: `make install` brings uv, and `.tools/bin/uv tool run {PINNED} --version` fetches it once."
EXAMPLES = 5  # of each operation, besides some thirty on the edges of its schema: 20 s on a quiet machine
MANY = Rate(10**6, 10**6, 1)  # the limits have a test of their own


@pytest.fixture(scope="module")
def schemathesis() -> list[str]:
    """The command. Skips where it cannot be had, except in CI: there it fails."""
    command = [str(UV), "tool", "run", "--python", sys.executable, PINNED]
    env = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    if UV.exists() and subprocess.run([*command, "--version"], env=env, capture_output=True, timeout=180).returncode == 0:
        return command
    if os.environ.get("CI") == "true":
        pytest.fail(INSTALL, pytrace=False)
    pytest.skip(INSTALL)


def test_every_answer_is_as_described(schemathesis: list[str], clean: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "ApiLimits", lambda: ApiLimits(MANY, MANY, MANY))
    take_orders(clean, an_order())
    shop = a_shop(clean)
    chat = Chat(shop, now=clock.now())
    chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", email="nina@example.com")
    _, words = tokens.add(shop, "schemathesis", ("read", "write", "hooks"), clock.now())
    known = tmp_path / "schemathesis.toml"
    known.write_text(f'[parameters]\n"path.ref" = "{chat.case.reference}"\n', encoding="utf-8")
    with served(create_app(shop, Says(), read({"AMENDS_VAR": str(tmp_path)}))) as url:
        options = [
            "--no-color",
            "--seed=1",
            f"--max-examples={EXAMPLES}",
            "--workers=2",
            "--continue-on-failure",
            "--warnings=off",
        ]
        command = [
            *schemathesis,
            f"--config-file={known}",
            "run",
            f"{url}/api/v1/openapi.json",
            *options,
            f"--header=Authorization:Bearer {words}",
        ]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2000:]
    counted = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert counted and int(counted.group(1)) >= 300, done.stdout[-3000:]
