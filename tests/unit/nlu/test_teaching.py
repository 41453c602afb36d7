"""Taught with a really trained classifier: good labels are kept, labels turned to one wrong intent are not, and the known teach nothing."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.cases.taught import Example, Verdict, judge
from bot.evaluation.sets import Pairs, sentences
from bot.nlu.issue_classifier import IssueClassifier
from bot.nlu.sentence_encoder import SentenceEncoder
from bot.settings import ROOT

TAUGHT = ("late_delivery", "billing_dispute", "staff_conduct", "greet")
LITTLE_KNOWN = "wrong_item"
KNOWN, HELD_OUT, LABELS, FEW = 20, 25, 25, 2


class Sets:
    """Sentences of data/nlu dealt out: what is known, what is labelled, and what is held out; each encoded once."""

    def __init__(self, folder: Path) -> None:
        self.storage, self.context = LocalModelStorage(folder), ExecutionContext(GraphSchema({}), node_name="tested")
        self.encoder = SentenceEncoder({}, "encoder")
        self.features: dict[str, Any] = {}
        self.known, self.labels, self.held_out = list[Example](), list[Example](), list[Example]()
        chance = random.Random(7)
        for intent in (*TAUGHT, LITTLE_KNOWN):
            told = [text for _, text in sentences(ROOT / "data" / "nlu" / f"{intent}.yml") if "](" not in text]
            dealt = [Example(text, intent) for text in chance.sample(told, KNOWN + HELD_OUT + LABELS)]
            self.held_out += dealt[:HELD_OUT]
            self.known += dealt[HELD_OUT : HELD_OUT + (FEW if intent == LITTLE_KNOWN else KNOWN)]
            self.labels += dealt[-LABELS:] if intent == LITTLE_KNOWN else []

    def message(self, one: Example) -> Message:
        message = Message(data={TEXT: one.text, INTENT: one.intent})
        if one.text not in self.features:
            self.encoder.process([message])
            self.features[one.text] = message.features
        message.features = self.features[one.text]
        return message

    def pairs(self, examples: Sequence[Example]) -> Pairs:
        """Label and guess of what is held out, by a classifier trained on these."""
        resource = Resource("classifier")
        made = IssueClassifier.create({"calibration_share": 0}, self.storage, resource, self.context)
        made.train(TrainingData([self.message(one) for one in examples]))
        heard = made.process([self.message(one) for one in self.held_out])
        return [(one.intent, str(message.get(INTENT)["name"])) for one, message in zip(self.held_out, heard, strict=True)]

    def verdict(self, new: Sequence[Example]) -> Verdict:
        return judge({}, {}, self.pairs(self.known), self.pairs([*self.known, *new]))


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Sets:
    return Sets(tmp_path_factory.mktemp("models"))


def test_good_labels_are_kept(sets: Sets) -> None:
    verdict = sets.verdict(sets.labels)
    assert verdict.is_better, verdict.why
    assert verdict.gain > 0.03


def test_labels_all_turned_to_one_wrong_intent_are_refused(sets: Sets) -> None:
    verdict = sets.verdict([Example(one.text, "greet") for one in sets.labels])
    assert not verdict.is_better and verdict.gain < 0


def test_what_teaches_nothing_new_keeps_the_present(sets: Sets) -> None:
    assert not sets.verdict([Example(f"{one.text} !", one.intent) for one in sets.known[:12]]).is_better
