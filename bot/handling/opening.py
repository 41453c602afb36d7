"""Which issue a message opens: the one it names, or one it tells in passing beside facts, a wish or a courtesy."""

from bot.cases.asking import asks_for_detail, asks_what_that_is, holds_question, is_question
from bot.cases.heard import MAY_LEAD, Heard
from bot.cases.issue import Issue
from bot.cases.order import items_named
from bot.handling import matters, remedies
from bot.handling.items import OFFERED
from bot.handling.progress import filed_of
from bot.handling.scene import Scene

SURE = 0.6  # of an intent, from which a message opens another matter
HALF_AS_LIKELY = 0.25  # of the whole message, from which an issue counts beside the wish for a person
EITHER_OF_TWO = 0.8  # of the whole message, from which it is surely one of two
NOT_THERE = (Issue.LATE_DELIVERY, Issue.LOST_OR_MISSING)
TOLD_IN_PASSING = 0.15  # of the whole message, from which an issue counts that a courtesy or an enquiry tells


def first_issue(scene: Scene) -> Issue | None:
    """The issue the message names; where it brings facts or asks for a person, the one it tells besides."""
    heard = scene.heard
    told = heard.told[0] if heard.told else None
    if heard.issue:
        return told.issue if told and told.confidence >= heard.confidence * MAY_LEAD else heard.issue
    if heard.intent == "nlu_fallback":
        return _torn_between(heard) or _not_there(heard)
    if heard.intent in ("inform", "ask_human"):
        return heard.issue_beside_facts or (told.issue if told else _issue_beside_the_wish(scene))
    # An enquiry or a courtesy that begins a chat, and in which something is plainly told to have gone wrong, complains of it.
    if told and scene.is_first and told.confidence >= TOLD_IN_PASSING:
        return told.issue
    return _doubted(heard) if scene.is_first else None


def _not_there(heard: Heard) -> Issue | None:
    """Of a parcel that is late or lost, the likelier: which of the two it is the record tells, and asking would change nothing (rule 9)."""
    likely = [one for one in heard.ranking if one[0] != "nlu_fallback"][:2]
    is_either = {name for name, _ in likely} == {*map(str, NOT_THERE)} and sum(share for _, share in likely) >= EITHER_OF_TWO
    return Issue.of(likely[0][0]) if is_either else None


def _doubted(heard: Heard) -> Issue | None:
    """The issue of what is taken for an enquiry and asks nothing: "I doubt that my parcel comes today"."""
    asks = "?" in heard.text or is_question(heard.text)
    return next(iter(heard.likely_issues()), None) if heard.intent == "order_status" and not asks else None


def _issue_beside_the_wish(scene: Scene) -> Issue | None:
    """Of a chat that begins with the wish for a person: what it seems to be about."""
    beside = (Issue.of(name) for name, share in scene.heard.ranking if name != "ask_human" and share >= HALF_AS_LIKELY)
    return next(beside, None) if scene.is_first and scene.heard.intent == "ask_human" else None


def _torn_between(heard: Heard) -> Issue | None:
    """The issue of a message that is of two kinds at once: facts and a complaint, or two complaints, each in plain words."""
    torn = {name for name, _ in [one for one in heard.ranking if one[0] != "nlu_fallback"][:2]}
    told = [str(one.issue) for one in heard.told]
    is_both = told and torn in ({"inform", told[0]}, {*told[:2]})
    return heard.told[0].issue if is_both else None


def is_told(scene: Scene) -> bool:
    """Whether a second issue is plainly told; what is only guessed at is not kept, to be brought up when the first is settled."""
    heard = scene.heard
    return heard.confidence >= SURE and heard.issue is not Issue.OTHER_COMPLAINT and not _asks_of_the_offer(scene)


def _asks_of_the_offer(scene: Scene) -> bool:
    """Whether it is a question about what is offered: "is that for the planter or the mug?" tells of no wrong item."""
    text = scene.heard.text
    is_detail = asks_for_detail(text) and scene.heard.issue is not Issue.BILLING_DISPUTE  # "why was I charged twice?" is one
    named = {item.line for item in items_named(scene.order, text)} if scene.order else set()
    is_about_them = bool(named) and named <= {*scene.known.lines()} and asks_what_that_is(text)
    return scene.conversation.asked in OFFERED and holds_question(text) and (is_about_them or is_detail)


def hear_other_issue(scene: Scene, issue: Issue) -> None:
    """A second issue while the first is open: a sure one corrects an unsure one, else it is kept beside it.

    Words that tell of the present issue as well, in the same clause, are no other matter.
    """
    case = scene.case
    words = next((one.words for one in scene.heard.told if one.issue is issue), None)
    if any(one.issue is case.issue and one.words == words for one in scene.heard.told):
        return
    before = [one.heard for one in scene.uow.messages.of(scene.conversation.id) if one.heard and one.case_id == case.id]
    was_sure = any(told["intent"] == case.issue and told["confidence"] >= SURE for told in before)
    if was_sure or scene.heard.confidence < SURE or filed_of(scene):
        matters.keep(scene, issue, scene.heard.text)
        return
    if case.issue:
        matters.keep(scene, case.issue, scene.known.get("what_happened") or "")
    case.issue = issue
    remedies.withdraw(scene.uow, case, scene.now)
    scene.conversation.ask(None)
