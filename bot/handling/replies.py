"""Putting a decision into words: chooses sentences from data/responses/ and fills them from the case's records."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.cases.case import Promise
from bot.cases.dates import day_said, days_said, time_said, zone_of
from bot.cases.finding import Finding, examine
from bot.cases.issue import Fault, Issue, Severity
from bot.cases.order import DELIVERED, Item, Order, masked
from bot.cases.policy import Escalate
from bot.cases.remedy import Remedy, RemedyState
from bot.cases.step import Answer, Ask, Close, Confirm, HandOff, Offer, Step
from bot.handling import remedies
from bot.handling.handoff import hand_off, who_and_when
from bot.handling.listening import ANOTHER_ITEM, likely_items, offered_remedies
from bot.handling.matters import waiting
from bot.handling.scene import Scene
from bot.ports import Reply

QUESTIONS = {
    "order_number": "ask_which_order",
    "proof": "ask_for_proof",
    "items": "ask_which_item",
    "what_happened": "ask_about_event",
    "phone": "ask_for_phone",
    "issue": "ask_about_issue",
}
LABELLED = (
    Issue.LATE_DELIVERY,
    Issue.LOST_OR_MISSING,
    Issue.DAMAGED_OR_DEFECTIVE,
    Issue.WRONG_ITEM,
    Issue.BILLING_DISPUTE,
    Issue.REFUND_NOT_RECEIVED,
    Issue.OTHER_COMPLAINT,
)
SHOWN_ORDERS = 5  # of a signed-in visitor's, newest first
LONGEST_FIRST_REPLY = 80  # words; apologies wrapped in more lower satisfaction (Singh 2018)
SAID_ALREADY = ("refund", "order", "money", "delivery", "charge", "parcel", "package", "cancellation", "service", "item")
Choice = dict[str, str]


@dataclass(frozen=True)
class Part:
    """A piece of a reply. `spare` pieces are left out of a first reply that grows too long, the highest first."""

    text: str
    spare: int = 0
    promise: Promise | None = None


def compose(scene: Scene, step: Step) -> Reply:
    """One finished text and what may be tapped. Also notes on the conversation what is asked now."""
    if isinstance(step, HandOff):
        return _handed_off(scene, step)
    parts = _disclosure(scene)
    if isinstance(step, Answer):
        return _answered(scene, step, parts)
    parts += acknowledgement(scene) + _taking_up(scene) + findings(scene)
    text, choices = _asking(scene, step)
    return Reply(_joined(scene, [*parts, *map(Part, text)]), choices)


def _disclosure(scene: Scene) -> list[Part]:
    return [Part(_say(scene, "disclose", shop=scene.shop.name))] if scene.is_first else []


def _joined(scene: Scene, parts: list[Part]) -> str:
    """The text; a first reply is cut to its length by leaving out what can be said later. What is said is promised."""
    while scene.is_first and _words(parts) > LONGEST_FIRST_REPLY and any(part.spare for part in parts):
        parts.remove(max(parts, key=lambda part: part.spare))
    for part in parts:
        if part.promise:
            scene.uow.add(part.promise)
    return " ".join(part.text for part in parts)


def _words(parts: list[Part]) -> int:
    return sum(len(part.text.split()) for part in parts)


def _say(scene: Scene, name: str, **values: object) -> str:
    """A sentence; the variant hangs on the conversation, and on the case within it."""
    case = scene.present_case
    return scene.shop.wording.say(name, f"{scene.conversation.id}/{case.id if case else ''}", **values)


def acknowledgement(scene: Scene) -> list[Part]:
    """What went wrong in the customer's terms, then one apology in the form that fits the fault: once a case."""
    case = scene.present_case
    if case is None or case.apologised or not (case.issue or scene.heard.sounds_like_complaint):
        return []
    case.apologised = True
    finding = scene.finding
    fault = finding.fault if finding else Fault.UNCLEAR
    form = "harm" if case.severity is Severity.S4 else str(fault)
    restated = _say(scene, f"restate_{case.issue or 'unclear'}")
    beside = [Part(_say(scene, f"restate_beside_{issue}"), spare=1) for issue in waiting(scene)[:1]] if case.issue else []
    return [Part(restated), *_own_words(scene), *beside, Part(_say(scene, f"apologise_{form}"))]


