"""What is measured: each case as one line, with as much of what hangs on it as the measures need. No text of a customer."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from bot.cases.case import PromiseState
from bot.cases.follow_up import HARD, POOR, STANDING, FollowUpState, Outcome
from bot.cases.issue import Severity
from bot.cases.learning import Improvement
from bot.cases.learning_rules import Failure
from bot.cases.remedy import RemedyState


@dataclass(frozen=True)
class ReportPolicy:
    """How the report counts. `contact_gap`: after so long without a word of anybody, a customer's message is a contact of its own."""

    contact_gap: timedelta = timedelta(hours=24)
    soon_days: int = 7
    later_days: int = 30
    weights: "dict[str, float]" = field(default_factory=lambda: {"S1": 1, "S2": 2, "S3": 4, "S4": 8})
    back_weight: float = 1.0
    earlier: "dict[str, int]" = field(default_factory=lambda: {"day": 14, "week": 8, "month": 6})
    unusual_from: int = 4
    chance: float = 0.01
    targets: "dict[str, float]" = field(default_factory=dict)


DAY_S = 86_400
USUAL = ReportPolicy()


def report_policy(content: Mapping[str, Any]) -> ReportPolicy:
    """From what report.yml holds, checked."""
    days, unusual = content["came_back_days"], content["unusual"]
    return ReportPolicy(
        timedelta(hours=content["contact_gap_hours"]),
        days["soon"],
        days["later"],
        {name: float(weight) for name, weight in content["weights"].items()},
        float(content["came_back_weight"]),
        dict(content["earlier"]),
        unusual["at_least"],
        float(unusual["chance"]),
        {name: float(value) for name, value in content["targets"].items()},
    )


V = TypeVar("V")


class once(Generic[V]):
    """A property that is reckoned once and then stands in the object; without the lock of functools.cached_property, whose time shows
    where there are a hundred thousand cases."""

    def __init__(self, reckon: Callable[[Any], V]) -> None:
        self.reckon, self.name, self.__doc__ = reckon, reckon.__name__, reckon.__doc__

    def __get__(self, one: Any, _kind: Any = None) -> V:
        value = one.__dict__[self.name] = self.reckon(one)
        return value


@dataclass(slots=True)
class Brought:
    """A person was brought in."""

    reason: str
    at: datetime
    due_at: datetime
    answered_at: datetime | None


@dataclass(slots=True)
class Word:
    """Something promised."""

    what: str
    due_at: datetime
    state: PromiseState
    told_at: datetime | None

    @property
    def is_told_before(self) -> bool:
        return self.told_at is not None and self.told_at <= self.due_at


@dataclass(slots=True)
class Round:
    """A round of questions whether it was put right."""

    state: FollowUpState
    asked_at: datetime | None
    ended_at: datetime | None
    outcome: Outcome | None
    satisfaction: int | None
    effort: int | None
    why: str | None

    @property
    def is_bad(self) -> bool:
        """An answer that opens the case again."""
        if self.outcome in (Outcome.PARTLY, Outcome.NO):
            return True
        return (self.satisfaction or POOR + 1) <= POOR or (self.effort or HARD + 1) <= HARD


@dataclass(slots=True)
class Given:
    """A remedy that was filed."""

    kind: str
    wording: str
    state: RemedyState
    created_at: datetime
    settled_at: datetime | None
    minor: int | None  # of what moved; less than nothing where it was taken back
    currency: str | None
    policy: str
    verdicts: "tuple[tuple[str, datetime], ...]" = ()  # what people decided on it


@dataclass(slots=True)
class Learned:
    """What the case's learning record says."""

    ended_at: datetime
    root_cause: str | None
    cause: str | None
    skill: str | None
    team: str | None
    words: str | None  # of the customer, without what names or numbers somebody
    is_finished: bool
    improvement_id: str | None


