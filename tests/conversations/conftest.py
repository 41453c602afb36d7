"""A customer at the running product."""

import pytest

from tests.product import Chat, Product


@pytest.fixture
def chat(product: Product) -> Chat:
    return Chat.begin(product)
