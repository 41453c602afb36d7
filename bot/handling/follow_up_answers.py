"""What customers answer to a follow-up, in taps or in words, at once or days later; a bad answer opens the same case again."""

import re

from bot.cases.case import Alert, CaseStatus
from bot.cases.follow_up import (
    ASKED,
    POOR,
    PUT_RIGHT,
    ROUNDS,
    SATISFACTION,
    SCORES,
    SKIP,
    STOP,
    WISH,
    FollowUp,
    FollowUpState,
    Outcome,
    score_in,
)
from bot.cases.order import normal_number
from bot.cases.step import Answer, HandOff, Step
from bot.handling import listening
from bot.handling.saying import Choice, choice, chosen, say
from bot.handling.scene import Scene

_STOP = re.compile(
    r"\W*(please )?(stop|unsubscribe|(do not|don['’]?t|no) (ask|write|message|contact|more (questions|messages)))\b", re.IGNORECASE
)
DONE, STOPPED = "follow_up_done", "follow_up_stopped"


def take_answer(scene: Scene) -> Step | None:
    """What the customer's message answers of the three questions; None where it answers none."""
    asked = scene.conversation.asked
    found = scene.uow.follow_ups.open_in(scene.conversation.id) if asked in ASKED else None
    if found is None or scene.present_case is None or found.case_id != scene.case.id:
        return None
    given = (scene.heard.choice or "").partition(":")
    if (given[0] == PUT_RIGHT and given[2] == STOP) or (not given[0] and _STOP.match(scene.heard.text)):
        return _stop(scene, found)
    if asked == PUT_RIGHT:
        return _take_outcome(scene, found, given[2] if given[0] == PUT_RIGHT else _outcome_in_words(scene))
    if asked == SATISFACTION:
        said = given[2] if given[0] == SATISFACTION else str(score_in(scene.heard.text) or "")
        return _take_score(scene, found, int(said)) if said.isdigit() and int(said) in SCORES else None
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
    scene.conversation.ask(WISH)
    return Answer(WISH)


def _take_wish(scene: Scene, found: FollowUp) -> Step:
    """Their own words are a fact of the case, and go when the customer's data go."""
    if not (scene.heard.choice or "").endswith(SKIP) and scene.heard.text.strip():
        scene.write("wish", scene.heard.text.strip()[:500])
    _end(scene, found, FollowUpState.ANSWERED)
    scene.case.close(scene.now)
    return Answer(DONE)


def _stop(scene: Scene, found: FollowUp) -> Step:
    _end(scene, found, FollowUpState.WITHDRAWN, STOP)
    scene.case.close(scene.now)
    scene.uow.note(scene.case.id, "customer", "follow_up.stopped", scene.now)
    return Answer(STOPPED)


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
    """What may be tapped under the second and third question."""
    if topic == SATISFACTION:
        return [choice(say(scene, f"label_satisfaction_{one}"), chosen(f"{SATISFACTION}:{one}")) for one in SCORES]
    return [choice(say(scene, "label_skip"), chosen(f"{WISH}:{SKIP}"))] if topic == WISH else []
