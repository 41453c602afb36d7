"""The messages that a person looks at again: kept as the turn goes, marked by agents, labelled by leads."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.cases.case import known
from bot.cases.conversation import Message
from bot.cases.desk import SUPERVISES, Agent
from bot.cases.instants import instant
from bot.cases.learning import ReviewItem, Unsure
from bot.cases.order import Order
from bot.cases.redaction import plain_words, redacted, words_left
from bot.cases.review import ALL_INTENTS, FEWEST_WORDS, INTENTS, likeliest, why_looked_at_again
from bot.cases.step import Ask, Step
from bot.cases.taught import Example
from bot.errors import BadInput, Conflict, NotAllowed, NotFound
from bot.handling.scene import Scene
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

SHOWN = 200  # of each kind, the newest
OF_CUSTOMERS = ("email", "phone", "order_number", "person_name", "postcode")  # facts that name or number somebody


def look_again(scene: Scene, step: Step) -> None:
    """Keeps the message for a person, in the turn's own unit of work, where the assistant was unsure of it or asks again."""
    conversation, heard = scene.conversation, scene.heard
    asks_again = scene.missed or (isinstance(step, Ask) and conversation.asked == step.fact and conversation.asked_tries > 1)
    left_out = scene.shop.policy.severe_reasons
    why = why_looked_at_again(heard, scene.shop.policy.review, asked_again=asks_again, left_out=left_out)
    if why is None:
        return
    about = [(name, value) for name in OF_CUSTOMERS if (value := scene.known.get(name))]
    name, sure = likeliest(heard)
    _keep(scene.uow, scene.message, why, [*heard.entities, *about, *_of_order(scene.order)], name, sure)


def mark(shop: Shop, uow: "UnitOfWork", message: Message, by: str, *, label: str | None = None) -> ReviewItem | None:
    """Keeps a message that somebody says was taken wrongly; `label`: what they think it was. None for what is for people alone."""
    heard = message.heard or {}
    if set(heard.get("reasons", ())) & set(shop.policy.severe_reasons):
        return None
    item = uow.reviews.find(message.id)
    if item is None:
        sure = heard.get("confidence")
        item = _keep(uow, message, Unsure.MISHEARD, _on_file(shop, uow, message), heard.get("intent"), sure, by)
    elif item.labelled_at is None:
        item.why, item.brought_by = Unsure.MISHEARD, by
    if item and item.labelled_at is None and label in ALL_INTENTS:
        item.label = label  # a suggestion, until a lead says so
    return item


def _keep(
    uow: "UnitOfWork",
    message: Message,
    why: Unsure,
    private: Iterable[tuple[str, str]],
    heard: str | None,
    sure: float | None,
    by: str | None = None,
) -> ReviewItem | None:
    text = " ".join(redacted(message.text, private).split())
    if words_left(text) < FEWEST_WORDS:
        return None
    confidence = None if sure is None else round(sure, 3)
    case_id = message.case_id or uow.conversations.get(message.conversation_id).case_id
    item = ReviewItem(message.id, message.conversation_id, message.at, why, case_id, text, heard, confidence, by)
    uow.add(item)
    return item


def _of_order(order: Order | None) -> Iterator[tuple[str, str]]:
    """What the order knows of whoever bought it."""
    if order is None:
        return
    yield from (("order_number", order.number), ("name", order.buyer.name), ("email", order.buyer.email))
    yield from (("phone", value) for value in (order.buyer.phone,) if value)
    yield from (("address", str(value)) for key, value in order.ship_to.items() if key not in ("country", "state") and value)


def _on_file(shop: Shop, uow: "UnitOfWork", message: Message) -> list[tuple[str, str]]:
    conversation = uow.conversations.get(message.conversation_id)
    case = uow.cases.find(message.case_id or conversation.case_id)
    facts = known(uow.cases.facts(case.id)) if case else known([])
    about = [(name, value) for name in OF_CUSTOMERS if (value := facts.get(name))]
    order = shop.orders.find(case.order_number) if case and case.proven and case.order_number else None
    return [*about, *_of_order(order)]


def label(shop: Shop, agent: Agent, message_id: str, intent: str | None, version: int | None, now: datetime) -> dict[str, Any]:
    """Says what a message was, or (None) that it is not for training. May be said anew.

    Raises NotFound, BadInput for an intent there is not, Conflict where another has changed it since `version`.
    """
    if intent is not None and intent not in ALL_INTENTS:
        raise BadInput(f"There is no intent {intent!r}. Use one of {', '.join(sorted(ALL_INTENTS))}, or none to leave it out of training.")
    with shop.begin(True) as uow:
        item = uow.reviews.find(message_id)
        if item is None:
            raise NotFound("There is no such message to look at.")
        if item.labelled_at and item.label == intent and item.labelled_by == agent.name:
            return _row(uow, message_id)
        if version is not None and item.version != version:
            raise Conflict(f"{item.labelled_by or item.brought_by or 'Somebody'} has changed this one meanwhile. Look at it again.")
        if intent is not None and item.text is None:
            raise Conflict("Its words are erased. It cannot be used for training.")
        item.label, item.labelled_by, item.labelled_at = intent, agent.name, now
        uow.note(item.case_id, agent.name, "review.labelled" if intent else "review.dropped", now, message=item.message_id, intent=intent)
        uow.flush()
        return _row(uow, message_id)


def shown(shop: Shop, *, labelled: bool = False, limit: int = SHOWN) -> dict[str, Any]:
    """The list, the counts, and the intents to choose from, by group."""
    with shop.begin(False) as uow:
        rows = uow.reviews.rows(labelled=labelled, limit=limit)
        counts = uow.reviews.counts()
    groups = [{"group": group, "intents": [*names]} for group, names in INTENTS.items()]
    return {"rows": [row_json(row) for row in rows], "counts": counts, "intents": groups}


def _row(uow: "UnitOfWork", message_id: str) -> dict[str, Any]:
    return row_json(uow.reviews.rows(labelled=True, limit=1, messages=[message_id])[0])


def row_json(row: dict[str, Any]) -> dict[str, Any]:
    """One item as the desk and the command line show it. `suggested`: what an agent thinks it was; `case`: where it was said."""
    is_done = row["labelled_at"] is not None
    return {
        "message": row["message_id"],
        "text": row["text"],
        "why": str(row["why"]),
        "heard": row["heard"],
        "confidence": row["confidence"],
        "at": instant(row["at"]),
        "brought_by": row["brought_by"],
        "case": row["reference"],
        "dev": row["channel"] == "dev",
        "suggested": None if is_done else row["label"],
        "label": row["label"] if is_done else None,
        "labelled_by": row["labelled_by"],
        "labelled_at": instant(row["labelled_at"]) if is_done else None,
        "version": row["version"],
    }


def labelled(shop: Shop) -> Iterator[Example]:
    """Everything that leads have labelled for training, in plain words."""
    with shop.begin(False) as uow:
        items = uow.reviews.labelled()
    yield from (Example(plain_words(item.text), item.label) for item in items if item.text and item.label)


def note_exported(shop: Shop, now: datetime) -> None:
    """Notes which labels were given out for training."""
    with shop.begin(True) as uow:
        uow.reviews.mark_exported([item.message_id for item in uow.reviews.labelled()], now)


def labeller(shop: Shop, name: str) -> Agent:
    """The account of somebody who may label. Raises NotFound, NotAllowed."""
    with shop.begin(False) as uow:
        agent = uow.agents.get(name)
    if agent.role not in SUPERVISES or agent.disabled_at:
        raise NotAllowed(f"{agent.name} is {agent.role}: a lead or the owner labels.")
    return agent
