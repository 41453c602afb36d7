"""What happens in a simulated year: each case as a story, drawn by a seed. The same seed and end tell the same year."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bot.cases.issue import Fault, Issue, Severity

DAYS = 364  # 52 weeks
USUAL_CASES = 6000  # the size that the file's numbers of planted cases are meant for
Spec = Mapping[str, Any]
Row = dict[str, Any]
T = TypeVar("T")


@dataclass
class Story:
    """One case before it happens. What takes time is told in hours from its beginning, or from what it follows."""

    at: datetime
    order: Row  # as in the import format
    issue: Issue | None  # None: only a question
    said: str
    channel: str
    reply: str = ""
    severity: Severity = Severity.S1
    fault: Fault = Fault.UNCLEAR
    incident: str | None = None
    remedy: Row = field(default_factory=dict)
    path: str = "alone"  # alone, person, dropped or enquiry
    chances: dict[str, bool] = field(default_factory=dict)
    answer: str | None = None  # yes, partly or no
    score: int = 4
    effort: int = 6
    hours_to_settle: float = 30.0
    minutes_to_person: float = 20.0
    agent: str = ""
    root_cause: str | None = None
    cause: str | None = None
    skill: str | None = None
    is_fixed: bool = False  # one of those that the planted improvement ends

    @property
    def item(self) -> Row:
        found: Row = self.order["items"][0]
        return found

    @property
    def number(self) -> str:
        return str(self.order["order_number"])


@dataclass(frozen=True)
class Planted:
    """Where to look for what was planted: the days the report must show it in."""

    incident: str
    incident_day: datetime
    rude_day: datetime
    cause_day: datetime
    cause_sku: str
    fix_done: datetime
    fix_sku: str


class Year:
    """Draws the stories of the 52 weeks before `last`, a day by the shop's clock that is not in them."""

    def __init__(self, spec: Spec, shop_orders: Sequence[Row], last: date, zone: ZoneInfo, cases: int, seed: int) -> None:
        self.spec, self.last, self.zone, self.cases, self.random = spec, last, zone, cases, Random(seed)
        lines = (item for order in shop_orders for item in order["items"])
        self.items = list({one["sku"]: one for one in lines}.values())
        self.carriers = sorted({one["carrier"] for one in shop_orders if one.get("carrier")})
        self.currency = str(shop_orders[0]["currency"])
        self.size = cases / USUAL_CASES
        self.number = 0
        self.told = self._stories()

    @property
    def begins(self) -> datetime:
        return self._day(DAYS)

    @property
    def planted(self) -> Planted:
        plan = self.spec["planted"]
        return Planted(
            plan["incident"]["code"],
            self._day(plan["incident"]["from_day"]),
            self._day(plan["rude_month"]["from_day"]),
            self._week(plan["cause"]["week_before"]),
            plan["cause"]["sku"],
            self._day(plan["fix"]["done_day"]),
            plan["fix"]["sku"],
        )

    def _stories(self) -> list[Story]:
        """All of them, in the order in which they begin."""
        found = [self._ordinary(at) for at in self._moments()]
        found += [*self._stormy(), *self._caused()]
        return sorted(found, key=lambda one: one.at)

    def _day(self, back: int) -> datetime:
        """The midnight so many days before the end."""
        return datetime.combine(self.last - timedelta(days=back), time(), self.zone).astimezone(timezone.utc)

    def _week(self, back: int) -> datetime:
        """The first midnight of a week."""
        day = self.last - timedelta(days=back * 7)
        return self._day(back * 7 + day.weekday())

    def _moments(self) -> list[datetime]:
        """When cases begin: by the season, more by day than by night, fewer at weekends."""
        days = [self._day(back) for back in range(DAYS, 0, -1)]
        local = [day.astimezone(self.zone) for day in days]
        weights = [self.spec["months"][day.month - 1] * (0.7 if day.weekday() > 4 else 1.0) for day in local]
        hours = [0.15] * 7 + [0.6, 1, 1.4, 1.5, 1.4, 1.3, 1.2, 1.2, 1.2, 1.2, 1.3, 1.5, 1.6, 1.5, 1.1, 0.7, 0.3]
        chosen = self.random.choices(days, weights, k=self.cases)
        return [day + timedelta(hours=self.random.choices(range(24), hours)[0], seconds=self.random.randrange(3600)) for day in chosen]

    def _ordinary(self, at: datetime) -> Story:
        if self._happens("enquires"):
            return self._story(at, None, self._pick(self.items))
        issues, rude = self.spec["issues"], self.spec["planted"]["rude_month"]
        weights = {name: float(one["weight"]) for name, one in issues.items()}
        if self._day(rude["from_day"]) <= at < self._day(rude["from_day"] - rude["days"]):
            weights[rude["issue"]] *= rude["times"]
        issue = self._one_of(weights)
        fix = self.spec["planted"]["fix"]
        if issue != fix["issue"]:
            return self._story(at, issue, self._pick(self.items))
        others = [one for one in self.items if one["sku"] != fix["sku"]]
        if at >= self._day(fix["done_day"]) or self.random.random() * 100 >= fix["share"]:
            return self._story(at, issue, self._pick(others))
        story = self._story(at, issue, next(one for one in self.items if one["sku"] == fix["sku"]))
        story.root_cause, story.cause, story.is_fixed = fix["root_cause"], fix["cause"], True
        return story

    def _stormy(self) -> Iterator[Story]:
        plan = self.spec["planted"]["incident"]
        for day in range(plan["days"]):
            for _ in range(round(plan["cases"] * self.size)):
                at = self._day(plan["from_day"] - day) + timedelta(hours=self.random.uniform(8, 21))
                story = self._story(at, "late_delivery", self._pick(self.items))
                story.incident, story.fault, story.root_cause, story.cause = plan["code"], Fault.FORCE_MAJEURE, "environment", None
                yield story

    def _caused(self) -> Iterator[Story]:
        plan = self.spec["planted"]["cause"]
        item = next(one for one in self.items if one["sku"] == plan["sku"])
        for _ in range(max(8, round(plan["cases"] * self.size))):
            at = self._week(plan["week_before"]) + timedelta(days=self.random.randrange(7), hours=self.random.uniform(8, 21))
            story = self._story(at, plan["issue"], item, plan["carrier"])
            story.severity, story.root_cause, story.cause = Severity.S2, plan["root_cause"], plan["cause"]
            yield story

    def _story(self, at: datetime, issue: str | None, item: Row, carrier: str = "") -> Story:
        order = self._order(at, item, carrier or self._pick(self.carriers))
        channel = self._one_of(self.spec["channels"])
        if issue is None:
            return Story(at, order, None, f"Where is my {item['name']}?", channel, path="enquiry")
        what = self.spec["issues"][issue]
        said = self._pick(what["said"]).format(item=item["name"].lower())
        reply = str(what["reply"]).format(item=item["name"])
        story = Story(at, order, Issue(issue), said, channel, reply, self._severity(issue), self._fault(issue))
        story.remedy = what["remedies"][0] if self.random.random() < 0.75 else what["remedies"][-1]
        story.path = "dropped" if self._happens("drops_out") else "person" if self._percent(what["person"]) else "alone"
        story.chances = {name: self._happens(name) for name in self.spec["chances"]}
        self._what_becomes_of(story, what)
        return story

    def _what_becomes_of(self, story: Story, what: Row) -> None:
        team = "lead" if story.severity in (Severity.S3, Severity.S4) else "care"
        story.agent = self._pick(self.spec["agents"][team])
        story.hours_to_settle = self.random.uniform(20, 70)
        story.minutes_to_person = self.random.lognormvariate(3.0, 0.8)
        if story.chances["answers"]:
            right = self._percent(what["right"] - 25 * (story.path == "person") - 20 * story.chances["settles_late"])
            story.answer = "yes" if right else self._one_of({"partly": 2, "no": 1})
            story.score = self._one_of({5: 55, 4: 33, 3: 9, 2: 3} if right else {3: 2, 2: 4, 1: 4})
            story.effort = self._one_of({7: 40, 6: 30, 5: 18, 4: 9, 3: 3})
        story.root_cause = self._one_of(what["causes"])
        story.cause, story.skill = what["cause"], self._one_of(what["skills"]) if story.chances["learns"] else None

    def _severity(self, issue: str) -> Severity:
        grave = 12 if issue == "staff_conduct" else 3
        return Severity(self._one_of({"S1": 58, "S2": 39 - grave / 2, "S3": grave}))

    def _fault(self, issue: str) -> Fault:
        by = {Fault.THIRD_PARTY: 5, Fault.OURS: 5} if issue in ("late_delivery", "lost_or_missing") else {Fault.OURS: 8, Fault.UNCLEAR: 2}
        return self._one_of(by)

    def _order(self, at: datetime, item: Row, carrier: str) -> Row:
        self.number += 1
        first, last = (self._pick(self.spec["names"][name]) for name in ("first", "last"))
        handle = f"{first}.{last}.{self.number}".lower()
        return {
            "order_number": f"Y{100_000 + self.number}",
            "status": "delivered",
            "placed_at": (at - timedelta(days=self.random.uniform(6, 15))).isoformat(),
            "promised_by": (at - timedelta(days=2)).isoformat(),
            "delivered_at": (at - timedelta(days=self.random.uniform(0, 1))).isoformat(),
            "carrier": carrier,
            "tracking_numbers": [],
            "customer": {"id": f"year_{self.number}", "name": f"{first} {last}", "email": f"{handle}@example.com", "phone": None},
            "ship_to": dict(self._pick(self.spec["places"])),
            "items": [{**item, "line": 1, "quantity": 1}],
            "currency": self.currency,
            "total": item["unit_price"],
            "payments": [{"kind": "payment", "amount": item["unit_price"], "method": "card"}],
        }

    def _happens(self, name: str) -> bool:
        return self._percent(self.spec["chances"][name])

    def _percent(self, percent: float) -> bool:
        return self.random.random() * 100 < percent

    def _pick(self, among: Sequence[T]) -> T:
        return among[self.random.randrange(len(among))]

    def _one_of(self, weights: Mapping[T, float]) -> T:
        return self.random.choices([*weights], [*weights.values()])[0]
