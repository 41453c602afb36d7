"""Making decisions again: from what was written down, or for a whole shop's orders, under one policy and another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.cases.finding import WITHOUT_ORDER, Finding, examine, recurs
from bot.cases.incident import Incident
from bot.cases.issue import Fault, Issue, Severity, Verdict
from bot.cases.money import Money
from bot.cases.order import Order
from bot.cases.policy import Option, Policy, options
from bot.cases.remedy import Decision

ADDED, REMOVED, AMOUNT, APPROVAL, TIME = KINDS = ("added", "removed", "amount", "approval", "time")


@dataclass(frozen=True)
class Change:
    """One option that would be otherwise. `before` and `after` are as people read them; "-": not offered."""

    kind: str  # of KINDS
    wording: str
    before: str
    after: str


@dataclass(frozen=True)
class Replayed:
    """One decision, under both policies."""

    name: str  # the case's reference or the order's number
    issue: Issue
    changes: tuple[Change, ...]
    most: tuple[Money | None, Money | None]  # the most money on offer, before and after

    @property
    def is_changed(self) -> bool:
        return bool(self.changes)


@dataclass(frozen=True)
class Replay:
    """All of them, and those that cannot be made again or only roughly, by name."""

    made: tuple[Replayed, ...]
    gone: tuple[str, ...] = ()  # their order is not in the store any more
    moved: tuple[str, ...] = ()  # the order's money has moved since, so that sums are reckoned from what it is now


def of_decisions(
    old: Policy,
    new: Policy,
    decisions: Sequence[tuple[str, Decision]],
    orders: Mapping[str, Order | None],
    incidents: Sequence[Incident],
) -> Replay:
    """Every past decision, with its case's reference, made again."""
    made: list[Replayed] = []
    gone, moved = [], []
    for name, decision in decisions:
        number = str(decision.inputs["order"]) if decision.inputs["order"] else None
        order = orders.get(number) if number else None
        if number and order is None:
            gone.append(f"{name} ({number})")
            continue
        issue, lines = Issue(str(decision.inputs["issue"])), tuple(_numbers(decision.inputs["lines"]))
        finding = finding_of(decision, order, incidents)
        concerned = _concerned(order, lines, decision.inputs.get("quantity"))
        one = replayed(name, old, new, issue, finding, concerned, lines)
        made.append(one)
        if decision.policy_version == old.version and _sums_differ(decision, options(old, issue, finding, concerned, lines)):
            moved.append(name)
    return Replay(tuple(made), tuple(gone), tuple(dict.fromkeys(moved)))


def of_orders(old: Policy, new: Policy, orders: Sequence[Order], incidents: Sequence[Incident], now: datetime) -> Replay:
    """Every order with every issue that its record does not speak against."""
    of_buyer: dict[str, list[Order]] = {}
    for order in orders:
        of_buyer.setdefault(order.buyer.id, []).append(order)
    made = []
    for order in orders:
        for issue in (one for one in Issue if one not in WITHOUT_ORDER):
            found = examine(issue, order, tuple(incidents), now)
            if found.verdict is not Verdict.CONFLICTS:
                finding = replace(found, again=recurs(issue, order, of_buyer[order.buyer.id], now))
                made.append(replayed(order.number, old, new, issue, finding, order, ()))
    return Replay(tuple(made))


def replayed(name: str, old: Policy, new: Policy, issue: Issue, finding: Finding, order: Order | None, lines: tuple[int, ...]) -> Replayed:
    """One case under both."""
    before, after = (options(policy, issue, finding, order, lines) for policy in (old, new))
    return Replayed(name, issue, tuple(_changes(before, after)), (_most(before), _most(after)))


def finding_of(decision: Decision, order: Order | None, incidents: Iterable[Incident]) -> Finding:
    """The finding a decision was made on. What early decisions did not write down is reckoned from the order."""
    told = decision.inputs
    days = told.get("days")
    if days is None and order:
        days = max(0, (decision.at - (order.delivered_at or order.placed_at)).days)
    late, code = told["days_late"], told["incident"]
    return Finding(
        Verdict(str(told["verdict"])),
        Fault(str(told["fault"])),
        Severity(str(told["severity"])),
        str(told["note"]) if told["note"] else None,
        _incident(str(code), Fault(str(told["fault"])), incidents, decision.at) if code else None,
        int(str(late)) if late is not None else None,
        _money(told["owed"]),
        str(told["status"]) if told["status"] else None,
        int(str(days)) if days is not None else None,
        bool(told.get("again", False)),
    )


def _incident(code: str, fault: Fault, incidents: Iterable[Incident], at: datetime) -> Incident:
    """The incident of this code; one forgotten by now keeps its name and fault."""
    known = next((one for one in incidents if one.code == code), None)
    return known or Incident(code, "", fault, (), at, None, None, {}, "", "")


def _money(told: Any) -> Money | None:
    return Money.of(Decimal(str(told["amount"])), str(told["currency"])) if told else None


def _numbers(told: Any) -> list[int]:
    return [int(one) for one in told or ()]


def _concerned(order: Order | None, lines: tuple[int, ...], quantity: Any) -> Order | None:
    return order.narrowed(lines[0], int(quantity)) if order and quantity and len(lines) == 1 else order


def _changes(before: Sequence[Option], after: Sequence[Option]) -> Iterable[Change]:
    was, will = ({(one.kind, one.wording): one for one in some} for some in (before, after))
    for key in [*was, *(one for one in will if one not in was)]:
        wording = key[1]
        if key not in will:
            yield Change(REMOVED, wording, _said(was[key]), "-")
        elif key not in was:
            yield Change(ADDED, wording, "-", _said(will[key]))
        else:
            yield from _differences(was[key], will[key])


def _differences(was: Option, will: Option) -> Iterable[Change]:
    if was.amount != will.amount:
        yield Change(AMOUNT, was.wording, str(was.amount or "no money"), str(will.amount or "no money"))
    if was.needs_approval != will.needs_approval:
        yield Change(APPROVAL, was.wording, *("a person decides" if one.needs_approval else "at once" for one in (was, will)))
    if was.due_days != will.due_days:
        yield Change(TIME, was.wording, f"{was.due_days} days", f"{will.due_days} days")


def _said(one: Option) -> str:
    return str(one.amount) if one.amount else str(one.kind)


def _most(offered: Sequence[Option]) -> Money | None:
    return max((one.amount for one in offered if one.amount), key=lambda one: one.minor, default=None)


def _sums_differ(decision: Decision, again: Sequence[Option]) -> bool:
    """Whether what was offered then would be another sum now, under the same rules."""
    now = {one.wording: one.amount for one in again}
    return any(str(one["wording"]) in now and _money(one["amount"]) != now[str(one["wording"])] for one in decision.options)
