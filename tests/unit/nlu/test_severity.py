"""What is grave reaches a person; what only sounds so does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.grave_meaning import EXAMPLES, GRAVE_MEANING, NONE, examples
from bot.nlu.lexicon import FOLDER, fingerprint
from bot.nlu.phrase_list import read_phrases, spoken_words
from bot.nlu.severity import NOT_GRAVE_ALONE, REASONS, Severity, anger

MESSAGES = [
    tuple(line.split(" | ", 1))
    for line in (Path(__file__).parent / "grave_messages.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.fixture(scope="module")
def severity() -> Severity:
    return Severity({})


def _is_severe(severity: Severity, text: str) -> bool:
    return bool(set(severity.reasons(text)) - NOT_GRAVE_ALONE)


def test_grave_messages_are_nearly_all_noticed(severity: Severity) -> None:
    grave = [text for reason, text in MESSAGES if reason != "ordinary"]
    assert sum(_is_severe(severity, text) for text in grave) >= 0.98 * len(grave)


def test_no_injury_is_missed(severity: Severity) -> None:
    assert [text for reason, text in MESSAGES if reason == "injury" and not _is_severe(severity, text)] == []


def test_no_danger_to_life_is_missed(severity: Severity) -> None:
    assert [text for reason, text in MESSAGES if reason == "self_harm" and not _is_severe(severity, text)] == []


def test_harmless_messages_raise_no_alarm(severity: Severity) -> None:
    assert [text for reason, text in MESSAGES if reason == "ordinary" and _is_severe(severity, text)] == []


@pytest.mark.parametrize("reason", sorted(set(REASONS) - NOT_GRAVE_ALONE))
def test_reason_is_named_rightly(reason: str, severity: Severity) -> None:
    texts = [text for wanted, text in MESSAGES if wanted == reason]
    assert sum(reason in severity.reasons(text) for text in texts) >= 0.8 * len(texts)


def test_swearing_alone_is_not_severe(severity: Severity) -> None:
    assert not _is_severe(severity, "what the fuck is this shit, you useless bastards")


def test_repeated_failure_alone_is_not_severe(severity: Severity) -> None:
    assert severity.reasons("this is the third time my parcel is late") == ["repeated_failure"]
    assert not _is_severe(severity, "this is the third time my parcel is late")


def test_phrases_do_not_run_across_sentences(severity: Severity) -> None:
    assert not _is_severe(severity, "I will never order again. Court shoes are lovely though.")


@pytest.mark.parametrize(
    ("calmer", "angrier"),
    [
        ("my order is late", "my order is late!!!"),
        ("my order is late", "MY ORDER IS LATE AGAIN"),
        ("this is disappointing", "this is a disgrace"),
        ("this is a disgrace", "this is a fucking disgrace, you liars"),
    ],
)
def test_anger_grows_with_its_signs(calmer: str, angrier: str) -> None:
    assert anger(calmer) < anger(angrier) <= 1


def test_calm_words_show_no_anger() -> None:
    assert anger("Could you tell me where my parcel is, please?") == 0


def test_fingerprint_changes_with_a_word_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint("injury")
    (tmp_path / "injury.txt").write_text("hurt\n", encoding="utf-8")
    monkeypatch.setattr("bot.nlu.lexicon.FOLDER", tmp_path)
    assert fingerprint("injury") != before


def test_every_reason_has_its_list() -> None:
    assert all((FOLDER / f"{reason}.txt").is_file() for reason in REASONS)


def test_severity_says_when_its_lists_changed() -> None:
    config: dict[str, Any] = {}
    assert Severity.fingerprint_addon(config)


def test_parse_carries_level_and_reasons(read: Callable[[str], dict[str, Any]]) -> None:
    assert read("the kettle burned my hand")["severity"] == {"level": "severe", "reasons": ["injury"]}


def test_learned_reason_takes_its_place_among_the_listed(severity: Severity) -> None:
    message = Message(data={TEXT: "I will call my lawyer and the newspapers", GRAVE_MEANING: "injury"})
    severity.read(message)
    assert message.get("severity") == {"level": "severe", "reasons": ["injury", "legal", "media"]}


def test_every_reason_that_can_be_learned_is_known() -> None:
    assert {reason for _, reason in examples(EXAMPLES)} <= {*REASONS, NONE}


@pytest.mark.parametrize(
    "text", ["fuck you", "you are all idiots", "you useless bot", "ur a bunch of clowns", "go to hell", "Fuck off and refund me"]
)
def test_insults_at_the_reader_are_abuse(text: str) -> None:
    assert read_phrases("abuse").found_in(spoken_words(text))


@pytest.mark.parametrize(
    "text",
    [
        "this is fucking late",
        "what a shit service",
        "your driver called me an idiot",
        "he told me to fuck off",
        "are you a bot",
        "i feel like an idiot",
    ],
)
def test_swearing_at_the_thing_and_insults_suffered_are_none(text: str) -> None:
    assert not read_phrases("abuse").found_in(spoken_words(text))


def test_that_a_shop_should_shut_down_is_scorn_and_that_it_should_be_shut_down_is_a_danger(severity: Severity) -> None:
    assert severity.reasons("honestly you lot should shut down") == []
    assert severity.reasons("that kitchen needs to be shut down") == ["safety"]


def test_threatening_beside_shouting_is_a_threat(severity: Severity) -> None:
    assert severity.reasons("he began shouting and then threatening") == ["threat"]
