"""Hearing a message: the one function that decides what comes next in a case, and says it.

First a severe reason or a wish for a person, then facts, then the answer to what was asked, then what is missing.
Everything a message does happens in one transaction, under the message's own id: heard twice, it is done once.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases.case import CaseStatus, known
from bot.cases.choice import wishes
from bot.cases.conversation import Author, Conversation, Message, conversation_of
from bot.cases.finding import examine
from bot.cases.heard import Heard
from bot.cases.issue import Issue, Verdict
from bot.cases.order import DELIVERED, Order, normal_number
from bot.cases.policy import options
from bot.cases.proof import TRIES
from bot.cases.step import Answer, Ask, Close, Confirm, HandOff, Offer, Situation, Step, next_step
from bot.errors import NotAllowed
from bot.handling import listening, remedies, replies
from bot.handling.cases import open_case
from bot.handling.scene import LookedUp, Scene
from bot.handling.shop import Shop
from bot.ports import Reply

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

MISUNDERSTANDINGS = 2  # in a row, until a person is brought
ASKINGS = 3  # of one fact, until a person is brought
ANGRY = 0.6  # of 1; anger together with a repeated failure brings a person (Crolic 2022)
SURE = 0.6  # of an intent, from which a message opens another matter
CARRIED_OVER = ("order_number", "email", "phone", "postcode")  # from one matter to the next in a conversation
SMALL_TALK = ("greet", "thanks", "goodbye", "ask_if_bot", "never_mind")


@dataclass(frozen=True)
class Outcome:
    """What was decided on a message: the words, and the fact they ask for, if any."""

    reply: Reply
    asks: str | None


def hear(shop: Shop, heard: Heard, now: datetime) -> Outcome:
    """The outcome of a message; the same one however often it is asked for. Raises NotAllowed for a sender nobody knows."""
    decided = _decided(shop, heard)
    if decided:
        return decided
    looked = _look_up(shop, heard)
    with shop.begin(True) as uow:
        conversation, message = _placed(shop, uow, heard, now)
        if message.heard is None:
            scene = Scene(shop, uow, conversation, message, heard, looked, now, is_first=_is_first(uow, conversation))
            step = _decide(scene)
            _keep(scene, step, replies.compose(scene, step))
        return _outcome(message)


def _decided(shop: Shop, heard: Heard) -> Outcome | None:
    with shop.begin(False) as uow:
        message = uow.messages.find(heard.message_id)
        return _outcome(message) if message and message.heard else None


def _outcome(message: Message) -> Outcome:
    stored = message.heard or {}
    return Outcome(Reply(stored["reply"]["text"], stored["reply"]["choices"]), stored["fact"])


def _look_up(shop: Shop, heard: Heard) -> LookedUp:
    """Asks the order system before the unit of work is opened: it may be far away."""
    with shop.begin(False) as uow:
        conversation = uow.conversations.find(_conversation_id(heard.sender_id))
        case = uow.cases.find(conversation.case_id) if conversation else None
        facts = known(uow.cases.facts(case.id)) if case else known([])
        customer_id = conversation.customer_id if conversation else None
        asked = conversation.asked if conversation else None
    numbers = [normal_number(value) for value in heard.values("order_number")]
    if asked == "order_number" and not numbers:
        numbers = [normal_number(heard.text)][: len(heard.text) < 40]
    numbers += [number for number in (facts.get("order_number"), case.order_number if case else None) if number]
    orders: dict[str, Order | None] = {number: shop.orders.find(number) for number in dict.fromkeys(numbers)}
    own = shop.orders.of_customer(customer_id) if customer_id else ()
    return LookedUp(orders, own, shop.orders.incidents() if own or any(orders.values()) else ())


def _conversation_id(sender_id: str) -> str:
    plain = conversation_of(sender_id)
    return plain if re.fullmatch(r"[\w-]{1,64}", plain) else hashlib.sha256(plain.encode()).hexdigest()


def _placed(shop: Shop, uow: "UnitOfWork", heard: Heard, now: datetime) -> tuple[Conversation, Message]:
    """The conversation and message this is. In development a sender nobody knows is a developer's own chat."""
    conversation = uow.conversations.find(_conversation_id(heard.sender_id))
    if conversation is None:
        if not shop.opens_unknown:
            raise NotAllowed("This sender is not one of our conversations.")
        conversation = Conversation(_conversation_id(heard.sender_id), "dev", now)
        uow.add(conversation)
        uow.flush()
    message = uow.messages.find(heard.message_id)
    if message is None:
        if conversation.channel != "dev":
            raise NotAllowed("This message is not one of our conversation's.")
        conversation.last_seq += 1
        message = Message(
            heard.message_id, conversation.id, conversation.last_seq, Author.CUSTOMER, heard.text, now, asked_at=now, answered_at=now
        )
        uow.add(message)
        uow.flush()
    elif message.conversation_id != conversation.id:
        raise NotAllowed("This message is not one of this conversation's.")
    return conversation, message