def _taking_up(scene: Scene) -> list[Part]:
    """The turn to another matter that was told before, named again."""
    if not scene.resumes:
        return []
    return [Part(_say(scene, "inform_next_matter")), Part(_say(scene, f"restate_{scene.case.issue}"))]


def _own_words(scene: Scene) -> list[Part]:
    if scene.heard.phrase:
        return [Part(_say(scene, "restate_quote", phrase=scene.heard.phrase), spare=1)]
    thing = next((one for one in scene.heard.things if one.lower() not in SAID_ALREADY), None)
    return [Part(_say(scene, "restate_thing", thing=thing), spare=1)] if thing else []


def findings(scene: Scene) -> list[Part]:
    """What the record says, once: when the order has just been opened."""
    finding, order = scene.finding, scene.order
    if not scene.just_proven or order is None:
        return []
    parts = [] if scene.resumes else [Part(_say(scene, "inform_proven", order=order.number), spare=4)]
    if finding is None:
        return parts
    if finding.note:
        parts.append(Part(_say(scene, f"inform_{finding.note}", **record_values(scene, finding))))
    return parts + _incident(scene, finding)


def _incident(scene: Scene, finding: Finding) -> list[Part]:
    incident, case = finding.incident, scene.case
    if incident is None:
        known_late = finding.days_late and finding.status != DELIVERED
        return [Part(_say(scene, "inform_cause_unknown"), spare=5)] if known_late else []
    parts = [Part(incident.explanation), Part(incident.action, spare=2)]
    if incident.next_update_at and incident.next_update_at > scene.now:
        promise = Promise(case.id, "incident_news", scene.shop.name, incident.next_update_at, scene.now, scene.message.id)
        said = _say(scene, "inform_incident_news", news=time_said(incident.next_update_at, _zone(scene)))
        parts.append(Part(said, spare=3, promise=promise))
    return parts


def record_values(scene: Scene, finding: Finding) -> dict[str, object]:
    """The order's record as words: dates, sums, who carries it."""
    order, zone = scene.order, _zone(scene)
    if order is None:
        return {}
    return {
        "order": order.number,
        "carrier": order.carrier or "the carrier",
        "promised": day_said(order.promised_by, zone) if order.promised_by else "the promised day",
        "delivered": day_said(order.delivered_at, zone) if order.delivered_at else None,
        "days": days_said(finding.days_late) if finding.days_late else None,
        "paid": order.paid,
        "refunded": order.refunded,
        "total": order.total,
        "owed": finding.owed,
        "method": _method(scene),
    }


def _asking(scene: Scene, step: Step) -> tuple[list[str], list[Choice]]:
    """The question or statement a step ends in, and its choices."""
    if isinstance(step, Ask):
        return _ask(scene, step)
    if isinstance(step, Offer):
        return _offer(scene)
    if isinstance(step, Confirm):
        return _confirm(scene, scene.uow.remedies.get(step.remedy_id))
    if isinstance(step, Close):
        return _close(scene, scene.uow.remedies.get(step.remedy_id)), []
    if isinstance(step, Answer):
        return [_answer_text(scene, step.topic)], []
    raise TypeError(f"{type(step).__name__} has no words here")


def _ask(scene: Scene, step: Ask) -> tuple[list[str], list[Choice]]:
    again = scene.conversation.asked == step.fact and not scene.just_proven
    scene.conversation.ask(step.fact, scene.conversation.asked_remedy)
    name = QUESTIONS[step.fact]
    if step.fact == "proof" and scene.proof_was_wrong:
        return [_say(scene, f"{name}_wrong")], []
    if step.fact == "order_number" and scene.looked.own:
        return [_say(scene, "ask_which_of_orders")], _choices_for(scene, step.fact)
    lead = [_say(scene, "inform_why_order")] if step.fact == "order_number" and not again else []
    return [*lead, _say(scene, f"{name}_again" if again else name)], _choices_for(scene, step.fact)


