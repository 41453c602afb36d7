"""A linear layer gives the chances of the model that it was taken from, whole or in blocks, kept or not."""

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.nlu.linear_layer import LinearLayer

ROWS = np.random.default_rng(0).normal(size=(60, 5)).astype(np.float32)


def fitted(classes: int) -> LogisticRegression:
    return LogisticRegression().fit(ROWS, [f"kind_{at % classes}" for at in range(len(ROWS))])


@pytest.mark.parametrize("classes", [2, 3])
def test_layer_gives_the_chances_of_its_model(classes: int) -> None:
    model = fitted(classes)
    chances = LinearLayer.of(model).chances(ROWS[:1])
    assert list(chances) == list(model.classes_)
    assert list(chances.values()) == pytest.approx(model.predict_proba(ROWS[:1])[0], abs=1e-5)


def test_heat_makes_chances_more_alike() -> None:
    model = fitted(3)
    assert max(LinearLayer.of(model, heat=3.0).chances(ROWS[:1]).values()) < max(LinearLayer.of(model).chances(ROWS[:1]).values())


def test_blocks_of_a_row_count_as_the_row() -> None:
    layer = LinearLayer.of(fitted(3))
    assert layer.chances(ROWS[:1, :2], csr_matrix(ROWS[:1, 2:])) == pytest.approx(layer.chances(ROWS[:1]), abs=1e-6)


def test_layer_is_kept_as_it_is(tmp_path: Path) -> None:
    layer = LinearLayer.of(fitted(3))
    layer.save(tmp_path)
    assert LinearLayer.load(tmp_path).chances(ROWS[:1]) == layer.chances(ROWS[:1])
