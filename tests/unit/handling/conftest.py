"""The shop as it ships: its own policy and wording, over a real store with Nina's order in it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot import policy_files
from bot.handling.shop import Shop
from bot.policy_files import Rules
from bot.store.database import Database
from bot.store.orders import OrderBook
from bot.wording import Wording
from tests.builders import an_order
from tests.unit.handling.chats import Chat, take_orders

DATA = Path(__file__).parents[3] / "data"


@pytest.fixture(scope="session")
def rules() -> Rules:
    return policy_files.read(DATA / "policy")


@pytest.fixture(scope="session")
def wording() -> Wording:
    return Wording.read(DATA / "responses")


@pytest.fixture
def shop(memory_database: Database, rules: Rules, wording: Wording) -> Shop:
    """Order A10021 is in it: Nina's, two items, four days late."""
    take_orders(memory_database, an_order())
    return Shop(memory_database.begin, OrderBook(memory_database, incidents_kept=0), rules.policy, wording, rules.shop_name)


@pytest.fixture
def chat(shop: Shop) -> Chat:
    """A new conversation on the website."""
    return Chat(shop)


@pytest.fixture
def broken(shop: Shop, memory_database: Database) -> Shop:
    """With Nina's delivered order B1 of two items."""
    take_orders(memory_database, an_order(number="B1", status="delivered"))
    return shop


@pytest.fixture
def filing(shop: Shop) -> Callable[[], Chat]:
    """A conversation in which a refund of Nina's late order waits for a yes."""

    def begin() -> Chat:
        chat = Chat(shop)
        chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", email="nina@example.com")
        chat.tap("refund")
        return chat

    return begin
