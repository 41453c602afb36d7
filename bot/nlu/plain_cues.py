"""Which issues a message has plain words for: the word lists that tell a second issue help to tell the first."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from bot.nlu.clauses import BESIDE, with_clauses
from bot.nlu.lexicon import fingerprint
from bot.nlu.phrase_list import read_phrases, spoken_words
from bot.nlu.text_reader import said


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class PlainCues(SparseFeaturizer, GraphComponent):
    """Adds one feature an issue: `weight` where a phrase of `lexicons/told_<issue>.txt` is in the message, else 0."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the weight: enough to be heard beside the vectors of length 1, too little to decide alone."""
        return {**SparseFeaturizer.get_default_config(), "weight": 0.4}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return what changes with the word lists."""
        return fingerprint(*(f"told_{issue}" for issue in BESIDE))

    def __init__(self, config: dict[str, Any], name: str) -> None:
        """Read the word lists."""
        super().__init__(name, {**self.get_default_config(), **config})
        self.phrases = [read_phrases(f"told_{issue}") for issue in BESIDE]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GraphComponent:
        """Make the component from its part of config.yml."""
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse a weight that says nothing."""
        if config["weight"] <= 0:
            raise ValueError(f"PlainCues: weight must be above 0, not {config['weight']}")

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the features of each message, and of each of its clauses."""
        for message in with_clauses(messages):
            message.add_features(Features(self.row(said(message)), FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the features of all examples."""
        self.process([example for example in training_data.training_examples if example.get(TEXT)])
        return training_data

    def row(self, text: str) -> csr_matrix:
        """Return one row, a column an issue."""
        words = spoken_words(text)
        told = [phrases.found_in(words) for phrases in self.phrases]
        return csr_matrix(np.array([told], dtype=np.float32) * np.float32(self._config["weight"]))
