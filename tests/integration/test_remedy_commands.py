"""`amends remedies`, `vouchers` and `callbacks`, as a person at a terminal uses them."""

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot import clock
from bot.cases.money import Money
from bot.cases.remedy import RemedyState
from bot.cli import main
from bot.commands.remedies import money_of
from bot.errors import BadInput
from bot.handling.shop import Shop
from bot.store.database import Database
from bot.worker.remedies import Remedies
from tests.builders import an_order
from tests.doors import a_shop
from tests.unit.handling.chats import Chat, take_orders

AGENT, LEAD = "Amira Haddad", "Tomas Lindqvist"


class Terminal:
    """Runs `amends` over the test's database."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def run(self, *words: str, code: int = 0) -> str:
        """What is printed: on stdout, or on stderr where it fails."""
        self.monkeypatch.setattr(sys, "argv", ["amends", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        printed, complaint = self.capsys.readouterr()
        assert (ended.value.code or 0) == code, complaint
        return complaint if code else printed


@pytest.fixture
def shop(memory_database: Database) -> Shop:
    take_orders(memory_database, an_order())
    return a_shop(memory_database)


@pytest.fixture
def terminal(memory_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    monkeypatch.setenv("AMENDS_DATABASE_URL", memory_database.url)
    monkeypatch.setenv("AMENDS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("AMENDS_ENV", "production")
    return Terminal(monkeypatch, capsys)


@pytest.fixture
def chat(shop: Shop) -> Chat:
    chat = Chat(shop, now=clock.now())
    chat.say("A10021 nina@example.com is late", "late_delivery", order_number="A10021", email="nina@example.com")
    return chat


def carry_out(shop: Shop) -> None:
    job = Remedies(shop, None, clock.now)
    job.run(clock.now() + timedelta(seconds=1))
    job.close()


def rows(terminal: Terminal, *words: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in terminal.run("remedies", "list", *words, "--json").splitlines()]


def test_refund_by_hand_from_grant_to_settled(shop: Shop, chat: Chat, terminal: Terminal) -> None:
    case = chat.case.reference
    worth = ("--amount", "12.00", "--currency", "USD", "--agent", AGENT, "--reason", "the carrier lost it")
    reference = terminal.run("remedies", "grant", case, "partial_refund", *worth).split()[0]
    assert "filed already" in terminal.run("remedies", "grant", case, "partial_refund", *worth, code=1)
    assert [(one["reference"], one["state"], one["amount"]) for one in rows(terminal)] == [(reference, "queued", "12.00")]
    assert rows(terminal, "--by-hand") == []
    carry_out(shop)
    assert [one["reference"] for one in rows(terminal, "--by-hand")] == [reference]
    assert "queued, by hand" in terminal.run("remedies", "list")
    terminal.run("remedies", "settle", reference, "--agent", AGENT, "--note", "bank transfer 77")
    shown = terminal.run("remedies", "show", reference)
    assert "settled" in shown and "bank transfer 77" in shown and "by_hand" in shown
    assert rows(terminal, "--state", "settled")[0]["reference"] == reference


def test_taking_back_needs_a_second_person_who_saw_the_same_act(shop: Shop, chat: Chat, terminal: Terminal) -> None:
    chat.tap("refund")
    chat.tap("Yes")
    carry_out(shop)
    reference = chat.filed[0].reference
    terminal.run("remedies", "settle", reference, "--agent", AGENT)
    assert "once somebody else has approved" in terminal.run("remedies", "undo", reference, "--agent", AGENT, "--reason", "paid twice")
    (back,) = rows(terminal, "--state", "needs_approval")
    name = str(back["reference"])
    assert "somebody else must approve" in terminal.run("remedies", "approve", name, "--agent", AGENT, code=1)
    assert "has changed since you looked" in terminal.run("remedies", "approve", name, "--agent", LEAD, "--digest", "0" * 24, code=1)
    digest = json.loads(terminal.run("remedies", "show", name, "--json"))["digest"]
    assert "It is on its way" in terminal.run("remedies", "approve", name, "--agent", LEAD, "--digest", digest)
    assert f"agreed to by {LEAD}" not in terminal.run("remedies", "show", name) and LEAD in terminal.run("remedies", "show", name)


def test_refused_undone_and_redriven(shop: Shop, chat: Chat, terminal: Terminal) -> None:
    case = chat.case.reference
    dear = terminal.run("remedies", "grant", case, "redelivery", "--agent", AGENT, "--reason", "lost").split()[0]
    assert "is taken back" in terminal.run("remedies", "undo", dear, "--agent", AGENT)
    assert "has not failed" in terminal.run("remedies", "redrive", dear, "--agent", AGENT, code=1)
    assert "waits for no approval" in terminal.run("remedies", "refuse", dear, "--agent", LEAD, "--reason", "no", code=1)
    assert "There is no remedy" in terminal.run("remedies", "show", "R-NOTHING", code=1)
    assert "use one of proposed" in terminal.run("remedies", "list", "--state", "lost", code=1)
    assert terminal.run("remedies", "list", "--dead") == "No remedies.\n"


def test_voucher_and_call(shop: Shop, chat: Chat, terminal: Terminal) -> None:
    case, who = chat.case.reference, ("--agent", AGENT, "--reason", "waited long")
    voucher = terminal.run("remedies", "grant", case, "voucher", "--amount", "9.50", "--currency", "usd", *who).split()[0]
    call = terminal.run("remedies", "grant", case, "callback", *who).split()[0]
    carry_out(shop)
    code = json.loads(terminal.run("remedies", "show", voucher, "--json"))["voucher"]
    assert f"{code}: $9.50, issued" in terminal.run("vouchers", "show", code.lower())
    assert "redeemed for order B1" in terminal.run("vouchers", "redeem", code, "--order", "B1", "--agent", AGENT)
    assert "was used for order B1" in terminal.run("vouchers", "void", code, "--agent", AGENT, code=1)
    assert call in terminal.run("callbacks", "list") and "+1 555 0123 456" in terminal.run("callbacks", "list")
    assert "not missed yet" in terminal.run("callbacks", "missed", call, "--agent", AGENT, code=1)
    assert "has been made" in terminal.run("callbacks", "done", call, "--agent", AGENT)
    assert terminal.run("callbacks", "list") == "No calls to make.\n"
    assert {one.state for one in chat.filed} == {RemedyState.SETTLED}


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("12", None), (None, "USD"), ("12.005", "USD"), ("abc", "USD"), ("NaN", "USD"), ("1e30", "USD"), ("1.5", "JPY"), ("1", "US")],
)
def test_amount_that_is_none_is_refused(amount: str | None, currency: str | None) -> None:
    with pytest.raises(BadInput):
        money_of(amount, currency)


def test_amount_is_read_exactly() -> None:
    assert (money_of("12.00", "usd"), money_of("1.234", "KWD"), money_of(None, None)) == (Money(1200, "USD"), Money(1234, "KWD"), None)