def _is_first(uow: "UnitOfWork", conversation: Conversation) -> bool:
    return not any(one.author is Author.ASSISTANT for one in uow.messages.of(conversation.id))


def _keep(scene: Scene, step: Step, reply: Reply) -> None:
    """Stores what was heard and decided, with the message."""
    message, conversation = scene.message, scene.conversation
    case = scene.present_case
    message.case_id = case.id if case else None
    message.heard = {
        "intent": scene.heard.intent,
        "confidence": round(scene.heard.confidence, 3),
        "reasons": list(scene.heard.reasons),
        "step": type(step).__name__,
        "fact": conversation.asked,
        "reply": {"text": reply.text, "choices": reply.choices},
    }
    if case and case.first_reply_at is None:
        case.first_reply_at = scene.now
    if conversation.channel == "dev":
        conversation.last_seq += 1
        said = Message(f"{message.id}-reply", conversation.id, conversation.last_seq, Author.ASSISTANT, reply.text, scene.now)
        said.case_id = message.case_id
        scene.uow.add(said)


def _decide(scene: Scene) -> Step:
    """What comes next. The order of these lines is the order of importance."""
    heard, conversation = scene.heard, scene.conversation
    if listening.with_people(scene):
        listening.note_facts(scene)
        return Answer("with_person")
    is_anew = _start_case(scene)
    brought = listening.note_facts(scene)
    severe = [reason for reason in heard.reasons if reason in scene.shop.policy.severe_reasons]
    if severe:
        return HandOff(severe[0])
    if heard.wants_person:
        return HandOff("asked")
    if "repeated_failure" in heard.reasons and heard.issue and heard.anger >= ANGRY:
        return HandOff("repeated_failure")
    if _complains_again(scene):
        return HandOff("not_settled")
    listening.prove(scene, brought or is_anew)
    if scene.present_case and scene.present_case.wrong_proofs >= TRIES and scene.proof_was_wrong:
        return HandOff("proof_failed")
    if conversation.asked == "confirmation" and conversation.asked_remedy:
        decided = _take_confirmation(scene)
        if decided:
            return decided
    answered = listening.take_answer(scene)
    if answered or brought or scene.just_proven or _opens_matter(scene):
        conversation.misunderstood = 0
        return _next(scene)
    return _beside_the_matter(scene)


def _start_case(scene: Scene) -> bool:
    """A complaint, a fact, a question about an order: each opens a case, and the first issue named becomes its own.

    Whether it opened one for another matter. Who writes, and about which order, is not asked again there.
    """
    heard = scene.heard
    is_anew = _is_another_matter(scene)
    if is_anew:
        before = scene.known
        scene.new_case(open_case(scene.uow, scene.conversation, scene.now))
        scene.conversation.ask(None)
        for name in CARRIED_OVER:
            scene.write(name, before.get(name) or "")
    case = scene.present_case
    if case is None or case.issue is None:
        issue = _first_issue(scene)
        if issue:
            scene.case.issue = issue
        elif heard.sounds_like_complaint and case is None:
            scene.write("what_happened", heard.text[: listening.LONGEST_ACCOUNT])
        elif heard.intent == "order_status" and case is None:
            scene.write("enquiry", "order_status")
    elif heard.issue and heard.issue is not case.issue and not _is_about_remedy(scene):
        _hear_other_issue(scene, heard.issue)
    return is_anew


def _is_about_remedy(scene: Scene) -> bool:
    """A wish where remedies are on the table, whatever issue the parse took it for."""
    return scene.conversation.asked in ("remedy", "confirmation") and bool(wishes(scene.heard.text))


def _first_issue(scene: Scene) -> Issue | None:
    """The issue the message names; the likeliest where it brings facts or asks for a person, and tells something besides."""
    heard = scene.heard
    return heard.issue_beside_facts if heard.intent in ("inform", "ask_human") else heard.issue


def _hear_other_issue(scene: Scene, issue: Issue) -> None:
    """A second issue while the first is open: a sure one corrects an unsure one, else it is kept beside it."""
    case = scene.case
    before = [one.heard for one in scene.uow.messages.of(scene.conversation.id) if one.heard and one.case_id == case.id]
    was_sure = any(told["intent"] == case.issue and told["confidence"] >= SURE for told in before)
    if was_sure or scene.heard.confidence < SURE or _filed(scene):
        scene.write("also", issue)
        return
    scene.write("also", case.issue or issue)
    case.issue = issue
    remedies.withdraw(scene.uow, case, scene.now)
    scene.conversation.ask(None)
    scene.conversation.asked_remedy = None


def _is_another_matter(scene: Scene) -> bool:
    """Clearly a different issue, after the first one's remedy was filed."""
    heard, case = scene.heard, scene.present_case
    is_other = case is not None and heard.issue is not None and case.issue not in (None, heard.issue)
    return is_other and heard.confidence >= SURE and _filed(scene) is not None


def _complains_again(scene: Scene) -> bool:
    """The same matter again after its remedy was filed: no second round with the assistant."""
    return bool(scene.present_case and scene.heard.issue and _filed(scene))


