"""The renderer: variants by key, values filled, and clear errors."""

from pathlib import Path

import pytest

from bot.errors import BadWording
from bot.wording import Wording

TWO = Wording({"utter_hello": ("Hello {name}.", "Good day, {name}.")})


def test_variant_stays_the_same_for_a_key() -> None:
    assert len({TWO.say("hello", "conversation-7", name="Ada") for _ in range(20)}) == 1


def test_variants_are_all_used_over_many_keys() -> None:
    assert {TWO.say("hello", str(key), name="Ada") for key in range(50)} == {"Hello Ada.", "Good day, Ada."}


def test_unknown_response_is_named() -> None:
    with pytest.raises(BadWording, match="utter_goodbye"):
        TWO.say("goodbye")


@pytest.mark.parametrize("name", [None, ""])
def test_missing_value_is_named_and_never_printed_as_nothing(name: str | None) -> None:
    with pytest.raises(BadWording, match="name"):
        TWO.say("hello", name=name)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("responses: [", "not YAML"),
        ("responses:\n  utter_a: []", "utter_a needs at least one variant"),
        ("responses:\n  utter_a:\n    - text: ''", "utter_a needs at least one variant"),
    ],
)
def test_bad_file_is_named(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "some.yml").write_text(content, encoding="utf-8")
    with pytest.raises(BadWording, match=r"some\.yml") as caught:
        Wording.read(tmp_path)
    assert told in str(caught.value)


def test_response_whose_variants_all_stand_with_said_elsewhere_is_named(tmp_path: Path) -> None:
    said = "responses:\n  utter_a:\n    - text: Sent.\n    - text: Done.\n      metadata: {said: done}\n  utter_b:\n    - text: Done."
    (tmp_path / "some.yml").write_text(said, encoding="utf-8")
    with pytest.raises(BadWording, match="utter_b: each of its variants"):
        Wording.read(tmp_path)


def test_word_of_a_said_that_would_be_passed_over_is_named(tmp_path: Path) -> None:
    said = "responses:\n  utter_a:\n    - text: Sent.\n    - text: Done.\n      metadata: {said: been days | =been weeks}"
    (tmp_path / "some.yml").write_text(said, encoding="utf-8")
    with pytest.raises(BadWording, match="utter_a has “been” in `said`"):
        Wording.read(tmp_path)


def test_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadWording, match="no responses"):
        Wording.read(tmp_path)
