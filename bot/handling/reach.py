"""How far an incident reaches: the orders and customers it touches, who has complained, what they were offered and told."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from bot.cases.case import Case
from bot.cases.incident import Incident, failure_began
from bot.cases.order import Order
from bot.handling.shop import Shop


@dataclass(frozen=True)
class Reach:
    """`offered` and `filed`: how many remedies by wording; `notices`: how many by kind and state."""

    incident: Incident
    in_scope: int
    orders: int
    customers: int
    complaints: int  # cases it explains or that are about an order it touches
    open_cases: int
    offered: dict[str, int] = field(default_factory=dict)
    filed: dict[str, int] = field(default_factory=dict)
    notices: dict[str, int] = field(default_factory=dict)


def touched(shop: Shop, incident: Incident, now: datetime) -> tuple[Order, ...]:
    """The orders of which it explains a failure by now: in its scope, and failed while it lasted."""
    return tuple(order for order in shop.orders.within(incident) if explains(incident, order, now))


def explains(incident: Incident, order: Order, now: datetime) -> bool:
    begun = (failure_began(issue, order) for issue in incident.issues)
    return any(began is not None and began <= now and incident.lasted_at(began) for began in begun)


def concerned(incident: Incident, cases: list[Case], orders: dict[str, Order], now: datetime) -> list[Case]:
    """Of these cases those it explains: noted so already, or of one of its kinds about an order of which it explains this failure."""
    return [one for one in cases if one.incident_code == incident.code or _explains_case(incident, one, orders, now)]


def _explains_case(incident: Incident, case: Case, orders: dict[str, Order], now: datetime) -> bool:
    order = orders.get(case.order_number or "")
    began = failure_began(case.issue, order) if case.issue in incident.issues and case.issue and order else None
    return began is not None and began <= now and incident.lasted_at(began)


def reach(shop: Shop, code: str, now: datetime) -> Reach:
    """All of it in numbers. Raises NotFound."""
    with shop.begin(False) as uow:
        incident = uow.incidents.get(code)
    in_scope = shop.orders.within(incident)
    orders = {order.number: order for order in in_scope if explains(incident, order, now)}
    offered: Counter[str] = Counter()
    filed: Counter[str] = Counter()
    with shop.begin(False) as uow:
        cases = concerned(incident, uow.incidents.cases(code, list(orders)), orders, now)
        for case in cases:
            for remedy in uow.remedies.of(case.id):
                offered[remedy.wording] += 1
                filed[remedy.wording] += remedy.is_filed
        notices = {f"{kind} {state}": count for (kind, state), count in sorted(uow.notices.counts(code).items())}
    return Reach(
        incident,
        in_scope=len(in_scope),
        orders=len(orders),
        customers=len({order.buyer.id for order in orders.values()}),
        complaints=len(cases),
        open_cases=sum(not one.is_closed for one in cases),
        offered=dict(offered),
        filed={wording: count for wording, count in filed.items() if count},
        notices=notices,
    )
