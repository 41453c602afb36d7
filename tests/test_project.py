"""The project's own shape: who may import whom, names that must agree, and budgets that keep files readable."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.cases.issue import Issue
from bot.settings import ROOT

FILE_LINES, FUNCTION_LINES, README_LINES = 400, 60, 150
RIM = ("bot.canned", "bot.policy_files", "bot.policy_schema", "bot.wording", "bot.settings", "bot.bootstrap")
FRAMEWORKS = ("rasa", "rasa_sdk", "sanic", "starlette", "uvicorn")
# Package: what of our own it may import besides itself, and what it may never import of others. None: anything.
ARROWS: dict[str, tuple[tuple[str, ...] | None, tuple[str, ...]]] = {
    "bot.cases": ((), ("*",)),
    "bot.errors": (("bot.cases",), ("*",)),
    "bot.clock": (("bot.cases", "bot.errors"), ("*",)),
    "bot.ports": (("bot.cases", "bot.errors"), ("*",)),
    "bot.handling": (("bot.cases", "bot.ports", "bot.errors"), (*FRAMEWORKS, "sqlalchemy", "httpx")),
    "bot.store": (("bot.cases", "bot.errors", "bot.ports", "bot.clock"), (*FRAMEWORKS, "httpx")),
    "bot.providers": (("bot.ports", "bot.cases", "bot.errors"), (*FRAMEWORKS, "sqlalchemy")),
    "bot.nlu": (("bot.cases",), ("rasa_sdk", "sanic", "starlette", "sqlalchemy")),
    "bot.channels": (
        # Mail goes out by one connection to the shop's server, whether it is a letter or an answer.
        ("bot.bootstrap", "bot.handling", "bot.cases", "bot.errors", "bot.ports", "bot.settings", "bot.clock", "bot.providers.mail"),
        ("rasa_sdk", "sqlalchemy"),
    ),
    "bot.web": (
        (
            "bot.bootstrap",
            "bot.handling",
            "bot.cases",
            "bot.errors",
            "bot.ports",
            "bot.settings",
            "bot.clock",
            "bot.channels",
            "bot.logs",
            "bot.desk",
        ),
        ("rasa", "rasa_sdk", "sanic", "sqlalchemy"),
    ),
    # What reads requests at the rim is one for both doors.
    "bot.desk": (
        (
            "bot.bootstrap",
            "bot.handling",
            "bot.cases",
            "bot.errors",
            "bot.ports",
            "bot.settings",
            "bot.clock",
            "bot.logs",
            "bot.reports",
            "bot.web.bodies",
            "bot.web.file_bodies",
            "bot.web.addresses",
            "bot.web.limits",
            "bot.web.origins",
        ),
        ("rasa", "rasa_sdk", "sanic", "sqlalchemy"),
    ),
    "bot.worker": (
        ("bot.bootstrap", "bot.handling", "bot.cases", "bot.errors", "bot.ports", "bot.settings", "bot.clock", "bot.logs"),
        (*FRAMEWORKS, "sqlalchemy"),
    ),
    "bot.reports": (("bot.cases", "bot.errors"), (*FRAMEWORKS, "sqlalchemy", "httpx")),
    "bot.simulation": (("bot.handling", "bot.cases", "bot.errors", "bot.ports"), (*FRAMEWORKS, "sqlalchemy", "httpx")),
    "bot.policy_files": (
        ("bot.cases", "bot.errors", "bot.clock", "bot.policy_schema", "bot.yaml_files"),
        (*FRAMEWORKS, "sqlalchemy", "httpx"),
    ),
    "bot.policy_schema": (("bot.cases",), ("*",)),
    "bot.canned": (("bot.cases", "bot.errors", "bot.yaml_files"), (*FRAMEWORKS, "sqlalchemy", "httpx")),
    "bot.wording": (("bot.errors", "bot.yaml_files"), (*FRAMEWORKS, "sqlalchemy", "httpx")),
    "bot.yaml_files": (("bot.errors",), (*FRAMEWORKS, "sqlalchemy", "httpx")),
    "bot.settings": (("bot.errors",), ("*",)),
    "bot.bootstrap": (
        (*RIM, "bot.handling", "bot.store", "bot.providers", "bot.channels", "bot.cases", "bot.ports", "bot.errors", "bot.clock"),
        (*FRAMEWORKS, "sqlalchemy"),
    ),
    "actions": (
        ("bot.bootstrap", "bot.clock", "bot.settings", "bot.handling", "bot.cases", "bot.ports", "bot.errors"),
        ("rasa", "sqlalchemy", "sanic", "starlette", "httpx"),
    ),
}
# Where a whole process or thread ends: whatever is raised has nowhere else to go, and is logged or told there.
CATCHES_ALL = {
    "bot/web/bell.py": "the loop outlives a database that is away for a while",
    "bot/web/crashes.py": "the edge of a request: its sender must be told in words",
    "bot/web/turns.py": "a background turn has no caller; the worker finds what it left undone",
    "bot/web/health.py": "a probe asks the world outside, which may fail in any way",
    "bot/channels/assistant_input.py": "the edge of the assistant: a turn's error becomes the caller's error",
    "bot/web/channels.py": "a background task has no caller; the worker takes in what it left",
    "bot/worker/loop.py": "one job's failure must not stop the others",
}
READS_ENVIRONMENT = {
    "bot/settings.py": "the one place",
    "bot/clock.py": "the movable clock of tests",
    "bot/cli.py": "what it starts inherits it",
    "bot/up.py": "what it starts inherits it",
    "bot/supervision.py": "what it starts inherits it",
}


def sources(*tops: str) -> list[Path]:
    return sorted(path for top in tops for path in (ROOT / top).rglob("*.py"))


PRODUCT = sources("bot", "actions")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def imports(node: ast.AST, package: str) -> Iterator[str]:
    """Every module imported below the node, at the top and within functions; not under TYPE_CHECKING."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"{package}: imports are absolute"
            if child.module == "bot":
                yield from (f"bot.{alias.name}" for alias in child.names)
            else:
                yield child.module or ""
        elif is_type_checking(child):
            yield from (found for one in child.orelse for found in imports(one, package))  # type: ignore[attr-defined]
        else:
            yield from imports(child, package)


