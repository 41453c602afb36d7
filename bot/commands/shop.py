"""The shop as a command finds it."""

from bot import settings
from bot.bootstrap import open_database, open_shop
from bot.handling.shop import Shop
from bot.store import schema
from bot.store.database import Database


def ready_database() -> Database:
    """The database; an empty one is given its tables first. Raises StoreUnavailable."""
    found = open_database(settings.read())
    if schema.current(found) is None:
        schema.upgrade(found)
    schema.check(found)
    return found


def ready_shop() -> Shop:
    """The shop over it."""
    return open_shop(settings.read(), ready_database())
