"""What a case needs next: the rules of `bot.cases.step`, over what is known and what policy allows."""

from bot.cases.case import CaseStatus
from bot.cases.claim import ASKED, DAMAGES
from bot.cases.finding import examine
from bot.cases.issue import Issue, Verdict
from bot.cases.order import DELIVERED
from bot.cases.step import Answer, Ask, Confirm, HandOff, Offer, Situation, Step, next_step
from bot.handling import remedies
from bot.handling.offering import offerable
from bot.handling.scene import Scene

ASKINGS = 3  # of one fact, until a person is brought


def next_of_case(scene: Scene) -> Step:
    """The next step of the case, with the options policy allows put on offer."""
    case = scene.case
    if scene.conversation.asked in ASKED:
        return Ask(scene.conversation.asked)  # of a claim, which comes after all else
    _settle_enquiry(scene)
    if case.issue is None and scene.known.get("enquiry"):
        missing = "order_number" if not scene.known.get("order_number") else "proof"
        if not scene.order:
            return _bounded(scene, Ask(missing))
        scene.conversation.ask(None)
        return Answer("order_status")
    finding = scene.finding
    if finding:
        case.fault = finding.fault
        case.severity = max(case.severity, finding.severity, key=lambda one: one.value)
        case.incident_code = finding.incident.code if finding.incident else None
    allowed = offerable(scene)
    chosen = scene.uow.remedies.get(scene.conversation.asked_remedy) if scene.conversation.asked_remedy else None
    rule_needs = next((one.needs for one in allowed if chosen and one.wording == chosen.wording), ())
    situation = Situation(
        case.issue, scene.known, scene.order, finding, allowed, chosen.id if chosen else None, rule_needs, filed_of(scene)
    )
    step = next_step(situation, scene.shop.policy)
    if isinstance(step, Offer):
        step = _offer(scene, step)
    case.status = CaseStatus.PENDING if isinstance(step, Ask | Offer | Confirm) else case.status
    return _bounded(scene, step)


def _offer(scene: Scene, step: Offer) -> Step:
    """Puts the options on the ledger as proposed. A wish that exactly one of them meets is only confirmed."""
    quantity = scene.known.get("quantity")
    proposed = remedies.propose(scene.shop, scene.uow, scene.case, step.options, scene.now, int(quantity) if quantity else None)
    wish = scene.known.get("wish")
    meeting = [one for one in proposed if one.kind == wish]
    if len(meeting) != 1:
        return step
    scene.conversation.asked_remedy = meeting[0].id
    needs = next(option.needs for option in step.options if option.wording == meeting[0].wording)
    lacking = [name for name in needs if not scene.known.get(name)]
    return Ask(lacking[0]) if lacking else Confirm(meeting[0].id)


def _settle_enquiry(scene: Scene) -> None:
    """A question where an order is becomes a complaint if the record shows it late."""
    case, order = scene.case, scene.order
    if case.issue is None and order and scene.known.get("enquiry"):
        late = examine(Issue.LATE_DELIVERY, order, scene.looked.incidents, scene.now)
        if late.verdict is Verdict.CONFIRMED and order.status != DELIVERED:
            case.issue = Issue.LATE_DELIVERY


def _bounded(scene: Scene, step: Step) -> Step:
    """No fact is asked for without end."""
    conversation = scene.conversation
    if isinstance(step, Ask) and step.fact == conversation.asked and conversation.asked_tries >= ASKINGS and not scene.proof_was_wrong:
        return HandOff("no_proof" if step.fact in ("order_number", "proof") else "not_understood")
    return step


def filed_of(scene: Scene) -> str | None:
    """What was filed for the thing itself; damages are paid on top of it."""
    case = scene.present_case
    filed = (one.id for one in scene.uow.remedies.of(case.id) if one.is_filed and one.wording != DAMAGES) if case else iter(())
    return next(filed, None)
