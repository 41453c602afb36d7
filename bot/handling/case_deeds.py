"""What people do to a case at the desk: its facts, tags and priority, and what they promise. Each is one transaction."""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.cases.case import TAKEN_BACK, Case, Escalation, Promise, PromiseState
from bot.cases.desk import SUPERVISES, Agent
from bot.cases.instants import instant, instant_in
from bot.cases.issue import Issue
from bot.cases.order import Order, normal_number
from bot.cases.promises import OWN_WORD
from bot.cases.proof import SHORTEST_PHONE, Proof, proof_of
from bot.cases.remedy import RemedyKind
from bot.cases.service_clock import PRIORITIES
from bot.errors import BadInput, Conflict, NotAllowed, NotFound
from bot.handling import remedies
from bot.handling.cases import write_fact
from bot.handling.desk_cases import fit_words, look_up, opened, scene_of
from bot.handling.listening import LONGEST_ACCOUNT, open_order, proofs_of
from bot.handling.scene import Scene
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

Body = dict[str, Any]
ISSUE = "issue"  # no fact of its own, and corrected like one
AS_SAID = ("what_happened", "person_name", "product", "amount", "date")
PROOFS = ("email", "phone", "postcode")
EDITABLE = (ISSUE, "order_number", "items", "quantity", "wish", *PROOFS, *AS_SAID)
CHANGE_OFFERS = (ISSUE, "order_number", "items", "quantity")  # what was offered before they changed stands no longer
MOST_TAGS, LONGEST_TAG = 20, 40
LONGEST_PROMISE = 300
FURTHEST = timedelta(days=366)
TAKEN = "taken_up"  # the reason of an escalation that somebody at the desk began by giving it a priority
_EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")


def version_of(body: Body) -> int | None:
    """The version of the chat that the form was made from. Raises BadInput."""
    found = body.get("version")
    if found is not None and (not isinstance(found, int) or isinstance(found, bool)):
        raise BadInput("version must be a number.")
    return found


def note_fact(shop: Shop, agent: Agent, reference: str, body: Body, now: datetime) -> Body:
    """Corrects a fact or adds one: {name, value, version}; an empty value takes it back. What it proves, it proves as for customers."""
    name = fit_words(body.get("name"), "name", 40)
    if name not in EDITABLE:
        raise BadInput(f"{name} is not changed here: one of {', '.join(EDITABLE)}.")
    value = " ".join(fit_words(body.get("value"), "value", LONGEST_ACCOUNT, may_be_empty=True).split())
    version = version_of(body)
    number = normal_number(value) if name == "order_number" else None
    looked = look_up(shop, reference, *([number] if number else []))
    with shop.begin(True) as uow:
        case, conversation = opened(shop, uow, agent, reference, version)
        scene = scene_of(shop, uow, case, conversation, looked, now)
        if name == ISSUE:
            _change_issue(scene, agent, value)
        else:
            fitting = _fitting(scene, name, value)
            _must_keep_what_is_filed(scene, name, fitting)
            write_fact(uow, case, name, fitting or TAKEN_BACK, "agent", now, by=agent.name)
            uow.flush()
            scene.new_case(case)  # its facts are read anew
            _prove(scene, name, agent)
        if name in CHANGE_OFFERS:
            _withdraw_offers(scene)
        return {"ref": case.reference, "proven": case.proven, "order": case.order_number}


def _change_issue(scene: Scene, agent: Agent, value: str) -> None:
    issue = Issue.of(value)
    if issue is None:
        raise BadInput(f"issue must be one of {', '.join(map(str, Issue))}.")
    if scene.case.issue is not issue:
        scene.case.issue = issue
        scene.uow.note(scene.case.id, agent.name, "fact.heard", scene.now, fact=ISSUE)


def _fitting(scene: Scene, name: str, value: str) -> str:
    """The value as it is kept. Raises BadInput."""
    if not value:
        return ""
    if name == "email" and not (_EMAIL.fullmatch(value) and len(value) <= 254):
        raise BadInput("That is no e-mail address.")
    if name == "phone" and not SHORTEST_PHONE <= len(re.sub(r"\D", "", value)) <= 15:
        raise BadInput("That is no phone number: 7 to 15 digits.")
    if name == "postcode" and len(value) > 12:
        raise BadInput("That is no postcode.")
    if name == "wish" and value not in {str(one) for one in RemedyKind}:
        raise BadInput(f"wish must be one of {', '.join(map(str, RemedyKind))}.")
    if name == "order_number":
        return _order_number(value)
    return _items(scene.order, value) if name == "items" else _quantity(scene, value) if name == "quantity" else value


