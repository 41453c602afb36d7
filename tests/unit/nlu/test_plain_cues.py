"""Plain words count alike in training, where no clauses are cut, and in a conversation."""

import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.cases.issue import Issue
from bot.nlu.clauses import BESIDE, CLAUSES, TELLS, Clauses
from bot.nlu.plain_cues import PlainCues

TEXTS = ["the box came crushed and nobody answers my mails", "still waiting for it", "hello", "", "/inform it is late"]


@pytest.fixture(scope="module")
def cues() -> PlainCues:
    return PlainCues({}, "cues")


@pytest.mark.parametrize("text", TEXTS)
def test_cues_are_the_same_with_and_without_clauses(text: str, cues: PlainCues) -> None:
    heard, learned = Message(data={TEXT: text}), Message(data={TEXT: text})
    Clauses({}).read(heard)
    assert cues.features(heard).toarray().tolist() == cues.features(learned).toarray().tolist()


def test_message_in_training_is_left_as_it_is(cues: PlainCues) -> None:
    message = Message(data={TEXT: TEXTS[0]})
    cues.features(message)
    assert message.get(TELLS) is None


def test_each_clause_has_its_own_cues(cues: PlainCues) -> None:
    message = Message(data={TEXT: TEXTS[0]})
    Clauses({}).read(message)
    cues.process([message])
    first, second = ([issue for issue, cue in zip(BESIDE, row(part), strict=True) if cue] for part in message.get(CLAUSES))
    assert (first, second) == ([Issue.DAMAGED_OR_DEFECTIVE], [Issue.STAFF_CONDUCT])


def row(message: Message) -> list[float]:
    _, sparse = message.get_sparse_features(TEXT)
    values: list[float] = sparse.features.toarray()[0].tolist()
    return values
