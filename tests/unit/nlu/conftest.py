"""One of each component, made once: loading the language models takes seconds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.amount import AmountExtractor
from bot.nlu.date import DateExtractor
from bot.nlu.email import EmailExtractor
from bot.nlu.issue_classifier import IssueClassifier
from bot.nlu.order_number import OrderNumberExtractor
from bot.nlu.person_name import PersonNameExtractor
from bot.nlu.phone import PhoneExtractor
from bot.nlu.product import ProductExtractor
from bot.nlu.sentence_encoder import SentenceEncoder
from bot.nlu.severity import Severity
from bot.nlu.spacy_doc import SpacyDoc
from bot.nlu.tellings import Tellings
from bot.nlu.text_reader import TextReader
from bot.nlu.things import Things
from bot.nlu.what_happened import WhatHappened
from bot.nlu.word_features import WordFeatures

# In the order of config.yml.
READERS: list[type[TextReader]] = [
    SpacyDoc,
    Tellings,
    EmailExtractor,
    AmountExtractor,
    OrderNumberExtractor,
    PhoneExtractor,
    DateExtractor,
    PersonNameExtractor,
    ProductExtractor,
    WhatHappened,
    Things,
    Severity,
]
EXAMPLES = {
    "late_delivery": ["my parcel is late", "still waiting for my order", "it should have come last week", "so late again"],
    "billing_dispute": ["you charged me twice", "wrong amount on my bill", "I was billed for nothing", "double charge"],
    "greet": ["hello there", "good morning", "hi", "hey you"],
}


@pytest.fixture(scope="session")
def readers() -> list[TextReader]:
    return [reader({}) for reader in READERS]


@pytest.fixture(scope="session")
def read(readers: list[TextReader]) -> Callable[[str], dict[str, Any]]:
    """Read a text with all readers, as the assistant would, and return the output."""

    def read_text(text: str) -> dict[str, Any]:
        message = Message(data={TEXT: text})
        for reader in readers:
            reader.process([message])
        return message.as_dict(only_output_properties=True)

    return read_text


@pytest.fixture(scope="session")
def facts(read: Callable[[str], dict[str, Any]]) -> Callable[[str, str], list[str]]:
    """Return the values of one kind of fact in a text."""

    def values(text: str, entity: str) -> list[str]:
        return [found["value"] for found in read(text)["entities"] if found["entity"] == entity]

    return values


@pytest.fixture(scope="session")
def classified(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """Encoder, word features and classifier, trained on a dozen examples and loaded again from what they kept."""
    storage = LocalModelStorage(Path(tmp_path_factory.mktemp("models")))
    context = ExecutionContext(GraphSchema({}), node_name="tested")
    data = TrainingData([Message(data={TEXT: text, INTENT: intent}) for intent, texts in EXAMPLES.items() for text in texts])
    encoder = SentenceEncoder.create({}, storage, Resource("encoder"), context)
    encoder.process_training_data(data)
    trained: list[Any] = [encoder]
    for component in (WordFeatures, IssueClassifier):
        resource = Resource(component.__name__)
        component.create({}, storage, resource, context).train(data)
        trained.append(component.load({}, storage, resource, context))
        if component is WordFeatures:
            trained[-1].process_training_data(data)
    return trained
