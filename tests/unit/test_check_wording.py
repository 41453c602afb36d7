"""`amends check-wording`: a text, a file or the responses; what is amiss is a table and exit code 1."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cases.wording import flaws
from bot.cli import app
from bot.commands.wording import FOREIGN, RESPONSES, SAMPLES, Variant, filled_in, rows_of
from bot.errors import BadInput, BadWording
from bot.wording import Wording

WORDING = Wording.read(RESPONSES)
TEXTS = [(name, text) for name, texts in sorted(WORDING.responses.items()) for text in texts]


def run(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, ["check-wording", *arguments], input=typed)


def responses(tmp_path: Path, *texts: str) -> Path:
    path = tmp_path / "some.yml"
    lines = "".join(f'    - text: "{text}"\n' for text in texts)
    path.write_text(f'version: "3.1"\n# A comment.\nresponses:\n  utter_some:\n{lines}', encoding="utf-8")
    return path


def test_every_response_keeps_the_rules() -> None:
    assert {text: rows for name, text in TEXTS if (rows := rows_of(Variant(name, text, "")))} == {}


def test_every_value_of_the_responses_has_its_samples() -> None:
    assert [text for _, text in TEXTS if any("{" in filled for filled in filled_in(text))] == []


def test_no_sample_trips_a_rule_by_itself() -> None:
    assert {value: flaws(value) for values in SAMPLES.values() for value in values if flaws(value)} == {}


def test_all_responses_are_checked_by_default() -> None:
    result = run()
    assert (result.exit_code, result.stdout.strip()) == (0, f"{len(TEXTS)} sentences: nothing to mend.")


def test_text_is_told_line_rule_words_and_better_way() -> None:
    result = run("--text", "It is late.\nWe ship a umbrella.")
    assert result.exit_code == 1
    head, row = result.stdout.splitlines()
    assert head.split() == ["line", "rule", "words", "better"]
    assert row.split()[:5] == ["2", "18", "article", "a", "umbrella"]
    assert "by the sound" in row


def test_text_comes_from_a_file_or_from_standard_input(tmp_path: Path) -> None:
    path = tmp_path / "reply.txt"
    path.write_text("We answer shortly.", encoding="utf-8")
    assert "25 vague_time" in run(str(path)).stdout
    assert run("-", typed="We answer shortly.").stdout == run(str(path)).stdout
    assert run("-", typed="We answer by 9:00 on Friday 27 November.").exit_code == 0


def test_responses_are_told_by_file_and_line(tmp_path: Path) -> None:
    path = responses(tmp_path, "It is late.", "It comes tomorrow.")
    for given in (path, tmp_path):
        result = run(str(given))
        assert result.exit_code == 1
        assert [line.split()[0] for line in result.stdout.splitlines()[1:] if line[0] != " "] == ["some.yml:6"]


def test_response_is_tried_with_values_of_either_sound(tmp_path: Path) -> None:
    assert "article" in run(str(responses(tmp_path, "It is a {thing}."))).stdout
    assert "article" in run(str(responses(tmp_path, "It is an {thing}."))).stdout
    assert run(str(responses(tmp_path, "It is the {thing}."))).exit_code == 0


def test_unknown_value_is_told_once(tmp_path: Path) -> None:
    result = run(str(responses(tmp_path, "It is {unheard}.")))
    assert result.stdout.count("1 broken") == 1


def test_line_in_another_language_is_checked_for_what_is_broken_only() -> None:
    assert rows_of(Variant(f"{FOREIGN}pl", "albo a odpowie", "")) == []
    assert [flaw.kind for _, flaw in rows_of(Variant(f"{FOREIGN}pl", "albo  {x}", ""))] == ["broken", "broken"]


def test_public_reply_is_told_what_it_lacks() -> None:
    assert run("--text", "Write to us.", "--public").stdout.count("35 lacking_act") == 3


def test_markup_and_long_words_are_shown_as_text() -> None:
    shown = run("--text", "[bold]We go on " + "and on " * 20 + "so.").stdout
    assert "[bold]We" in shown
    assert "..." in shown


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"responses:\n  utter_a: 5\n", "utter_a"),
        (b"responses:\n  utter_a:\n  - text: 5\n", "utter_a"),
        (b"responses: [a]\n", "by name"),
        (b"intents: []\n", "no responses"),
        (b"a: [\n", "not YAML"),
        (b"", "no responses"),
    ],
)
def test_file_that_cannot_be_used_is_told(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.yml"
    path.write_bytes(content)
    result = run(str(path))
    assert isinstance(result.exception, BadWording)
    assert said in str(result.exception)


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "odd.txt").write_bytes(b"\xff")
    for arguments in ((str(tmp_path / "none.txt"),), (str(tmp_path / "odd.txt"),), ("-", "--text", "a")):
        assert isinstance(run(*arguments).exception, BadInput)
