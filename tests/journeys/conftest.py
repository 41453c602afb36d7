"""One running product for all journeys here, with a shop in which every journey has its own orders."""

from collections.abc import Iterator

import pytest

from tests.journeys.customer import IDENTITY_SECRET
from tests.journeys.journey import journeys
from tests.journeys.shop import open_shop
from tests.product import Product, running


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running(tmp_path_factory.mktemp("journeys"), AMENDS_IDENTITY_SECRET=IDENTITY_SECRET) as started:
        open_shop(started, len(journeys()))
        yield started
