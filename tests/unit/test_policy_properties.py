"""Over all findings that the rules can come to: what the law gives is never missing, comes first and is no goodwill; and rule 24."""

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import policy_files
from bot.cases.finding import examine
from bot.cases.issue import Issue
from bot.cases.order import CANCELLED, DELIVERED, PROCESSING, SHIPPED
from bot.cases.policy import options
from bot.cases.producible import Produced, owes_money, produced
from bot.handling.shop import Shop
from bot.policy_check import gives_money_back
from bot.settings import ROOT
from bot.store.database import Database
from bot.store.orders import OrderBook
from bot.wording import Wording
from tests.builders import NOON, a_buyer, an_order
from tests.unit.handling.chats import Chat, take_orders

RULES = policy_files.read(ROOT / "data" / "policy")
POLICY = RULES.policy
ISSUES = [issue for issue in Issue if "order_number" in POLICY.needed(issue)]


def everything() -> list[tuple[Issue, Produced]]:
    ends = {rule.within_days for needs in POLICY.issues.values() for rule in needs.rules if rule.within_days}
    ages = sorted({1} | ends | {end + 1 for end in ends})
    return [(issue, one) for issue in Issue for one in produced(issue, ages, (), ("gesture",))]


def test_statutory_options_are_never_missing_over_all_findings() -> None:
    owing = [(issue, one) for issue, one in everything() if owes_money(issue, one)]
    assert len(owing) > 500
    missing = [(issue, one.finding) for issue, one in owing if not gives_money_back(POLICY.issues[issue].rules, one)]
    # Only what is not as hoped for has a time to send it back, and only where the law sets none.
    assert {(str(issue), finding.days) for issue, finding in missing} == {
        ("quality_not_as_described", 31),
        ("quality_not_as_described", 90),
        ("quality_not_as_described", 91),
    }


def test_in_a_jurisdiction_that_gives_more_time_nothing_is_missing(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(ROOT / "data" / "policy", tmp_path / "policy"))
    shop = folder / "shop.yml"
    shop.write_text(shop.read_text(encoding="utf-8").replace("jurisdiction: US", "jurisdiction: GB"), encoding="utf-8")
    british = policy_files.read(folder).policy
    owing = [(issue, one) for issue, one in everything() if owes_money(issue, one)]
    assert [1 for issue, one in owing if not gives_money_back(british.issues[issue].rules, one)] == []


def test_statutory_options_come_first_and_are_no_goodwill() -> None:
    for issue, one in everything():
        offered = options(POLICY, issue, one.finding, one.order, ())
        assert [option.statutory for option in offered] == sorted((option.statutory for option in offered), reverse=True)
        assert not any(option.is_goodwill for option in offered if option.statutory)


def test_every_finding_has_an_option_or_goes_to_a_person() -> None:
    """A finding without an option is a hand-off: there are few, and none where the record bears the customer out."""
    without = {
        (str(issue), str(one.finding.verdict))
        for issue, one in everything()
        if one.order and not options(POLICY, issue, one.finding, one.order, ())
    }
    assert {verdict for _, verdict in without} <= {"consistent", "confirmed"}


@pytest.fixture
def shop(memory_database: Database) -> Shop:
    """The shop as it ships."""
    wording = Wording.read(ROOT / "data" / "responses")
    return Shop(memory_database.begin, OrderBook(memory_database, incidents_kept=0), POLICY, wording, RULES.shop_name)


METAMORPHIC = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])


@METAMORPHIC
@given(
    anger=st.floats(0, 1),
    name=st.sampled_from(["Nina Berg", "Nguyễn Thị Hoa", "DeShawn Washington", "محمد", ""]),
    text=st.sampled_from(
        ["went wrong for me", "WENT WRONG YOU CLOWNS", "iz rong plz", "no ha llegado", "ist nicht angekommen", "est cassé"]
    ),
    issue=st.sampled_from(ISSUES),
    status=st.sampled_from([PROCESSING, SHIPPED, DELIVERED, CANCELLED]),
    at=st.sampled_from([NOON, NOON + timedelta(hours=13)]),
)
def test_same_facts_have_the_same_options_whatever_name_anger_or_language(
    shop: Shop, memory_database: Database, anger: float, name: str, text: str, issue: Issue, status: str, at: datetime
) -> None:
    order = an_order(number="M1", buyer=a_buyer(id="zoe", email="zoe@example.com"), status=status)
    take_orders(memory_database, order)
    facts: dict[str, Any] = {"order_number": "M1", "email": "zoe@example.com", "product": "Desk Lamp"}
    calm, other = Chat(shop), Chat(shop, now=at)
    calm.say("M1 went wrong for me", issue, **facts)
    other.say(f"M1 {text}", issue, anger=anger, **facts, **({"person_name": name} if name else {}))
    assert other.offered == calm.offered != []
    found = examine(issue, order, (), NOON)
    assert options(POLICY, issue, found, order, ()) == options(POLICY, issue, replace(found), order, ())
