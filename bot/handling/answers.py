"""What is said beside the matter: to a question back, small talk, a refusal, a look at what is known; and the way back."""

from bot.cases.asking import asks_for_detail
from bot.cases.beside import TOPICS
from bot.cases.case import Case
from bot.cases.finding import examine
from bot.cases.follow_up import ASKED, EFFORT
from bot.cases.issue import Issue
from bot.cases.order import masked, without_contacts
from bot.cases.policy import why_not, window
from bot.cases.remedy import RemedyKind, RemedyState
from bot.cases.wording import faults
from bot.handling import claims, follow_up_answers
from bot.handling.asides import EDIT, EDITABLE, NOTHING, REVIEW, is_agreed
from bot.handling.handoff import hand_off, who_and_when
from bot.handling.listening import can_be_told, offered_remedies
from bot.handling.offering import why_withheld
from bot.handling.saying import Choice, choice, chosen, clock_for, effect_values, items_said, person, record_values, say
from bot.handling.scene import Scene

RECALLED = (*TOPICS, "greet", "thanks", "ask_if_bot", "boundary", "out_of_scope", "not_asked")  # after these comes a line on where we were
WITHIN = {"goodbye": "answer_goodbye_open", "greet": "answer_greet_within"}  # said otherwise while a case is open
LONGEST_RECALLED = 12  # words of the customer's account that the review shows


def said(scene: Scene, topic: str) -> list[str]:
    """The sentences that answer a topic."""
    if topic == REVIEW:
        return _review(scene)
    if topic == "question_detail":
        return _effects(scene)
    if topic == "settled_and_asked":
        return [_answer(scene, "settled"), say(scene, "inform_question_beside")]
    if topic == "question_filed":
        return _effects_filed(scene)
    if topic == "claim_received":
        return [claims.received(scene)]
    return [_answer(scene, topic)]


def choices(scene: Scene, topic: str) -> list[Choice]:
    """What may be tapped under an answer that asks nothing itself."""
    if topic in ASKED:
        return follow_up_answers.choices(scene, topic)
    if topic == REVIEW:
        shown = [name for name in EDITABLE if scene.known.get(name)]
        edits = [choice(say(scene, f"label_edit_{name}"), chosen(f"{EDIT}{name}")) for name in shown]
        return [*edits, choice(say(scene, "label_nothing_to_change"), chosen(NOTHING)), person(scene)]
    return [person(scene)] if topic in ("not_asked", "boundary") else []


def recap(scene: Scene) -> list[str]:
    """One line on where we were, before the open question comes again."""
    return [say(scene, "inform_recap", matter=matter(scene, scene.case))] if scene.case.issue else []


def matter(scene: Scene, case: Case) -> str:
    """A case in a few words, such as "the late delivery, order A10021"."""
    noun = say(scene, f"noun_{case.issue}", scene.known.get("what_happened") or "")
    return f"{noun}, {say(scene, 'noun_order', order=case.order_number)}" if case.order_number else noun


def _answer(scene: Scene, topic: str) -> str:
    case = scene.present_case
    if topic == "with_person":
        return _with_person(scene)
    if topic == "order_status" and scene.order and scene.finding is None:
        return _order_status(scene)
    if topic in ("filed", "what_next") and _filed(scene):
        return _filed(scene)
    if topic == "hours":
        return _hours(scene)
    if topic == "refused":
        return _refusal(scene)
    if topic in ("settled", EFFORT, follow_up_answers.DONE, follow_up_answers.WILL_TELL):
        return say(scene, f"answer_{topic}", ref=scene.case.reference, shop=scene.shop.name)
    if topic in ("agreed", "what_next") and is_agreed(scene):
        return _agreed(scene)
    if topic in WITHIN and case:
        return say(scene, WITHIN[topic], ref=case.reference)
    if topic == "unreadable_language":
        return " ".join([*_in_their_language(scene), say(scene, "answer_unreadable_language")])
    return say(scene, f"answer_{topic}")