def _order_number(value: str) -> str:
    number = normal_number(value)
    if not any(one.isalnum() for one in number) or len(number) > 40:
        raise BadInput("That is no order number.")
    return number


def _items(order: Order | None, value: str) -> str:
    if order is None:
        raise BadInput("Items can be noted once the order is proven.")
    lines = [one.strip() for one in value.split(",")]
    known = {str(item.line) for item in order.items}
    if not set(lines) <= known:
        raise BadInput(f"items must be lines of the order, such as 1,2: it has {', '.join(sorted(known, key=int))}.")
    return ",".join(sorted(dict.fromkeys(lines), key=int))


def _quantity(scene: Scene, value: str) -> str:
    order, lines = scene.order, scene.known.lines()
    most = order.pick(lines)[0].quantity if order and len(lines) == 1 else 0
    if not most:
        raise BadInput("How many can be noted once the case is about one item of a proven order.")
    if not re.fullmatch(r"[1-9]\d{0,5}", value) or int(value) > most:
        raise BadInput(f"quantity must be 1 to {most}.")
    return value


def _must_keep_what_is_filed(scene: Scene, name: str, value: str) -> None:
    """An order on which something is filed stays the case's."""
    case = scene.case
    if name == "order_number" and case.proven and value != case.order_number:
        filed = next((one for one in scene.uow.remedies.of(case.id) if one.is_filed), None)
        if filed:
            raise Conflict(f"{filed.reference} is filed on order {case.order_number}: this case stays with it. Split off the other matter.")


def _prove(scene: Scene, name: str, agent: Agent) -> None:
    """Opens the order where what is known fits it, as for customers. A number that nothing proves leaves the case unproven."""
    case, number = scene.case, scene.known.get("order_number")
    if name not in ("order_number", *PROOFS) or (case.proven and number == case.order_number):
        return
    if case.proven and name == "order_number":
        case.proven, case.order_number = False, None
        write_fact(scene.uow, case, "items", TAKEN_BACK, "agent", scene.now, by=agent.name)
    order = scene.looked.orders.get(number) if number else None
    is_own = any(one.number == number for one in scene.looked.own)
    if order and (is_own or proof_of(order, *proofs_of(scene)) is Proof.GIVEN):
        open_order(scene, order, by=agent.name)


def _withdraw_offers(scene: Scene) -> None:
    """What was offered was for something else. Where the assistant has the chat, it offers anew at the customer's next word."""
    remedies.withdraw(scene.uow, scene.case, scene.now)
    if scene.conversation.case_id == scene.case.id:
        scene.conversation.asked_remedy = None
        if scene.conversation.asked == "confirmation":
            scene.conversation.ask("remedy")


def change_tags(shop: Shop, agent: Agent, reference: str, body: Body, now: datetime) -> Body:
    """{add: [..], remove: [..]}; both may be named once or many times."""
    add, remove = (_tags(body.get(name), name) for name in ("add", "remove"))
    with shop.begin(True) as uow:
        case, _ = opened(shop, uow, agent, reference)
        before = uow.desk.tags(case.id)
        after = sorted({*before, *add} - {*remove})
        if len(after) > MOST_TAGS:
            raise BadInput(f"A case has at most {MOST_TAGS} tags.")
        for tag in set(after) - set(before):
            uow.desk.tag(case.id, tag, agent.name, now)
        for tag in set(before) - set(after):
            uow.desk.untag(case.id, tag)
        if after != before:
            uow.note(case.id, agent.name, "case.tagged", now, tags=len(after))
        return {"tags": after}


def _tags(given: Any, name: str) -> list[str]:
    found = [] if given is None else [given] if isinstance(given, str) else given
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise BadInput(f"{name} must be a list of tags.")
    tidy = [re.sub(r"\s+", "-", fit_words(one, "tag", 200).lstrip("#").strip().lower()) for one in found]
    wrong = next((one for one in tidy if not re.fullmatch(rf"[\w-]{{1,{LONGEST_TAG}}}", one)), None)
    if wrong is not None:
        raise BadInput(f"A tag has 1 to {LONGEST_TAG} letters, digits, dashes or underscores.")
    return tidy


