"""The settings, read once from the environment. A value that cannot be used names its key and how to mend it."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from bot.errors import BadSetting

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("development", "production", "test")
OF_CHANNELS = tuple(
    f"AMENDS_{name}_" for name in ("TELEGRAM", "TWILIO", "META", "WHATSAPP", "MESSENGER", "IMAP", "SMTP", "MAIL", "MASTODON", "REVIEWS")
)
T = TypeVar("T")


@dataclass(frozen=True)
class Settings:
    """Everything that differs between one installation and another. Ports are TCP, intervals seconds."""

    env: str
    root: Path
    var: Path  # what this installation keeps: database, secrets, logs
    database_url: str
    tracker_database: str  # the assistant's own working memory, never the truth
    host: str
    port: int
    assistant_port: int
    actions_port: int
    poll: float
    identity_secret: str | None  # the shop signs its visitors' identity with it
    smtp_url: str | None = None  # the server that mails letters; without it none is offered
    mail_from: str = ""
    shop_webhook_url: str | None = None  # where remedies are carried out; without it people do them by hand
    origins: tuple[str, ...] = ()  # websites besides our own that may use the chat
    trusted_proxies: int = 0  # how many proxies of the shop's own stand before the public door
    chat_page: str | None = None  # the shop's page with the chat, to which mails lead back
    undo_s: float = 5.0  # in which a person at the desk may take a sent reply back; 0: none
    channels: Mapping[str, str] = field(default_factory=dict)  # the settings of messaging channels, which each channel reads itself
    public_url: str | None = None  # where browsers reach the public door, without a slash at its end

    @property
    def is_production(self) -> bool:
        return self.env == "production"

    @property
    def assistant_url(self) -> str:
        return f"http://127.0.0.1:{self.assistant_port}"

    def secret(self, name: str) -> str:
        """A secret of this installation: from AMENDS_<NAME>_SECRET, else made once and kept in `var`, readable by its owner only."""
        given = os.environ.get(f"AMENDS_{name.upper()}_SECRET")
        if given:
            if len(given) < 16:
                raise BadSetting(f"AMENDS_{name.upper()}_SECRET is too short: use at least 16 characters.")
            return given
        return _kept_secret(self.var / f"{name}.secret")


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Raises BadSetting."""
    env = os.environ if environ is None else environ
    var = Path(env.get("AMENDS_VAR", str(ROOT / "var")))
    environment = env.get("AMENDS_ENV", "development")
    if environment not in ENVIRONMENTS:
        raise BadSetting(f"AMENDS_ENV is {environment!r}: use one of {', '.join(ENVIRONMENTS)}.")
    port = _number(env, "AMENDS_PORT", 8080, int, 1, 65535)
    chat_page, public_url = _addresses(env, None if environment == "production" else f"http://127.0.0.1:{port}")
    return Settings(
        env=environment,
        root=ROOT,
        var=var,
        database_url=_database_url(env.get("AMENDS_DATABASE_URL") or f"sqlite:///{var / 'amends.db'}"),
        tracker_database=env.get("AMENDS_TRACKER_DATABASE", str(var / "tracker.db")),
        host=env.get("AMENDS_HOST", "127.0.0.1"),
        port=port,
        assistant_port=_number(env, "AMENDS_ASSISTANT_PORT", 5005, int, 1, 65535),
        actions_port=_number(env, "AMENDS_ACTIONS_PORT", 5055, int, 1, 65535),
        poll=_number(env, "AMENDS_POLL_MS", 200, int, 10, 60_000) / 1000,
        identity_secret=_identity_secret(env.get("AMENDS_IDENTITY_SECRET") or None),
        smtp_url=_smtp_url(env.get("AMENDS_SMTP_URL") or None),
        mail_from=_mail_from(env),
        shop_webhook_url=_shop_webhook_url(env.get("AMENDS_SHOP_WEBHOOK_URL") or None),
        origins=tuple(_origin(one.strip()) for one in env.get("AMENDS_ORIGINS", "").split(",") if one.strip()),
        trusted_proxies=_number(env, "AMENDS_TRUSTED_PROXIES", 0, int, 0, 10),
        chat_page=chat_page,
        public_url=public_url,
        channels={key: value for key, value in env.items() if key.startswith(OF_CHANNELS) and value},
        undo_s=_number(env, "AMENDS_UNDO_SECONDS", 5, int, 0, 60),
    )


