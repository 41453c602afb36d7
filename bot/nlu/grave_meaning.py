"""Which grave reason a message means, learned from examples: the second witness, for words that no list foresees."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from ruamel.yaml import YAML
from sklearn.linear_model import LogisticRegression

from bot.nlu.linear_layer import LayerComponent, LinearLayer, Matrix, layer_code
from bot.nlu.plain_words import plain_words
from bot.nlu.sentence_encoder import SentenceEncoder

EXAMPLES = Path("data") / "severity"
GRAVE_MEANING = "grave_meaning"
NONE = "none"


# An extractor to Rasa, so that it is trained after the sentence vectors are there.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class GraveMeaning(LayerComponent):
    """Logistic regression over the sentence vector; what it is sure of, `Severity` takes as a reason beside its word lists."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must come before."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings; `sure`: from which chance that it is grave at all, chosen on complaints that are not."""
        return {"C": 16.0, "sure": 0.5, "examples": str(EXAMPLES)}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return what changes with the examples, and with the base class."""
        files = sorted(Path(config.get("examples", EXAMPLES)).glob("*.yml"))
        return hashlib.sha256(b"".join([layer_code(), *(path.read_bytes() for path in files)])).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on our grave and harmless examples, and on all other sentences as harmless."""
        told = examples(Path(self.config["examples"]))
        encoder = SentenceEncoder({}, "grave")
        ordinary = [vector for one in training_data.intent_examples if one.get(TEXT) and (vector := _vector(one)) is not None]
        rows = np.vstack([*(encoder.encode(plain_words(text)) for text, _ in told), *ordinary])
        wanted = [reason for _, reason in told] + [NONE] * len(ordinary)
        return self.keep(LinearLayer.of(LogisticRegression(C=self.config["C"], max_iter=500).fit(rows, wanted)))

    def process(self, messages: list[Message]) -> list[Message]:
        """Put on each message the reason it means, or None; it stays out of the output."""
        for message in messages:
            vector = _vector(message)
            message.set(GRAVE_MEANING, self.reason(vector) if vector is not None else None)
        return messages

    def reason(self, vector: Matrix) -> str | None:
        """Return the likeliest grave reason where the message is surely grave."""
        chances = self.layer.chances(vector[None, :])
        if 1 - chances.pop(NONE) < self.config["sure"] or not chances:
            return None
        return max(chances, key=chances.__getitem__)


def examples(folder: Path) -> list[tuple[str, str]]:
    """Text and reason of every example in the folder's YAML files."""
    files = [YAML(typ="safe").load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yml"))]
    return [(one["text"], one["why"]) for content in files for one in content["messages"]]


def _vector(message: Message) -> Matrix | None:
    _, dense = message.get_dense_features(TEXT)
    return None if dense is None else np.asarray(dense.features[0], dtype=np.float32)