def set_priority(shop: Shop, agent: Agent, reference: str, body: Body, now: datetime) -> Body:
    """{priority}. It is that of whoever was brought in; where nobody was, somebody is now: this person."""
    wanted = body.get("priority")
    if wanted not in PRIORITIES:
        raise BadInput(f"priority must be one of {', '.join(PRIORITIES)}.")
    with shop.begin(True) as uow:
        case, _ = opened(shop, uow, agent, reference)
        every = uow.cases.escalations(case.id)
        if not every:
            every = [_taken_up(shop, uow, case, agent, wanted, now)]
        elif every[-1].priority == wanted:
            return {"priority": wanted}
        for one in {id(one): one for one in (every[-1], *(one for one in every if one.answered_at is None))}.values():
            one.priority = wanted
        uow.note(case.id, agent.name, "case.priority", now, priority=wanted)
        return {"priority": wanted}


def _taken_up(shop: Shop, uow: "UnitOfWork", case: Case, agent: Agent, priority: str, now: datetime) -> Escalation:
    team = next((shop.policy.teams[key] for key in agent.teams if key in shop.policy.teams), None)
    made = Escalation(case.id, TAKEN, priority, team or shop.policy.teams[shop.policy.escalation("asked").team], now, now, answered_at=now)
    uow.add(made)
    return made


def promise(shop: Shop, agent: Agent, reference: str, body: Body, now: datetime) -> Body:
    """{what, due_at}: what this person has promised the customer, to be kept like any promise. The same again is the same one."""
    words = fit_words(body.get("what"), "what", LONGEST_PROMISE)
    due = _due(body.get("due_at"), now)
    with shop.begin(True) as uow:
        case, _ = opened(shop, uow, agent, reference)
        if case.is_closed:
            raise Conflict(f"{case.reference} is {case.status}: nothing more is promised in it.")
        standing = [one for one in uow.cases.promises(case.id) if one.state is PromiseState.OPEN and one.assignee == agent.name]
        made = next((one for one in standing if (one.words, one.due_at) == (words, due)), None)
        if made is None:
            made = Promise(case.id, OWN_WORD, agent.name, due, now, assignee=agent.name, words=words)
            uow.add(made)
            uow.flush()
            uow.note(case.id, agent.name, "promise.made", now, promise=made.id, due=instant(due))
        return {"id": made.id, "due_at": instant(due)}


def _due(given: Any, now: datetime) -> datetime:
    """An instant ahead. Raises BadInput."""
    due = instant_in(given) if isinstance(given, str) else None
    if due is None:
        raise BadInput("due_at must be a date and time with its zone, such as 2026-11-30T15:00:00Z.")
    if not now < due <= now + FURTHEST:
        raise BadInput("due_at must lie ahead, by a year at most.")
    return due


def end_promise(shop: Shop, agent: Agent, reference: str, body: Body, now: datetime) -> Body:
    """{id, state}: kept, or withdrawn with the customer's leave. Only whoever gave it, or a lead. Ended twice, it is ended once."""
    wanted, which = body.get("state"), body.get("id")
    if wanted not in ("kept", "withdrawn"):
        raise BadInput("state must be kept or withdrawn.")
    if not isinstance(which, int) or isinstance(which, bool):
        raise BadInput("id must be the number of a promise.")
    with shop.begin(True) as uow:
        case, _ = opened(shop, uow, agent, reference)
        one = next((one for one in uow.cases.promises(case.id) if one.id == which), None)
        if one is None:
            raise NotFound("There is no such promise in this case.")
        if one.what != OWN_WORD:
            raise BadInput("This promise ends by itself when what it is about is done.")
        if one.assignee != agent.name and agent.role not in SUPERVISES:
            raise NotAllowed(f"It is {one.assignee}'s promise: they or a lead say what became of it.")
        if one.state is PromiseState.OPEN:
            one.keep(now) if wanted == "kept" else one.end(PromiseState.WITHDRAWN, now)
            uow.note(case.id, agent.name, "promise.kept" if wanted == "kept" else "promise.ended", now, promise=one.id)
        return {"id": one.id, "state": str(one.state)}
