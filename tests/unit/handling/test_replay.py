"""Decisions made again: the same rules change nothing, other rules change exactly what they say, and what cannot be replayed is named."""

from dataclasses import replace
from typing import Any

import pytest

from bot.cases.finding import examine
from bot.cases.issue import Issue
from bot.cases.policy import Policy, options
from bot.cases.remedy import Decision, RemedyKind
from bot.commands.policy_diff import counted, drawn, headline, sums
from bot.handling.explain import explain
from bot.handling.replay import ADDED, AMOUNT, APPROVAL, REMOVED, TIME, Change, Replay, finding_of, of_decisions, of_orders
from bot.handling.shop import Shop
from bot.store.database import Database
from tests.builders import NOON, an_incident, an_item, an_order
from tests.unit.handling.chats import Chat, dear_order, fitting_order, take_incidents, take_orders

EMAIL = {"email": "nina@example.com"}
LATE, BROKEN = Issue.LATE_DELIVERY, Issue.DAMAGED_OR_DEFECTIVE


def decided(shop: Shop) -> list[tuple[str, Decision]]:
    """Every decision on an order, with its case's reference."""
    with shop.begin(False) as uow:
        names = {case.id: case.reference for case in uow.cases.list(with_dev=True)}
        return [(names[one.case_id], one) for one in uow.remedies.decisions()]


def again(shop: Shop, old: Policy, new: Policy) -> Replay:
    decisions = decided(shop)
    orders = {str(one.inputs["order"]): shop.orders.find(str(one.inputs["order"])) for _, one in decisions if one.inputs["order"]}
    return of_decisions(old, new, decisions, orders, shop.orders.incidents())


def changed(policy: Policy, issue: Issue, wording: str, **given: Any) -> Policy:
    """The policy with one row otherwise; without it, where nothing is given."""
    rows = policy.issues[issue].rules
    kept = tuple(replace(row, **given) if row.wording == wording else row for row in rows if given or row.wording != wording)
    return replace(policy, version="changed", issues={**policy.issues, issue: replace(policy.issues[issue], rules=kept)})


def changes(found: Replay) -> set[Change]:
    return {change for one in found.made for change in one.changes}


@pytest.fixture
def talked(broken: Shop) -> Shop:
    """Two cases: a late order, and a broken lamp of two items."""
    chat = Chat(broken)
    chat.say("A10021 is late", LATE, order_number="A10021", **EMAIL)
    chat = Chat(broken)
    chat.say("the lamp of B1 broke", BROKEN, order_number="B1", product="Desk Lamp", **EMAIL)
    return broken


@pytest.mark.parametrize("issue", list(Issue), ids=str)
@pytest.mark.parametrize("storm", [False, True])
def test_finding_comes_back_as_it_was(shop: Shop, memory_database: Database, issue: Issue, storm: bool) -> None:
    order = fitting_order(issue, number="B1")
    take_orders(memory_database, order)
    if storm:
        take_incidents(memory_database, an_incident(issues=(issue,), scope={}))
    chat = Chat(shop)
    chat.say("B1 went wrong", issue, order_number="B1", product="Desk Lamp", **EMAIL)
    (*_, (_, decision)) = decided(shop)
    order_then = shop.orders.find("B1") if decision.inputs["order"] else None
    assert order_then is not None
    rebuilt = finding_of(decision, order_then, shop.orders.incidents())
    found = replace(examine(issue, order_then, shop.orders.incidents(), NOON), again=rebuilt.again)
    assert rebuilt == found
    lines = tuple(decision.inputs["lines"])  # type: ignore[call-overload]  # JSON
    assert [one.wording for one in options(shop.policy, issue, rebuilt, order_then, lines)] == [one["wording"] for one in decision.options]


def test_same_policy_changes_nothing(talked: Shop) -> None:
    found = again(talked, talked.policy, talked.policy)
    assert len(found.made) == len(decided(talked)) >= 2
    assert changes(found) == set() and found.gone == found.moved == ()


