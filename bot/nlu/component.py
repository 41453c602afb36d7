"""The base of every component: Rasa makes all of them alike, and each takes what it needs."""

from __future__ import annotations

from typing import Any, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

Made = TypeVar("Made", bound="Component")


class Component(GraphComponent):
    """A component with a configuration; one that needs more overrides `made`, one that learns overrides `remember`."""

    def __init__(self, config: dict[str, Any]) -> None:
        """Keep the configuration, with defaults for whatever it leaves out."""
        self.config = {**self.get_default_config(), **config}

    @classmethod
    def create(
        cls: type[Made], config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> Made:
        """Make the component from its part of config.yml."""
        return cls.made(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def load(
        cls: type[Made],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Made:
        """Make the component as it was trained."""
        component = cls.create(config, model_storage, resource, execution_context)
        component.remember(model_storage, resource)
        return component

    @classmethod
    def made(cls: type[Made], config: dict[str, Any], name: str, model_storage: ModelStorage, resource: Resource) -> Made:
        """Call the constructor with what it takes."""
        return cls(config)

    def remember(self, model_storage: ModelStorage, resource: Resource) -> None:
        """Read back what `train` kept."""
