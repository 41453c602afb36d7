"""Which words and which letter groups a message has, weighted so that they stand beside a sentence vector."""

from __future__ import annotations

import json
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
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.clauses import with_clauses
from bot.nlu.plain_words import plain_words
from bot.nlu.text_reader import said

_KINDS: dict[str, dict[str, Any]] = {
    "word": {"analyzer": "word", "token_pattern": r"(?u)\b\w[\w']*|[?!]"},
    "char_wb": {"analyzer": "char_wb"},
}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class WordFeatures(SparseFeaturizer, GraphComponent):
    """Adds tf-idf of words (of length 1) and of letter groups within words (of length `char_weight`)."""

    @staticmethod
    def required_packages() -> list[str]:
        """Name what must be installed."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the group lengths, and in how many examples a group must occur to count."""
        return {
            **SparseFeaturizer.get_default_config(),
            "word_ngrams": [1, 2],
            "char_ngrams": [3, 5],
            "min_examples": 2,
            "char_weight": 1.5,
        }

    def __init__(self, config: dict[str, Any], name: str, model_storage: ModelStorage, resource: Resource) -> None:
        """Make the two vectorizers, still without a vocabulary."""
        super().__init__(name, {**self.get_default_config(), **config})
        self._storage, self._resource = model_storage, resource
        self.vectorizers = {
            "word": self._vectorizer("word", self._config["word_ngrams"]),
            "char_wb": self._vectorizer("char_wb", self._config["char_ngrams"]),
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GraphComponent:
        """Make the component from its part of config.yml."""
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> GraphComponent:
        """Make the component with the vocabulary it was trained with."""
        component = cls(config, execution_context.node_name, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            for kind, vectorizer in component.vectorizers.items():
                terms = json.loads((folder / f"{kind}.json").read_text(encoding="utf-8"))
                vectorizer.vocabulary_ = {term: index for index, term in enumerate(terms)}
                vectorizer.idf_ = np.load(folder / f"{kind}.npy")
        return component

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse group lengths that are not a pair."""
        for key in ("word_ngrams", "char_ngrams"):
            if len(config[key]) != 2:
                raise ValueError(f"WordFeatures: {key} must be [shortest, longest], not {config[key]}")

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the vocabulary and its weights, and keep them as plain JSON and NumPy files."""
        texts = [plain_words(example.get(TEXT)) for example in training_data.intent_examples if example.get(TEXT)]
        with self._storage.write_to(self._resource) as folder:
            for kind, vectorizer in self.vectorizers.items():
                vectorizer.fit(texts)
                terms = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)
                (folder / f"{kind}.json").write_text(json.dumps(terms), encoding="utf-8")
                np.save(folder / f"{kind}.npy", vectorizer.idf_)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the weights of the words and letter groups of each message, and of each of its clauses."""
        for message in with_clauses(messages):
            row = self.weigh(plain_words(said(message)))
            message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the weights of all examples."""
        self.process([example for example in training_data.training_examples if example.get(TEXT)])
        return training_data

    def weigh(self, text: str) -> csr_matrix:
        """Return one row: words first, then letter groups."""
        words = self.vectorizers["word"].transform([text])
        letters = self.vectorizers["char_wb"].transform([text]) * self._config["char_weight"]
        return csr_matrix(hstack([words, letters]), dtype=np.float32)

    def _vectorizer(self, kind: str, ngrams: list[int]) -> TfidfVectorizer:
        return TfidfVectorizer(
            **_KINDS[kind],
            ngram_range=tuple(ngrams),
            min_df=self._config["min_examples"],
            sublinear_tf=True,
            strip_accents="unicode",
        )
