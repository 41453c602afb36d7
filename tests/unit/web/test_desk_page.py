"""The desk's page as files: every word it says is there, once, and said; every look and module it asks for is there."""

import re
from collections import Counter

from bot.desk.routes import STATIC

WORDS = {path: path.read_text(encoding="utf-8") for path in (STATIC / "words").glob("*.js")}
MODULES = {path: path.read_text(encoding="utf-8") for path in STATIC.glob("*.js")}
LONGEST = 300  # lines


def test_every_word_is_there_once_and_said() -> None:
    there = Counter(name for text in WORDS.values() for name in re.findall(r"^  (\w+):", text, re.MULTILINE))
    said = {name for text in MODULES.values() for name in re.findall(r"\bW\.(\w+)", text)}
    assert [name for name, count in there.items() if count > 1] == []
    assert set(there) == said
    assert all(f"./words/{path.name}" in MODULES[STATIC / "words.js"] for path in WORDS if path.name != "counted.js")


def test_page_asks_for_files_that_are_there() -> None:
    pages = (STATIC / "desk.html", STATIC / "sign_in.html")
    asked = {name for page in pages for name in re.findall(r'"/desk/static/([^"]+)"', page.read_text(encoding="utf-8"))}
    assert asked == {f"css/{path.name}" for path in (STATIC / "css").glob("*.css")} | {"desk.js"}
    for path, text in {**MODULES, **WORDS}.items():
        assert all((path.parent / name).exists() for name in re.findall(r'from "([^"]+)"', text)), path.name


def test_files_stay_readable() -> None:
    assert [path.name for path in STATIC.rglob("*.*") if path.read_text(encoding="utf-8").count("\n") > LONGEST] == []
