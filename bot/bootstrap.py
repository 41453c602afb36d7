"""The composition root: settings in, a working shop out. The only module that knows all the concrete parts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot import canned, clock, policy_files, settings
from bot.cases.incident import Incident
from bot.cases.way_back import Links
from bot.handling.agents import Passwords
from bot.handling.shop import Shop
from bot.ports import Channel
from bot.providers.assistant import ActionServer, RasaAssistant
from bot.providers.file_maker import SeparateFileMaker
from bot.providers.hooks import HookPost
from bot.providers.mail import SmtpMailer
from bot.providers.reporter import SeparateReporter
from bot.providers.tracker import TrackerFile
from bot.providers.webhook import Webhook
from bot.settings import Settings
from bot.store import schema
from bot.store.database import Database
from bot.store.demo import seed_demo
from bot.store.orders import OrderBook
from bot.wording import Wording


def open_database(chosen: Settings) -> Database:
    """The store, not yet connected."""
    return Database(chosen.database_url)


def prepare(chosen: Settings, database: Database) -> tuple[str | None, str, int]:
    """Brings the database to this version and, in development, puts the demo shop into an empty one.

    Returns the versions before and after, and the number of demo orders added.
    """
    before, after = schema.upgrade(database)
    added = seed_demo(database, chosen.root / "data" / "shop", clock.now()) if chosen.env == "development" else 0
    return before, after, added


def open_shop(chosen: Settings | None = None, database: Database | None = None) -> Shop:
    """The shop of these settings. Raises BadSetting, BadPolicy, BadWording or StoreUnavailable, each with how to mend it."""
    chosen = chosen or settings.read()
    clock.check()
    database = database or open_database(chosen)
    if chosen.env == "development" and schema.current(database) is None:
        prepare(chosen, database)  # so that plain `rasa run actions` works on a fresh checkout
    schema.check(database)
    rules = policy_files.read(chosen.root / "data" / "policy")
    return Shop(
        begin=database.begin,
        orders=OrderBook(database),
        policy=rules.policy,
        wording=Wording.read(chosen.root / "data" / "responses"),
        name=rules.shop_name,
        policy_texts=rules.texts,
        mails=chosen.smtp_url is not None,
        opens_unknown=not chosen.is_production,
        canned=canned.read(chosen.root / "data" / "desk" / "canned.yml"),
    )


def open_assistant(chosen: Settings) -> RasaAssistant:
    """The assistant of these settings, behind its own door."""
    return RasaAssistant(chosen.assistant_url, chosen.secret("assistant"))


def open_memory(chosen: Settings) -> TrackerFile:
    """The assistant's working memory, to take away from."""
    return TrackerFile(Path(chosen.tracker_database))


def open_mailer(chosen: Settings) -> SmtpMailer | None:
    """The mail server of these settings; None where there is none."""
    return SmtpMailer(chosen.smtp_url, chosen.mail_from) if chosen.smtp_url else None


def open_reporter() -> SeparateReporter:
    """Whoever works out what takes long."""
    return SeparateReporter()


def open_file_maker() -> SeparateFileMaker:
    """Whoever writes customers' files anew."""
    return SeparateFileMaker()


def open_links(chosen: Settings) -> Links | None:
    """Whoever makes and reads the links of mails that lead back to the chat; None where there is no page to lead to."""
    if not chosen.chat_page or not chosen.public_url:
        return None
    return Links(chosen.secret("session"), chosen.chat_page, chosen.public_url)


def open_incident_reader() -> Callable[[dict[str, Any]], Incident]:
    """What reads an incident in the import format."""
    from bot.store.order_files import read_incident

    return read_incident


def open_passwords() -> Passwords:
    """How the desk's passwords are kept."""
    from bot.providers import passwords  # argon2 is loaded only where somebody signs in

    return Passwords(passwords.hashed, passwords.fits)


def open_provider(chosen: Settings) -> Webhook | None:
    """The shop's own system, which carries remedies out; None where there is none and people do it by hand."""
    if not chosen.shop_webhook_url:
        return None
    return Webhook(chosen.shop_webhook_url, chosen.secret("shop_webhook"), clock.now)


def open_hook_post(chosen: Settings) -> HookPost:
    """Whoever tells other systems what happens here; in production none in a private network."""
    return HookPost(clock.now, with_private=not chosen.is_production)


def open_channels(chosen: Settings) -> dict[str, Channel]:
    """The messaging channels of these settings, by name. Raises BadSetting, also where two would be the same channel."""
    if not chosen.channels:
        return {}
    from bot.channels import registry  # each brings what its provider needs: none of it is loaded where there is none

    return registry.open_all(chosen.channels, chosen.public_url)


def open_actions(chosen: Settings) -> ActionServer:
    """The action server, to ask whether it is there."""
    return ActionServer(f"http://127.0.0.1:{chosen.actions_port}")
