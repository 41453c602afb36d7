"""The base of the featurizers: what they add to a message they add to each of its pieces too."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from bot.nlu.clauses import CLAUSES
from bot.nlu.component import Component
from bot.nlu.tellings import TELLINGS

Made = TypeVar("Made", bound="ClauseFeaturizer")
_FOLDER = Path(__file__).parent


class ClauseFeaturizer(Component, Featurizer):
    """Adds one row of sentence features to every message and piece of it; goes before Rasa's dense or sparse featurizer."""

    def __init__(self, config: dict[str, Any], name: str) -> None:
        """Keep the configuration, with defaults for whatever it leaves out."""
        Featurizer.__init__(self, name, {**self.get_default_config(), **config})

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return what changes with the code: Rasa looks at a component's own class and at nothing that it calls."""
        return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(_FOLDER.glob("*.py")))).hexdigest()

    @classmethod
    def made(cls: type[Made], config: dict[str, Any], name: str, model_storage: ModelStorage, resource: Resource) -> Made:
        """Make it under its name in the pipeline, which its features bear."""
        return cls(config, name)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the features of each message, and of each of its pieces."""
        for message in _with_pieces(messages):
            message.add_features(Features(self.features(message), FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the features of all examples."""
        self.process([example for example in training_data.training_examples if example.get(TEXT)])
        return training_data

    @abstractmethod
    def features(self, message: Message) -> npt.NDArray[np.float32] | csr_matrix:
        """Return the one row of a message or piece."""


def _with_pieces(messages: Iterable[Message]) -> Iterator[Message]:
    for message in messages:
        yield message
        yield from message.get(CLAUSES) or ()
        yield from message.get(TELLINGS) or ()
