"""A learning record for every case that ended: made once, filled from what is known, finished by a person.

What a person wrote in it stays when the case is opened again and ends anew; only what the records know is brought up to date.
"""

import re
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases import learning_rules as rules
from bot.cases.case import Case, Known, known
from bot.cases.conversation import DEV, Author, Message
from bot.cases.hours import business_days_on
from bot.cases.issue import Issue
from bot.cases.learning import LearningRecord, RootCause
from bot.cases.order import Item, Order
from bot.cases.redaction import PLACEHOLDERS, redacted, words_left
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

PERSONAL = ("email", "phone", "postcode", "person_name", "order_number")  # facts that name or number somebody
FEWEST_WORDS = 2  # of the customer's own that tell something
_LEADING = re.compile(rf"^(?:(?:{'|'.join(map(re.escape, PLACEHOLDERS))})[\s,.:;]*)+")  # "[order number] [email] my lamp ..."
LONGEST_WORDS, LONGEST_PRODUCT, MOST_NAMED = 300, 120, 3


def ended(shop: Shop, uow: "UnitOfWork", case: Case, now: datetime) -> LearningRecord | None:
    """The record of a case that has just ended, made or brought up to date. Its conversation is locked by the caller.

    None: there is nothing to learn, as nothing was said to be wrong and no person was needed; or the chat is a developer's.
    """
    escalations = uow.cases.escalations(case.id)
    if case.channel == DEV or (case.issue is None and not escalations):
        return None
    record = uow.learning.find(case.id)
    if record is None:
        policy = shop.policy
        due = business_days_on(policy.hours, now, policy.learning.finish_days)
        owner = policy.owners.get(policy.escalation("not_put_right").team)
        record = LearningRecord(case.id, now, due, policy.learning.unknown, assignee=case.assignee or owner)
        uow.add(record)
        uow.note(case.id, "assistant", "learning.opened", now)
    elif case.assignee and not record.finished_at:
        record.assignee = case.assignee
    _fill(shop, uow, case, record)
    uow.flush()
    return record


def _fill(shop: Shop, uow: "UnitOfWork", case: Case, record: LearningRecord) -> None:
    """What the records know. Where it lies in people's judgement, only what no person has said yet."""
    facts = known(uow.cases.facts(case.id))
    order = shop.orders.find(case.order_number) if case.order_number else None
    items = _items(order if case.proven else None, facts)
    skus = {one.sku for one in items}
    record.sku = skus.pop() if len(skus) == 1 else None
    record.failure_type = rules.failure_type(shop.policy.learning, case.issue, record.sku)
    record.product = _product(items, facts)
    record.customer_words = _customer_words(uow, case, facts, order)
    if record.finished_at:
        return
    incident = uow.incidents.read(case.incident_code) if case.incident_code else None
    record.root_cause = rules.root_cause(case.issue, case.fault, incident.fault if incident else None) or record.root_cause
    record.cause = record.cause or (incident.explanation if incident else None)
    if record.controllable is None and record.root_cause is RootCause.ENVIRONMENT:
        record.controllable = False  # nobody could have prevented it


def _items(order: Order | None, facts: Known) -> list[Item]:
    """What the case is about, of a proven order; all of an order of one line."""
    if order is None:
        return []
    lines = facts.lines()
    return [one for one in order.items if one.line in lines or len(order.items) == 1]


def _product(items: list[Item], facts: Known) -> str | None:
    names = list(dict.fromkeys(one.name for one in items))[:MOST_NAMED]
    said = ", ".join(names) or redacted(facts.get("product") or "")
    return said[:LONGEST_PRODUCT] or None


def _customer_words(uow: "UnitOfWork", case: Case, facts: Known, order: Order | None) -> str | None:
    """What they wrote first of it, without what names or numbers somebody; None where too little of it can be kept."""
    said = _first_of(uow, case)
    if said is None:
        return None
    mine = [(name, facts.get(name) or "") for name in PERSONAL]
    if order:
        mine += [
            ("name", order.buyer.name),
            ("email", order.buyer.email),
            ("phone", order.buyer.phone or ""),
            ("order_number", order.number),
        ]
        mine += [(name, str(value)) for name, value in order.ship_to.items()]
    left = _LEADING.sub("", " ".join(redacted(said.text, mine).split()))
    if words_left(left) < FEWEST_WORDS:
        return None
    return left if len(left) <= LONGEST_WORDS else f"{left[: LONGEST_WORDS - 2].rsplit(' ', 1)[0]} …"


def _first_of(uow: "UnitOfWork", case: Case) -> Message | None:
    """The customer's first message of this case that tells what went wrong; else their first of all."""
    theirs = [
        one for one in uow.messages.of(case.conversation_id) if one.author is Author.CUSTOMER and one.case_id == case.id and not one.choice
    ]
    telling = (one for one in theirs if Issue.of((one.heard or {}).get("intent")))
    return next(telling, theirs[0] if theirs else None)


def fill_gaps(shop: Shop, conversation_id: str, case_id: str, now: datetime) -> bool:
    """The record of a case that ended before there were any. False where it has one by now, or is open again."""
    with shop.begin(True) as uow:
        uow.conversations.get(conversation_id)  # locked first, as everywhere
        case = uow.cases.find(case_id)
        if case is None or not case.is_closed or uow.learning.find(case_id):
            return False
        return ended(shop, uow, case, now) is not None
