"""`amends policy` as a person at a terminal uses it."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from bot import clock
from bot.cli import main
from bot.handling.shop import Shop
from bot.settings import ROOT
from bot.store.database import Database
from tests.builders import an_item, an_order
from tests.doors import a_shop
from tests.unit.handling.chats import Chat, take_orders

EMAIL = {"email": "nina@example.com"}
WHEN = "2026-03-03T05:00"  # Phoenix time: noon UTC


class Terminal:
    """Runs `amends` over the test's database."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def run(self, *words: str, code: int = 0) -> str:
        """What is printed: on stdout, or on stderr where a command refuses."""
        self.monkeypatch.setattr(sys, "argv", ["amends", "policy", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        printed, complaint = self.capsys.readouterr()
        assert (ended.value.code or 0) == code, printed + complaint
        return printed + complaint


@pytest.fixture
def shop(memory_database: Database) -> Shop:
    mug = an_item(2, "Stoneware Mug", "30.00", quantity=2)
    take_orders(memory_database, an_order(), an_order(number="B1", status="delivered", items=(an_item(), mug)))
    return a_shop(memory_database)


@pytest.fixture
def terminal(memory_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    monkeypatch.setenv("AMENDS_DATABASE_URL", memory_database.url)
    monkeypatch.setenv("AMENDS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("AMENDS_ENV", "production")
    return Terminal(monkeypatch, capsys)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The policy before two changes: a longer window for returns, a smaller part refund for what is broken."""
    folder = Path(shutil.copytree(ROOT / "data" / "policy", tmp_path / "old"))
    path = folder / "remedies.yml"
    text = path.read_text(encoding="utf-8").replace("within_days: {US: 30}", "within_days: {US: 3}")
    path.write_text(text.replace("of: items, percent: 20", "of: items, percent: 10"), encoding="utf-8")
    return folder


def flat(printed: str) -> str:
    return " ".join(printed.split())


class TestCheck:
    def test_shipped_policy_is_sound(self, terminal: Terminal) -> None:
        assert "The policy is sound: version 2026-11-22-" in terminal.run("check")

    def test_all_problems_are_printed_and_the_command_fails(self, terminal: Terminal, old: Path) -> None:
        path = old / "remedies.yml"
        path.write_text(path.read_text(encoding="utf-8").replace("wording: trace,", "wording: telepathy,"), encoding="utf-8")
        printed = terminal.run("check", str(old), code=1)
        assert "remedies.yml line" in printed and "utter_offer_telepathy" in printed and "problem" in printed

    def test_missing_folder_is_told(self, terminal: Terminal, tmp_path: Path) -> None:
        assert "shop.yml is missing" in terminal.run("check", str(tmp_path / "nowhere"), code=1)


@pytest.mark.usefixtures("shop")
class TestTry:
    def test_options_and_what_is_left_out_with_reasons(self, terminal: Terminal) -> None:
        printed = flat(terminal.run("try", "--order", "B1", "--issue", "quality_not_as_described", "--line", "1", "--at", WHEN))
        assert "verdict consistent, fault unclear, severity S1" in printed and "day 5" in printed
        assert "refund_return $45.00 at once 10 by law;" in printed
        assert "keep_part $9.00 at once" in printed
        assert "gesture - not offered - incident is none, not offered" in printed

    def test_as_if_it_were_otherwise(self, terminal: Terminal) -> None:
        late = ("try", "--order", "A10021", "--issue", "late_delivery", "--at", WHEN, "--json")
        told = json.loads(terminal.run(*late, "--fault", "force_majeure"))
        assert {one["wording"] for one in told["options"]} == {"refund_cancel", "redelivery_first"}
        told = json.loads(terminal.run(*late, "--severity", "S1"))
        assert {"wording": "wait_part", "why": "failure is first, not again"} in told["left_out"]

    def test_later_the_window_has_passed(self, terminal: Terminal) -> None:
        printed = flat(terminal.run("try", "--order", "B1", "--issue", "quality_not_as_described", "--at", "2026-05-01"))
        assert "refund_return - not offered - day 63 of 30" in printed

    def test_fewer_than_were_bought(self, terminal: Terminal) -> None:
        told = json.loads(
            terminal.run("try", "--order", "B1", "--issue", "wrong_item", "--line", "2", "--quantity", "1", "--at", WHEN, "--json")
        )
        assert {one["amount"]["amount"] for one in told["options"] if one["amount"]} == {"30.00", "6.00"}

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (("--order", "Z9", "--issue", "wrong_item"), "There is no order Z9"),
            (("--order", "B1", "--issue", "lateness"), "There is no issue 'lateness': use one of late_delivery"),
            (("--order", "B1", "--issue", "wrong_item", "--line", "7"), "has no line 7: it has 1, 2"),
            (("--order", "B1", "--issue", "wrong_item", "--quantity", "2"), "goes with one --line"),
            (("--order", "B1", "--issue", "wrong_item", "--at", "tomorrow"), "'tomorrow' is no time"),
            (("--order", "B1", "--issue", "wrong_item", "--fault", "nobody"), "There is no fault 'nobody'"),
        ],
    )
    def test_bad_input_is_refused_in_words(self, terminal: Terminal, words: tuple[str, ...], told: str) -> None:
        assert told in flat(terminal.run("try", *words, code=1))


class TestExplain:
    def test_case_and_remedy(self, terminal: Terminal, shop: Shop) -> None:
        chat = Chat(shop, now=clock.now())
        chat.say("A10021 is late", "late_delivery", order_number="A10021", **EMAIL)
        chat.tap("refund")
        chat.tap("Yes")
        reference = chat.filed[0].reference
        printed = flat(terminal.run("explain", chat.case.reference))
        assert f"{reference} (refund_cancel, $75.00) was offered because: confirmed, fault third_party" in printed
        assert "keep_part - not offered status is shipped, not delivered" in printed
        assert "order A10021" in printed and shop.policy.version in printed and "nina" not in printed.lower()
        told = json.loads(terminal.run("explain", reference, "--json"))
        assert told["case"] == chat.case.reference and len(told["decisions"]) == 1

    @pytest.mark.usefixtures("shop")
    def test_nobody_knows_it(self, terminal: Terminal) -> None:
        assert "There is no case A-NOPE." in terminal.run("explain", "A-NOPE", code=1)
        assert "There is no remedy R-NOPE." in terminal.run("explain", "r-nope", code=1)


class TestDiff:
    def test_past_decisions_as_table_json_and_picture(self, terminal: Terminal, shop: Shop, old: Path, tmp_path: Path) -> None:
        chat = Chat(shop)
        chat.say("the lamp of B1 broke", "damaged_or_defective", order_number="B1", product="Desk Lamp", **EMAIL)
        chat = Chat(shop)
        chat.say("the lamp of B1 is not as described", "quality_not_as_described", order_number="B1", product="Desk Lamp", **EMAIL)
        picture = tmp_path / "diff.svg"
        printed = flat(terminal.run("diff", str(old), "--picture", str(picture)))
        assert "2 of 2 past decisions would change (100 percent)." in printed
        assert "damaged_or_defective 1 1 - - 1 - -" in printed
        assert "quality_not_as_described 1 1 1 - 1 - -" in printed
        assert "another amount $4.50 $9.00" in printed
        assert "The most they could cost in USD: $49.50 before, $90.00 after." in printed
        drawn = picture.read_text(encoding="utf-8")
        assert "2 of 2 past decisions would change (100 percent)" in drawn and "$49.50 before, $90.00 after" in drawn
        told = json.loads(terminal.run("diff", str(old), "--json"))
        assert (told["looked_at"], told["would_change"], told["gone"]) == (2, 2, [])

    @pytest.mark.usefixtures("shop")
    def test_over_all_orders(self, terminal: Terminal, old: Path) -> None:
        told = json.loads(terminal.run("diff", str(old), "--orders", "--at", WHEN, "--json"))
        changed = {one["issue"] for one in told["by_issue"] if one["would_change"]}
        assert changed == {"damaged_or_defective", "wrong_item", "quality_not_as_described"}

    @pytest.mark.usefixtures("shop")
    def test_folder_that_cannot_be_used_is_told(self, terminal: Terminal, tmp_path: Path) -> None:
        assert "is no folder" in flat(terminal.run("diff", str(tmp_path / "nowhere"), code=1))
        (tmp_path / "empty").mkdir()
        assert "shop.yml is missing" in terminal.run("diff", str(tmp_path / "empty"), code=1)
