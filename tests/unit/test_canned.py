"""The replies at hand keep the wording rules as all that customers read, and a file that cannot be used is told of at once."""

from pathlib import Path

import pytest

from bot import canned
from bot.cases.wording import flaws
from bot.errors import BadWording
from bot.settings import ROOT

READ = canned.read(ROOT / "data" / "desk" / "canned.yml")
FILLED = {"customer": "Nina Berg", "ref": "A-7K3M9Q", "order": "A10021", "item": "desk lamp", "agent": "Amira Haddad"}


def test_there_is_a_dozen_and_each_variable_is_of_use() -> None:
    assert len(READ) >= 12 and len({one.title for one in READ}) == len(READ)
    assert all(any(f"{{{name}}}" in one.text for one in READ) for name in canned.VARIABLES)


@pytest.mark.parametrize("reply", READ, ids=lambda one: one.name)
def test_reply_keeps_the_wording_rules(reply: canned.Canned) -> None:
    assert flaws(reply.text.format_map(FILLED)) == ()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("canned: [", "is not YAML"),
        ("replies: {}", "no replies"),
        ("canned: {Hello there: {title: Hi, text: Hi}}", "a name is"),
        ("canned: {hi: {text: Hi}}", "hi needs a title"),
        ("canned: {hi: {title: Hi}}", "hi needs a text"),
        ("canned: {hi: {title: Hi, text: 'Hi {total}.'}}", "{total} is not filled"),
        ("canned: {hi: {title: Hi, text: 'Hi {'}}", "is not filled"),
        ("canned: {hi: Hi}", "hi needs a title"),
    ],
)
def test_file_that_cannot_be_used_is_told_of(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "canned.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadWording, match=told):
        canned.read(path)


def test_missing_file_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(BadWording, match="is missing"):
        canned.read(tmp_path / "canned.yml")
