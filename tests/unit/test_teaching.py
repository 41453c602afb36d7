"""What is accepted goes to data/nlu/learned.yml and becomes the model of these sources; one command takes it back."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot import supervision, teaching, training
from bot.cases.taught import Example
from bot.settings import ROOT, Settings, read
from bot.teaching import BadLesson, NothingToAccept, NothingToRollBack
from tests.builders import NOON

NEW = [Example("the fan hums at night", "damaged_or_defective"), Example("not a word since", "late_delivery")]
MORE = [Example("it came as two left shoes", "wrong_item")]


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    """An installation of its own whose sources are as small as can be."""
    root = tmp_path / "root"
    (root / "models").mkdir(parents=True)
    (root / "data" / "nlu").mkdir(parents=True)
    shutil.copy(ROOT / "config.yml", root)
    shutil.copy(ROOT / "domain.yml", root)
    shutil.copy(ROOT / "data" / "nlu" / "greet.yml", root / "data" / "nlu")
    return replace(read({"AMENDS_VAR": str(tmp_path / "var")}), root=root)


def a_candidate(chosen: Settings, new: list[Example], model: bytes) -> None:
    """As if it had been trained and found better; what is in the archive does not matter here."""
    place = teaching.folder(chosen) / "candidate"
    place.mkdir(exist_ok=True)
    (place / "learned.yml").write_text(teaching.as_yaml(new), encoding="utf-8")
    (place / "candidate.tar.gz").write_bytes(model)
    teaching.keep_candidate(chosen, training.digest(chosen.root), new, 0.05, NOON)


def test_accepted_twice_and_taken_back_twice(chosen: Settings) -> None:
    at_first = training.model_path(chosen.root)
    at_first.write_bytes(b"first")
    a_candidate(chosen, NEW, b"second")
    second = teaching.accept(chosen, "Lea", NOON)
    assert (second.model_before, second.examples) == (at_first.name, 2)
    assert training.model_path(chosen.root).read_bytes() == b"second" and teaching.taught_so_far(chosen.root) == NEW
    assert not teaching.new_in(chosen.root, NEW).new
    a_candidate(chosen, MORE, b"third")
    teaching.accept(chosen, "Lea", NOON)
    assert training.model_path(chosen.root).read_bytes() == b"third" and len(teaching.taught_so_far(chosen.root)) == 3
    assert teaching.roll_back(chosen)[1].read_bytes() == b"second"
    taken, model = teaching.roll_back(chosen)
    assert (taken.model, model.read_bytes(), (chosen.root / teaching.LEARNED).exists()) == (second.model, b"first", False)
    with pytest.raises(NothingToRollBack):
        teaching.roll_back(chosen)


def test_candidate_of_other_sources_is_not_accepted_and_changes_nothing(chosen: Settings) -> None:
    with pytest.raises(NothingToAccept):
        teaching.accept(chosen, "Lea", NOON)
    a_candidate(chosen, NEW, b"second")
    path = chosen.root / "data" / "nlu" / "greet.yml"
    path.write_text(path.read_text(encoding="utf-8") + "      - ahoy there\n", encoding="utf-8")
    with pytest.raises(NothingToAccept, match="changed since"):
        teaching.accept(chosen, "Lea", NOON)
    assert not (chosen.root / teaching.LEARNED).exists() and [*(chosen.root / "models").iterdir()] == []


def test_what_was_changed_by_hand_is_not_overwritten_and_a_cut_off_acceptance_is_forgotten(chosen: Settings) -> None:
    a_candidate(chosen, NEW, b"second")
    teaching.accept(chosen, "Lea", NOON)
    path = chosen.root / teaching.LEARNED
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("not a word", "no word"), encoding="utf-8")
    with pytest.raises(NothingToRollBack, match="by hand"):
        teaching.roll_back(chosen)
    path.write_text(text, encoding="utf-8")
    cut_off = teaching.Accepted(text, "of what was never written", "", "", 1, "Lea", "")
    teaching._push(chosen, cut_off)
    assert teaching.roll_back(chosen)[0].examples == 2 and not path.exists()


def test_lesson_is_read_as_it_was_written_and_mistakes_are_named(tmp_path: Path) -> None:
    path = tmp_path / "labels.yml"
    path.write_text(teaching.as_yaml(NEW), encoding="utf-8")
    assert teaching.read(path) == NEW
    path.write_text(
        'version: "3.1"\nnlu:\n  - intent: no_such\n    examples: |\n      - x\n'
        "  - intent: greet\n    examples: |\n      - hi [Nina](person_name)\n      hello\n",
        encoding="utf-8",
    )
    with pytest.raises(BadLesson) as told:
        teaching.read(path)
    assert all(word in str(told.value) for word in ("block 1", "no_such", "block 2", "hi [Nina]", "'hello'"))
    for wrong in ("nlu: {", "version: 1\n", "[]"):
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(BadLesson, match=r"labels\.yml"):
            teaching.read(path)
    with pytest.raises(BadLesson, match="cannot be read"):
        teaching.read(tmp_path / "none.yml")


def test_assistant_finds_its_model_by_a_link_that_is_moved_at_once(chosen: Settings) -> None:
    chosen.var.mkdir(exist_ok=True)
    for said in (b"first", b"second"):
        model = chosen.root / "models" / said.decode()
        model.write_bytes(said)
        assert supervision.use_model(chosen, model).read_bytes() == said
    assert [path.name for path in chosen.var.iterdir()] == ["model.tar.gz"]
    assert str(supervision.use_model(chosen, model)) in supervision.write_files(chosen, model).read_text(encoding="utf-8")
