"""`amends learning` and `amends improvements`, as a person types them; and whoever leaves hands them over."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot import clock
from bot.cases.desk import Agent, DeskRole
from bot.cli import app
from bot.errors import BadInput, NotAllowed, NotFound
from bot.handling.leaving import leave
from bot.handling.resolving import end_case
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import NOON, an_order
from tests.doors import a_shop
from tests.unit.handling.chats import Chat, take_orders

Run = Callable[..., Result]


@pytest.fixture
def run(memory_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("AMENDS_DATABASE_URL", memory_database.url)
    monkeypatch.setenv("AMENDS_VAR", str(tmp_path / "var"))
    return lambda *words: CliRunner().invoke(app, list(words))


@pytest.fixture
def shop(memory_database: Database) -> Shop:
    return a_shop(memory_database)


@pytest.fixture
def reference(shop: Shop, memory_database: Database) -> str:
    """A late parcel that a person has settled."""
    take_orders(memory_database, an_order())
    chat = Chat(shop)
    chat.say("my order is late", "late_delivery", order_number="A10021", email="nina@example.com")
    with shop.begin(True) as uow:
        conversation = uow.conversations.get(chat.id)
        case = uow.cases.by_reference(chat.case.reference)
        case.assignee = "Amira"
        end_case(shop, uow, case, conversation, "Amira", NOON)
    return chat.case.reference


def test_record_is_listed_finished_shown_and_its_improvement_done(run: Run, shop: Shop, reference: str) -> None:
    due = f"{clock.now() + timedelta(days=14):%Y-%m-%d}"
    assert f"{reference}  late_delivery" in run("learning", "list").stdout
    known = ("--root-cause", "supplier", "--cause", "The van had one driver too few.", "--not-controllable", "--agent", "Amira")
    new = ("--new-improvement", "A second carrier for Phoenix", "--assignee", "Amira", "--due", due)
    with shop.begin(True) as uow:
        uow.add(Agent("Theo Vogel", "theo@shop.example", DeskRole.AUDITOR, "-", NOON))
    assert isinstance(run("learning", "finish", reference, *known[:-1], "Theo Vogel", *new).exception, NotAllowed)
    done = run("learning", "finish", reference, *known, "--why", "He was ill.", *new)
    assert f"The record of {reference} is finished. It leads to I-" in done.stdout
    found = json.loads(run("learning", "show", reference, "--json").stdout)
    assert (found["finished_by"], found["whys"], found["controllable"]) == ("Amira", ["He was ill."], False)
    assert "The van had one driver too few." in run("learning", "show", reference).stdout
    improvement = found["improvement"]["id"]
    assert f"{improvement}  A second carrier for Phoenix" in run("improvements", "list").stdout
    words = "Parcels to Phoenix now go with a second carrier as well."
    assert "Nobody is told." in run("improvements", "done", improvement, "--agent", "Amira", "--what-changed", words).stdout
    (row,) = [json.loads(line) for line in run("improvements", "list", "--which", "done", "--json").stdout.splitlines()]
    assert (row["what_changed"], row["again"]["words"], row["cases"]) == (words, "no recurrence in 0 of 90 days", [reference])
    assert "No records." in run("learning", "list").stdout


def test_improvement_is_added_by_hand_and_a_bad_one_says_how_to_mend_it(run: Run, shop: Shop) -> None:
    said = ("improvements", "add", "Check mugs for chips", "--agent", "Amira", "--assignee", "Amira")
    for more, words in (
        (("--due", "tomorrow", "--issue", "wrong_item"), "due_on must be a day such as"),
        (("--due", "2026-12-24"), "Name an issue or a root_cause"),
        (("--due", "2020-01-01", "--issue", "wrong_item"), "must lie ahead"),
        (("--due", "2026-12-24", "--issue", "mugs"), "issue must be one of late_delivery"),
    ):
        refused = run(*said, *more)
        assert isinstance(refused.exception, BadInput) and words in str(refused.exception)
    day = f"{clock.now() + timedelta(days=3):%Y-%m-%d}"
    assert f"Amira does it by {day}." in run(*said, "--due", day, "--issue", "wrong_item").stdout
    assert isinstance(run("improvements", "done", "I-NOSUCH", "--agent", "Amira").exception, NotFound)


def test_whoever_leaves_hands_over_what_they_have_to_finish_and_to_do(run: Run, shop: Shop, reference: str) -> None:
    day = f"{clock.now() + timedelta(days=3):%Y-%m-%d}"
    run("improvements", "add", "Check mugs", "--agent", "Amira", "--assignee", "Amira", "--due", day, "--issue", "wrong_item")
    assert leave(shop, "Amira", "Jonas Weber", NOON).lessons == 2
    assert {json.loads(run(what, "list", "--json").stdout)["assignee"] for what in ("learning", "improvements")} == {"Jonas Weber"}
