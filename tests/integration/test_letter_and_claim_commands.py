"""`amends letters` and `amends claims`, as a person types them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.errors import BadInput, Conflict
from bot.handling import ledger
from bot.store.database import Database
from bot.worker.apologies import Apologies
from tests.builders import NOON, an_order
from tests.doors import a_shop
from tests.unit.handling.chats import Chat, take_orders

Run = Callable[..., Result]


@pytest.fixture
def run(memory_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("AMENDS_DATABASE_URL", memory_database.url)
    monkeypatch.setenv("AMENDS_VAR", str(tmp_path / "var"))
    return lambda *words, typed=None: CliRunner().invoke(app, list(words), input=typed)


@pytest.fixture
def chat(memory_database: Database) -> Chat:
    """A refund settled, its letter drafted; and in another chat a claim received."""
    take_orders(memory_database, an_order(), an_order(number="B1", status="delivered"))
    shop = a_shop(memory_database)
    chat = Chat(shop)
    chat.say("my order is late", "late_delivery", order_number="A10021", email="nina@example.com")
    chat.tap("efund")
    chat.tap("Yes")
    with shop.begin(True) as uow:
        ledger.settle(shop, uow, uow.remedies.get(chat.filed[0].id), NOON)
    assert Apologies(shop).run(NOON) == 1
    return chat


@pytest.fixture
def claim(chat: Chat) -> str:
    """The reference of a claim that waits."""
    other = Chat(chat.shop)
    other.say(
        "The lamp came broken and I had to buy another for 80 dollars", "damaged_or_defective", order_number="B1", email="nina@example.com"
    )
    for label in ("Refund", "Yes", "no receipt", "That is all"):
        other.tap(label)
    with chat.shop.begin(False) as uow:
        return uow.claims.waiting()[0].reference


def test_letter_is_read_edited_signed_and_shown(run: Run, chat: Chat, tmp_path: Path) -> None:
    reference = chat.case.reference
    assert f"{reference}  S2        drafted" in run("letters", "list").stdout
    assert "Dear Nina Berg," in run("letters", "show", reference).stdout
    assert run("letters", "edit", reference, "--file", "-", typed="I am sorry. Here is what we did.").exit_code == 0
    missing = run("letters", "edit", reference, "--file", str(tmp_path / "none.txt"))
    assert isinstance(missing.exception, BadInput)
    signed = run("letters", "sign", reference, "--agent", "Amira Haddad")
    assert "cannot be mailed" in signed.stdout
    assert run("letters", "show", reference).stdout.endswith("Amira Haddad, for Larkspur & Lane\n")
    assert "stands in the chat" in run("letters", "say", reference, "--agent", "Amira Haddad").stdout
    assert json.loads(run("letters", "list", "--json").stdout)["state"] == "sent"
    assert isinstance(run("letters", "drop", reference, "--agent", "Amira", "--reason", "x").exception, Conflict)


def test_letter_is_dropped(run: Run, chat: Chat) -> None:
    dropped = run("letters", "drop", chat.case.reference, "--agent", "Amira", "--reason", "she asked for none")
    assert dropped.stdout.startswith("There will be no letter")


def test_claim_is_listed_shown_and_paid(run: Run, claim: str) -> None:
    assert claim in run("claims", "list", "--waiting").stdout
    shown = run("claims", "show", claim).stdout
    assert "80.00 USD" in shown
    assert "none" in shown
    assert isinstance(run("claims", "accept", claim, "--agent", "Amira", "--amount", "900").exception, BadInput)
    assert "$80.00 is on its way" in run("claims", "accept", claim, "--agent", "Amira").stdout
    assert json.loads(run("claims", "show", claim, "--json").stdout)["state"] == "accepted"
    assert run("claims", "list", "--waiting").stdout.strip() == "No claims."


def test_claim_is_refused_with_a_warning_on_the_words(run: Run, claim: str) -> None:
    refused = run("claims", "refuse", claim, "--agent", "Amira", "--reason", "our policy does not cover it")
    assert "amends: wording: policy_shield" in refused.output
    assert "is refused" in refused.output
