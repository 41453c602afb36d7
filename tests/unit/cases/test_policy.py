"""Policy: which remedies fit a finding, what they are worth, and who may grant them."""

from dataclasses import replace
from inspect import signature
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.cases.finding import Finding, examine
from bot.cases.hours import Hours
from bot.cases.issue import Fault, Issue, Severity, Verdict
from bot.cases.money import Money
from bot.cases.order import CANCELLED, DELIVERED, Order, Payment
from bot.cases.policy import Escalate, Needs, Option, Policy, Rule, is_above, options
from bot.cases.remedy import RemedyKind
from tests.builders import NOON, an_item, an_order

ISSUE = Issue.DAMAGED_OR_DEFECTIVE
LIMIT = {"USD": Money.of("60.00", "USD")}
FOUND = Finding(Verdict.CONSISTENT, Fault.OURS, Severity.S2, status=DELIVERED)
ORDER = an_order(status=DELIVERED)  # a lamp for $45.00 and a clock for $30.00


def a_rule(**given: Any) -> Rule:
    usual: dict[str, Any] = {
        "kind": RemedyKind.REFUND,
        "wording": "refund_items",
        "when": {},
        "of": "items",
        "percent": 100,
        "bot_limit": None,
        "approval": "above_limit",
        "statutory": False,
        "due_days": 5,
        "needs": (),
    }
    return Rule(**(usual | given))


def offered(*rules: Rule, finding: Finding = FOUND, order: Order | None = ORDER, lines: tuple[int, ...] = ()) -> tuple[Option, ...]:
    policy = Policy("test", {ISSUE: Needs((), rules)}, {"asked": Escalate("normal", "care", 60)}, {}, (), Hours(ZoneInfo("UTC"), {}))
    return options(policy, ISSUE, finding, order, lines)


def worth(rule: Rule, **given: Any) -> str:
    return ", ".join(str(one.amount) for one in offered(rule, **given))


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({}, True),
        ({"verdict": ("consistent", "confirmed"), "fault": ("ours",), "status": ("delivered",), "severity": ("S2",)}, True),
        ({"verdict": ("conflicts",)}, False),
        ({"verdict": ("consistent",), "fault": ("third_party",)}, False),
        ({"status": ("shipped",)}, False),
        ({"severity": ("S1", "S3")}, False),
        ({"note": ("charged_twice",)}, False),
    ],
)
def test_row_is_offered_only_where_every_condition_is_true(when: dict[str, tuple[str, ...]], fits: bool) -> None:
    assert bool(offered(a_rule(when=when))) is fits


def test_statutory_remedies_come_first_and_the_rest_keep_their_order() -> None:
    rules = [a_rule(wording=name, statutory=name.startswith("s")) for name in ("a", "s1", "b", "s2")]
    assert [one.wording for one in offered(*rules)] == ["s1", "s2", "a", "b"]


def test_tone_plays_no_part() -> None:
    assert set(signature(options).parameters) == {"policy", "issue", "finding", "order", "lines"}
    assert set(Finding.__dataclass_fields__) & {"anger", "tone", "reasons"} == set()
    assert set(signature(examine).parameters) == {"issue", "order", "incidents", "now"}


@pytest.mark.parametrize(
    ("given", "lines", "amount"),
    [
        ({"of": "items"}, (), "$75.00"),
        ({"of": "items"}, (2,), "$30.00"),
        ({"of": "items", "percent": 20}, (1,), "$9.00"),
        ({"of": "order", "percent": 10}, (1,), "$7.50"),
        ({"of": None}, (), "None"),
    ],
)
def test_amount_is_the_share_of_what_the_row_names(given: dict[str, Any], lines: tuple[int, ...], amount: str) -> None:
    assert worth(a_rule(**given), lines=lines) == amount


@pytest.mark.parametrize(
    ("of", "back", "amount"), [("items", 5000, "$25.00"), ("items", 7500, ""), ("order", 5000, "$25.00"), ("order", 7500, "")]
)
def test_no_more_is_refunded_than_is_left_of_what_was_paid(of: str, back: int, amount: str) -> None:
    payments = (Payment("payment", Money(7500, "USD"), "visa"), Payment("refund", Money(back, "USD"), "visa"))
    assert worth(a_rule(of=of), order=an_order(status=DELIVERED, payments=payments)) == amount


def test_what_is_owed_is_paid_back_and_nothing_where_nothing_is() -> None:
    owed = examine(Issue.REFUND_NOT_RECEIVED, an_order(status=CANCELLED), (), NOON)
    assert worth(a_rule(of="owed"), finding=owed) == "$75.00"
    assert worth(a_rule(of="owed")) == ""


def test_money_needs_an_order_and_a_call_does_not() -> None:
    call = a_rule(kind=RemedyKind.CALLBACK, of=None)
    assert [one.kind for one in offered(a_rule(), call, order=None)] == [RemedyKind.CALLBACK]


def test_share_that_rounds_to_nothing_is_not_offered() -> None:
    penny = an_order(status=DELIVERED, items=(an_item(price="0.04"),))
    assert worth(a_rule(percent=10), order=penny) == ""


@pytest.mark.parametrize(
    ("approval", "lines", "needed"),
    [("above_limit", (1,), False), ("above_limit", (), True), ("never", (), False), ("always", (1,), True)],
)
def test_value_above_the_limit_needs_a_person(approval: str, lines: tuple[int, ...], needed: bool) -> None:
    assert [one.needs_approval for one in offered(a_rule(bot_limit=LIMIT, approval=approval), lines=lines)] == [needed]


def test_limit_of_goods_counts_their_value_though_no_money_moves() -> None:
    replacement = a_rule(kind=RemedyKind.REPLACEMENT, of=None, bot_limit=LIMIT)
    assert [offered(replacement, lines=lines)[0].needs_approval for lines in ((1,), (1, 2))] == [False, True]


def test_exactly_the_limit_is_still_within_and_an_unknown_currency_never_is() -> None:
    assert not is_above(LIMIT, Money.of("60.00", "USD"))
    assert is_above(LIMIT, Money.of("60.01", "USD"))
    assert is_above(LIMIT, Money(1, "CHF"))
    assert not is_above(None, Money(10**9, "CHF"))


def test_order_in_an_unknown_currency_needs_a_person() -> None:
    item = an_item(unit_price=Money(100, "CHF"))
    order = replace(ORDER, items=(item,), currency="CHF", total=item.price, payments=(Payment("payment", item.price, "visa"),))
    assert [one.needs_approval for one in offered(a_rule(bot_limit=LIMIT), order=order)] == [True]


def test_option_tells_why_without_naming_the_customer() -> None:
    assert offered(a_rule(bot_limit=LIMIT))[0].reasons == "consistent, fault ours; worth $75.00, above the assistant's limit"


def test_reason_nobody_foresaw_is_handled_as_a_wish_for_a_person() -> None:
    policy = Policy("test", {}, {"asked": Escalate("normal", "care", 60)}, {}, (), Hours(ZoneInfo("UTC"), {}))
    assert policy.escalation("meteor") == policy.escalation("asked")
