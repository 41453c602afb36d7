"""`amends policy check`: the shipped policy is sound, and each way to spoil it is told with its file and line; all of them at once."""

import shutil
from pathlib import Path

import pytest

from bot.policy_check import check
from bot.settings import ROOT
from bot.wording import Wording

SHIPPED = ROOT / "data" / "policy"
WORDING = Wording.read(ROOT / "data" / "responses")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "policy"))


def spoil(folder: Path, name: str, right: str, wrong: str, times: int = 1) -> int:
    """Puts the wrong in the place of the right; the line it stands in."""
    path = folder / f"{name}.yml"
    text = path.read_text(encoding="utf-8")
    assert right in text, right
    path.write_text(text.replace(right, wrong, times), encoding="utf-8")
    return text[: text.index(right)].count("\n") + 1


def problems(folder: Path) -> str:
    return "\n".join(check(folder, WORDING).problems)


def test_shipped_policy_is_sound() -> None:
    checked = check(SHIPPED, WORDING)
    assert checked.problems == ()
    assert checked.counted[0] == 11 and checked.counted[1] > 50


MISTAKES = [
    ("remedies", "wording: trace,", "wording: telepathy,", "data/responses has no utter_offer_telepathy, utter_can_telepathy"),
    ("escalation", "safety_line: inform_crisis_line", "safety_line: inform_nothing", "data/responses has no utter_inform_nothing"),
    (
        "remedies",
        'goods: {USD: "300.00", GBP: "250.00", EUR: "280.00"}',
        'goods: {USD: "300.00", GBP: "250.00"}',
        "limits.goods has no EUR",
    ),
    ("authority", 'lead: {USD: "2500.00", GBP', 'lead: {CAD: "2500.00", USD: "2500.00", GBP', "agent has no CAD"),
    ("authority", 'per_day: {USD: "10000.00"', 'per_day: {USD: "10.00"', "is more than the assistant may grant on a whole day ($10.00)"),
    ("authority", 'four_eyes: {USD: "1000.00"', 'four_eyes: {USD: "9000.00"', "so two never need to agree"),
    ("authority", "bands: {first: 100,", "bands: {first: 50,", "100 percent is more than the remedies of a case may reach (50"),
    (
        "remedies",
        "due_days: 3, when: {verdict: [confirmed], status: [processing]}",
        "due_days: 1, when: {verdict: [confirmed], status: [processing]}",
        "due_days is 1; a redelivery takes 2",
    ),
    ("remedies", "limit: goodwill, due_days: 1, within_days: 90", "limit: goodwill, due_days: 1, within_days: 90, needs: [phone]", ""),
    ("remedies", "when: {note: [refund_not_sent]}", "when: {note: [refund_lost]}", "no case ever reaches this row"),
    (
        "remedies",
        "when: {verdict: [confirmed], status: [processing]}",
        "when: {verdict: [confirmed], status: [processing], fault: [customer]}",
        "",
    ),
    (
        "remedies",
        "statutory: true, due_days: 5, when: {verdict: [confirmed]}}",
        "due_days: 5, when: {verdict: [confirmed]}}",
        "money is owed and no row with statutory: true pays it back where the record says: confirmed",
    ),
    (
        "remedies",
        "limit: goods, statutory: true, due_days: 5, when: {verdict: [consistent]}",
        "limit: goods, statutory: true, due_days: 5, within_days: 30, when: {verdict: [consistent]}",
        "what the law gives has an end (within_days) where it has none: on day 31",
    ),
    ("remedies", "within_days: {US: 30}", "within_days: {XX: 30}", "jurisdictions.yml has no 'XX'"),
    ("remedies", "within_days: {US: 30}", "within_days: 0", "within_days"),
]


@pytest.mark.parametrize(
    ("name", "right", "wrong", "told"), MISTAKES, ids=[f"{name}-{number}" for number, (name, *_) in enumerate(MISTAKES)]
)
def test_mistake_is_told_with_its_place(folder: Path, name: str, right: str, wrong: str, told: str) -> None:
    line = spoil(folder, name, right, wrong)
    said = problems(folder)
    if not told:
        assert said == ""  # unusual, and no mistake
        return
    assert told in said, said
    issue = "no row with statutory" in told or "where it has none" in told or "whole day" in told or "reach (50" in told
    assert issue or f"{name}.yml line {line}:" in said or "agent has" in told, said


def test_every_mistake_is_told_not_only_the_first_five(folder: Path) -> None:
    lines = [spoil(folder, "remedies", f"due_days: {days}, ", f"due_days: 99{days}, ") for days in (3, 7, 5, 2, 1)]
    spoil(folder, "escalation", "priority: urgent, team: safety", "priority: huge, team: safety", times=3)
    spoil(folder, "hours", 'tuesday: [["08:00", "20:00"]]', 'tuesday: [["08:00"]]')
    said = problems(folder)
    assert all(f"remedies.yml line {line}:" in said for line in lines), said
    assert said.count("'huge' is not one of") == 3 and "hours.yml line" in said
    assert len(said.splitlines()) >= 9


def test_mistakes_that_only_all_files_together_show_are_told_together(folder: Path) -> None:
    spoil(folder, "shop", "jurisdiction: US", "jurisdiction: ZZ")
    spoil(folder, "shop", "America/Phoenix", "Mars/Olympus")
    spoil(folder, "escalation", "team: security", "team: nobody")
    spoil(folder, "remedies", "limit: goods, due_days: 3", "limit: loods, due_days: 3")
    said = problems(folder)
    for one in (
        "jurisdictions.yml has no 'ZZ'",
        "'Mars/Olympus' is no time zone",
        "there is no team 'nobody'",
        "there is no limit 'loods'",
    ):
        assert one in said, said
