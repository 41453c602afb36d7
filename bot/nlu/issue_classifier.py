"""Which intent a message has: one linear layer over its features, with honest probabilities."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack, vstack
from scipy.special import log_softmax, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from bot.nlu.clauses import CLAUSES, TELLS
from bot.nlu.issues import Clause, issues_told

Matrix = npt.NDArray[np.float32]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IssueClassifier(IntentClassifier, GraphComponent):
    """Logistic regression over sentence vector and word weights; Rasa's own passes no `C` on."""

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
        """Return the settings; `calibration_share: 0` leaves the probabilities as they come."""
        return {
            "C": 4.0,
            "class_weight": "balanced",
            "dense_scale": 1.0,
            "sparse_scale": 1.0,
            "max_iter": 300,
            "tol": 1e-3,
            "calibration_share": 0.2,
        }

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """Make a classifier that knows no intent yet."""
        self.config = {**self.get_default_config(), **config}
        self._storage, self._resource = model_storage, resource
        self.names: list[str] = []
        self.weights: Matrix = np.zeros((0, 0), dtype=np.float32)
        self.bias: Matrix = np.zeros(0, dtype=np.float32)

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
            component.names = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
            layer = np.load(folder / "layer.npz", allow_pickle=False)
            component.weights, component.bias = layer["weights"], layer["bias"]
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the layer, set its temperature, and keep it as plain JSON and NumPy files."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        wanted = np.array([example.get(INTENT) for example in examples])
        rows = vstack([self._row(example) for example in examples])
        model = self._model().fit(rows, wanted)
        heat = self._temperature(rows, wanted)
        weights, bias = _one_row_per_class(model)
        self.names = [str(name) for name in model.classes_]
        self.weights, self.bias = (weights / heat).astype(np.float32), (bias / heat).astype(np.float32)
        self._persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set each message's intent, the ranking of all intents, and the issues it tells with their spans."""
        for message in messages:
            ranking = self.rank(message)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set("issues", issues_told(message.get(TEXT) or "", ranking, self._clauses(message, ranking)), add_to_output=True)
        return messages

    def rank(self, message: Message) -> list[dict[str, Any]]:
        """Return every intent with its probability, likeliest first."""
        chances = softmax((self._row(message) @ self.weights.T)[0] + self.bias)
        order = np.argsort(-chances)
        return [{INTENT_NAME_KEY: self.names[at], PREDICTED_CONFIDENCE_KEY: float(chances[at])} for at in order]

    def _clauses(self, message: Message, ranking: list[dict[str, Any]]) -> list[Clause]:
        """The clauses that plainly tell an issue; the whole message where it is not cut."""
        parts = [Clause(part.get("span"), part.get(TELLS), _chances(self.rank(part))) for part in message.get(CLAUSES) or ()]
        tells = message.get(TELLS) or []
        return parts or ([Clause((0, len(message.get(TEXT) or "")), tells, _chances(ranking))] if tells else [])

    def _row(self, message: Message) -> csr_matrix:
        _, dense = message.get_dense_features(TEXT)
        _, sparse = message.get_sparse_features(TEXT)
        blocks = []
        # Each kind is of length 1 when it comes; unscaled counts would drown the sentence vector.
        if dense is not None:
            blocks.append(csr_matrix(dense.features) * self.config["dense_scale"])
        if sparse is not None:
            blocks.append(sparse.features * self.config["sparse_scale"])
        return csr_matrix(hstack(blocks), dtype=np.float32)

    def _model(self) -> LogisticRegression:
        return LogisticRegression(
            C=self.config["C"], class_weight=self.config["class_weight"], max_iter=self.config["max_iter"], tol=self.config["tol"]
        )

    def _temperature(self, rows: csr_matrix, wanted: npt.NDArray[Any]) -> float:
        """Return the divisor that makes unseen examples' probabilities true on the whole, seen on a share kept back."""
        share, counts = self.config["calibration_share"], np.unique(wanted, return_counts=True)[1]
        if share <= 0 or len(counts) < 3 or counts.min() * share < 1:
            return 1.0
        seen, unseen, seen_wanted, unseen_wanted = train_test_split(rows, wanted, test_size=share, stratify=wanted, random_state=0)
        scores = self._model().fit(seen, seen_wanted).decision_function(unseen)
        right = np.searchsorted(np.unique(wanted), unseen_wanted)

        def loss(heat: float) -> float:
            return -float(log_softmax(scores / heat, axis=1)[np.arange(len(right)), right].mean())

        return float(minimize_scalar(loss, bounds=(0.1, 10.0), method="bounded").x)

    def _persist(self) -> None:
        with self._storage.write_to(self._resource) as folder:
            (folder / "intents.json").write_text(json.dumps(self.names), encoding="utf-8")
            np.savez(folder / "layer.npz", weights=self.weights, bias=self.bias)


def _chances(ranking: list[dict[str, Any]]) -> dict[str, float]:
    return {one[INTENT_NAME_KEY]: one[PREDICTED_CONFIDENCE_KEY] for one in ranking}


def _one_row_per_class(model: LogisticRegression) -> tuple[Matrix, Matrix]:
    """Give two classes a row each, as more classes have; scikit-learn keeps one row for both."""
    if len(model.classes_) > 2:
        return model.coef_, model.intercept_
    return np.vstack([-model.coef_ / 2, model.coef_ / 2]), np.hstack([-model.intercept_ / 2, model.intercept_ / 2])
