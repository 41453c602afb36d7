"""Which issues a message has plain words for: the word lists that tell a second issue help to tell the first."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix

from bot.nlu.clause_featurizer import ClauseFeaturizer
from bot.nlu.clauses import BESIDE, plain_phrases, told_fingerprint, told_plainly


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class PlainCues(ClauseFeaturizer, SparseFeaturizer):
    """Adds one feature an issue: `weight` where a phrase of `lexicons/told_<issue>.txt` is in the message, else 0."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the weight: enough to be heard beside the vectors of length 1, too little to decide alone."""
        return {**SparseFeaturizer.get_default_config(), "weight": 0.4}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return what changes with the word lists, and with the code."""
        return f"{super().fingerprint_addon(config)}{told_fingerprint()}"

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse a weight that says nothing."""
        if config["weight"] <= 0:
            raise ValueError(f"PlainCues: weight must be above 0, not {config['weight']}")

    def __init__(self, config: dict[str, Any], name: str) -> None:
        """Read the word lists, which training meets here first."""
        super().__init__(config, name)
        plain_phrases()

    def features(self, message: Message) -> csr_matrix:
        """Return one row, a column an issue."""
        told = told_plainly(message)
        return csr_matrix(np.array([[issue in told for issue in BESIDE]], dtype=np.float32) * np.float32(self._config["weight"]))
