"""`amends policy apply`, `versions`, `roll-back`: a policy takes the place of another, and comes back."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot import settings
from bot.commands import policy_apply
from bot.settings import ROOT
from bot.store.database import Database
from tests.integration.test_policy_commands import Terminal, flat, old, shop, terminal  # noqa: F401

SHIPPED = ROOT / "data" / "policy"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of its own, whose policy is the shipped one."""
    place = tmp_path / "checkout"
    shutil.copytree(ROOT / "data", place / "data", ignore=shutil.ignore_patterns("nlu", "shop"))
    real = settings.read

    def read() -> settings.Settings:
        return replace(real(), root=place)

    monkeypatch.setattr("bot.commands.shop.settings.read", read)
    monkeypatch.setattr(policy_apply, "FOLDER", place / "data" / "policy")
    return place / "data" / "policy"


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


@pytest.mark.usefixtures("shop")
def test_a_policy_is_applied_and_rolled_back(terminal: Terminal, old: Path, folder: Path, memory_database: Database) -> None:  # noqa: F811
    shipped, other = texts(SHIPPED), texts(old)
    first = flat(terminal.run("versions"))
    printed = terminal.run("apply", str(old), "--yes", "--by", "Olga Owner")
    assert "within_days: {US: 3}" in printed  # the lines that come and go
    assert "past decisions would change" in printed and "from the next start" in printed
    assert texts(folder) == other != shipped
    assert "in force already" in terminal.run("apply", str(old), "--yes")
    before = first.split()[first.split().index("by") + 1]
    assert before in printed and "Olga Owner" in terminal.run("versions")
    terminal.run("roll-back", before, "--yes")
    assert texts(folder) == shipped
    with memory_database.begin(False) as uow:
        acts = [(line.who, line.detail) for line in uow.audit.lines("shop") if line.act == "policy.applied"]
    assert acts[0][0] == "Olga Owner" and acts[0][1]["before"] == before == acts[1][1]["version"]


@pytest.mark.usefixtures("shop")
def test_what_is_not_sound_or_not_known_changes_nothing(terminal: Terminal, old: Path, folder: Path) -> None:  # noqa: F811
    path = old / "hours.yml"
    path.write_text(path.read_text(encoding="utf-8") + "\nmoon: full\n", encoding="utf-8")
    assert "Nothing was changed" in terminal.run("apply", str(old), "--yes", code=1)
    assert "is no folder" in terminal.run("apply", str(old / "none"), "--yes", code=1)
    assert "amends policy versions" in terminal.run("roll-back", "2001-01-01-00000000", "--yes", code=1)
    assert texts(folder) == texts(SHIPPED)
