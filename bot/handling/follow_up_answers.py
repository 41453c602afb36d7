"""What customers answer to a follow-up, in taps or in words, at once or days later; a bad answer opens the same case again."""

import re

from bot.cases.case import Alert, CaseStatus
from bot.cases.follow_up import (
    ASKED,
    EASE,
    EFFORT,
    HARD,
    POOR,
    PUT_RIGHT,
    ROUNDS,
    SATISFACTION,
    SCORES,
    SKIP,
    STOP,
    TELL,
    WISH,
    FollowUp,
    FollowUpState,
    Outcome,
    asks_effort,
    score_in,
)
from bot.cases.learning import LearningRecord
from bot.cases.order import normal_number
from bot.cases.step import Answer, HandOff, Step
from bot.handling import learning, listening
from bot.handling.saying import Choice, choice, chosen, say
from bot.handling.scene import Scene

_STOP = re.compile(
    r"\W*(please )?(stop|unsubscribe|(do not|don['’]?t|no) (ask|write|message|contact|more (questions|messages)))\b", re.IGNORECASE
)
_TELL = re.compile(
    r"\b(tell|let) (me|us) (know )?(what|if|when|how|once)\b.*\b(chang|improv|fix)|\bkeep (me|us) (posted|informed|updated)\b",
    re.IGNORECASE,
)
DONE, STOPPED, WILL_TELL = "follow_up_done", "follow_up_stopped", "follow_up_will_tell"


def take_answer(scene: Scene) -> Step | None:
    """What the customer's message answers of the questions; None where it answers none."""
    asked = scene.conversation.asked
    found = scene.uow.follow_ups.open_in(scene.conversation.id) if asked in ASKED else None
    if found is None or scene.present_case is None or found.case_id != scene.case.id:
        return None
    given = (scene.heard.choice or "").partition(":")
    if (given[0] == PUT_RIGHT and given[2] == STOP) or (not given[0] and _STOP.match(scene.heard.text)):
        return _stop(scene, found)
    if asked == PUT_RIGHT:
        return _take_outcome(scene, found, given[2] if given[0] == PUT_RIGHT else _outcome_in_words(scene))
    if asked in (SATISFACTION, EFFORT):
        scores = SCORES if asked == SATISFACTION else EASE
        said = given[2] if given[0] == asked else str(score_in(scene.heard.text, scores) or "")
        if not said.isdecimal() or int(said) not in scores:
            return None
        return _take_score(scene, found, int(said)) if asked == SATISFACTION else _take_effort(scene, found, int(said))
    return _take_wish(scene, found)


def _outcome_in_words(scene: Scene) -> str | None:
    """Yes, partly or no; the same trouble told again is a no, and one with another order is another matter."""
    heard = scene.heard
    if any(normal_number(one) != scene.case.order_number for one in heard.values("order_number")):
        return None
    return Outcome.NO.value if heard.issue else listening.verdict(scene)


def _take_outcome(scene: Scene, found: FollowUp, said: str | None) -> Step | None:
    if said not in {one.value for one in Outcome}:
        return None
    found.outcome = Outcome(said)
    scene.uow.note(scene.case.id, "customer", "follow_up.answered", scene.now, outcome=said)
    if found.outcome is not Outcome.YES:
        return _reopen(scene, found)
    scene.conversation.ask(SATISFACTION)
    return Answer(SATISFACTION)


def _take_score(scene: Scene, found: FollowUp, score: int) -> Step:
    found.satisfaction = score
    scene.uow.note(scene.case.id, "customer", "follow_up.scored", scene.now, satisfaction=score)
    if score <= POOR:
        return _reopen(scene, found)
    then = EFFORT if asks_effort(scene.shop.policy.follow_up, scene.case.id) else WISH
    scene.conversation.ask(then)
    return Answer(then)


def _take_effort(scene: Scene, found: FollowUp, ease: int) -> Step:
    found.effort = ease
    scene.uow.note(scene.case.id, "customer", "follow_up.effort", scene.now, effort=ease)
    if ease <= HARD:
        return _reopen(scene, found)
    scene.conversation.ask(WISH)
    return Answer(WISH)


def _take_wish(scene: Scene, found: FollowUp) -> Step:
    """Their own words are a fact of the case, and go when the customer's data go. Who asks what changes is told once it has."""
    said, tapped = scene.heard.text.strip(), (scene.heard.choice or "").partition(":")
    if said and tapped[0] != WISH:
        scene.write("wish", said[:500])
    _end(scene, found, FollowUpState.ANSWERED)
    record = _close(scene)
    wants_to_know = tapped[2] == TELL if tapped[0] == WISH else bool(_TELL.search(said))
    if record is None or not wants_to_know:
        return Answer(DONE)
    record.wants_to_know = True
    scene.uow.note(scene.case.id, "customer", "learning.wants_to_know", scene.now)
    return Answer(WILL_TELL)


def _stop(scene: Scene, found: FollowUp) -> Step:
    _end(scene, found, FollowUpState.WITHDRAWN, STOP)
    _close(scene)
    scene.uow.note(scene.case.id, "customer", "follow_up.stopped", scene.now)
    return Answer(STOPPED)


def _close(scene: Scene) -> LearningRecord | None:
    case = scene.case
    case.close(scene.now)
    return learning.ended(scene.shop, scene.uow, case, scene.now)


def _reopen(scene: Scene, found: FollowUp) -> Step:
    """The same case goes on, with the person who had it: what was done is not enough, so the next thing is a different one."""
    _end(scene, found, FollowUpState.ANSWERED)
    case, is_again = scene.case, found.number >= ROUNDS
    case.status, case.closed_at = CaseStatus.OPEN, None
    reason = "not_put_right_again" if is_again else "not_put_right"
    team = scene.shop.policy.escalation(reason).team
    to = team if is_again or not case.assignee else case.assignee
    scene.uow.alerts.raise_once(Alert("reopened", to, scene.now, f"reopened:{found.id}", case.id, {"case": case.reference}))
    scene.uow.note(case.id, "customer", "case.reopened", scene.now, round=found.number)
    return HandOff(reason)


def _end(scene: Scene, found: FollowUp, state: FollowUpState, why: str | None = None) -> None:
    found.end(state, scene.now, why)
    scene.conversation.ask(None)
    scene.conversation.misunderstood = 0


def choices(scene: Scene, topic: str) -> list[Choice]:
    """What may be tapped under a question after the first."""
    if topic == SATISFACTION:
        return [choice(say(scene, f"label_satisfaction_{one}"), chosen(f"{SATISFACTION}:{one}")) for one in SCORES]
    if topic == EFFORT:
        return [choice(say(scene, f"label_effort_{one}"), chosen(f"{EFFORT}:{one}")) for one in EASE]
    if topic == WISH:
        return [choice(say(scene, f"label_wish_{one}"), chosen(f"{WISH}:{one}")) for one in (SKIP, TELL)]
    return []
