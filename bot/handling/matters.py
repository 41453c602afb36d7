"""Several matters in one conversation: the first is settled first, the others are kept and taken up in turn."""

import re
from collections.abc import Sequence

from bot.cases.case import TAKEN_BACK, Known
from bot.cases.finding import GOODS, OF_MONEY
from bot.cases.issue import Issue
from bot.cases.order import items_named
from bot.cases.portions import Portion, read_portion
from bot.cases.remedy import RemedyKind
from bot.handling.cases import open_case
from bot.handling.scene import Scene

CARRIED_OVER = ("order_number", "email", "phone", "postcode")  # who writes, and about which order, is not asked twice
SAME_THING = ("items", "product")  # of two issues told in one breath
REFUNDS = (Issue.REFUND_NOT_RECEIVED, Issue.CANCELLATION_PROBLEM)
OF_GOODS = (*GOODS, Issue.LOST_OR_MISSING)
LONGEST_WORDS = 500
_REST = re.compile(r"\b(rest|remainder|balance|remaining|other half|money)\b", re.IGNORECASE)
# That nobody answered is put right by answering, and is no matter of its own beside another; that somebody was rude is.
_UNANSWERED = re.compile(
    r"\b(no ?body|no ?one|nobdy|never|not|cannot|\w+n['’]?t|ignor\w*)\b.{0,30}\b(ans|anw|awn|repl[yi]|respon|pick)", re.IGNORECASE
)
_MISTREATED = re.compile(
    r"\b(rude|sw[eo]re|shout|yell|insult|threat|laugh|hung up|abus|curs|mock|lied|accus|disrespect|racis)", re.IGNORECASE
)
BESIDE = "also_"  # a fact also_late_delivery holds the words, until it is taken up
APART = "apart"  # a fact: items of the same matter that are put right otherwise, after these (`bot.cases.portions`)
ACCOUNT = ("what_happened", "lead")


def keep_beside(scene: Scene) -> None:
    """Keeps every other issue that the message tells."""
    for told in scene.heard.told:
        keep(scene, told.issue, told.words)


def keep(scene: Scene, issue: Issue, words: str) -> None:
    """Keeps an issue to be taken up later, unless it is the case's own or was kept before."""
    if scene.case.issue in OF_MONEY and issue is Issue.LOST_OR_MISSING and _REST.search(words):
        return  # of the money: "where is the rest?"
    if issue is Issue.STAFF_CONDUCT and scene.case.issue and _UNANSWERED.search(words) and not _MISTREATED.search(words):
        return
    if issue is not scene.case.issue and not scene.known.get(BESIDE + issue):
        scene.write(BESIDE + issue, words[:LONGEST_WORDS] or issue)
        scene.keeps = True


def waiting(scene: Scene) -> list[Issue]:
    """The issues kept and not taken up yet."""
    kept = {name.removeprefix(BESIDE): value for name, value in scene.known.values.items() if name.startswith(BESIDE)}
    return [Issue(name) for name, value in kept.items() if value != TAKEN_BACK and Issue.of(name) is not scene.case.issue]


def next_of(scene: Scene) -> Issue | None:
    """What to take up now. A refund that was just filed settles that one was missing, and no charge that was wrong for goods."""
    filed = [one.kind for one in scene.uow.remedies.of(scene.case.id) if one.is_filed]
    of_money = OF_MONEY if scene.case.issue in OF_MONEY else REFUNDS
    settled = of_money if {RemedyKind.REFUND, RemedyKind.PARTIAL_REFUND} & {*filed} else ()
    return next((issue for issue in waiting(scene) if issue not in settled and not _is_the_same_thing(scene, issue)), None)


def _is_the_same_thing(scene: Scene, issue: Issue) -> bool:
    """Whether both are told of the same goods: what was filed for them settles the second complaint about them too."""
    if issue not in OF_GOODS or scene.case.issue not in OF_GOODS:
        return False
    named = named_lines(scene, issue)
    return not named or set(named) <= set(scene.known.lines())


def named_lines(scene: Scene, issue: Issue) -> tuple[int, ...]:
    """The order lines that the words of a kept issue name."""
    words = scene.known.get(BESIDE + issue) or ""
    return tuple(item.line for item in items_named(scene.order, words)) if scene.order else ()


def is_more(scene: Scene) -> bool:
    """Whether something waits to be taken up once this is settled."""
    return bool(portions_waiting(scene)) or next_of(scene) is not None


def take_up_next(scene: Scene) -> bool:
    """Opens the case of what waits: other items of the same matter first, then another issue. Whether there was any."""
    issue = next_of(scene)
    if portions_waiting(scene):
        _take_up_portion(scene)
    elif issue:
        take_up(scene, issue)
    else:
        return False
    return True


def portions_waiting(scene: Scene) -> list[Portion]:
    """The items that are put right after these, each with what is wished for them."""
    kept = scene.known.get(APART)
    return [read_portion(one) for one in kept.split(";")] if kept else []


def set_apart(scene: Scene, portions: Sequence[Portion]) -> None:
    """Keeps items to be put right after those of this case."""
    scene.write(APART, ";".join(one.told for one in portions) or TAKEN_BACK)


def _take_up_portion(scene: Scene) -> None:
    first, *rest = portions_waiting(scene)
    scene.write(APART, TAKEN_BACK)
    open_items(scene, scene.case.issue, first.lines)
    scene.write("wish", first.wish or "")
    set_apart(scene, rest)
    scene.resumes = scene.is_apart = True


def open_items(scene: Scene, issue: Issue | None, lines: tuple[int, ...]) -> None:
    """A case of its own for other items of the same order, which was apologised for already."""
    before = scene.known
    open_another(scene, (*CARRIED_OVER, *ACCOUNT))
    scene.write("items", ",".join(map(str, lines)))
    scene.case.issue, scene.case.apologised = issue, True
    _carry_beside(scene, before)


def _carry_beside(scene: Scene, before: Known, but: str | None = None) -> None:
    """What else was told goes along, to be taken up from the case that is last."""
    kept = {name: value for name, value in before.values.items() if name.startswith(BESIDE) and name != but}
    for name in [one for one, value in kept.items() if value != TAKEN_BACK]:
        scene.write(name, before.get(name) or "")


def open_another(scene: Scene, carried: tuple[str, ...] = CARRIED_OVER) -> None:
    """A case of its own for another matter; what is known already goes with it."""
    before = scene.known
    scene.new_case(open_case(scene.uow, scene.conversation, scene.now))
    scene.conversation.ask(None)
    for name in carried:
        scene.write(name, before.get(name) or "")


def take_up(scene: Scene, issue: Issue) -> None:
    """Opens the case of a kept issue. It was apologised for already, when both were heard."""
    before, words, named = scene.known, scene.known.get(BESIDE + issue) or "", named_lines(scene, issue)
    scene.write(BESIDE + issue, TAKEN_BACK)
    open_another(scene, CARRIED_OVER if named else CARRIED_OVER + SAME_THING)
    scene.write("items", ",".join(map(str, named)))
    scene.case.issue, scene.case.apologised = issue, True
    scene.write("what_happened", words)
    _carry_beside(scene, before, but=BESIDE + issue)
    scene.resumes = True