def _review(scene: Scene) -> list[str]:
    """Everything known of the case, a sentence for each."""
    known, order = scene.known, scene.order
    told = [say(scene, "review_intro"), say(scene, "review_issue", matter=say(scene, f"noun_{scene.case.issue or 'unclear'}"))]
    if known.get("order_number"):
        told.append(say(scene, "review_order", order=known.get("order_number")))
    if order and known.lines():
        told.append(say(scene, "review_items", items=items_said(scene, order, known.lines())))
    if account(scene):
        told.append(say(scene, "review_event", phrase=account(scene)))
    phone = known.get("phone")
    if phone:
        told.append(say(scene, "review_phone", phone=masked(phone)))
    return [*told, say(scene, "ask_what_to_change")]


def account(scene: Scene) -> str:
    """The first words of what they told, fit to be read out; else nothing."""
    words = " ".join(without_contacts(scene.known.get("what_happened") or "").split()[:LONGEST_RECALLED])
    return "" if faults(words) else words


def _effects(scene: Scene) -> list[str]:
    """What each remedy on offer does, by its place: where one waits for a yes, that is asked with its effect."""
    if scene.conversation.asked_remedy:
        return []
    told = [(place, one) for place, one in enumerate(offered_remedies(scene), 1) if can_be_told(scene, one)]
    effects = [f"({place}) {say(scene, f'effect_{one.wording}', **effect_values(scene, one))}" for place, one in told]
    return [say(scene, "answer_question_detail"), *effects]


def _effects_filed(scene: Scene) -> list[str]:
    """What is filed does, where that is asked, and who answers the rest."""
    filed = [one for one in scene.uow.remedies.of(scene.case.id) if one.is_filed and can_be_told(scene, one)]
    effects = [say(scene, f"effect_{one.wording}", **effect_values(scene, one)) for one in filed if asks_for_detail(scene.heard.text)]
    return [*effects, say(scene, "answer_question_filed")]


def _refusal(scene: Scene) -> str:
    """Why a remedy asked for is not on offer, what is possible, and how to have it looked at again (rule 12)."""
    finding, case = scene.finding, scene.case
    kind = RemedyKind(scene.refused or "")
    policy, reason, end = scene.shop.policy, "not_mine", None
    if case.issue and finding:
        reason = why_withheld(scene, kind) or why_not(policy, case.issue, finding, kind)
        end = window(policy, case.issue, finding, kind)
    why = say(scene, f"why_not_{reason}", day=finding.days if finding else None, end=end)
    noun = say(scene, f"noun_{kind}")
    return say(scene, "answer_refused", Remedy=noun[:1].upper() + noun[1:], why=why)


def _hours(scene: Scene) -> str:
    opens, closes = scene.shop.policy.hours.opening(scene.now)
    if opens <= scene.now:
        return say(scene, "answer_hours", closes=clock_for(scene).time(closes))
    return say(scene, "answer_hours_closed", opens=clock_for(scene).time(opens))


def _filed(scene: Scene) -> str:
    case = scene.present_case
    filed = next((one for one in scene.uow.remedies.of(case.id) if one.is_filed), None) if case else None
    if filed is None:
        return ""
    waits = filed.state is RemedyState.NEEDS_APPROVAL
    return say(scene, "filed_needs_approval" if waits else "answer_filed", **effect_values(scene, filed))


def _agreed(scene: Scene) -> str:
    note = (scene.conversation.note or "").rstrip(" .")
    return say(scene, "answer_agreed", agent=scene.case.assignee or scene.shop.name, note=note)


def _in_their_language(scene: Scene) -> list[str]:
    unreadable = scene.heard.unreadable
    name = f"language_{unreadable.language}" if unreadable else ""
    return [say(scene, name)] if scene.shop.wording.has(name) else []


def _with_person(scene: Scene) -> str:
    if scene.conversation.agent:
        return say(scene, "inform_with_agent", agent=scene.conversation.agent, ref=scene.case.reference)
    escalation = hand_off(scene.shop, scene.uow, scene.conversation, "asked", scene.now, scene.message.id)
    return say(scene, "inform_with_person", **who_and_when(scene.shop, scene.conversation, scene.case, escalation, scene.now))


def _order_status(scene: Scene) -> str:
    order = scene.order
    assert order is not None
    return say(scene, f"inform_status_{order.status}", **record_values(scene, examine(Issue.OTHER_COMPLAINT, order, (), scene.now)))
