"""Settings: what is read, and how a bad value is told."""

import stat
from pathlib import Path

import pytest

from bot import clock, settings
from bot.errors import BadSetting
from bot.settings import ROOT


def test_settings_need_nothing() -> None:
    chosen = settings.read({})
    assert (chosen.env, chosen.host, chosen.port, chosen.assistant_port, chosen.actions_port) == (
        "development",
        "127.0.0.1",
        8080,
        5005,
        5055,
    )
    assert chosen.database_url == f"sqlite:///{ROOT / 'var' / 'amends.db'}"
    assert chosen.assistant_url == "http://127.0.0.1:5005"
    assert not chosen.is_production


def test_empty_value_counts_as_none() -> None:
    chosen = settings.read({"AMENDS_PORT": "", "AMENDS_DATABASE_URL": "", "AMENDS_IDENTITY_SECRET": ""})
    assert (chosen.port, chosen.identity_secret) == (8080, None)
    assert chosen.database_url.startswith("sqlite:///")


@pytest.mark.parametrize("value", ["0", "65536", "-1", "80a", "8080.5"])
def test_bad_port_names_its_key_and_its_value(value: str) -> None:
    with pytest.raises(BadSetting, match=r"AMENDS_PORT is '.*': use a whole number from 1 to 65535") as refused:
        settings.read({"AMENDS_PORT": value})
    assert repr(value) in str(refused.value)


def test_bad_environment_names_those_there_are() -> None:
    with pytest.raises(BadSetting, match=r"AMENDS_ENV is 'prod': use one of development, production, test\."):
        settings.read({"AMENDS_ENV": "prod"})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_short_forms_of_postgresql_are_taken(scheme: str) -> None:
    assert settings.read({"AMENDS_DATABASE_URL": f"{scheme}://amends@db/shop"}).database_url == "postgresql+psycopg2://amends@db/shop"


def test_unknown_database_is_refused_without_its_password() -> None:
    with pytest.raises(BadSetting, match="AMENDS_DATABASE_URL") as refused:
        settings.read({"AMENDS_DATABASE_URL": "mysql://amends:pass-word@db/shop"})
    assert "pass-word" not in str(refused.value)


def test_poll_is_set_in_milliseconds() -> None:
    assert settings.read({"AMENDS_POLL_MS": "50"}).poll == 0.05


def test_secret_is_made_once_and_is_its_owners_only(tmp_path: Path) -> None:
    chosen = settings.read({"AMENDS_VAR": str(tmp_path / "var")})
    first = chosen.secret("session")
    assert len(first) >= 32
    assert chosen.secret("session") == first != chosen.secret("assistant")
    assert stat.S_IMODE((tmp_path / "var" / "session.secret").stat().st_mode) == 0o600


def test_secret_of_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_SESSION_SECRET", "a secret of our own choice")
    assert settings.read({"AMENDS_VAR": str(tmp_path)}).secret("session") == "a secret of our own choice"


def test_short_secret_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_SESSION_SECRET", "short")
    with pytest.raises(BadSetting, match="AMENDS_SESSION_SECRET is too short"):
        settings.read({"AMENDS_VAR": str(tmp_path)}).secret("session")


def test_folder_that_cannot_be_written_is_named() -> None:
    with pytest.raises(BadSetting, match=r"/proc/nowhere.* cannot be written .*: set AMENDS_VAR"):
        settings.read({"AMENDS_VAR": "/proc/nowhere"}).secret("session")


def test_clock_is_moved_by_its_file_under_test_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "clock"
    file.write_text("3600", encoding="ascii")
    monkeypatch.setenv("AMENDS_CLOCK_FILE", str(file))
    monkeypatch.setenv("AMENDS_ENV", "test")
    clock.check()
    assert clock.offset().total_seconds() == 3600
    monkeypatch.setenv("AMENDS_ENV", "development")
    assert clock.offset().total_seconds() == 0
    with pytest.raises(BadSetting, match="AMENDS_CLOCK_FILE"):
        clock.check()


@pytest.mark.parametrize("url", ["ftp://shop/", "shop.example.com/amends", "https://", "http://user:pass-word@shop/", "http://shop:port/"])
def test_webhook_that_is_no_web_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(BadSetting, match="AMENDS_SHOP_WEBHOOK_URL is no web address") as refused:
        settings.read({"AMENDS_SHOP_WEBHOOK_URL": url})
    assert "pass-word" not in str(refused.value)


def test_webhook_is_taken_as_given_and_none_by_default() -> None:
    url = "https://shop.example.com:8443/amends?tenant=7"
    assert settings.read({"AMENDS_SHOP_WEBHOOK_URL": url}).shop_webhook_url == url
    assert settings.read({"AMENDS_SHOP_WEBHOOK_URL": ""}).shop_webhook_url is None


def test_mails_lead_back_to_the_page_and_the_door_that_were_named() -> None:
    here = settings.read({"AMENDS_PORT": "9001"})
    assert (here.chat_page, here.public_url) == ("http://127.0.0.1:9001/", "http://127.0.0.1:9001")
    assert settings.read({"AMENDS_ENV": "production"}).chat_page is None
    named = {"AMENDS_ENV": "production", "AMENDS_CHAT_PAGE": "https://shop.example/help?a=1", "AMENDS_PUBLIC_URL": "https://chat.example/"}
    chosen = settings.read(named)
    assert (chosen.chat_page, chosen.public_url) == ("https://shop.example/help?a=1", "https://chat.example")
    with pytest.raises(BadSetting, match="AMENDS_PUBLIC_URL is missing"):
        settings.read({"AMENDS_ENV": "production", "AMENDS_CHAT_PAGE": "https://shop.example/"})


@pytest.mark.parametrize(
    "page", ["shop.example", "javascript:alert(1)", "https://shop.example/#help", "https://a:b@shop.example/", "https://"]
)
def test_page_that_no_mail_can_lead_to_is_refused(page: str) -> None:
    with pytest.raises(BadSetting, match="AMENDS_CHAT_PAGE is "):
        settings.read({"AMENDS_CHAT_PAGE": page})
