"""Which intent a message has: one linear layer over its features, with honest probabilities."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import (
    FEATURE_TYPE_SENTENCE,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack, vstack
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from bot.nlu.clauses import CLAUSES, TELLS
from bot.nlu.issues import Clause, issues_told
from bot.nlu.linear_layer import LayerComponent, LinearLayer, Matrix, layer_code
from bot.nlu.tellings import CHANCES, TELLINGS


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IssueClassifier(LayerComponent, IntentClassifier):
    """Logistic regression over sentence vector and word weights; Rasa's own passes no `C` on."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must come before."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings; `calibration_share: 0` leaves the probabilities as they come."""
        return {
            "C": 4.0,
            "class_weight": "balanced",
            "max_iter": 300,
            "tol": 1e-3,
            "calibration_share": 0.2,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return what changes with the base class, which Rasa does not look at."""
        return hashlib.sha256(layer_code()).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the layer, set its temperature, and keep it."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        wanted = np.array([example.get(INTENT) for example in examples])
        rows = vstack([hstack([csr_matrix(block) for block in _blocks(example)]) for example in examples], format="csr", dtype=np.float32)
        return self.keep(LinearLayer.of(self._model().fit(rows, wanted), heat=self._temperature(rows, wanted)))

    def process(self, messages: list[Message]) -> list[Message]:
        """Set each message's intent, the ranking of all intents, the issues it tells with their spans, and what each piece tells."""
        for message in messages:
            pieces = [self._chances(telling) for telling in message.get(TELLINGS) or ()]
            for telling, of_piece in zip(message.get(TELLINGS) or (), pieces, strict=True):
                telling.set(CHANCES, of_piece)
            chances = self._chances(message)
            ranking = [
                {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: chance}
                for name, chance in sorted(chances.items(), key=lambda one: one[1], reverse=True)
            ]
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set(
                "issues", issues_told(message.get(TEXT) or "", ranking, self._clauses(message, chances), pieces), add_to_output=True
            )
        return messages

    def _chances(self, message: Message) -> dict[str, float]:
        return self.layer.chances(*_blocks(message))

    def _clauses(self, message: Message, chances: dict[str, float]) -> list[Clause]:
        """The clauses that plainly tell an issue; the whole message where it is not cut."""
        parts = [Clause(part.get("span"), part.get(TELLS), self._chances(part)) for part in message.get(CLAUSES) or ()]
        told = message.get(TELLS) or []
        return parts or ([Clause((0, len(message.get(TEXT) or "")), told, chances)] if told else [])

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


def _blocks(message: Message) -> list[Matrix | csr_matrix]:
    """Return what each featurizer added, dense before sparse; joining them would take as long as the layer itself."""
    features = [one for one in message.features if one.attribute == TEXT and one.type == FEATURE_TYPE_SENTENCE]
    return [one.features for one in sorted(features, key=Features.is_sparse)]