def _choices_for(scene: Scene, fact: str) -> list[Choice]:
    if fact == "issue":
        likely = [issue for issue in scene.heard.likely_issues()[:3] if issue is not Issue.OTHER_COMPLAINT]
        shown = [*likely, Issue.OTHER_COMPLAINT] if likely else LABELLED
        return [_choice(_say(scene, f"label_{issue}"), f"/{issue}") for issue in shown] + [_person(scene)]
    if fact == "order_number":
        return [_choice(_order_label(order), _chosen(f"order:{order.number}")) for order in scene.looked.own[:SHOWN_ORDERS]]
    return _items_to_choose(scene, scene.order) if fact == "items" and scene.order else []


def _items_to_choose(scene: Scene, order: Order) -> list[Choice]:
    """Those that the customer's words fit, where several do; else all."""
    likely = likely_items(scene, order)
    items = likely if len(likely) > 1 else order.items
    every = ",".join(str(item.line) for item in items)
    choices = [_choice(_label(item), _chosen(f"items:{item.line}")) for item in items]
    choices.append(_choice(_say(scene, "label_all_items"), _chosen(f"items:{every}")))
    return choices + [_choice(_say(scene, "label_another_item"), _chosen(ANOTHER_ITEM))] * (len(items) < len(order.items))


def _choice(label: str, payload: str) -> Choice:
    return {"label": label, "payload": payload}


def _chosen(what: str) -> str:
    return f'/choose{{"choice": "{what}"}}'


def _person(scene: Scene) -> Choice:
    return _choice(_say(scene, "label_person"), "/ask_human")


def _label(item: Item) -> str:
    """The item's name with its first options, so that two alike can be told apart."""
    kinds = ", ".join(list(item.options.values())[:2])
    return f"{item.name} ({kinds})" if kinds else item.name


def _order_label(order: Order) -> str:
    """A signed-in visitor's order, by what is in it."""
    return f"{order.items[0].name} ({order.number})"


def _offer(scene: Scene) -> tuple[list[str], list[Choice]]:
    offered = offered_remedies(scene)
    again = scene.conversation.asked == "remedy" and scene.not_understood
    scene.conversation.ask("remedy")
    name = "offer_intro_again" if again else "offer_intro" if len(offered) > 1 else "offer_one"
    choices = [_choice(_say(scene, f"offer_{one.wording}", **effect_values(scene, one)), _chosen(f"remedy:{one.id}")) for one in offered]
    return [_say(scene, name)], [*choices, _person(scene)]


def _confirm(scene: Scene, remedy: Remedy) -> tuple[list[str], list[Choice]]:
    again = scene.conversation.asked == "confirmation" and scene.not_understood
    scene.conversation.ask("confirmation", remedy.id)
    values = effect_values(scene, remedy)
    parts = [_say(scene, f"effect_{remedy.wording}", **values)]
    if remedy.needs_approval:
        parts.append(_say(scene, "effect_needs_approval", **values))
    choices = [_choice(_say(scene, "label_yes"), "/affirm")]
    if len(offered_remedies(scene)) > 1:
        choices.append(_choice(_say(scene, "label_other_options"), "/deny"))
    return [*parts, _say(scene, "ask_for_yes_again" if again else "ask_for_yes")], [*choices, _person(scene)]


def _close(scene: Scene, remedy: Remedy) -> list[str]:
    """What was filed, as the ledger has it now."""
    values = effect_values(scene, remedy)
    if remedy.state is RemedyState.NEEDS_APPROVAL:
        hand_off(scene.shop, scene.uow, scene.conversation, "above_limit", scene.now, scene.message.id)
        return [_say(scene, "filed_needs_approval", **values)]
    return [_say(scene, f"filed_{remedy.wording}", **values), _say(scene, "close_filed", **values)]


def effect_values(scene: Scene, remedy: Remedy) -> dict[str, object]:
    """Everything a sentence on a remedy may say: each from the ledger, the policy or the order's record."""
    zone = _zone(scene)
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
        "method": _method(scene),
        "items": _items_said(scene, remedy),
        "due": day_said(due, zone),
        "decided": time_said(decided, zone),
        "team": team,
        "Team": team[:1].upper() + team[1:],
        "phone": masked(phone) if phone else None,
    }