def is_stdlib(module: str) -> bool:
    return module.split(".")[0] in sys.stdlib_module_names


def forbidden(path: Path) -> Iterator[str]:
    module = module_of(path)
    package = next((one for one in ARROWS if within(module, one)), None)
    if package is None:
        return
    ours, never = ARROWS[package]
    for imported in imports(tree_of(path), module):
        if imported.split(".")[0] in ("bot", "actions"):
            allowed = within(imported, package) or ours is None or any(within(imported, one) for one in ours)
        else:
            allowed = is_stdlib(imported) or not ("*" in never or any(within(imported, one) for one in never))
        if not allowed:
            yield f"{name_of(path)} imports {imported}"


def test_imports_point_one_way() -> None:
    assert [one for path in PRODUCT for one in forbidden(path)] == []


def test_only_the_assistants_own_door_knows_rasas_channels() -> None:
    knowing = {name_of(path) for path in PRODUCT for found in imports(tree_of(path), "") if within(found, "rasa") or within(found, "sanic")}
    assert {name for name in knowing if not name.startswith("bot/nlu/")} <= {"bot/channels/assistant_input.py"}


def test_composition_root_is_imported_by_the_rims_only() -> None:
    rims = ("actions/", "bot/web/", "bot/desk/", "bot/worker/", "bot/channels/", "bot/commands/", "bot/cli.py", "bot/up.py")
    users = {name_of(path) for path in PRODUCT if "bot.bootstrap" in imports(tree_of(path), "")}
    assert {name for name in users if not name.startswith(rims)} == set()


def domain() -> Any:
    return YAML(typ="safe").load((ROOT / "domain.yml").read_text(encoding="utf-8"))


def names(found: list[Any]) -> set[str]:
    return {one if isinstance(one, str) else next(iter(one)) for one in found}


