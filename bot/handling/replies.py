"""Putting a decision into words: chooses sentences from data/responses/ and fills them from the case's records."""

from bot.cases.case import Promise
from bot.cases.dates import time_said
from bot.cases.finding import Finding
from bot.cases.heard import WORTH_NAMING
from bot.cases.issue import Fault, Severity
from bot.cases.order import DELIVERED
from bot.cases.step import Answer, HandOff, Step
from bot.handling import answers
from bot.handling.handoff import hand_off, who_and_when
from bot.handling.matters import waiting
from bot.handling.questions import asking
from bot.handling.saying import Part, record_values, say, zone_for
from bot.handling.scene import Scene
from bot.ports import Reply

LONGEST_FIRST_REPLY = 80  # words; apologies wrapped in more lower satisfaction (Singh 2018)
NO_THINGS = frozenset(
    "lost fly replacement late delay mucho executive exec option options image behaviour dad mum mom wife chase infact dont frnd pass"
    " force town smile bust finger complain habit habbit guys time".split()
)  # verbs and remedies that a parse takes for things
TELLING = 4  # letters from which a word says something by itself
SAID_ALREADY = ("refund", "order", "money", "delivery", "charge", "parcel", "package", "cancellation", "service", "item")


def compose(scene: Scene, step: Step) -> Reply:
    """One finished text and what may be tapped. Also notes on the conversation what is asked now."""
    if isinstance(step, HandOff):
        return _handed_off(scene, step)
    parts = _disclosure(scene)
    if isinstance(step, Answer):
        return _answered(scene, step, parts)
    parts += acknowledgement(scene) + _taking_up(scene) + findings(scene)
    text, choices = asking(scene, step)
    return Reply(_joined(scene, [*parts, *map(Part, text)]), choices)


def _disclosure(scene: Scene) -> list[Part]:
    return [Part(say(scene, "disclose", shop=scene.shop.name))] if scene.is_first else []


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


def acknowledgement(scene: Scene) -> list[Part]:
    """What went wrong in the customer's terms, then one apology in the form that fits the fault: once a case."""
    case = scene.present_case
    if case is None or case.apologised or not (case.issue or scene.heard.sounds_like_complaint):
        return []
    case.apologised = True
    finding = scene.finding
    fault = finding.fault if finding else Fault.UNCLEAR
    form = "harm" if case.severity is Severity.S4 else str(fault)
    restated = say(scene, f"restate_{case.issue or 'unclear'}")
    sure = [one.issue for one in scene.heard.told if one.confidence >= WORTH_NAMING]  # said back wrongly, it would be worse than unsaid
    beside = [Part(say(scene, f"restate_beside_{issue}"), spare=1) for issue in waiting(scene)[:1] if issue in sure] if case.issue else []
    return [Part(restated), *_own_words(scene), *beside, Part(say(scene, f"apologise_{form}"))]


def _taking_up(scene: Scene) -> list[Part]:
    """The turn to another matter that was told before, named again."""
    if not scene.resumes:
        return []
    return [Part(say(scene, "inform_next_matter")), Part(say(scene, f"restate_{scene.case.issue}"))]


def _own_words(scene: Scene) -> list[Part]:
    """The customer's own short phrase, or else the things they named: what shows that they were heard (Packard 2021)."""
    if scene.heard.phrase:
        return [Part(say(scene, "restate_quote", phrase=scene.heard.phrase), spare=1)]
    named = [one for one in scene.heard.things if not one.endswith("ing") and one not in NO_THINGS]
    telling = sorted((one for one in named if one.lower() not in SAID_ALREADY), key=lambda one: len(one) < TELLING) or named
    if len(telling) > 1 and len(telling[0]) >= TELLING:
        return [Part(say(scene, "restate_things", thing=telling[0], other=telling[1]), spare=1)]
    return [Part(say(scene, "restate_thing", thing=telling[0]), spare=1)] if telling else []


def findings(scene: Scene) -> list[Part]:
    """What the record says, once: when the order has just been opened."""
    finding, order = scene.finding, scene.order
    if not scene.just_proven or order is None:
        return []
    parts = [] if scene.resumes else [Part(say(scene, "inform_proven", order=order.number), spare=4)]
    if finding is None:
        return parts
    if finding.note:
        parts.append(Part(say(scene, f"inform_{finding.note}", **record_values(scene, finding))))
    return parts + _incident(scene, finding)


def _incident(scene: Scene, finding: Finding) -> list[Part]:
    incident, case = finding.incident, scene.case
    if incident is None:
        known_late = finding.days_late and finding.status != DELIVERED
        return [Part(say(scene, "inform_cause_unknown"), spare=5)] if known_late else []
    parts = [Part(incident.explanation), Part(incident.action, spare=2)]
    if incident.next_update_at and incident.next_update_at > scene.now:
        promise = Promise(case.id, "incident_news", scene.shop.name, incident.next_update_at, scene.now, scene.message.id)
        said = say(scene, "inform_incident_news", news=time_said(incident.next_update_at, zone_for(scene)))
        parts.append(Part(said, spare=3, promise=promise))
    return parts


def _handed_off(scene: Scene, step: HandOff) -> Reply:
    """A person takes over: safety first, then what was heard, then who and by when. No question stands in the way."""
    escalation = hand_off(scene.shop, scene.uow, scene.conversation, step.reason, scene.now, scene.message.id)
    case, rule = scene.case, scene.shop.policy.escalation(step.reason)
    safety = [Part(say(scene, rule.safety_line))] if rule.safety_line else []
    reason = f"handoff_{step.reason}"
    told = scene.shop.wording.has(reason)
    why = Part(say(scene, reason if told else "handoff_care"), spare=0 if told else 1)
    who = Part(say(scene, "handoff_who", **who_and_when(scene.shop, scene.conversation, case, escalation)))
    return Reply(_joined(scene, [*safety, *_disclosure(scene), *acknowledgement(scene), *_taking_up(scene), why, who]))


def _answered(scene: Scene, step: Answer, parts: list[Part]) -> Reply:
    """A word beside the matter, then where we were, then the open question again."""
    if isinstance(step.then, HandOff):
        return _handed_off(scene, step.then)
    if not (step.topic == "not_understood" and step.then):  # the question asked again says so itself
        parts += [Part(text) for text in answers.said(scene, step.topic)]
    choices = answers.choices(scene, step.topic)
    if step.then is None:
        return Reply(_joined(scene, parts), choices)
    before = scene.conversation.asked, scene.conversation.asked_tries
    asked, open_choices = asking(scene, step.then)
    if step.topic in answers.RECALLED and scene.conversation.asked == before[0]:
        parts += [Part(text) for text in answers.recap(scene)]
    if scene.conversation.asked == before[0] and not scene.missed:
        scene.conversation.asked_tries = before[1]  # a question back is no failed try at ours
    return Reply(_joined(scene, [*parts, *map(Part, asked)]), open_choices or choices)
