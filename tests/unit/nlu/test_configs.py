"""Rasa accepts the pipelines, and the smallest ones really train."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import rasa.shared.utils.io
from rasa.core.agent import Agent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.validation import validate
from rasa.model_training import train_nlu
from rasa.shared.data import TrainingType

ROOT = Path(__file__).parents[3]
SMALL = sorted((ROOT / "tests" / "configs").glob("*.yml"))
NLU = """
version: "3.1"
nlu:
  - intent: late_delivery
    examples: |
      - my parcel is late
      - still waiting for my order
      - it should have come last week
  - intent: billing_dispute
    examples: |
      - you charged me twice
      - wrong amount on my bill
      - I was billed for nothing
  - intent: greet
    examples: |
      - hello there
      - good morning
      - hi
"""


@pytest.mark.parametrize("path", [ROOT / "config.yml", *SMALL], ids=lambda path: path.stem)
def test_rasa_accepts_the_pipeline(path: Path) -> None:
    config = rasa.shared.utils.io.read_config_file(path)
    validate(DefaultV1Recipe().graph_config_for_recipe(config, {}, training_type=TrainingType.NLU))


@pytest.mark.parametrize("path", SMALL, ids=lambda path: path.stem)
def test_small_pipeline_trains_and_parses(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASA_TELEMETRY_ENABLED", "false")
    monkeypatch.chdir(tmp_path)  # Rasa keeps its cache in the working directory
    (tmp_path / "nlu.yml").write_text(NLU, encoding="utf-8")
    model = train_nlu(str(path), "nlu.yml", "models")
    output: dict[str, Any] = asyncio.run(Agent.load(model).parse_message("my lamp W2611340 arrived broken and you charged me twice"))
    assert output["intent"]["name"] == "billing_dispute"
    if path.stem == "facts":
        assert output["entities"][0]["value"] == "W2611340"
        assert output["severity"]["level"] == "ordinary"
        assert output["what_happened"]["text"]
