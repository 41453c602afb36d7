"""`amends channels`, as a person types it; and every setting of a channel is named, with what it is for."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot import clock, settings
from bot.bootstrap import open_file_maker
from bot.cases.channel import Media
from bot.channels import registry
from bot.channels.needs import NEEDS
from bot.cli import app
from bot.errors import BadInput, NotFound, SendFailed
from bot.handling import arrivals, chains
from bot.store.database import Database
from tests.builders import NOON
from tests.doors import a_shop
from tests.lines import Line, Post
from tests.standins.telegram import SECRET, TOKEN, telegram

Run = Callable[..., Result]
KEY = re.compile(rf"(?:{'|'.join(settings.OF_CHANNELS)})[A-Z_]*[A-Z]")


@pytest.fixture
def run(memory_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("AMENDS_DATABASE_URL", memory_database.url)
    monkeypatch.setenv("AMENDS_VAR", str(tmp_path / "var"))
    return lambda *words: CliRunner().invoke(app, ["channels", *words])


@pytest.fixture
def line(memory_database: Database) -> Iterator[Line]:
    """Telegram's name on a provider that does as the test wants."""
    yield Line(a_shop(memory_database), Post(name="telegram"))


def listed(run: Run) -> dict[str, dict[str, Any]]:
    found = [json.loads(row) for row in run("list", "--json").stdout.splitlines()]
    return {row["title"]: row for row in found}


def test_list_says_what_each_channel_needs_and_how_it_does(run: Run, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = listed(run)
    assert {row["state"] for row in bare.values()} == {"not set up"}
    assert bare["Telegram"]["missing"] == ["AMENDS_TELEGRAM_TOKEN", "AMENDS_TELEGRAM_SECRET"]
    for key, value in {
        "AMENDS_TELEGRAM_TOKEN": TOKEN, "AMENDS_TELEGRAM_SECRET": SECRET, "AMENDS_TWILIO_SMS_FROM": "+15550001111",
        "AMENDS_WHATSAPP_PHONE_ID": "1099", "AMENDS_WHATSAPP_TOKEN": "t" * 20, "AMENDS_META_APP_SECRET": "s" * 20,
        "AMENDS_META_VERIFY_TOKEN": "v" * 20, "AMENDS_PUBLIC_URL": "https://care.shop.example", "AMENDS_CHAT_PAGE": "https://shop.example/",
    }.items():  # fmt: skip
        monkeypatch.setenv(key, value)
    line.comes("1", "The lamp is broken.", sender="42")
    line.comes("2", "Hello?", sender="43")
    found = listed(run)
    telegram_row, sms = found["Telegram"], found["SMS through Twilio"]
    assert telegram_row["state"] == "set up" and telegram_row["door"] == "https://care.shop.example/channels/telegram"
    assert telegram_row["last_in"] == NOON.isoformat() and telegram_row["last_out"] is None and telegram_row["put_aside"] == 0
    assert sms["state"] == "cannot be used" and "AMENDS_TWILIO_ACCOUNT_SID" in sms["why"] and "AMENDS_TWILIO_AUTH_TOKEN" in sms["missing"]
    assert found["WhatsApp through Meta"]["window_s"] == 86_400 and not found["WhatsApp through Meta"]["has_template"]
    shown = run("list").stdout
    assert "24 h after the customer's last message; then nothing, since no template is set" in shown
    assert "needs AMENDS_MASTODON_SERVER, AMENDS_MASTODON_TOKEN" in shown and TOKEN not in shown and SECRET not in shown


def test_channel_that_is_not_set_up_any_more_shows_what_it_left(run: Run, line: Line) -> None:
    line.post.name = "whatsapp"
    line.comes("1", "The lamp is broken.")
    line.says("Which order is it about?")
    left = listed(run)
    assert left["WhatsApp through Twilio"]["to_send"] == 1 and left["WhatsApp through Twilio"]["state"] == "not set up"
    assert left["WhatsApp through Meta"]["to_send"] == 0


def test_what_was_put_aside_is_shown_and_taken_in_again(run: Run, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("failed").stdout == "Nothing is put aside.\n"
    line.comes("1", "Before.", sender="42")
    with monkeypatch.context() as broken:
        broken.setattr(line.post, "fetch", _breaks, raising=False)
        with pytest.raises(ZeroDivisionError):
            line.comes("2", "With a photo.", sender="42", media=(Media("photo-1", "photo.jpg", "image/jpeg"),))
        for _ in range(arrivals.TRIES):
            line.later(minutes=3)
            _take(line)
    (row,) = [json.loads(one) for one in run("failed", "--json").stdout.splitlines()]
    assert row["arrival"]["text"] == "With a photo." and row["attempts"] == arrivals.TRIES
    assert "With a photo." not in run("failed").stdout and "telegram" in run("failed").stdout
    assert isinstance(run("retry", "999").exception, NotFound)
    told = run("retry", str(row["id"]), "--by", "Ida")
    assert told.exit_code == 0 and "waits until telegram is set up again" in told.stdout
    line.at = clock.now() + timedelta(minutes=1)
    _take(line)
    with line.shop.begin(False) as uow:
        contact = uow.contacts.at("telegram", "42")
        assert contact and [one.text for one in uow.messages.of(contact.conversation_id)][:2] == ["Before.", "With a photo."]
    assert run("failed").stdout == "Nothing is put aside.\n"
    assert [(one.who, one.act) for one in chains.trail(line.shop, "shop")][-1] == ("Ida", "arrival.retried")


def test_telegram_is_registered_with_its_secret_at_a_public_door(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(run("register", "telegram").exception, BadInput) and isinstance(run("register", "sms").exception, BadInput)
    with telegram("https://care.shop.example/channels/telegram") as bot:
        for key, value in bot.settings.items():
            monkeypatch.setenv(key, value)
        refused = run("register", "telegram")
        assert isinstance(refused.exception, BadInput) and "https://" in str(refused.exception) and not bot.webhook
        monkeypatch.setenv("AMENDS_PUBLIC_URL", "https://care.shop.example")
        monkeypatch.setenv("AMENDS_CHAT_PAGE", "https://shop.example/")
        assert "https://care.shop.example/channels/telegram" in run("register", "telegram").stdout
        assert bot.webhook["url"] == "https://care.shop.example/channels/telegram" and bot.webhook["secret_token"] == SECRET
        monkeypatch.setenv("AMENDS_TELEGRAM_TOKEN", TOKEN.replace("9:", "8:"))
        wrong = run("register", "telegram")
        assert isinstance(wrong.exception, SendFailed) and "@BotFather" in str(wrong.exception)


def test_every_setting_of_a_channel_is_named_and_told() -> None:
    modules = Path(registry.__file__).parent.glob("*.py")
    asked = {key for path in modules for key in KEY.findall(path.read_text(encoding="utf-8"))}
    named = {key for need in NEEDS.values() for key in (*need.needed, *need.may)}
    assert asked <= named and {opener.__name__ for _, opener in registry.OPENERS} <= {*NEEDS}
    told = (settings.ROOT / "docs" / "channels.md").read_text(encoding="utf-8")
    assert [key for key in sorted(named) if f"`{key}`" not in told] == []


def _breaks(_media: object) -> bytes:
    raise ZeroDivisionError


def _take(line: Line) -> None:
    """Once, as the worker does."""
    try:
        while arrivals.take_next(line.shop, line.post, open_file_maker(), "42", line.at):
            pass
    except ZeroDivisionError:
        pass
