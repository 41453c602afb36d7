"""The product with every channel, for all tests here that drive it."""

from collections.abc import Iterator

import pytest

from tests.channels.together import Together
from tests.channels.world import World, opened


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One for all, closed before other tests go on: its clock is moved."""
    with opened(tmp_path_factory.mktemp("channels")) as world:
        yield world


@pytest.fixture(scope="package")
def together(world: World) -> Together:
    return Together(world)
