"""The service clocks as the shop writes them: what cannot be meant is told with its file and line."""

import shutil
from pathlib import Path

import pytest

from bot.cases.assignment import Mode
from bot.cases.service_clock import ClockName
from bot.policy_files import load, read
from bot.settings import ROOT

SHIPPED = ROOT / "data" / "policy"
MISTAKES = [
    ("clocks", "next_reply: {urgent: 15, high: 30", "next_reply: {urgent: 45, high: 30", "urgent must not be longer than high"),
    ("clocks", "resolution: {urgent: 240", "resolution: {urgent: 20", "resolution.urgent: a case cannot be settled before it is answered"),
    ("clocks", "high: 720", "high: soon", "resolution.high: 'soon' is not of type 'integer'"),
    ("clocks", "high: 30, normal: 60}", "high: 30}", "next_reply: 'normal' is a required property"),
    ("clocks", "next_reply: 10", "next_reply: 0", "warn_before.next_reply: 0 is less than the minimum of 1"),
    (
        "escalation",
        "legal: {priority: high, team: legal, reply_within: 60",
        "legal: {priority: high, team: legal, reply_within: 600",
        "reasons.legal: reply_within is 600; clocks.yml gives high a first reply in 240.",
    ),
    ("escalation", "mode: pull", "mode: push", "assignment.mode: 'push' is not one of ['pull', 'offer']"),
    ("escalation", "offer_seconds: 60", "offer_seconds: 1", "assignment.offer_seconds: 1 is less than the minimum of 10"),
]


@pytest.mark.parametrize(("name", "right", "wrong", "told"), MISTAKES, ids=[told[:40] for *_, told in MISTAKES])
def test_mistake_is_told_with_its_place(tmp_path: Path, name: str, right: str, wrong: str, told: str) -> None:
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "policy"))
    path = folder / f"{name}.yml"
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    line = text[: text.index(right)].count("\n") + 1
    problems = load(folder)[1]
    assert [one for one in problems if told in one and one.startswith(f"{name}.yml line {line}:")], problems
    assert len(problems) == 1


def test_clocks_file_that_is_missing_is_named(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "policy"))
    (folder / "clocks.yml").unlink()
    assert load(folder)[1] == [f"{folder / 'clocks.yml'} is missing."]


def test_shipped_clocks_and_assignment_are_read() -> None:
    policy = read(SHIPPED).policy
    assert policy.clocks.minutes[ClockName.NEXT_REPLY] == {"urgent": 15, "high": 30, "normal": 60}
    assert policy.clocks.warn_before[ClockName.RESOLUTION] == 120
    assert (policy.assignment.mode, policy.assignment.offer_seconds, policy.digest_after) == (Mode.PULL, 60, 15)
