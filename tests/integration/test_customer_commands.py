"""`amends customers export` and `erase`, as the shop's owner uses them."""

import io
import json
import re
import stat
import sys
import zipfile
from pathlib import Path

import pytest

from bot.cli import main
from bot.store.database import Database
from tests.canary import CUSTOMER, EMAIL, NAME, ORDER, SIGN, plant, remember, rows_with_traces, traces


class Terminal:
    """Runs `amends customers` over the canary's shop, in the folder of the test."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.home, self.monkeypatch, self.capsys = home, monkeypatch, capsys

    def run(self, *words: str, says: str = "", code: int = 0) -> str:
        """What is printed: on stdout, or on stderr where it fails."""
        self.monkeypatch.setattr(sys, "argv", ["amends", "customers", *words])
        self.monkeypatch.setattr(sys, "stdin", io.StringIO(says))
        with pytest.raises(SystemExit) as ended:
            main()
        printed, complaint = self.capsys.readouterr()
        assert (ended.value.code or 0) == code, complaint + printed
        return complaint if code else printed


@pytest.fixture
def terminal(tmp_path: Path, memory_database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    (tmp_path / "var").mkdir()
    remember(tmp_path / "var" / "tracker.db", plant(memory_database).chats)
    for key, value in (("DATABASE_URL", memory_database.url), ("VAR", str(tmp_path / "var")), ("ENV", "production")):
        monkeypatch.setenv(f"AMENDS_{key}", value)
    return Terminal(tmp_path, monkeypatch, capsys)


def test_exported_shown_refused_erased_and_said_to_be_gone(terminal: Terminal, memory_database: Database) -> None:
    home, amends = terminal.home, terminal.run
    archive = home / "all.zip"
    assert "personal" in amends("export", ORDER, "--to", str(archive), "--by", "Ida")
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with zipfile.ZipFile(archive) as packed:
        document, photo = packed.namelist()
        assert NAME in packed.read(document).decode() and SIGN.encode() in packed.read(photo)
    assert "is there already" in amends("export", ORDER, "--to", str(archive), code=1)
    assert json.loads(amends("export", CUSTOMER))["held"]["customers"][0]["email"] == EMAIL
    assert "Nothing is held about Q99999" in amends("export", "Q99999", code=1)

    before = rows_with_traces(memory_database)
    refused = amends("erase", EMAIL, says="y\n", code=1)
    assert re.search(r"A-\w+, A-\w+ is still open.*--also-open", refused)
    assert "Aborted" in amends("erase", EMAIL, "--also-open", says="n\n", code=1)
    assert rows_with_traces(memory_database) == before
    told = amends("erase", EMAIL, "--also-open", "--yes", "--by", "Ida")
    assert "5 chats" in told and "what was granted and paid stays on the books" in " ".join(told.split())
    assert "Erased:" in told and "once more" in told
    assert rows_with_traces(memory_database) == []
    assert traces(Path(str(memory_database.engine.url.database)), home / "var" / "tracker.db") == []
    assert "was erased" in amends("erase", ORDER, "--yes")
    assert "Nothing is held about" in amends("erase", EMAIL, "--yes", code=1)