def _number(env: Mapping[str, str], key: str, default: int, kind: Callable[[str], int], low: int, high: int) -> int:
    text = env.get(key)
    if text is None or text == "":
        return default
    try:
        value = kind(text)
    except ValueError:
        value = low - 1
    if not low <= value <= high:
        raise BadSetting(f"{key} is {text!r}: use a whole number from {low} to {high}.")
    return value


def _database_url(url: str) -> str:
    """As SQLAlchemy wants it; the short forms that hosting companies hand out are taken too."""
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg2://" + url[len(short) :]
    if not url.startswith(("sqlite://", "postgresql+psycopg2://")):
        raise BadSetting(f"AMENDS_DATABASE_URL is {url.split('@')[-1]!r}: use sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.")
    return url


def _smtp_url(url: str | None) -> str | None:
    parts = urlsplit(url or "smtp://none")
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise BadSetting("AMENDS_SMTP_URL is no mail server: use smtp://USER:PASSWORD@HOST:PORT, or smtps:// for TLS from the start.")
    return url


def _mail_from(env: Mapping[str, str]) -> str:
    sender = env.get("AMENDS_MAIL_FROM", "")
    if env.get("AMENDS_SMTP_URL") and "@" not in parseaddr(sender)[1]:
        raise BadSetting("AMENDS_MAIL_FROM is missing: with AMENDS_SMTP_URL it says whom letters come from, such as care@example.com.")
    return sender


def _addresses(env: Mapping[str, str], usual: str | None) -> tuple[str | None, str | None]:
    """The page with the chat and the public door, both or neither; `usual` stands for what is not given."""
    page, door = env.get("AMENDS_CHAT_PAGE") or None, env.get("AMENDS_PUBLIC_URL") or None
    if usual is None and (page is None) != (door is None):
        missing, given = ("AMENDS_PUBLIC_URL", "AMENDS_CHAT_PAGE") if page else ("AMENDS_CHAT_PAGE", "AMENDS_PUBLIC_URL")
        raise BadSetting(f"{missing} is missing: mails that lead back to the chat need it besides {given}.")
    return (
        _page("AMENDS_CHAT_PAGE", page or (f"{usual}/" if usual else None)),
        (_page("AMENDS_PUBLIC_URL", door or usual, may_ask=False) or "").rstrip("/") or None,
    )


def _page(key: str, url: str | None, *, may_ask: bool = True) -> str | None:
    """An address that a link may begin with."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    is_plain = not (parts.username or "#" in url or re.search(r"\s", url) or (parts.query and not may_ask))
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_plain:
        raise BadSetting(f"{key} is {url!r}: use https://HOST/PATH, without a # in it.")
    return url


def _shop_webhook_url(url: str | None) -> str | None:
    wrong = BadSetting("AMENDS_SHOP_WEBHOOK_URL is no web address: use https://HOST/PATH, or http:// on a network of your own.")
    try:
        parts = urlsplit(url or "https://none")
        _ = parts.port  # a port that is no number shows only when it is asked for
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.fragment:
        raise wrong
    return url


def _identity_secret(secret: str | None) -> str | None:
    if secret and len(secret) < 32:  # as long as the signature: RFC 7518, 3.2
        raise BadSetting("AMENDS_IDENTITY_SECRET is too short: use at least 32 characters, the same in the shop.")
    return secret


def _origin(text: str) -> str:
    """A website as browsers name it: https://shop.example, with a port only where it is not the usual one."""
    wrong = BadSetting(f"AMENDS_ORIGINS names {text!r}: use https://HOST or https://HOST:PORT, without a path, and commas between several.")
    if "*" in text:
        raise BadSetting(f"AMENDS_ORIGINS names {text!r}: name each website by itself, since with a * anybody's page could use the chat.")
    try:
        parts = urlsplit(text.removesuffix("/"))
        port, host = parts.port, (parts.hostname or "").encode("idna").decode()
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.path or parts.query or parts.fragment:
        raise wrong
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port and port != {"http": 80, "https": 443}[parts.scheme] else "")


def _kept_secret(path: Path) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
    except FileExistsError:
        pass
    except OSError as error:
        raise BadSetting(f"{path} cannot be written ({error.strerror}): set AMENDS_VAR to a folder that can.") from error
    return path.read_text(encoding="ascii").strip()
