"""Which grave reason a message means, learned from examples: the second witness, for words that no list foresees."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from ruamel.yaml import YAML
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression

from bot.nlu.plain_words import plain_words
from bot.nlu.sentence_encoder import SentenceEncoder

EXAMPLES = Path("data") / "severity"
GRAVE_MEANING = "grave_meaning"
NONE = "none"
Matrix = npt.NDArray[np.float32]


# An extractor to Rasa, so that it is trained after the sentence vectors are there.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class GraveMeaning(GraphComponent):
    """Logistic regression over the sentence vector; what it is sure of, `Severity` takes as a reason beside its word lists."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must come before."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Name what must be installed."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings; `sure`: from which chance that it is grave at all, chosen on complaints that are not."""
        return {"C": 16.0, "sure": 0.5, "examples": str(EXAMPLES)}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return what changes with the examples."""
        files = sorted(Path(config.get("examples", EXAMPLES)).glob("*.yml"))
        return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """Make a component that finds nothing grave yet."""
        self.config = {**self.get_default_config(), **config}
        self._storage, self._resource = model_storage, resource
        self.reasons: list[str] = [NONE]
        self.weights: Matrix = np.zeros((1, 0), dtype=np.float32)
        self.bias: Matrix = np.zeros(1, dtype=np.float32)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GraphComponent:
        """Make the component from its part of config.yml."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> GraphComponent:
        """Make the component as it was trained."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component.reasons = json.loads((folder / "reasons.json").read_text(encoding="utf-8"))
            layer = np.load(folder / "layer.npz", allow_pickle=False)
            component.weights, component.bias = layer["weights"], layer["bias"]
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on our grave and harmless examples, and on all other sentences as harmless."""
        told = examples(Path(self.config["examples"]))
        encoder = SentenceEncoder({"max_tokens": 96}, "grave")
        ordinary = [vector for one in training_data.intent_examples if one.get(TEXT) and (vector := _vector(one)) is not None]
        rows = np.vstack([*(encoder.encode(plain_words(text)) for text, _ in told), *ordinary])
        wanted = [reason for _, reason in told] + [NONE] * len(ordinary)
        model = LogisticRegression(C=self.config["C"], max_iter=500).fit(rows, wanted)
        self.reasons = [str(name) for name in model.classes_]
        self.weights, self.bias = model.coef_.astype(np.float32), model.intercept_.astype(np.float32)
        with self._storage.write_to(self._resource) as folder:
            (folder / "reasons.json").write_text(json.dumps(self.reasons), encoding="utf-8")
            np.savez(folder / "layer.npz", weights=self.weights, bias=self.bias)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Put on each message the reason it means, or None; it stays out of the output."""
        for message in messages:
            vector = _vector(message)
            message.set(GRAVE_MEANING, self.reason(vector) if vector is not None else None)
        return messages

    def reason(self, vector: Matrix) -> str | None:
        """Return the likeliest grave reason where the message is surely grave."""
        chances = dict(zip(self.reasons, softmax(self.weights @ vector + self.bias), strict=True))
        if 1 - chances.pop(NONE) < self.config["sure"] or not chances:
            return None
        return max(chances, key=lambda name: chances[name])


def examples(folder: Path) -> list[tuple[str, str]]:
    """Text and reason of every example in the folder's YAML files."""
    files = [YAML(typ="safe").load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yml"))]
    return [(one["text"], one["why"]) for content in files for one in content["messages"]]


def _vector(message: Message) -> Matrix | None:
    _, dense = message.get_dense_features(TEXT)
    return None if dense is None else np.asarray(dense.features[0], dtype=np.float32)