def _opens_matter(scene: Scene) -> bool:
    """A complaint or an enquiry that no question stands in front of."""
    return scene.conversation.asked in (None, "issue") and (scene.heard.issue is not None or scene.heard.intent == "order_status")


def _filed(scene: Scene) -> str | None:
    case = scene.present_case
    return next((one.id for one in scene.uow.remedies.of(case.id) if one.is_filed), None) if case else None


def _take_confirmation(scene: Scene) -> Step | None:
    """Files on an explicit yes, offers again on a no; None where the message was neither."""
    conversation = scene.conversation
    remedy = scene.uow.remedies.get(conversation.asked_remedy or "")
    if listening.says_no(scene):
        conversation.asked_remedy = None
        conversation.ask(None)
        conversation.misunderstood = 0
        scene.uow.note(scene.case.id, "customer", "remedy.declined", scene.now, remedy=remedy.reference)
        if scene.known.get("wish") and not wishes(scene.heard.text):
            scene.write("wish", "-")
        return _next(scene)
    if listening.says_yes(scene):
        remedies.file_remedy(scene.shop, scene.uow, scene.case, remedy, scene.now, scene.message.id)
        conversation.asked_remedy = None
        conversation.ask(None)
        conversation.misunderstood = 0
        return Close(remedy.id)
    return None


def _next(scene: Scene) -> Step:
    """The next step of the case, with the options policy allows put on offer."""
    case = scene.case
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
    lines = scene.known.lines()
    allowed = options(scene.shop.policy, case.issue, finding, scene.order, lines) if case.issue and finding else ()
    chosen = scene.uow.remedies.get(scene.conversation.asked_remedy) if scene.conversation.asked_remedy else None
    rule_needs = next((one.needs for one in allowed if chosen and one.wording == chosen.wording), ())
    situation = Situation(case.issue, scene.known, scene.order, finding, allowed, chosen.id if chosen else None, rule_needs, _filed(scene))
    step = next_step(situation, scene.shop.policy)
    if isinstance(step, Offer):
        step = _offer(scene, step)
    case.status = CaseStatus.PENDING if isinstance(step, Ask | Offer | Confirm) else case.status
    return _bounded(scene, step)


def _offer(scene: Scene, step: Offer) -> Step:
    """Puts the options on the ledger as proposed. A wish that exactly one of them meets is only confirmed."""
    proposed = remedies.propose(scene.shop, scene.uow, scene.case, step.options, scene.now)
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


def _beside_the_matter(scene: Scene) -> Step:
    """A message that was no answer: small talk is answered and the question asked again; what is not understood is counted."""
    heard, pending = scene.heard, scene.conversation.asked is not None
    if heard.intent == "never_mind":
        return _stop(scene)
    if heard.intent in SMALL_TALK:
        return Answer(heard.intent, _next(scene) if pending and heard.intent != "goodbye" else None)
    step = _beside_a_question(scene) if pending else _beside_nothing(scene)
    return step or _not_understood(scene, pending)


def _beside_a_question(scene: Scene) -> Step | None:
    """The customer cannot give what was asked, wants none of what was offered, or complains on."""
    heard, asked = scene.heard, scene.conversation.asked
    lacks_it = heard.has_not_got_it or heard.intent == "deny"
    if asked in ("order_number", "proof") and lacks_it and scene.conversation.asked_tries > 1:
        return HandOff("no_proof")
    if asked == "remedy" and (listening.says_no(scene) or wishes(heard.text)):
        return HandOff("no_option_chosen")  # a wish that is not on offer is a person's to decide
    # The same offer is not made without end: what is no answer to it counts as not understood.
    return _next(scene) if heard.issue and asked not in ("remedy", "confirmation") else None


def _beside_nothing(scene: Scene) -> Step | None:
    """Nothing was asked: a yes or no in the air, another topic, or a complaint of no clear kind."""
    heard, case = scene.heard, scene.present_case
    if heard.intent in ("affirm", "deny", "order_status"):
        return Answer("filed" if _filed(scene) else "nothing_open")
    if heard.intent == "out_of_scope":
        return Answer("out_of_scope")
    return Ask("issue") if case and case.issue is None and heard.sounds_like_complaint else None


def _not_understood(scene: Scene, pending: bool) -> Step:
    conversation = scene.conversation
    conversation.misunderstood += 1
    if conversation.misunderstood >= MISUNDERSTANDINGS:
        return HandOff("not_understood")
    scene.not_understood = True
    if not pending:
        return Ask("issue")
    return Answer("out_of_scope" if scene.heard.intent == "out_of_scope" else "not_understood", _next(scene))


def _stop(scene: Scene) -> Step:
    """The customer drops the matter: nothing is filed, and what is filed stays."""
    case = scene.present_case
    scene.conversation.ask(None)
    scene.conversation.asked_remedy = None
    if case and not _filed(scene):
        remedies.withdraw(scene.uow, case, scene.now)
        case.close(scene.now)
        scene.uow.note(case.id, "customer", "case.dropped", scene.now)
    return Answer("never_mind")