def _items_said(scene: Scene, remedy: Remedy) -> str:
    order = scene.order
    lines = tuple(int(one) for one in remedy.lines.split(",") if one)
    if order is None or not lines:
        return "it"
    items = order.pick(lines)
    if len(items) == len(order.items) > 1:
        return "the whole order"
    names = [f"the {item.name}" for item in items]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _method(scene: Scene) -> str:
    order = scene.order
    paid = [one.method for one in order.payments if one.kind == "payment"] if order else []
    return f"your {paid[0]}" if paid else "the way you paid"


def _handed_off(scene: Scene, step: HandOff) -> Reply:
    """A person takes over: safety first, then what was heard, then who and by when. No question stands in the way."""
    escalation = hand_off(scene.shop, scene.uow, scene.conversation, step.reason, scene.now, scene.message.id)
    case, rule = scene.case, scene.shop.policy.escalation(step.reason)
    safety = [Part(_say(scene, rule.safety_line))] if rule.safety_line else []
    reason = f"handoff_{step.reason}"
    why = Part(_say(scene, reason if scene.shop.wording.has(reason) else "handoff_care"), spare=1)
    who = Part(_say(scene, "handoff_who", **who_and_when(scene.shop, scene.conversation, case, escalation)))
    return Reply(_joined(scene, [*safety, *_disclosure(scene), *acknowledgement(scene), *_taking_up(scene), why, who]))


def _answered(scene: Scene, step: Answer, parts: list[Part]) -> Reply:
    """A word beside the matter, then the open question again."""
    if isinstance(step.then, HandOff):
        return _handed_off(scene, step.then)
    if not (step.topic == "not_understood" and step.then):  # the question asked again says so itself
        parts.append(Part(_answer_text(scene, step.topic)))
    before = scene.conversation.asked, scene.conversation.asked_tries
    text, choices = _asking(scene, step.then) if step.then else ([], [])
    if scene.conversation.asked == before[0] and not scene.not_understood:
        scene.conversation.asked_tries = before[1]  # small talk is no failed try at the question
    return Reply(_joined(scene, [*parts, *map(Part, text)]), choices)


def _answer_text(scene: Scene, topic: str) -> str:
    case = scene.present_case
    if topic == "with_person":
        return _with_person(scene)
    if topic == "order_status" and scene.order and scene.finding is None:
        return _order_status(scene)
    if topic == "filed":
        filed = next(one for one in scene.uow.remedies.of(scene.case.id) if one.is_filed)
        waits = filed.state is RemedyState.NEEDS_APPROVAL
        return _say(scene, "filed_needs_approval" if waits else "answer_filed", **effect_values(scene, filed))
    if topic == "goodbye" and case:
        return _say(scene, "answer_goodbye_open", ref=case.reference)
    if topic == "greet" and case:
        return _say(scene, "answer_greet_within")
    if topic == "unreadable_language":
        return " ".join([*_in_their_language(scene), _say(scene, "answer_unreadable_language")])
    return _say(scene, f"answer_{topic}")


def _in_their_language(scene: Scene) -> list[str]:
    unreadable = scene.heard.unreadable
    name = f"language_{unreadable.language}" if unreadable else ""
    return [_say(scene, name)] if scene.shop.wording.has(name) else []


def _with_person(scene: Scene) -> str:
    if scene.conversation.agent:
        return _say(scene, "inform_with_agent", agent=scene.conversation.agent, ref=scene.case.reference)
    escalation = hand_off(scene.shop, scene.uow, scene.conversation, "asked", scene.now, scene.message.id)
    return _say(scene, "inform_with_person", **who_and_when(scene.shop, scene.conversation, scene.case, escalation))


def _order_status(scene: Scene) -> str:
    order = scene.order
    assert order is not None
    return _say(scene, f"inform_status_{order.status}", **record_values(scene, examine(Issue.OTHER_COMPLAINT, order, (), scene.now)))


def _zone(scene: Scene) -> ZoneInfo:
    return zone_of(scene.conversation.time_zone, scene.shop.policy.hours.zone)
