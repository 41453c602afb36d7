"""Putting a decision into words: chooses sentences from data/responses/ and fills them from the case's records."""

from dataclasses import replace

from bot.cases.card import Card
from bot.cases.case import Promise
from bot.cases.channel import LETTERS
from bot.cases.finding import GOODS, Finding
from bot.cases.issue import Fault, Issue, Verdict
from bot.cases.order import DELIVERED, Order
from bot.cases.step import Answer, Ask, Confirm, HandOff, Offer, Step
from bot.handling import answers, cards, claims
from bot.handling.acknowledging import acknowledgement, taking_up
from bot.handling.asides import EDIT, REVIEW
from bot.handling.handoff import hand_off, who_line
from bot.handling.matters import portions_waiting
from bot.handling.questions import asking, what_people_can_do
from bot.handling.saying import Choice, Part, choice, chosen, clock_for, items_said, record_values, say
from bot.handling.scene import Scene
from bot.handling.unsettled import unsettled
from bot.ports import Reply

WANTED = 2  # spare pieces up to this are worth saying the offer shortly for
MOST_LOST = 15  # words that a short form may leave out before others are tried
TOLD_BY_THEM = ("repeated_failure", "asked")  # reasons that may go unsaid: the customer named them
MAY_HURT = ("injury", "safety")  # reasons for a person where a thing may go on to do harm
UNHURT = (
    "repeated_failure",
    "asked",
    "chargeback",
    "media",
    "vulnerable",
    "legal",
    "regulator",
    "fraud",
)  # reasons for a person where the usual ways are open still
LONGEST_FIRST_REPLY = 80  # words; apologies wrapped in more lower satisfaction (Singh 2018)
LONGEST_FIRST_LETTER = 160  # it also asks for all that a chat would ask for one by one


def compose(scene: Scene, step: Step) -> Reply:
    """One finished text and what may be tapped. Also notes on the conversation what is asked now."""
    if isinstance(step, HandOff):
        return _handed_off(scene, step)
    parts = _disclosure(scene)
    if isinstance(step, Answer):
        return _answered(scene, step, parts + _files(scene, step))
    heard = acknowledgement(scene)
    parts += heard + claims.noted(scene) + _files(scene, step) + taking_up(scene) + findings(scene, owned=bool(heard))
    parts += _one_by_one(scene)
    text, choices = asking(scene, step)
    card = cards.card_for(scene, step, choices)
    waits = isinstance(step, Ask | Offer | Confirm)
    if scene.taken_for_granted and len(scene.looked.own) > 1:
        choices = [*choices, choice(say(scene, "label_another_order"), chosen(f"{EDIT}order_number"))]
    asked = cards.beside(scene, card, text)
    later = unsettled(scene) if waits else []
    return _reply(scene, [*parts, *_paragraph(later), *_paragraph(asked)], choices, card)  # the question comes last


def _disclosure(scene: Scene) -> list[Part]:
    if not scene.is_first:
        return []
    return [Part(say(scene, "disclose", shop=scene.shop.name), short=say(scene, "disclose_shortly", shop=scene.shop.name))]


def _one_by_one(scene: Scene) -> list[Part]:
    """That the items are put right one after another, where each has its own wish."""
    rest = tuple(line for one in portions_waiting(scene) for line in one.lines)
    if not scene.divides or not rest:
        return []
    first, second = (items_said(scene, scene.order, lines) for lines in (scene.known.lines(), rest))
    return [Part(say(scene, "inform_one_by_one", first=first, second=second))]


def _files(scene: Scene, step: Step) -> list[Part]:
    """Once in a case, that what was sent along is kept and by whom it is looked at: the assistant sees no pictures."""
    if not scene.files or (isinstance(step, Answer) and step.topic == "files_alone"):
        return []
    before = [one for one in scene.uow.files.of_case(scene.case.id) if one.message_id != scene.message.id]
    return [] if before else [Part(say(scene, "files_kept"))]


def _reply(scene: Scene, parts: list[Part], choices: list[Choice], card: Card | None = None) -> Reply:
    kept = _kept(scene, parts)
    shown = " ".join(said for part in kept if (said := part.text if part.beside is None else part.beside))
    is_letter = scene.conversation.channel in LETTERS
    text = "".join(("\n\n" if part.begins and is_letter else " ") + part.text for part in kept).strip()
    return Reply(text, choices, card.as_json(shown) if card else None)


