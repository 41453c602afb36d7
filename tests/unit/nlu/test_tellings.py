"""Of what could be said back, the piece that tells the trouble is taken, and nothing that names or numbers somebody."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.cases.issue import Issue
from bot.nlu.clauses import TELLS
from bot.nlu.spacy_doc import SpacyDoc
from bot.nlu.tellings import CHANCES, TELLINGS, Tellings
from bot.nlu.text_reader import TextReader
from bot.nlu.what_happened import WhatHappened

LOST, LATE, STAFF = str(Issue.LOST_OR_MISSING), str(Issue.LATE_DELIVERY), str(Issue.STAFF_CONDUCT)


def clause(start: int, chances: dict[str, float], *, worth: float = 2.5, tells: tuple[Issue, ...] = (), asks: bool = False) -> Message:
    every = {str(issue): 0.0 for issue in Issue} | chances
    data = {TEXT: f"clause {start}", "turned": f"turned {start}", "kind": "clause", "worth": worth, "span": (start, start + 10)}
    return Message(data={**data, "asks": asks, TELLS: list(tells), CHANCES: every})


def chosen(
    *pieces: Message, lead: str | None = LOST, entities: list[dict[str, Any]] | None = None, reasons: tuple[str, ...] = ()
) -> dict[str, str | None]:
    issues = [{"name": lead, "start": 0, "end": 100, "text": "", "confidence": 0.9}] if lead else []
    message = Message(data={TEXT: "x" * 100, TELLINGS: list(pieces), "issues": issues, ENTITIES: entities or []})
    message.set("severity", {"reasons": list(reasons)})
    WhatHappened({}).process([message])
    return {name: (message.get(name) or {}).get("text") for name in ("retold", "retold_beside")}


def test_clause_likeliest_of_the_leading_issue_is_taken() -> None:
    assert chosen(clause(0, {LOST: 0.6}), clause(20, {LOST: 0.9}))["retold"] == "turned 20"


def test_clause_that_only_possibly_tells_it_must_certainly_be_a_complaint() -> None:
    assert chosen(clause(0, {LOST: 0.3, LATE: 0.6}))["retold"] == "turned 0"
    assert chosen(clause(0, {LOST: 0.3}))["retold"] is None


def test_clause_without_a_word_of_trouble_is_left() -> None:
    assert chosen(clause(0, {LOST: 0.9}, worth=0.0))["retold"] is None
    assert chosen(clause(0, {LOST: 0.9}, worth=0.0, tells=(Issue.LOST_OR_MISSING,)))["retold"] == "turned 0"


def test_another_trouble_is_told_beside_it_and_no_part_of_it_twice() -> None:
    first, other = clause(0, {LOST: 0.9}), clause(30, {STAFF: 0.9})
    assert chosen(first, other) == {"retold": "turned 0", "retold_beside": "turned 30"}
    assert chosen(first, clause(5, {STAFF: 0.9}))["retold_beside"] is None


def test_where_nothing_tells_the_leading_issue_a_plain_other_is_told() -> None:
    assert chosen(clause(30, {STAFF: 0.9}))["retold"] == "turned 30"


def test_harm_is_told_before_whatever_else_went_wrong() -> None:
    harm = clause(30, {STAFF: 0.1})
    harm.set(TEXT, "it burned my hand")
    assert chosen(clause(0, {LOST: 0.9}), harm)["retold"] == "turned 0"
    assert chosen(clause(0, {LOST: 0.9}), harm, reasons=("injury",)) == {"retold": "turned 30", "retold_beside": "turned 0"}


def test_question_where_it_is_belongs_to_what_is_awaited() -> None:
    assert chosen(clause(0, {"order_status": 0.9}, worth=0.0, asks=True))["retold"] is None
    asked = clause(0, {"order_status": 0.9, LOST: 0.01}, worth=0.0, asks=True)
    asked.set("turned", "where your parcel is")
    assert chosen(asked)["retold"] == "where your parcel is"


@pytest.mark.parametrize("private", ["email", "phone", "order_number", "person_name"])
def test_nothing_that_names_or_numbers_somebody_is_told(private: str) -> None:
    found = [{"entity": private, "start": 4, "end": 8, "value": "x"}]
    assert chosen(clause(0, {LOST: 0.9}), entities=found)["retold"] is None


def test_no_more_pieces_are_classified_than_a_turn_can_wait_for() -> None:
    long = "The lamp is broken. The box was torn. Nobody answers me. The bill is wrong. My parcel never came. The app crashed. " * 3
    message = Message(data={TEXT: long})
    for reader in (SpacyDoc({}), Tellings({})):
        assert isinstance(reader, TextReader)
        reader.process([message])
    assert 0 < len(message.get(TELLINGS)) <= 5
