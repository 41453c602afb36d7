"""The policy files: what the shop ships, and how a mistake is told with its file and line."""

import shutil
from itertools import product
from pathlib import Path

import pytest

from bot import policy_files
from bot.cases.finding import examine
from bot.cases.issue import Issue
from bot.cases.order import STATUSES
from bot.cases.policy import options
from bot.cases.remedy import remedy_key
from bot.errors import BadPolicy
from bot.settings import ROOT
from tests.builders import NOON, an_order

SHIPPED = ROOT / "data" / "policy"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped policy to spoil."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "policy"))


def line_of(path: Path, text: str) -> int:
    return next(number for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if text in line)


def test_shipped_policy_covers_every_issue_and_reason() -> None:
    rules = policy_files.read(SHIPPED)
    assert set(rules.policy.issues) == set(Issue)
    assert set(rules.policy.severe_reasons) <= set(rules.policy.escalations)
    assert rules.policy.version.startswith("2026-11-22-")
    assert all(row.team in rules.policy.teams for row in rules.policy.escalations.values())


@pytest.mark.parametrize(("issue", "status"), product(Issue, STATUSES))
def test_shipped_policy_offers_no_act_twice(issue: Issue, status: str) -> None:
    order = an_order(status=status)
    offered = options(policy_files.read(SHIPPED).policy, issue, examine(issue, order, (), NOON), order, ())
    assert len({remedy_key("A-1", one.kind, one.amount, one.lines, wording=one.wording) for one in offered}) == len(offered)
    assert offered, "where no remedy fits, a person decides: say so here if that is meant"


def test_version_tells_exactly_which_text_was_in_force(folder: Path) -> None:
    before = policy_files.read(folder).policy.version
    path = folder / "hours.yml"
    path.write_text(path.read_text(encoding="utf-8").replace('"20:00"', '"19:00"'), encoding="utf-8")
    assert policy_files.read(folder).policy.version != before


MISTAKES = [
    ("remedies", "kind: redelivery, wording: redelivery_express", "kind: present, wording: redelivery_express", "'present' is not one of"),
    ("remedies", "limit: goods, due_days: 3", "limit: loods, due_days: 3", "there is no limit 'loods'"),
    ("remedies", "percent: 10,", "percent: 0,", "minimum"),
    ("remedies", "when: {status: [delivered]}", "when: {anger: [high]}", "'anger' was unexpected"),
    ("remedies", "when: {status: [delivered]}", "when: {status: [lost]}", "'lost' is not one of"),
    ("remedies", 'owed: {USD: "1000.00"', 'owed: {USD: "a lot"', "does not match"),
    ("remedies", "  other_complaint:", "  any_complaint:", "any_complaint"),
    ("escalation", "team: security", "team: nobody", "there is no team 'nobody'"),
    ("escalation", "priority: urgent, team: security", "priority: huge, team: security", "'huge' is not one of"),
    ("shop", "America/Phoenix", "Mars/Olympus", "'Mars/Olympus' is no time zone"),
    ("hours", 'tuesday: [["08:00", "20:00"]]', 'tuesday: [["08:00"]]', "too short"),
    ("hours", 'tuesday: [["08:00", "20:00"]]', 'tuesday: [["20:00", "08:00"]]', "must open before it closes"),
    ("hours", 'tuesday: [["08:00", "20:00"]]', 'tuesday: [["08:00", "24:30"]]', "does not match"),
    ("hours", "mail_after: 5", "mail_after: 0", "minimum"),
    ("hours", "link_days: 7", "link_days: 31", "maximum"),
    ("hours", '"2026-12-25"', '"2026-13-25"', "month"),
    ("learning", "late_delivery: core_service", "late_delivery: bad_luck", "'bad_luck' is not one of"),
    ("learning", "finish_days: 5", "finish_days: 0", "minimum"),
    ("public", "approve: true", "approve: perhaps", "'perhaps' is not of type 'boolean'"),
    ("follow_up", "effort_percent: 10", "effort_percent: 101", "maximum"),
]


@pytest.mark.parametrize(("name", "right", "wrong", "told"), MISTAKES)
def test_mistake_is_told_with_its_file_and_line(folder: Path, name: str, right: str, wrong: str, told: str) -> None:
    path = folder / f"{name}.yml"
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(BadPolicy) as refused:
        policy_files.read(folder)
    said = str(refused.value)
    assert told in said
    line = line_of(path, wrong)
    near = {line, line - 1} | ({line_of(path, "issues:")} if wrong.strip() == "any_complaint:" else set())
    assert any(f"{name}.yml line {number}:" in said for number in near), said


def test_missing_issue_is_named(folder: Path) -> None:
    path = folder / "remedies.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("  other_complaint:")], encoding="utf-8")
    with pytest.raises(
        BadPolicy, match=rf"remedies\.yml line {line_of(path, 'issues:')}: issues: 'other_complaint' is a required property"
    ):
        policy_files.read(folder)


@pytest.mark.parametrize("hours", ["hours: {}\n", "hours:\n  monday: []\n"])
def test_shop_where_nobody_ever_is_is_refused(folder: Path, hours: str) -> None:
    (folder / "hours.yml").write_text(hours, encoding="utf-8")
    with pytest.raises(BadPolicy, match=r"hours\.yml line 1: nobody is ever there"):
        policy_files.read(folder)


@pytest.mark.parametrize("name", ["shop", "hours", "escalation", "remedies"])
def test_file_that_is_no_yaml_or_missing_is_named(folder: Path, name: str) -> None:
    path = folder / f"{name}.yml"
    path.write_text("limits: [1, 2\nissues: }", encoding="utf-8")
    with pytest.raises(BadPolicy, match=rf"{name}\.yml is not YAML: .*line \d"):
        policy_files.read(folder)
    path.write_text("", encoding="utf-8")
    with pytest.raises(BadPolicy, match=rf"{name}\.yml line 1: the file: None is not of type 'object'"):
        policy_files.read(folder)
    path.unlink()
    with pytest.raises(BadPolicy, match=rf"{name}\.yml is missing"):
        policy_files.read(folder)


def test_reason_without_a_row_is_named(folder: Path) -> None:
    path = folder / "escalation.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("severe: [injury,", "severe: [meteor, injury,"), encoding="utf-8")
    with pytest.raises(BadPolicy, match=r"escalation\.yml line \d+: reasons needs a row for 'meteor'"):
        policy_files.read(folder)


def test_days_of_coming_back_must_grow(folder: Path) -> None:
    path = folder / "report.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("soon: 7", "soon: 30"), encoding="utf-8")
    with pytest.raises(
        BadPolicy, match=rf"report\.yml line {line_of(path, 'came_back_days')}: came_back_days: soon must be less than later"
    ):
        policy_files.read(folder)
