"""What sentences are made of: pieces, choices, and values taken from the case's records."""

from dataclasses import dataclass

from bot.cases.case import Promise
from bot.cases.dates import Clock, clock_of, days_said
from bot.cases.finding import Finding
from bot.cases.order import Item, Order, masked
from bot.cases.policy import Escalate
from bot.cases.remedy import Remedy
from bot.handling import remedies
from bot.handling.scene import Scene

BRANDS = {"visa": "Visa", "mastercard": "Mastercard", "amex": "Amex", "paypal": "PayPal"}
Choice = dict[str, str]


@dataclass(frozen=True)
class Part:
    """A piece of a reply. `spare` pieces are left out of a first reply that grows too long, the highest first.

    `short` takes the place of the text where that does not suffice.
    """

    text: str
    spare: int = 0
    short: str = ""
    promise: Promise | None = None
    beside: str | None = None  # what is said instead where a card shows the rest of it
    begins: bool = False  # a paragraph, in a letter


def say(scene: Scene, name: str, near: str = "", /, **values: object) -> str:
    """A sentence; the variant hangs on the words it should be near to, on the conversation, and on the case within it."""
    case = scene.present_case
    return scene.shop.wording.say(name, f"{scene.conversation.id}/{case.id if case else ''}", near, **values)


def choice(label: str, payload: str) -> Choice:
    return {"label": label, "payload": payload}


def chosen(what: str) -> str:
    return f'/choose{{"choice": "{what}"}}'


def person(scene: Scene) -> Choice:
    return choice(say(scene, "label_person"), "/ask_human")


def record_values(scene: Scene, finding: Finding) -> dict[str, object]:
    """The order's record as words: dates, sums, who carries it."""
    order, clock = scene.order, clock_for(scene)
    if order is None:
        return {}
    return {
        "order": order.number,
        "carrier": order.carrier or say(scene, "noun_carrier"),
        "promised": clock.day(order.promised_by) if order.promised_by else say(scene, "noun_promised_day"),
        "delivered": clock.day(order.delivered_at) if order.delivered_at else None,
        "days": days_said(finding.days_late) if finding.days_late else None,
        "paid": order.paid,
        "refunded": order.refunded,
        "total": order.total,
        "owed": finding.owed,
        "method": method_of(scene),
    }


def effect_values(scene: Scene, remedy: Remedy) -> dict[str, object]:
    """Everything a sentence on a remedy may say: each from the ledger, the policy or the order's record."""
    clock = clock_for(scene)
    due = remedy.due_at or remedies.effect_due(scene.shop, remedy, scene.now)
    if remedy.needs_approval and remedy.due_at:
        due = remedies.effect_due(scene.shop, remedy, scene.now)
    decided = remedy.due_at if remedy.needs_approval and remedy.due_at else remedies.decision_due(scene.shop, scene.now)
    rule: Escalate = scene.shop.policy.escalation("above_limit")
    team = scene.shop.policy.teams[rule.team]
    phone = scene.known.get("phone")
    return {
        "remedy": remedy.reference,
        "ref": scene.case.reference,
        "amount": remedy.amount,
        "method": method_of(scene),
        "items": items_said(scene, scene.concerned, tuple(int(one) for one in remedy.lines.split(",") if one)),
        "due": clock.day(due),
        "decided": clock.time(decided),
        "team": team,
        "Team": team[:1].upper() + team[1:],
        "phone": masked(phone) if phone else None,
    }


def items_said(scene: Scene, order: Order | None, lines: tuple[int, ...]) -> str:
    """The items of these lines, as they stand in a sentence."""
    if order is None or not lines:
        return say(scene, "noun_it")
    items = order.pick(lines)
    if len(items) == len(order.items) > 1:
        return say(scene, "noun_whole_order")
    return listed([_item_said(scene, item) for item in items], say(scene, "noun_and"))


def _item_said(scene: Scene, item: Item) -> str:
    """The item, and how many of those that were bought where it is not all of them."""
    bought = next((one.quantity for one in scene.order.items if one.line == item.line), item.quantity) if scene.order else item.quantity
    named = f"the {item.name}"
    return say(scene, "noun_some_of", count=item.quantity, bought=bought, items=named) if item.quantity < bought else named


def listed(words: list[str], last: str) -> str:
    """Such as "a, b and c", where `last` is "and"."""
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def method_of(scene: Scene) -> str:
    order = scene.order
    paid = [one.method for one in order.payments if one.kind == "payment"] if order else []
    return say(scene, "noun_method", paid_by=_named(paid[0])) if paid else say(scene, "noun_method_unknown")


def _named(method: str) -> str:
    """The way of paying as its maker writes it, whatever the shop's record does."""
    brand, *rest = method.split(" ")
    return " ".join((BRANDS.get(brand.lower(), brand), *rest))


def clock_for(scene: Scene) -> Clock:
    return clock_of(scene.conversation.time_zone, scene.shop.policy.hours.zone, scene.now)