@pytest.mark.parametrize(
    ("issue", "row", "given", "change"),
    [
        (BROKEN, "keep_part", {"percent": 10}, Change(AMOUNT, "keep_part", "$9.00", "$4.50")),
        (BROKEN, "keep_part", {}, Change(REMOVED, "keep_part", "$9.00", "-")),
        (BROKEN, "keep_part", {"within_days": 3}, Change(REMOVED, "keep_part", "$9.00", "-")),
        (BROKEN, "keep_part", {"approval": "always"}, Change(APPROVAL, "keep_part", "at once", "a person decides")),
        (BROKEN, "replacement_free", {"due_days": 9}, Change(TIME, "replacement_free", "5 days", "9 days")),
        (LATE, "callback", {"when": {}}, Change(ADDED, "callback", "-", "callback")),
    ],
)
def test_change_of_a_row_is_told(talked: Shop, issue: Issue, row: str, given: dict[str, Any], change: Change) -> None:
    found = again(talked, talked.policy, changed(talked.policy, issue, row, **given))
    assert change in changes(found)
    assert {one.issue for one in found.made if one.is_changed} == {issue}


def test_decision_whose_order_is_gone_is_counted_and_named(talked: Shop) -> None:
    decisions = decided(talked)
    found = of_decisions(talked.policy, talked.policy, decisions, {"A10021": talked.orders.find("A10021"), "B1": None}, ())
    lost = [name for name, one in decisions if one.inputs["order"] == "B1"]
    assert found.gone == tuple(f"{name} (B1)" for name in lost) and lost
    assert len(found.made) == len(decisions) - len(lost)


def test_money_that_has_moved_since_is_named(talked: Shop, memory_database: Database) -> None:
    take_orders(
        memory_database, an_order(number="B1", status="delivered", items=(an_item(price="20.00"), an_item(2, "Wall Clock", "30.00")))
    )
    found = again(talked, talked.policy, talked.policy)
    assert len(found.moved) == 1 and changes(found) == set()


def test_early_decisions_without_a_day_are_reckoned_from_the_order(talked: Shop) -> None:
    (*_, (_, decision)) = decided(talked)
    told = {name: value for name, value in decision.inputs.items() if name not in ("days", "again")}
    early = Decision("d", decision.case_id, decision.at, "early", told, [], [])
    assert finding_of(early, talked.orders.find("B1"), ()).days == decision.inputs["days"] == 5


def test_over_all_orders_only_what_the_record_does_not_speak_against(shop: Shop) -> None:
    orders = (an_order(number="O1"), an_order(number="O2", status="delivered"))
    found = of_orders(shop.policy, changed(shop.policy, LATE, "wait_part"), orders, (), NOON)
    assert {(one.name, one.issue) for one in found.made if one.is_changed} == {("O1", LATE)}
    assert ("O1", BROKEN) not in {(one.name, one.issue) for one in found.made}  # not delivered: it can't be broken
    assert {RemedyKind.REFUND} and sums(found)["USD"][0] >= sums(found)["USD"][1]


def test_picture_and_table_bear_the_same_numbers(talked: Shop) -> None:
    found = again(talked, talked.policy, changed(talked.policy, BROKEN, "keep_part"))
    picture, rows = drawn(found, "past decisions"), counted(found)
    assert headline(found, "past decisions").rstrip(".") in picture
    assert sum(looked for _, looked, _, _ in rows) == len(found.made)
    for _, _, _, kinds in rows:
        for count in kinds.values():
            assert f">{count}</text>" in picture
    assert all(str(money) in picture for pair in sums(found).values() for money in pair)


class TestExplain:
    def test_case_and_remedy_are_told_from_what_was_written_down(self, talked: Shop) -> None:
        (*_, (name, decision)) = decided(talked)
        found = explain(talked, name)
        assert found.case.reference == name and decision.id in {one.id for one in found.decisions}
        remedy = found.remedies[0]
        only = explain(talked, remedy.reference.lower())
        assert only.only is not None and only.only.id == remedy.id
        assert [one.id for one in only.decisions] == [decision.id]

    def test_approval_and_refusal_are_told(self, shop: Shop, memory_database: Database) -> None:
        from bot.commands.policy import sentences
        from bot.handling import ledger

        take_orders(memory_database, dear_order(number="D1"))
        chat = Chat(shop)
        chat.say("D1 came broken, refund me", BROKEN, order_number="D1", **EMAIL)
        chat.tap("Yes")
        remedy = chat.filed[0]
        told = " ".join(sentences(explain(shop, remedy.reference)))
        assert "A person had to agree" in told and "the law gives it" in told and "above the assistant's limit" in told
        ledger.refuse(shop, remedy.reference, "Tomas Lindqvist", "seen before", NOON)
        told = " ".join(sentences(explain(shop, remedy.reference)))
        assert "Tomas Lindqvist refused it" in told and "seen before" in told
        assert "nina" not in told.lower()
