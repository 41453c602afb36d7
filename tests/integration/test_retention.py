"""What is kept no longer than the shop says: taken away in batches, counted in the audit, and nothing of what is under way."""

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from bot import policy_files
from bot.commands.policy_apply import show_in_force
from bot.commands.policy_diff import show_diff
from bot.errors import BadPolicy, NotFound
from bot.handling import chains, erasing
from bot.handling.transcript import look
from bot.providers.tracker import TrackerFile
from bot.settings import ROOT
from bot.store.database import Database
from bot.worker.erasures import Retention
from tests.builders import NOON
from tests.canary import SIGN, Canary, plant, remember, rows_with_traces


def days(count: int) -> timedelta:
    return timedelta(days=count)


def texts(canary: Canary, number: int) -> str:
    with canary.shop.begin(False) as uow:
        return " ".join(one.text for one in uow.messages.of(canary.chats[number].id))


def test_what_is_old_goes_by_its_own_days_and_what_is_under_way_stays(database: Database, tmp_path: Path) -> None:
    canary, memory, logs = plant(database), TrackerFile(tmp_path / "tracker.db"), tmp_path / "log"
    remember(memory.path, canary.chats)
    logs.mkdir()
    for name in ("web.log", "web.log.1"):
        (logs / name).write_text("started")
        os.utime(logs / name, (NOON.timestamp(), NOON.timestamp()))

    def work(after: int) -> int:
        return Retention(canary.shop, memory, logs).run(NOON + days(after))

    assert work(7) == 1 and SIGN in texts(canary, 0)  # a chat of which only the assistant knows, silent for ages
    assert work(40) == 6 and work(40) == 0  # a draft, a link, a log that was full, and three that never got in from a channel
    assert [one.name for one in logs.iterdir()] == ["web.log"]
    assert work(200) == 1 and len(memory.quiet_since(NOON + days(200))) == 4  # those with a case under way
    assert work(400) == 0 and canary.shop.policy.retention.files < 400  # its chat is under way
    assert work(800) == 1
    assert SIGN not in texts(canary, 0) and all(SIGN in texts(canary, number) for number in (1, 2, 3, 4))
    with pytest.raises(NotFound):
        look(canary.shop, canary.chats[0].id, 0, NOON + days(800))  # its page begins anew
    assert [one for one in rows_with_traces(database) if "orders" in one]  # the books are the shop's
    assert erasing.go_on(canary.shop, memory, database.compact, NOON + days(801)) == 1
    assert work(801) == 0 and chains.verify(canary.shop).broken == ()
    counted = [line.detail for line in chains.trail(canary.shop, "shop") if line.act == "retention.removed"]
    went = [("memory", 1), ("drafts", 1), ("ways_back", 1), ("arrivals", 3), ("memory", 1), ("chats", 1)]
    assert [next(iter(one.items())) for one in counted] == went


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("files: 365", "files: 900", r"retention\.yml line 3: files: 900 days is longer than its chat is kept \(730\)"),
        ("chats: 730", "chats: 0", r"retention\.yml line 2: chats: 0 is less than the minimum of 1"),
        ("given_up: 30", "given_up: 3", r"retention\.yml line 7: given_up: what was never taken can still be sent"),
        ("logs: 30", "logs: ever", r"retention\.yml line 10: logs: 'ever' is not of type 'integer'"),
        ("memory: 90", "memories: 90", r"retention\.yml line 1: the file: .*'memories' was unexpected"),
    ],
)
def test_days_that_cannot_be_are_refused_with_their_line(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    folder = Path(shutil.copytree(ROOT / "data" / "policy", tmp_path / "policy"))
    path = folder / "retention.yml"
    path.write_text(path.read_text(encoding="utf-8").replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(BadPolicy, match=told):
        policy_files.read(folder)


def test_shown_and_compared_by_command(
    memory_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for key, value in (("DATABASE_URL", memory_database.url), ("VAR", str(tmp_path)), ("ENV", "production")):
        monkeypatch.setenv(f"AMENDS_{key}", value)
    show_in_force("retention")
    assert "chats: 730" in capsys.readouterr().out
    with pytest.raises(NotFound, match="no file keeping"):
        show_in_force("keeping")
    old = Path(shutil.copytree(ROOT / "data" / "policy", tmp_path / "old"))
    path = old / "retention.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("drafts: 30", "drafts: 60"), encoding="utf-8")
    show_diff(old, None, False, None, "", False)
    assert "Kept for 30 days instead of 60: drafts." in capsys.readouterr().out