def _paragraph(parts: list[Part]) -> list[Part]:
    """The same, the first of them beginning a paragraph: in a letter a block of ten sentences is not read to its end."""
    return [replace(part, begins=not place) for place, part in enumerate(parts)]


def _kept(scene: Scene, parts: list[Part]) -> list[Part]:
    """The pieces that are said; in a first reply only what fits its length, since the rest can be said later. What is said is promised."""
    if scene.is_first:
        longest = LONGEST_FIRST_LETTER if scene.conversation.channel in LETTERS else LONGEST_FIRST_REPLY
        parts = _fitting(_shortened(parts, longest), longest)
    for part in parts:
        if part.promise:
            scene.uow.add(part.promise)
    return parts


def _shortened(parts: list[Part], longest: int) -> list[Part]:
    """The same, with no more of the short forms than make room for what is wanted: the last first, what was heard last.

    What would lose most of what it says, such as the ways to choose from, is shortened when nothing else is left.
    """
    for place in sorted(reversed(range(len(parts))), key=lambda one: _loses_much(parts[one])):
        if _have_room(parts, longest):
            break
        parts = [replace(part, text=part.short or part.text) if one == place else part for one, part in enumerate(parts)]
    return parts


def _loses_much(part: Part) -> bool:
    return bool(part.short) and len(part.text.split()) - len(part.short.split()) > MOST_LOST


def _have_room(parts: list[Part], longest: int) -> bool:
    """Whether what is wanted fits."""
    fitting = _fitting(parts, longest)
    return _words(fitting) <= longest and all(part in fitting for part in parts if part.spare <= WANTED)


def _fitting(parts: list[Part], longest: int) -> list[Part]:
    """What must be said, and of the rest, the least spare first, whatever still fits; in the order it stood."""
    kept = [part for part in parts if not part.spare]
    for part in sorted((one for one in parts if one.spare), key=lambda one: one.spare):
        if _words([*kept, part]) <= longest:
            kept.append(part)
    return [part for part in parts if part in kept]


def _words(parts: list[Part]) -> int:
    return sum(len(part.text.split()) for part in parts)


def findings(scene: Scene, *, owned: bool) -> list[Part]:
    """What the record says, once: when the order has just been opened. `owned`: the apology of this turn says whose fault it is."""
    finding, order = scene.finding, scene.order
    if finding and finding.incident and order is None and owned:
        return _published(scene, finding)
    if not scene.just_proven or order is None or scene.is_apart:
        return []
    parts = [] if scene.resumes else [_opened(scene, order)]
    if scene.moved_from:
        parts = [Part(say(scene, "inform_moved", ref=scene.case.reference))]
    if finding is None:
        return parts
    if finding.note:
        parts.append(Part(say(scene, f"inform_{finding.note}", **record_values(scene, finding))))
    # Sorry is said once; what the record shows to be ours is owned when it is seen (rules 6 and 13).
    if not owned and finding.verdict is Verdict.CONFIRMED and scene.shop.wording.has(f"own_{finding.fault}"):
        parts.append(Part(say(scene, f"own_{finding.fault}")))
    return parts + _incident(scene, finding)


def _opened(scene: Scene, order: Order) -> Part:
    """That the order is open; one taken for granted is named in any case, for it may be another (rule 9)."""
    if scene.taken_for_granted:
        return Part(say(scene, "inform_taken", order=order.number))
    return Part(say(scene, "inform_proven", order=order.number), spare=5)


def _published(scene: Scene, finding: Finding) -> list[Part]:
    """What the shop tells everyone, with the first words on a matter it may explain."""
    lead = [] if finding.fault is not Fault.UNCLEAR else [Part(say(scene, "inform_known"), spare=2)]
    return lead + _incident(scene, finding)


