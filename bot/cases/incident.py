"""A failure that touches many orders at once, and whether it explains one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from bot.cases.issue import Fault, Issue
from bot.cases.order import DELIVERED, Order

SCOPE_KEYS = ("states", "countries", "cities", "status", "carriers", "skus", "order_numbers", "placed_between")


@dataclass(frozen=True)
class Incident:
    """What failed, for whom, and what is known and being done about it."""

    code: str
    title: str
    fault: Fault
    issues: tuple[Issue, ...]
    started_at: datetime
    ended_at: datetime | None
    next_update_at: datetime | None
    scope: Mapping[str, object]
    explanation: str
    action: str
    published: bool = False  # told to everyone whom it may explain, before any order is seen
    offer: str | None = None  # the wording of the one remedy that all it touches are offered alike, beside what is owed

    def holds(self, order: Order) -> bool:
        """Whether every condition of the scope is true of the order."""
        return all(_true_of(order, key, value) for key, value in self.scope.items())

    def lasted_at(self, instant: datetime) -> bool:
        return self.started_at <= instant and (self.ended_at is None or instant <= self.ended_at)


def explaining(incidents: "tuple[Incident, ...]", issue: Issue, order: Order, now: datetime) -> Incident | None:
    """The incident that explains this issue of this order: its scope holds the order, and the failure began while it lasted."""
    began = failure_began(issue, order)
    if began is None or began > now:
        return None
    fitting = (one for one in incidents if issue in one.issues and one.holds(order) and one.lasted_at(began))
    return next(fitting, None)


def published(incidents: "tuple[Incident, ...]", issue: Issue, now: datetime) -> Incident | None:
    """The incident that the shop tells to all who complain of this issue while it lasts."""
    return next((one for one in incidents if one.published and issue in one.issues and one.lasted_at(now)), None)


def failure_began(issue: Issue, order: Order) -> datetime | None:
    """The moment from which the promise was broken; None where no record tells.

    A late or lost parcel fails at its promised date, a wrongly packed one when it was placed and packed. A cancelled
    order's refund cannot have failed before the order was placed: the earliest moment is taken, so nothing is guessed.
    """
    if issue is Issue.LATE_DELIVERY or (issue is Issue.LOST_OR_MISSING and order.status != DELIVERED):
        return order.promised_by
    if issue in (Issue.WRONG_ITEM, Issue.LOST_OR_MISSING, Issue.REFUND_NOT_RECEIVED, Issue.BILLING_DISPUTE):
        return order.placed_at
    return order.delivered_at if issue in (Issue.DAMAGED_OR_DEFECTIVE, Issue.QUALITY_NOT_AS_DESCRIBED) else None


def _true_of(order: Order, key: str, value: object) -> bool:
    if key == "placed_between":
        first, last = cast("tuple[datetime, datetime]", value)  # checked at import
        return first <= order.placed_at <= last
    found = {
        "states": (order.ship_to.get("state"),),
        "countries": (order.ship_to.get("country"),),
        "cities": (order.ship_to.get("city"),),
        "status": (order.status,),
        "carriers": (order.carrier,),
        "skus": tuple(item.sku for item in order.items),
        "order_numbers": (order.number,),
    }[key]
    return any(one in value for one in found)  # type: ignore[operator]