def registered_actions() -> set[str]:
    """What the classes in actions/ answer to: the text their name() returns."""
    methods = (
        method
        for path in sources("actions")
        for kind in ast.walk(tree_of(path))
        if isinstance(kind, ast.ClassDef)
        for method in kind.body
        if isinstance(method, ast.FunctionDef) and method.name == "name"
    )
    returned = (one.value for method in methods for one in ast.walk(method) if isinstance(one, ast.Return))
    return {one.value for one in returned if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def test_domain_lists_exactly_the_actions_there_are() -> None:
    assert names(domain()["actions"]) == registered_actions()
    assert domain()["actions"] == sorted(domain()["actions"])


def test_every_question_of_the_form_has_its_action() -> None:
    asked = {f"action_ask_complaint_form_{slot}" for slot in domain()["forms"]["complaint_form"]["required_slots"]}
    assert asked <= registered_actions()


def test_domain_lists_exactly_the_intents_there_are_examples_of() -> None:
    taught = {
        found.split("/")[0]
        for path in (ROOT / "data" / "nlu").rglob("*.yml")
        for found in re.findall(r"^\s*- intent: (\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert names(domain()["intents"]) == taught | {"choose"}
    assert {str(issue) for issue in Issue} <= taught


def test_slots_are_plain_nouns_without_sort_prefixes() -> None:
    slots = set(domain()["slots"])
    assert {name for name in slots if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name) or re.match(r"([a-z])\1?_", name)} == set()
    assert set(domain()["forms"]["complaint_form"]["required_slots"]) <= slots


def test_actions_stay_flat() -> None:
    assert [name_of(path) for path in sources("actions") if path.parent != ROOT / "actions"] == []


@pytest.mark.parametrize("path", [*PRODUCT, *sources("tests")], ids=name_of)
def test_file_and_its_functions_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= FILE_LINES
    if "migrations" in path.parts:
        return  # a migration is one list of tables, written once and never changed
    functions = (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    assert [node.name for node in functions if (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES] == []


def test_every_module_says_what_it_is() -> None:
    empty = [name_of(path) for path in PRODUCT if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(tree_of(path))]
    assert [name for name in empty if "migrations" not in name] == []


def test_environment_is_read_in_one_place() -> None:
    reading = {
        name_of(path)
        for path in PRODUCT
        if re.search(r"\bos\.(environ|getenv)\b|from os import .*environ", path.read_text(encoding="utf-8"))
    }
    assert reading <= set(READS_ENVIRONMENT)


def catches_all(path: Path) -> bool:
    """Whether it swallows any error; cleaning up and raising again is no swallowing."""
    for handler in (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.ExceptHandler)):
        caught = ast.unparse(handler.type) if handler.type else "BaseException"
        raises = any(isinstance(node, ast.Raise) and node.exc is None for node in ast.walk(handler))
        if re.search(r"\b(Base)?Exception\b", caught) and not raises:
            return True
    return False


def test_errors_are_caught_by_name_save_where_a_process_ends() -> None:
    assert {name_of(path) for path in PRODUCT if catches_all(path)} <= set(CATCHES_ALL)


def dependency_lines() -> list[str]:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    blocks = re.findall(r"^(?:dependencies|dev) = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def test_every_direct_dependency_is_pinned_and_says_what_it_is_for() -> None:
    lines = dependency_lines()
    assert len(lines) > 10
    assert [line for line in lines if not re.fullmatch(r'"[\w.\[\]-]+==[\w.]+",\s+# \S.*', line)] == []


def texts() -> Iterator[tuple[str, str]]:
    """Every file of ours that people read."""
    kinds = {".py", ".yml", ".yaml", ".toml", ".md", ".html", ".css", ".js", ".txt", ".json", ".jsonl"}
    tops = [path for path in ROOT.iterdir() if path.is_file()]
    below = (path for top in ("actions", "bot", "data", "docs", "tests") for path in (ROOT / top).rglob("*"))
    for path in [*tops, *below]:
        if path.is_file() and (path.suffix in kinds or path.name == "Makefile") and path.name != Path(__file__).name:
            yield name_of(path), path.read_text(encoding="utf-8")


def test_no_file_holds_a_machines_paths_or_a_note_to_do_it_later() -> None:
    unwanted = re.compile(r"/(?:work|home|root|Users|tmp)/\w|\b(?:TODO|FIXME|XXX|HACK)\b")
    assert {name: found.group() for name, text in texts() if (found := unwanted.search(text))} == {}


def test_readme_is_short_and_there() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert 0 < len(lines) <= README_LINES