def _incident(scene: Scene, finding: Finding) -> list[Part]:
    incident, case = finding.incident, scene.case
    if incident is None:
        known_late = finding.days_late and finding.status != DELIVERED
        return [Part(say(scene, "inform_cause_unknown"), spare=1)] if known_late else []
    parts = [Part(incident.explanation), Part(incident.action, spare=2)]
    if incident.next_update_at and incident.next_update_at > scene.now:
        promise = Promise(case.id, "incident_news", scene.shop.name, incident.next_update_at, scene.now, scene.message.id)
        said = say(scene, "inform_incident_news", news=clock_for(scene).time(incident.next_update_at))
        parts.append(Part(said, spare=1, promise=promise))
    return parts


def _handed_off(scene: Scene, step: HandOff) -> Reply:
    """A person takes over: safety first, then what was heard, then who and by when. No question stands in the way."""
    escalation = hand_off(scene.shop, scene.uow, scene.conversation, step.reason, scene.now, scene.message.id)
    case, rule = scene.case, scene.shop.policy.escalation(step.reason)
    safety = [Part(say(scene, rule.safety_line))] if rule.safety_line else []
    reason = f"handoff_{step.reason}"
    told = scene.shop.wording.has(reason)
    could = what_people_can_do(scene) if step.reason in UNHURT else []
    short = say(scene, "handoff_shortly") if step.reason in TOLD_BY_THEM or could else ""
    why = Part(say(scene, reason if told else "handoff_care"), spare=0 if told or could else 5, short=short)
    who = Part(who_line(scene.shop, scene.uow, scene.conversation, case, escalation, scene.now))
    heard = [*_disclosure(scene), *acknowledgement(scene), *_files(scene, step), *taking_up(scene)]
    return _reply(scene, [*safety, *heard, *_hands_off(scene, step), why, *could, who], [])


def _hands_off(scene: Scene, step: HandOff) -> list[Part]:
    """That what may hurt them is left alone, where it is a thing that they have."""
    things = {one.kind for one in scene.heard.things}
    is_elsewhere = bool(things & {"travel", "service"})
    is_goods = any(one.issue in GOODS for one in scene.heard.told[:1]) or bool(scene.heard.values("product"))
    is_told = scene.heard.retold is not None and scene.heard.retold.harm
    is_by_people = any(one.issue is Issue.STAFF_CONDUCT for one in scene.heard.told[:1])  # what they dropped or threw is no goods of ours
    has_come = not is_by_people and (is_goods or is_told or scene.case.issue is not Issue.LOST_OR_MISSING)
    is_theirs = has_come and (bool(things & {"goods", "food"}) or (is_goods and not is_elsewhere))
    return [Part(say(scene, "inform_stop_using", scene.heard.text), spare=1)] if is_theirs and step.reason in MAY_HURT else []


def _answered(scene: Scene, step: Answer, parts: list[Part]) -> Reply:
    """A word beside the matter, then where we were, then the open question again."""
    if isinstance(step.then, HandOff):
        return _handed_off(scene, step.then)
    if step.topic == REVIEW:
        return _reviewed(scene, parts)
    if not (step.topic == "not_understood" and step.then):  # the question asked again says so itself
        parts += [Part(text) for text in answers.said(scene, step.topic)]
    choices = answers.choices(scene, step.topic)
    if step.then is None:
        return _reply(scene, parts, choices)
    before = scene.conversation.asked, scene.conversation.asked_tries
    scene.digresses = step.topic in answers.RECALLED and not scene.missed
    asked, open_choices = asking(scene, step.then)
    if step.topic in answers.RECALLED and scene.conversation.asked == before[0]:
        parts += [Part(text) for text in answers.recap(scene)]
    if scene.conversation.asked == before[0] and not scene.missed:
        scene.conversation.asked_tries = before[1]  # a question back is no failed try at ours
    card = cards.card_for(scene, step.then, open_choices)
    return _reply(scene, [*parts, *cards.beside(scene, card, asked)], open_choices or choices, card)


def _reviewed(scene: Scene, parts: list[Part]) -> Reply:
    """What is known, laid out; beside the card only what stands around the facts."""
    first, *facts, last = answers.said(scene, REVIEW)
    choices = answers.choices(scene, REVIEW)
    told = [Part(first), *(Part(one, beside="") for one in facts), Part(last)]
    return _reply(scene, [*parts, *told], choices, cards.review(scene, choices))
