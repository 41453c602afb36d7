"""How sure a message is of what it is taken for, and the words for that: below a certainty it is called a reading."""

import re
from collections.abc import Sequence

from bot.cases.heard import SURE_ENOUGH
from bot.cases.issue import Fault, Issue
from bot.handling.saying import say
from bot.handling.scene import Scene

A_GUESS = 0.8  # below it nearly every other reading is another issue: named as a topic beside the next likely, never as what happened
A_TOSS = 0.5  # below it none is named alone
A_LEANING = 0.3  # from which one that no other comes near is named as what it seems, where else nothing could be said
# Issues that what is offered for them names in any case, so that beside an account of theirs nothing needs to.
NAMED_BY_WAYS = (Issue.SERVICE_OUTAGE, Issue.STAFF_CONDUCT, Issue.REFUND_NOT_RECEIVED)
# Where one of these is told the other mostly is too, as is how they were treated with whatever else went wrong.
_TOLD_TOGETHER = frozenset(
    frozenset(pair)
    for pair in (
        (Issue.BILLING_DISPUTE, Issue.CANCELLATION_PROBLEM),
        (Issue.BILLING_DISPUTE, Issue.SERVICE_OUTAGE),
        (Issue.CANCELLATION_PROBLEM, Issue.LATE_DELIVERY),
    )
)
# Words by which an account names its matter, so that a reading beside it would only say it again.
_NAMES = {
    Issue.LATE_DELIVERY: r"late|delay|wait|arriv|deliver|hours?",
    Issue.LOST_OR_MISSING: r"miss|lost|never|arriv|deliver|gone|(not|n't) here",
    Issue.DAMAGED_OR_DEFECTIVE: r"damag|br[eo]k|crack|defect|fault|stale|spoil|leak|torn|(not|n't) work",
    Issue.WRONG_ITEM: r"wrong|instead|different",
    Issue.BILLING_DISPUTE: r"\w*charg|fees?|bill|pric|paid",
    Issue.REFUND_NOT_RECEIVED: r"refund|money",
    Issue.CANCELLATION_PROBLEM: r"cancel",
    Issue.QUALITY_NOT_AS_DESCRIBED: r"qualit|tast|cold|fit|thin|small|expect|fake|counterfeit|duplicate|genuine",
}


def names(issue: Issue | None, account: str) -> bool:
    """Whether an account has a word that names the issue."""
    return issue in _NAMES and bool(re.search(rf"\b({_NAMES[issue]})", account, re.IGNORECASE))


def chance(scene: Scene) -> float:
    """How sure the message is of the case's issue."""
    return next((one.confidence for one in scene.heard.told if one.issue is scene.case.issue), scene.heard.confidence)


def is_unsure(scene: Scene) -> bool:
    return bool(scene.case.issue and scene.heard.told and chance(scene) < SURE_ENOUGH)


def is_toss(scene: Scene) -> bool:
    """Whether the message may as well be of another issue."""
    return is_unsure(scene) and chance(scene) < A_TOSS


def rivals(scene: Scene) -> Sequence[Issue]:
    """The two issues that it is likeliest of, where it can't be told of which; none where only one comes near."""
    if scene.case.issue and not (is_unsure(scene) and chance(scene) < A_GUESS):
        return []
    likely = [one for one in scene.heard.likely_issues() if one is not Issue.OTHER_COMPLAINT][:2]
    return likely if len(likely) == 2 and scene.case.issue in (None, *likely) else []


def are_told_together(scene: Scene, issues: Sequence[Issue]) -> bool:
    """Whether both are likely meant: each has a clause of its own, or where one is told the other mostly is too."""
    words = {one.words for one in scene.heard.told if one.issue in issues}
    return len(words) == len(issues) or Issue.STAFF_CONDUCT in issues or frozenset(issues) in _TOLD_TOGETHER


def alike(scene: Scene, issues: Sequence[Issue]) -> str:
    """A sentence that is true of either of two kinds that are easily taken for each other; empty for all other kinds."""
    name = "restate_alike_" + "_".join(sorted(map(str, issues)))
    return say(scene, name, scene.heard.text) if scene.shop.wording.has(name) else ""


def named_by_them(scene: Scene, issues: Sequence[Issue]) -> list[Issue]:
    """Those of the issues that a word of theirs names."""
    return [issue for issue in issues if scene.shop.wording.is_said(f"noun_{issue}", scene.heard.text)]


def is_torn(scene: Scene) -> bool:
    """Whether no issue can be told alone."""
    return is_toss(scene) or bool(rivals(scene))


def leads(scene: Scene) -> bool:
    """Whether the case's issue is the one that leads the message, so that the words quoted are of it."""
    told = scene.heard.told
    return not told or told[0].issue is scene.case.issue


def reading_of(scene: Scene, issue: Issue | None) -> str:
    return say(scene, f"restate_reading_{issue}", scene.heard.lead_words)


def bears_out(scene: Scene, name: str, near: str) -> bool:
    """Whether what is said back follows from their words or the record, and not from the reading alone."""
    is_known = scene.finding is not None and scene.finding.fault is not Fault.UNCLEAR
    return scene.case.issue is None or is_known or scene.shop.wording.is_said(name, near)


def within(sentence: str) -> str:
    """As it stands within another sentence."""
    return sentence[:1].lower() + sentence[1:]
