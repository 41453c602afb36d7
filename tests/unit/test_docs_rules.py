"""docs/rules.md names all 38 rules, and only tests and files that exist."""

import ast
import re

from bot.settings import ROOT

TABLE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
ROWS = {int(found[1]): found[0] for found in re.finditer(r"^\| (\d+) \|.*$", TABLE, re.MULTILINE)}
TESTS = re.findall(r"`(tests/[\w/.]+)::(\w+)`", TABLE)


def functions(path: str) -> dict[str, ast.FunctionDef]:
    """The tests of a file by name."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_table_has_a_row_for_each_of_the_38_rules() -> None:
    assert list(ROWS) == list(range(1, 39))


def test_every_test_of_the_table_exists() -> None:
    assert [f"{path}::{name}" for path, name in TESTS if name not in functions(path)] == []


def test_no_rule_rests_on_a_test_that_is_expected_to_fail() -> None:
    failing = {name for path, name in TESTS for one in functions(path)[name].decorator_list if "xfail" in ast.unparse(one)}
    assert failing == set()


def test_every_row_has_a_test_or_says_what_is_missing() -> None:
    assert [number for number, row in ROWS.items() if "::test_" not in row and "not yet: " not in row] == []


def test_every_rule_that_is_not_kept_yet_says_so_in_its_row() -> None:
    """A test expected to fail names the rule it is about."""
    paths = sorted((ROOT / "tests" / "unit" / "handling").glob("test_rules*.py"))
    tests = (one for path in paths for one in functions(str(path.relative_to(ROOT))).values())
    broken = {int(one.name[10:12]) for one in tests if any("xfail" in ast.unparse(decorator) for decorator in one.decorator_list)}
    assert {number for number in broken if "not yet: " not in ROWS[number]} == set()


def test_every_file_of_the_table_exists() -> None:
    named = re.findall(r"`((?:bot|data)/[\w/.]+)`", TABLE)
    assert [one for one in named if not (ROOT / one).exists()] == []
