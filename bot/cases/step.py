"""What comes next in a case: the one decision, as a value. The form and the actions only carry it out."""

from dataclasses import dataclass

from bot.cases.case import Known
from bot.cases.finding import Finding
from bot.cases.issue import Issue
from bot.cases.order import Order
from bot.cases.policy import Option, Policy


@dataclass(frozen=True)
class Ask:
    """Ask for one fact."""

    fact: str


@dataclass(frozen=True)
class Offer:
    """Offer these remedies, and ask what would put it right."""

    options: tuple[Option, ...]


@dataclass(frozen=True)
class Confirm:
    """Say what the chosen remedy will do, and ask for an explicit yes."""

    remedy_id: str


@dataclass(frozen=True)
class Answer:
    """Say something about a topic; then ask again what was asked, if anything was."""

    topic: str
    then: "Step | None" = None


@dataclass(frozen=True)
class HandOff:
    """Bring a person."""

    reason: str


@dataclass(frozen=True)
class Close:
    """A remedy is filed: say what, its reference and date."""

    remedy_id: str


Step = Ask | Offer | Confirm | Answer | HandOff | Close


@dataclass(frozen=True)
class Situation:
    """All that the decision depends on. `order` is there only once it is proven to be the customer's."""

    issue: Issue | None
    known: Known
    order: Order | None
    finding: Finding | None
    options: tuple[Option, ...]
    chosen: str | None = None  # a remedy's id
    chosen_needs: tuple[str, ...] = ()
    filed: str | None = None


def next_step(now_is: Situation, policy: Policy) -> Step:
    """Asks for nothing that is known, and for nothing whose answer would change nothing."""
    if now_is.filed:
        return Close(now_is.filed)
    if now_is.issue is None:
        return Ask("issue")
    missing = first_missing(now_is, policy.needed(now_is.issue))
    if missing:
        return Ask(missing)
    if now_is.chosen:
        lacking = [name for name in now_is.chosen_needs if not now_is.known.get(name)]
        return Ask(lacking[0]) if lacking else Confirm(now_is.chosen)
    if now_is.options:
        return Offer(now_is.options)
    return HandOff("no_remedy_fits")


def first_missing(now_is: Situation, needed: tuple[str, ...]) -> str | None:
    """The first fact that must be known and is not. An order brings its own proof; one item needs no choosing."""
    for name in needed:
        if name == "order_number" and not now_is.order and not now_is.known.get("order_number"):
            return name
        if name == "proof" and not now_is.order:
            return name
        if name == "items" and now_is.order and len(now_is.order.items) > 1 and not now_is.known.lines():
            return name
        if name not in ("order_number", "proof", "items") and not now_is.known.get(name):
            return name
    return None
