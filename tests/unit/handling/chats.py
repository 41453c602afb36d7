"""A customer's chat without Rasa: what was understood is built by hand, everything behind it is real."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

from bot.cases.case import Case, Escalation, Promise
from bot.cases.conversation import Author, Conversation, Handler, Message
from bot.cases.heard import Heard, Thing
from bot.cases.incident import Incident
from bot.cases.issue import Issue
from bot.cases.order import Order
from bot.cases.remedy import Remedy
from bot.handling.accept import accept, add_reply, open_conversation
from bot.handling.acknowledging import thing_values
from bot.handling.intake import Outcome, hear
from bot.handling.shop import Shop
from bot.handling.unsettled import TAKEN_UP
from bot.store.database import Database
from bot.store.imports import import_incidents, import_orders
from bot.wording import Wording
from tests.builders import NOON, a_buyer, an_item, an_order

FIELDS = (
    "confidence",
    "reasons",
    "anger",
    "abuse",
    "retold",
    "retold_beside",
    "phrase",
    "own_words",
    "things",
    "choice",
    "ranking",
    "told",
    "unreadable",
    "message_id",
    "sender_id",
)
_numbers = count(1)


def restatements(wording: Wording, issue: Issue, thing: str) -> list[str]:
    """Every sentence that names the issue, alone or with a thing."""
    found = [texts for name, texts in wording.responses.items() if name.startswith(f"utter_restate_{issue}")]
    return [text.format_map(thing_values(Thing(thing, "goods"))) for texts in found for text in texts]


def heard(text: str, intent: str | None = None, **facts: Any) -> Heard:
    """One message as understood; what is no field of Heard is an entity."""
    fields = {"message_id": f"heard-{next(_numbers)}", "sender_id": "somebody.1", "confidence": 0.95}
    fields |= {name: facts.pop(name) for name in FIELDS if name in facts}
    fields["things"] = tuple(one if isinstance(one, Thing) else Thing(one, "goods") for one in fields.get("things", ()))
    return Heard(text=text, intent=intent, entities=tuple(facts.items()), **fields)


@dataclass
class Chat:
    """One conversation on the website. Every reply is written down as the turn would do it."""

    shop: Shop
    now: datetime = NOON
    customer_id: str | None = None
    id: str = ""
    outcomes: list[Outcome] = field(default_factory=list)
    last: Heard | None = None

    def __post_init__(self) -> None:
        self.id = self.id or open_conversation(self.shop, "website", self.now, customer_id=self.customer_id).id

    def say(self, text: str, intent: str | None = None, **facts: Any) -> str:
        """The reply's text to a message."""
        message_id = accept(self.shop, self.id, f"from-customer-{next(_numbers)}", text, None, self.now).message_id
        return self.hear(heard(text, intent, message_id=message_id, sender_id=f"{self.id}.1", **facts))

    def tap(self, label: str) -> str:
        """The reply's text to a tap on the offered choice whose label holds these words."""
        payload = next(one["payload"] for one in self.choices if label in one["label"])
        chosen = re.search(r'"choice": "([^"]+)"', payload)
        intent = re.split(r"[/{]", payload)[1]
        return self.say(payload.lstrip("/"), intent, **({"choice": chosen.group(1)} if chosen else {}))

    def hear(self, one: Heard) -> str:
        outcome = hear(self.shop, one, self.now)
        self.last = one
        self.outcomes.append(outcome)
        with self.shop.begin(True) as uow:
            conversation = uow.conversations.get(self.id)
            uow.messages.get(one.message_id).answered_at = self.now
            add_reply(uow, conversation, Author.ASSISTANT, outcome.reply.text, self.now, outcome.reply.choices, card=outcome.reply.card)
        return outcome.reply.text

    def hear_last_again(self) -> None:
        """The assistant is asked the last message once more: it must decide the same."""
        if self.last:
            assert hear(self.shop, self.last, self.now) == self.outcomes[-1]

    @property
    def is_with_assistant(self) -> bool:
        return self.conversation.handler is Handler.ASSISTANT

    @property
    def text(self) -> str:
        return self.outcomes[-1].reply.text

    @property
    def texts(self) -> list[str]:
        return [one.reply.text for one in self.outcomes]

    @property
    def asks(self) -> str | None:
        """What the last reply asks for."""
        return self.outcomes[-1].asks

    @property
    def choices(self) -> list[dict[str, str]]:
        return self.outcomes[-1].reply.choices

    @property
    def labels(self) -> list[str]:
        return [one["label"] for one in self.choices]

    @property
    def conversation(self) -> Conversation:
        with self.shop.begin(False) as uow:
            return uow.conversations.get(self.id)

    @property
    def case(self) -> Case:
        """The present case."""
        with self.shop.begin(False) as uow:
            found = uow.cases.find(self.conversation.case_id)
        assert found is not None
        return found

    @property
    def cases(self) -> list[Case]:
        """All cases that began in this conversation, oldest first."""
        with self.shop.begin(False) as uow:
            return [one for one in uow.cases.list(with_dev=True) if one.conversation_id == self.id]

    @property
    def facts(self) -> dict[str, str]:
        with self.shop.begin(False) as uow:
            return {fact.name: fact.value for fact in uow.cases.facts(self.case.id)}

    @property
    def remedies(self) -> list[Remedy]:
        with self.shop.begin(False) as uow:
            return [remedy for case in self.cases for remedy in uow.remedies.of(case.id)]

    @property
    def filed(self) -> list[Remedy]:
        return [one for one in self.remedies if one.is_filed]

    @property
    def offered(self) -> list[tuple[str, str, bool]]:
        """What is on offer: wording, worth, whether a person must decide."""
        return [(one.wording, str(one.amount), one.needs_approval) for one in self.remedies if one.state == "proposed"]

    @property
    def all_promises(self) -> list[Promise]:
        with self.shop.begin(False) as uow:
            return [promise for case in self.cases for promise in uow.cases.promises(case.id)]

    @property
    def promises(self) -> list[Promise]:
        """All but the one that a person takes up what is not settled, which every matter has."""
        return [one for one in self.all_promises if one.what != TAKEN_UP]

    @property
    def escalations(self) -> list[Escalation]:
        with self.shop.begin(False) as uow:
            return [escalation for case in self.cases for escalation in uow.cases.escalations(case.id)]

    @property
    def transcript(self) -> list[Message]:
        """Everything that was said, by everyone."""
        with self.shop.begin(False) as uow:
            return uow.messages.of(self.id)

    @property
    def acts(self) -> list[str]:
        """The audit, act by act."""
        with self.shop.begin(False) as uow:
            return [line["act"] for case in self.cases for line in uow.cases.audit(case.id)]

    @property
    def sent_to_provider(self) -> list[str]:
        """Remedies with an outbox row."""
        with self.shop.begin(False) as uow:
            return [one.id for one in self.remedies if uow.outbox.state_of(one.id)]


