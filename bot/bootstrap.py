"""The composition root: settings in, a working shop out. The only module that knows all the concrete parts."""

from bot import clock, policy_files, settings
from bot.handling.shop import Shop
from bot.providers.assistant import ActionServer, RasaAssistant
from bot.settings import Settings
from bot.store import schema
from bot.store.database import Database
from bot.store.orders import OrderBook
from bot.wording import Wording


def open_database(chosen: Settings) -> Database:
    """The store, not yet connected."""
    return Database(chosen.database_url)


def open_shop(chosen: Settings | None = None, database: Database | None = None) -> Shop:
    """The shop of these settings. Raises BadSetting, BadPolicy, BadWording or StoreUnavailable, each with how to mend it."""
    chosen = chosen or settings.read()
    clock.check()
    database = database or open_database(chosen)
    schema.check(database)
    rules = policy_files.read(chosen.root / "data" / "policy")
    return Shop(
        begin=database.begin,
        orders=OrderBook(database),
        policy=rules.policy,
        wording=Wording.read(chosen.root / "data" / "responses"),
        name=rules.shop_name,
        opens_unknown=not chosen.is_production,
    )


def open_assistant(chosen: Settings) -> RasaAssistant:
    """The assistant of these settings, behind its own door."""
    return RasaAssistant(chosen.assistant_url, chosen.secret("assistant"))


def open_actions(chosen: Settings) -> ActionServer:
    """The action server, to ask whether it is there."""
    return ActionServer(f"http://127.0.0.1:{chosen.actions_port}")
