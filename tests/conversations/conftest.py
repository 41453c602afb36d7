"""One running product for all conversations here."""

from collections.abc import Iterator

import pytest

from tests.product import Chat, Product, running


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running(tmp_path_factory.mktemp("product")) as started:
        yield started


@pytest.fixture
def chat(product: Product) -> Chat:
    return Chat.begin(product)
