"""The base of the fact extractors: a span of the message, as said, that no earlier extractor took."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    EXTRACTOR,
)
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.text_reader import TextReader, parsed, said

if TYPE_CHECKING:
    from spacy.tokens import Doc


@dataclass(frozen=True)
class Found:
    """Where a fact stands in the text, and what else is known of it."""

    start: int
    end: int
    extra: dict[str, Any] = field(default_factory=dict)

    def meets(self, start: int, end: int) -> bool:
        """Tell whether this span shares a character with another."""
        return self.start < end and start < self.end


class FactExtractor(TextReader):
    """Finds one kind of fact; what an earlier extractor took stays taken."""

    entity: ClassVar[str]

    @abstractmethod
    def find(self, text: str, doc: Doc | None) -> Iterable[Found]:
        """Return the spans of this kind of fact, surest first."""

    def read(self, message: Message) -> None:
        """Add the facts found to the message's entities."""
        text = said(message)
        entities = list(message.get(ENTITIES) or [])
        taken = [(entity[ENTITY_ATTRIBUTE_START], entity[ENTITY_ATTRIBUTE_END]) for entity in entities]
        for found in free(self.find(text, parsed(message)), taken):
            entities.append(self._entity(text, found))
        message.set(ENTITIES, entities, add_to_output=True)

    def _entity(self, text: str, found: Found) -> dict[str, Any]:
        return {
            ENTITY_ATTRIBUTE_TYPE: self.entity,
            ENTITY_ATTRIBUTE_START: found.start,
            ENTITY_ATTRIBUTE_END: found.end,
            ENTITY_ATTRIBUTE_VALUE: text[found.start : found.end],
            EXTRACTOR: type(self).__name__,
            **found.extra,
        }


def free(candidates: Iterable[Found], taken: Iterable[tuple[int, int]]) -> Iterator[Found]:
    """Yield the candidates that meet nothing taken before, nor one another."""
    spans = list(taken)
    for found in candidates:
        if found.start < found.end and not any(found.meets(*span) for span in spans):
            spans.append((found.start, found.end))
            yield found
