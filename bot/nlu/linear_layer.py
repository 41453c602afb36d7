"""One linear layer: what a classifier keeps of what it learned, as plain JSON and NumPy files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from scipy.sparse import csr_matrix
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression

from bot.nlu.component import Component

Made = TypeVar("Made", bound="LayerComponent")
Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class LinearLayer:
    """Weights with a row a feature and a column a name, so that features that come in blocks meet theirs without a copy."""

    names: tuple[str, ...]
    weights: Matrix
    bias: Matrix

    @classmethod
    def of(cls, model: LogisticRegression, heat: float = 1.0) -> LinearLayer:
        """Take it from a fitted model; a heat above 1 makes the chances more alike."""
        weights, bias = _one_row_per_class(model)
        columns = np.ascontiguousarray((weights / heat).T, dtype=np.float32)
        return cls(tuple(str(name) for name in model.classes_), columns, (bias / heat).astype(np.float32))

    @classmethod
    def load(cls, folder: Path) -> LinearLayer:
        """Read it from where `save` put it."""
        names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        layer = np.load(folder / "layer.npz", allow_pickle=False)
        return cls(tuple(names), layer["weights"], layer["bias"])

    def save(self, folder: Path) -> None:
        """Write it; nothing of it is pickled."""
        (folder / "names.json").write_text(json.dumps(self.names), encoding="utf-8")
        np.savez(folder / "layer.npz", weights=self.weights, bias=self.bias)

    def chances(self, *blocks: Matrix | csr_matrix) -> dict[str, float]:
        """Return the chance of each name for one row of features, given in its blocks from left to right."""
        scores, first = self.bias, 0
        for block in blocks:
            end = first + block.shape[1]
            scores = scores + (block @ self.weights[first:end])[0]
            first = end
        return dict(zip(self.names, softmax(scores).tolist(), strict=True))


class LayerComponent(Component):
    """A component that learns one linear layer; `train` has to `keep` it."""

    layer: LinearLayer

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """Make a component that has learned nothing yet."""
        super().__init__(config)
        self._storage, self._resource = model_storage, resource

    @staticmethod
    def required_packages() -> list[str]:
        """Name what must be installed."""
        return ["sklearn"]

    @classmethod
    def made(cls: type[Made], config: dict[str, Any], name: str, model_storage: ModelStorage, resource: Resource) -> Made:
        """Make it with a place to keep what it learns."""
        return cls(config, model_storage, resource)

    def remember(self, model_storage: ModelStorage, resource: Resource) -> None:
        """Read the layer back."""
        with model_storage.read_from(resource) as folder:
            self.layer = LinearLayer.load(folder)

    def keep(self, layer: LinearLayer) -> Resource:
        """Store what was learned."""
        self.layer = layer
        with self._storage.write_to(self._resource) as folder:
            layer.save(folder)
        return self._resource


def layer_code() -> bytes:
    """Return what is written here, for the fingerprints: Rasa looks at a component's own class and at nothing beyond."""
    return Path(__file__).read_bytes()


def _one_row_per_class(model: LogisticRegression) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Give two classes a row each, as more classes have; scikit-learn keeps one row for both."""
    if len(model.classes_) > 2:
        return model.coef_, model.intercept_
    return np.vstack([-model.coef_ / 2, model.coef_ / 2]), np.hstack([-model.intercept_ / 2, model.intercept_ / 2])