@dataclass(eq=False)
class CaseLine:
    """One case. What follows from its fields is reckoned once, when all of them are there."""

    id: str
    reference: str
    channel: str
    issue: str | None
    severity: Severity
    created_at: datetime
    first_reply_at: datetime | None
    closed_at: datetime | None
    order_number: str | None
    customer_id: str | None
    incident: str | None
    carrier: str | None
    sku: str | None = None
    product: str | None = None
    is_enquiry: bool = False
    apologies: int = 0  # messages of ours that say sorry
    person_words: int = 0  # messages of people
    asks: int = 0
    known_asks: int = 0  # for what was on record
    contacts: "tuple[datetime, ...]" = ()  # each begins
    brought: "tuple[Brought, ...]" = ()
    promises: "tuple[Word, ...]" = ()
    rounds: "tuple[Round, ...]" = ()
    remedies: "tuple[Given, ...]" = ()
    learned: Learned | None = None
    again_at: "tuple[datetime, ...]" = ()  # further cases of the same customer or order about the same issue

    @property
    def is_complaint(self) -> bool:
        """Whether something is said to have gone wrong: a question about an order is none."""
        return self.issue is not None or not self.is_enquiry

    @once
    def had_person(self) -> bool:
        """Whether a person took part: was brought in, wrote, or decided on a remedy."""
        return bool(self.brought or self.person_words or any(one.verdicts for one in self.remedies))

    @once
    def ended_at(self) -> datetime | None:
        """When it first ended, though it may have been opened again since."""
        ends = [at for at in (self.closed_at, self.learned.ended_at if self.learned else None) if at]
        return min(ends, default=None)

    @once
    def settled_at(self) -> datetime | None:
        """When we first took it to be over: it ended, or its customer was asked whether it was put right."""
        asked = [one.asked_at for one in self.rounds if one.asked_at]
        return min((at for at in (*asked, self.ended_at) if at), default=None)

    @once
    def reopened_at(self) -> datetime | None:
        """When it showed first that it was not over: a bad answer, or a person brought in after it."""
        settled = self.settled_at
        if settled is None:
            return None
        bad = [one.ended_at for one in self.rounds if one.is_bad and one.ended_at]
        return min((*bad, *(one.at for one in self.brought if one.at > settled)), default=None)

    @once
    def outcome(self) -> Outcome | None:
        """What the customer said last of it."""
        return next((one.outcome for one in reversed(self.rounds) if one.outcome), None)

    @once
    def is_content(self) -> bool:
        """Whether the customer says yes, and nothing they answered says otherwise."""
        return self.outcome is Outcome.YES and not any(one.is_bad for one in self.rounds)

    @once
    def is_undecided(self) -> bool:
        """Whether the customer may still be asked, or answer: what came of it is not known yet."""
        waits = any(one.state in STANDING for one in self.rounds)
        return waits or (self.outcome is None and not self.rounds and any(one.state in UNDER_WAY for one in self.remedies))

    def contacts_until(self, at: datetime) -> int:
        """How often the customer had to get in touch until then, the first time included; an answer to our question is none."""
        return 1 + sum(one <= at for one in self.later_contacts)

    @once
    def later_contacts(self) -> "list[datetime]":
        """Contacts after the first, here and in further cases about the same."""
        return [one for one in self.contacts[1:] if not self._is_answer(one)] + [*self.again_at]

    def _is_answer(self, at: datetime) -> bool:
        return any(one.asked_at and one.asked_at <= at and (one.ended_at is None or at <= one.ended_at) for one in self.rounds)

    def came_back(self, days: int) -> bool:
        """Whether the customer was in touch again about the same within so many days of the first time."""
        return self.first_again is not None and self.first_again <= days * DAY_S

    @once
    def first_again(self) -> float | None:
        """After how many seconds the customer was in touch again first."""
        return min(((one - self.created_at).total_seconds() for one in self.later_contacts), default=None)


CauseKey = tuple[str, str, bool]  # the issue, the product or incident, and whether it is an incident
PairKey = tuple[str, str, str]  # the issue, what it came with, such as "carrier", and which


@dataclass(frozen=True)
class Earlier:
    """What a report tells of a period before its own. `values`: of the figures, in their order. `causes` and `pairs`: how many
    complaints are of each; `named`: how many have an issue."""

    name: str
    complaints: int
    named: int
    values: "tuple[float | None, ...]"
    causes: "Counter[CauseKey]"
    pairs: "Counter[PairKey]"


@dataclass(frozen=True)
class Watched:
    """An improvement with the failures that came in the days after it was done and may be of its cause, and their references."""

    improvement: Improvement
    failures: "tuple[tuple[Failure, str], ...]"


UNDER_WAY = frozenset(
    {RemedyState.NEEDS_APPROVAL, RemedyState.APPROVED, RemedyState.QUEUED, RemedyState.SENT, RemedyState.UNKNOWN, RemedyState.FAILED}
)
