"""What the website lays out in rows: what is known, orders, items, remedies, times. From the records that the text is said from."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.cases.card import Card, Row
from bot.cases.order import Item, Order, masked
from bot.cases.remedy import Remedy, RemedyKind
from bot.cases.step import Ask, Confirm, Offer, Step
from bot.handling.accept import WITH_BUTTONS
from bot.handling.answers import account
from bot.handling.asides import EDIT, EDITABLE
from bot.handling.call_times import at, call_times
from bot.handling.listening import offered_remedies
from bot.handling.saying import Choice, Part, chosen, clock_for, effect_values, say
from bot.handling.scene import Scene

PAID_BACK = (RemedyKind.REFUND, RemedyKind.PARTIAL_REFUND)


def card_for(scene: Scene, step: Step, choices: list[Choice]) -> Card | None:
    """The card of a question or an offer; None where there is nothing to lay out, or nobody who could see it."""
    if isinstance(step, Offer):
        return _card(scene, "remedies", (_remedy(scene, one) for one in offered_remedies(scene)), choices, at_least=2)
    if isinstance(step, Confirm):
        times = call_times(scene, scene.uow.remedies.get(step.remedy_id))
        return _card(scene, "times", (_time(scene, *slot) for slot in times), choices)
    if not isinstance(step, Ask):
        return None
    if step.fact == "order_number":
        return _card(scene, "orders", (_order(scene, one) for one in scene.looked.own), choices)
    return _card(scene, "items", map(_item, scene.order.items), choices) if step.fact == "items" and scene.order else None


def beside(scene: Scene, card: Card | None, asked: list[Part]) -> list[Part]:
    """What is asked, with shorter words beside a card that shows the ways already."""
    if card is None or card.kind != "remedies":
        return asked
    return [replace(one, beside=say(scene, "card_offer_again" if scene.missed else "offer_short")) for one in asked]


def review(scene: Scene, choices: list[Choice]) -> Card | None:
    """What is known of the case, each with the choice to change it where it can be changed."""
    known, order, issue = scene.known, scene.concerned, scene.case.issue
    phone = known.get("phone")
    named = order.pick(known.lines()) if order and known.lines() else ()
    values = {
        "order_number": known.get("order_number"),
        "items": ", ".join(_counted(scene, one) for one in named),
        "what_happened": account(scene),
        "phone": masked(phone) if phone else None,
    }
    about = Row(say(scene, "card_issue"), say(scene, f"label_{issue}" if issue else "noun_unclear"))
    facts = [Row(say(scene, f"label_edit_{name}"), values[name] or "", "", chosen(f"{EDIT}{name}")) for name in EDITABLE if values[name]]
    return _card(scene, "review", [about, *facts], choices, keeps_all=True)


def _card(
    scene: Scene, kind: str, rows: Iterable[Row], choices: list[Choice], *, at_least: int = 1, keeps_all: bool = False
) -> Card | None:
    """The rows that can be chosen, or all; None where they are too few."""
    if scene.conversation.channel not in WITH_BUTTONS:
        return None
    payloads = {one["payload"] for one in choices}
    shown = tuple(row for row in rows if keeps_all or row.choice in payloads)
    return Card(kind, shown) if len(shown) >= at_least else None


def _remedy(scene: Scene, remedy: Remedy) -> Row:
    """What it is with its sum, and when it has its effect; where a person must agree first, by when they decide."""
    values = effect_values(scene, remedy)
    detail = "card_decided" if remedy.needs_approval else "card_money" if remedy.amount and remedy.kind in PAID_BACK else "card_by"
    return Row(say(scene, f"offer_{remedy.wording}", **values), "", say(scene, detail, **values), chosen(f"remedy:{remedy.id}"))


def _time(scene: Scene, start: datetime, end: datetime) -> Row:
    clock = clock_for(scene)
    hours = {"from": f"{start.astimezone(clock.zone):%H:%M}", "to": clock.hour(end)}
    return Row(say(scene, "label_call_at", **hours), "", clock.day(start), at(start))


def _order(scene: Scene, order: Order) -> Row:
    first, more = order.items[0].name, len(order.items) - 1
    items = say(scene, "card_more_items", items=first, count=more) if more else first
    value = say(scene, "card_order", order=order.number)
    return Row(items, str(order.total), f"{value}, {clock_for(scene).day(order.placed_at)}", chosen(f"order:{order.number}"))


def _item(item: Item) -> Row:
    return Row(item.name, str(item.price), ", ".join(item.options.values()), chosen(f"items:{item.line}"))


def _counted(scene: Scene, item: Item) -> str:
    return say(scene, "card_count", count=item.quantity, items=item.name) if item.quantity > 1 else item.name
