"""The next step: nothing is asked that is known, and the order of the facts changes nothing."""

from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import policy_files
from bot.cases.case import Fact, Known, known
from bot.cases.finding import examine
from bot.cases.issue import Issue
from bot.cases.order import DELIVERED, STATUSES, Order
from bot.cases.policy import Policy, options
from bot.cases.step import Ask, Close, Confirm, HandOff, Offer, Situation, Step, next_step
from bot.settings import ROOT
from tests.builders import NOON, an_item, an_order

POLICY: Policy = policy_files.read(Path(ROOT) / "data" / "policy").policy
FACTS = {"order_number": "A10021", "proof": "nina@example.com", "items": "2", "what_happened": "It came in pieces", "phone": "5550123456"}
ORDERS = {status: an_order(status=status) for status in STATUSES}


def situation(issue: Issue | None, facts: Known, order: Order, chosen: str | None = None, filed: str | None = None) -> Situation:
    """As intake builds it: the order opens once its number and a proof are known."""
    opened = order if facts.get("order_number") and facts.get("proof") else None
    finding = examine(issue, opened, (), NOON) if issue else None
    allowed = options(POLICY, issue, finding, opened, facts.lines()) if issue and finding else ()
    return Situation(issue, facts, opened, finding, allowed, chosen, ("phone",) if chosen else (), filed)


@given(st.sampled_from(Issue), st.sampled_from(STATUSES), st.sets(st.sampled_from(sorted(FACTS))), st.booleans())
def test_case_asks_only_what_is_unknown_and_each_fact_once(issue: Issue, status: str, told: set[str], has_chosen: bool) -> None:
    facts = {name: FACTS[name] for name in told}
    asked = []
    step: Step = Ask("issue")
    for _ in count():
        step = next_step(situation(issue, Known(facts), ORDERS[status], "remedy-1" if has_chosen else None), POLICY)
        if not isinstance(step, Ask):
            break
        assert step.fact not in facts
        asked.append(step.fact)
        facts[step.fact] = FACTS[step.fact]
    assert set(asked) <= {*POLICY.needed(issue), "phone"} - told
    assert isinstance(step, Confirm if has_chosen else (Offer, HandOff))


@given(st.sampled_from(Issue), st.sampled_from(STATUSES), st.permutations(sorted(FACTS)), st.permutations(sorted(FACTS)))
def test_facts_in_any_order_lead_to_the_same_step(issue: Issue, status: str, one: list[str], other: list[str]) -> None:
    ends = []
    for order_of_telling in (one, other):
        rows: list[Fact] = []
        for number, name in enumerate(order_of_telling):
            rows.append(Fact("case-1", name, FACTS[name], "customer", NOON, id=number))
            step = next_step(situation(issue, known(rows), ORDERS[status]), POLICY)
            assert not (isinstance(step, Ask) and step.fact in order_of_telling[: number + 1])
        ends.append(step)
    assert ends[0] == ends[1]
    assert not isinstance(ends[0], Ask)


def test_case_of_no_known_issue_asks_what_it_is_about() -> None:
    assert next_step(situation(None, Known(dict(FACTS)), ORDERS[DELIVERED]), POLICY) == Ask("issue")


@pytest.mark.parametrize(("items", "asks"), [((an_item(),), False), ((an_item(), an_item(2, "Clock")), True)])
def test_single_item_needs_no_choosing(items: tuple[object, ...], asks: bool) -> None:
    facts = Known({name: FACTS[name] for name in ("order_number", "proof")})
    step = next_step(situation(Issue.DAMAGED_OR_DEFECTIVE, facts, an_order(status=DELIVERED, items=items)), POLICY)
    assert (step == Ask("items")) is asks


def test_number_without_proof_asks_for_proof_whether_or_not_the_order_exists() -> None:
    assert next_step(situation(Issue.LATE_DELIVERY, Known({"order_number": "NOPE"}), ORDERS[DELIVERED]), POLICY) == Ask("proof")


def test_choice_of_a_call_asks_for_the_number_and_then_for_a_yes() -> None:
    without = Known({"what_happened": "It is down"})
    assert next_step(situation(Issue.SERVICE_OUTAGE, without, ORDERS[DELIVERED], "remedy-1"), POLICY) == Ask("phone")
    with_it = Known({**without.values, "phone": "5550123456"})
    assert next_step(situation(Issue.SERVICE_OUTAGE, with_it, ORDERS[DELIVERED], "remedy-1"), POLICY) == Confirm("remedy-1")


def test_filed_remedy_ends_the_asking() -> None:
    assert next_step(situation(Issue.LATE_DELIVERY, Known(), ORDERS[DELIVERED], filed="remedy-1"), POLICY) == Close("remedy-1")


def test_case_without_a_fitting_remedy_goes_to_a_person() -> None:
    known_all = situation(Issue.LATE_DELIVERY, Known(dict(FACTS)), an_order(promised_by=None))
    assert known_all.options == ()
    assert next_step(known_all, POLICY) == HandOff("no_remedy_fits")
