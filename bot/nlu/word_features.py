"""Which words and which letter groups a message has, weighted so that they stand beside a sentence vector."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.clause_featurizer import ClauseFeaturizer
from bot.nlu.plain_words import plain_words
from bot.nlu.text_reader import said

Made = TypeVar("Made", bound="WordFeatures")
_KINDS: dict[str, dict[str, Any]] = {
    "word": {"analyzer": "word", "token_pattern": r"(?u)\b\w[\w']*|[?!]"},
    "char_wb": {"analyzer": "char_wb"},
}


@dataclass(frozen=True)
class Vocabulary:
    """The terms of one kind and how rare each is. Weighs as scikit-learn does, for one text in a quarter of the time."""

    terms: Callable[[str], list[str]]
    columns: dict[str, int]
    rarity: npt.NDArray[np.float64]

    def weigh(self, text: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Return the columns of the text's terms and their tf-idf, as a vector of length 1."""
        counts = Counter(column for term in self.terms(text) if (column := self.columns.get(term)) is not None)
        columns = np.array(list(counts), dtype=np.int64)
        weights = (np.log(list(counts.values())) + 1) * self.rarity[columns]
        return columns, weights / (np.linalg.norm(weights) or 1)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class WordFeatures(ClauseFeaturizer, SparseFeaturizer):
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
        super().__init__(config, name)
        self._storage, self._resource = model_storage, resource
        self.vectorizers = {
            "word": self._vectorizer("word", self._config["word_ngrams"]),
            "char_wb": self._vectorizer("char_wb", self._config["char_ngrams"]),
        }
        self.vocabularies: list[Vocabulary] = []

    @classmethod
    def made(cls: type[Made], config: dict[str, Any], name: str, model_storage: ModelStorage, resource: Resource) -> Made:
        """Make it under its name, with a place to keep its vocabulary."""
        return cls(config, name, model_storage, resource)

    def remember(self, model_storage: ModelStorage, resource: Resource) -> None:
        """Read the vocabulary back."""
        with model_storage.read_from(resource) as folder:
            for kind, vectorizer in self.vectorizers.items():
                terms = json.loads((folder / f"{kind}.json").read_text(encoding="utf-8"))
                columns = {term: column for column, term in enumerate(terms)}
                self.vocabularies.append(Vocabulary(vectorizer.build_analyzer(), columns, np.load(folder / f"{kind}.npy")))

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

    def features(self, message: Message) -> csr_matrix:
        """Return one row: words first, then letter groups."""
        words, letters = self.vocabularies
        text = plain_words(said(message))
        word_columns, word_weights = words.weigh(text)
        letter_columns, letter_weights = letters.weigh(text)
        columns = np.concatenate([word_columns, letter_columns + len(words.columns)])
        weights = np.concatenate([word_weights, letter_weights * self._config["char_weight"]]).astype(np.float32)
        return csr_matrix((weights, columns, [0, len(columns)]), shape=(1, len(words.columns) + len(letters.columns)))

    def _vectorizer(self, kind: str, ngrams: list[int]) -> TfidfVectorizer:
        return TfidfVectorizer(
            **_KINDS[kind],
            ngram_range=tuple(ngrams),
            min_df=self._config["min_examples"],
            sublinear_tf=True,
            strip_accents="unicode",
        )
