"""`amends tokens` and `amends hooks`, as the owner of a help desk uses them."""

import re
import sys
from pathlib import Path

import pytest

from bot.bootstrap import open_shop
from bot.cli import main
from bot.clock import now
from bot.handling import hooks, tokens
from bot.settings import read
from bot.store.database import Database
from tests.receiver import receiving


class Terminal:
    """Runs `amends` over the test's database."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def run(self, *words: str, code: int = 0) -> str:
        """What is printed: on stdout, or on stderr where it fails."""
        self.monkeypatch.setattr(sys, "argv", ["amends", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        printed, complaint = self.capsys.readouterr()
        assert (ended.value.code or 0) == code, complaint
        return complaint if code else printed


@pytest.fixture
def terminal(memory_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    monkeypatch.setenv("AMENDS_DATABASE_URL", memory_database.url)
    monkeypatch.setenv("AMENDS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("AMENDS_ENV", "development")
    return Terminal(monkeypatch, capsys)


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, text
    return match.group(1)


def test_token_is_shown_once_listed_and_revoked(terminal: Terminal, memory_database: Database) -> None:
    words = found(r"Token: (amends_\S+)", terminal.run("tokens", "add", "Help desk", "--scope", "read", "--scope", "write"))
    shop = open_shop(read(), memory_database)
    kept = tokens.whose(shop, words, now())
    assert kept and kept.scopes == ["read", "write"]
    listed = terminal.run("tokens", "list")
    assert "Help desk" in listed and "in use" in listed and words not in listed and kept.id not in listed
    assert "no scope 'all'" in terminal.run("tokens", "add", "Other", "--scope", "all", code=1)
    assert "already" in terminal.run("tokens", "add", "help desk", "--scope", "read", code=1)
    terminal.run("tokens", "revoke", "help desk")
    assert "revoked" in terminal.run("tokens", "list") and tokens.whose(shop, words, now()) is None
    assert "no token" in terminal.run("tokens", "revoke", "help desk", code=1)


def test_hook_is_made_tried_and_removed(terminal: Terminal, memory_database: Database) -> None:
    assert "No hooks" in terminal.run("hooks", "list")
    with receiving() as receiver:
        made = terminal.run("hooks", "add", receiver.url, "--event", "handoff.asked")
        hook, receiver.secret = found(r"(H-\w+)", made), found(r"Secret: (\S+)", made)
        assert receiver.url in (listed := terminal.run("hooks", "list")) and receiver.secret not in listed
        assert terminal.run("hooks", "test", hook) == f"{hook} answered 200.\n"
        assert receiver.events() == ["ping"] and receiver.headers[0]["idempotency-key"] == receiver.taken[0]["id"]
        receiver.answers = [500]
        assert "answered 500" in terminal.run("hooks", "test", hook, code=1)
    assert "not reached" in terminal.run("hooks", "test", hook, code=1)
    assert "0 deliveries" in terminal.run("hooks", "resend", hook)
    terminal.run("hooks", "remove", hook)
    assert hooks.listed(open_shop(read(), memory_database)) == []
    assert "no hook" in terminal.run("hooks", "remove", hook, code=1)
    assert "https://HOST/PATH" in terminal.run("hooks", "add", "desk", code=1)