def take_orders(database: Database, *orders: Order) -> None:
    """Imports these orders as a shop would."""
    import_orders(database, map(_order_line, orders), skip_bad=False, now=NOON)


def take_incidents(database: Database, *incidents: Incident) -> None:
    """Imports these incidents as a shop would."""
    import_incidents(database, map(_incident_line, incidents), skip_bad=False, now=NOON)


def with_variant(shop: Shop, place: int) -> Shop:
    """The shop with one variant of every sentence: the one at this place, counted round; the longest for -1."""

    def pick(every: tuple[str, ...]) -> str:
        texts = [one for one in every if one not in shop.wording.said]
        return max(texts, key=lambda text: len(text.split())) if place < 0 else texts[place % len(texts)]

    return replace(shop, wording=Wording({name: (pick(texts),) for name, texts in shop.wording.responses.items()}))


def fitting_order(issue: Issue, **given: Any) -> Order:
    """An order in which the issue is what the record would show."""
    if issue in (Issue.LATE_DELIVERY, Issue.LOST_OR_MISSING):
        return an_order(**given)
    if issue is Issue.BILLING_DISPUTE:
        return an_order(status="delivered", payments=paid(75, 75), **given)
    if issue is Issue.REFUND_NOT_RECEIVED:
        return an_order(status="cancelled", **given)
    if issue is Issue.CANCELLATION_PROBLEM:
        return an_order(status="processing", promised_by=NOON.replace(day=9), **given)
    return an_order(status="delivered", **given)


def paid(*amounts: int) -> tuple[Any, ...]:
    """Payments of so many dollars, by one card."""
    from bot.cases.money import Money
    from bot.cases.order import Payment

    return tuple(Payment("payment", Money.of(str(amount), "USD"), "visa ending 4242") for amount in amounts)


def dear_order(**given: Any) -> Order:
    """Worth more than the assistant may grant alone."""
    return an_order(status="delivered", items=(an_item(1, "Oak Bookcase", "1249.00"),), **given)


def anothers_order(**given: Any) -> Order:
    """Bought by somebody else, elsewhere."""
    buyer = a_buyer(id="otto_1", name="Otto Lang", email="otto@example.com", phone="+1 312 555 0199")
    ship_to = {"city": "Chicago", "state": "IL", "zip": "60601", "country": "USA"}
    return an_order(number="A20077", buyer=buyer, ship_to=ship_to, carrier="Zephyr Freight", **given)


def call_asked(shop: Shop) -> Chat:
    """A conversation in which a call waits for a yes or a time."""
    chat = Chat(shop)
    chat.say("Your courier shouted at me. A10021 nina@example.com", "staff_conduct", order_number="A10021", email="nina@example.com")
    chat.tap("call me")
    if chat.asks == "phone":
        chat.say("+1 602 555 0188", "inform", phone="+1 602 555 0188")
    return chat


def _order_line(order: Order) -> str:
    buyer = order.buyer
    return json.dumps(
        {
            "order_number": order.number,
            "status": order.status,
            "placed_at": _said(order.placed_at),
            "promised_by": _said(order.promised_by),
            "delivered_at": _said(order.delivered_at),
            "carrier": order.carrier,
            "tracking_numbers": list(order.tracking_numbers),
            "customer": {"id": buyer.id, "name": buyer.name, "email": buyer.email, "phone": buyer.phone},
            "ship_to": dict(order.ship_to),
            "items": [
                {
                    "line": one.line,
                    "sku": one.sku,
                    "name": one.name,
                    "options": dict(one.options),
                    "quantity": one.quantity,
                    "unit_price": str(one.unit_price.amount),
                }
                for one in order.items
            ],
            "currency": order.currency,
            "total": str(order.total.amount),
            "payments": [{"kind": one.kind, "amount": str(one.amount.amount), "method": one.method} for one in order.payments],
        }
    )


def _incident_line(incident: Incident) -> str:
    return json.dumps(
        {
            "code": incident.code,
            "title": incident.title,
            "fault": str(incident.fault),
            "issue_types": [str(one) for one in incident.issues],
            "started_at": _said(incident.started_at),
            "ended_at": _said(incident.ended_at),
            "next_update_at": _said(incident.next_update_at),
            "scope": {key: list(_many(value)) for key, value in incident.scope.items()},
            "explanation": incident.explanation,
            "action": incident.action,
            "published": incident.published,
        }
    )


def _many(value: object) -> Iterable[object]:
    assert isinstance(value, tuple)
    return value


def _said(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
