"""Every finding that the rules can come to: what a policy must have an answer to, tried over all that an order's record can hold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from itertools import product

from bot.cases.finding import GOODS, OF_MONEY, Finding, examine
from bot.cases.incident import Incident
from bot.cases.issue import Fault, Issue, Verdict
from bot.cases.money import Money
from bot.cases.order import CANCELLED, DELIVERED, PROCESSING, STATUSES, Buyer, Item, Order, Payment

AT = datetime(2026, 3, 3, 12, tzinfo=timezone.utc)  # any day: findings hang on spans of time only
CURRENCY = "USD"
DAYS_LATE = (None, -5, 1, 4)  # none promised, not due yet, a little late, late
PRICE = Money(2000, CURRENCY)


@dataclass(frozen=True)
class Produced:
    """A finding, and an order whose record leads to it; no order where none was proven."""

    finding: Finding
    order: Order | None


def produced(issue: Issue, ages: Sequence[int] = (1,), codes: Sequence[str] = (), offers: Sequence[str] = ()) -> Iterator[Produced]:
    """Each different finding of an issue once.

    `ages`: days since delivery or placing that make a difference. `codes`, `offers`: incidents and equal offers that policy names.
    """
    seen: set[tuple[object, ...]] = set()
    for one in _tried(issue, ages, codes, offers):
        key = _telling(one)
        if key not in seen:
            seen.add(key)
            yield one


def _tried(issue: Issue, ages: Sequence[int], codes: Sequence[str], offers: Sequence[str]) -> Iterator[Produced]:
    for incident in _incidents(issue, codes, offers):
        yield Produced(examine(issue, None, (replace(incident, published=True),) if incident else (), AT), None)
        for order in _orders(ages):
            found = examine(issue, order, (incident,) if incident else (), AT)
            yield Produced(found, order)
            yield Produced(replace(found, again=True), order)


def _telling(one: Produced) -> tuple[object, ...]:
    """What tells one finding from another."""
    finding, order = one.finding, one.order
    incident = (finding.incident.code, finding.incident.fault, finding.incident.offer) if finding.incident else None
    left = (order.paid - order.refunded).minor > 0 if order else None
    own = (finding.verdict, finding.fault, finding.severity, finding.note, finding.days_late, finding.owed)
    return (*own, finding.status, finding.days, finding.again, incident, left)


def owes_money(issue: Issue, one: Produced) -> bool:
    """Whether money back is owed: the record says so, or the law gives it for what was not or not rightly delivered."""
    finding, order = one.finding, one.order
    if order is None or (order.paid - order.refunded).minor <= 0 or finding.verdict is Verdict.CONFLICTS:
        return False
    if finding.owed or issue in GOODS or issue is Issue.LOST_OR_MISSING:
        return True
    never_came = order.status != DELIVERED and (issue is Issue.LATE_DELIVERY and finding.verdict is Verdict.CONFIRMED)
    return never_came or (issue is Issue.CANCELLATION_PROBLEM and order.status == PROCESSING)


def has_no_end(issue: Issue) -> bool:
    """Whether what is owed for it is owed however late it is asked for. What is only not as hoped may have a time to send it back."""
    return issue in (*OF_MONEY, *GOODS, Issue.LATE_DELIVERY, Issue.LOST_OR_MISSING) and issue is not Issue.QUALITY_NOT_AS_DESCRIBED


def _incidents(issue: Issue, codes: Sequence[str], offers: Sequence[str]) -> Iterator[Incident | None]:
    """None, one for every fault, one for every offer and one for every code."""
    yield None
    usual = Incident("ANY", "any", Fault.OURS, (issue,), AT - timedelta(days=9000), None, None, {}, "", "")
    for fault, offer in product(Fault, (None, *offers)):
        yield replace(usual, fault=fault, offer=offer)
    for code, fault in product(codes, Fault):
        yield replace(usual, code=code, fault=fault)


def _orders(ages: Sequence[int]) -> Iterator[Order]:
    """Orders that differ in all that a finding looks at."""
    for status, payments, late, age in product(STATUSES, _payments(), DAYS_LATE, ages):
        delivered = AT - timedelta(days=age) if status == DELIVERED else None
        promised = None if late is None else (delivered or AT) - timedelta(days=late)
        placed = (delivered - timedelta(days=20)) if delivered else AT - timedelta(days=age)
        yield _order(status, payments, placed, promised, delivered)


def _order(status: str, payments: tuple[Payment, ...], placed: datetime, promised: datetime | None, delivered: datetime | None) -> Order:
    items = (Item(1, "S-1", "thing", 1, PRICE), Item(2, "S-2", "other thing", 1, PRICE))
    carrier = None if status in (PROCESSING, CANCELLED) else "carrier"
    buyer, whole = Buyer("buyer", "", ""), PRICE + PRICE
    return Order("ORDER", status, placed, promised, delivered, carrier, (), buyer, {}, items, CURRENCY, whole, payments)


def _payments() -> tuple[tuple[Payment, ...], ...]:
    """Paid nothing, once, twice, too much; and paid back in part or whole."""
    whole = PRICE + PRICE
    paid, more = Payment("payment", whole, "card"), Payment("payment", PRICE, "other card")
    back, part = Payment("refund", whole, "card"), Payment("refund", PRICE, "card")
    return (), (paid,), (paid, paid), (paid, more), (paid, back), (paid, part), (paid, paid, part)
