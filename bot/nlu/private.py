"""Which stretches of a message are never said back: they name or number somebody."""

from __future__ import annotations

from rasa.shared.nlu.constants import ENTITIES, ENTITY_ATTRIBUTE_END, ENTITY_ATTRIBUTE_START, ENTITY_ATTRIBUTE_TYPE
from rasa.shared.nlu.training_data.message import Message

PRIVATE = frozenset({"email", "phone", "order_number", "person_name"})


def private_spans(message: Message) -> list[tuple[int, int]]:
    """Return start and end of each, from what the extractors before have found."""
    return [
        (entity[ENTITY_ATTRIBUTE_START], entity[ENTITY_ATTRIBUTE_END])
        for entity in message.get(ENTITIES) or []
        if entity[ENTITY_ATTRIBUTE_TYPE] in PRIVATE
    ]
