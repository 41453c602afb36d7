"""Hearing a message: the one function that decides what comes next in a case, and says it.

First a severe reason or a wish for a person, then facts, then the answer to what was asked, then what is missing.
Everything a message does happens in one transaction, under the message's own id: heard twice, it is done once.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases.asking import asks_for_detail, asks_where, holds_question, is_question
from bot.cases.case import TAKEN_BACK, PromiseState, known
from bot.cases.choice import asks_to_cancel, delivery_note, wishes
from bot.cases.conversation import DEV, Author, Conversation, Message, conversation_of
from bot.cases.follow_up import ASKED as FOLLOW_UP
from bot.cases.heard import Heard
from bot.cases.issue import Issue
from bot.cases.order import Order, bare_numbers, normal_number
from bot.cases.policy import OF_WORTH
from bot.cases.proof import TRIES
from bot.cases.remedy import RemedyKind
from bot.cases.step import Answer, Close, HandOff, Step
from bot.errors import NotAllowed
from bot.handling import (
    asides,
    call_times,
    claims,
    dividing,
    follow_up_answers,
    items,
    listening,
    matters,
    moving,
    offering,
    remedies,
    replies,
    review,
)
from bot.handling.opening import SURE, first_issue, hear_other_issue, is_told
from bot.handling.progress import filed_of, next_of_case
from bot.handling.scene import CANCELLATION, DELIVERY_NOTE, LookedUp, Scene
from bot.handling.shop import Shop
from bot.ports import Reply

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork


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
            if scene.has_files_alone:
                scene.heard = Heard(heard.message_id, heard.sender_id, "")  # whatever the parse made of no words
            step = _decide(scene)
            reply = replies.compose(scene, step)
            message.case_id = scene.present_case.id if scene.present_case else None
            review.look_again(scene, step)
            _keep(scene, step, _with_next_matter(scene, reply) if isinstance(step, Close) else reply)
        return _outcome(message)


def _decided(shop: Shop, heard: Heard) -> Outcome | None:
    with shop.begin(False) as uow:
        message = uow.messages.find(heard.message_id)
        return _outcome(message) if message and message.heard else None


def _outcome(message: Message) -> Outcome:
    stored = message.heard or {}
    return Outcome(Reply(stored["reply"]["text"], stored["reply"]["choices"], stored["reply"].get("card")), stored["fact"])


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
        numbers = bare_numbers(heard.text)
    numbers += [number for number in (facts.get("order_number"), case.order_number if case else None) if number]
    orders: dict[str, Order | None] = {number: shop.orders.find(number) for number in dict.fromkeys(numbers)}
    own = shop.orders.of_customer(customer_id) if customer_id else ()
    bought = next((order for order in orders.values() if order), None)
    of_buyer = own or (shop.orders.of_customer(bought.buyer.id) if bought else ())
    return LookedUp(orders, own, shop.orders.incidents(), of_buyer)


def _conversation_id(sender_id: str) -> str:
    plain = conversation_of(sender_id)
    return plain if re.fullmatch(r"[\w-]{1,64}", plain) else hashlib.sha256(plain.encode()).hexdigest()


def _placed(shop: Shop, uow: "UnitOfWork", heard: Heard, now: datetime) -> tuple[Conversation, Message]:
    """The conversation and message this is. In development a sender nobody knows is a developer's own chat."""
    conversation = uow.conversations.find(_conversation_id(heard.sender_id))
    if conversation and conversation.erased_at:
        raise NotAllowed("This conversation was erased.")
    if conversation is None:
        if not shop.opens_unknown:
            raise NotAllowed("This sender is not one of our conversations.")
        conversation = Conversation(_conversation_id(heard.sender_id), DEV, now)
        uow.add(conversation)
        uow.flush()
    message = uow.messages.find(heard.message_id)
    if message is None:
        if conversation.channel != DEV:
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
    message.heard = {
        "intent": scene.heard.intent,
        "confidence": round(scene.heard.confidence, 3),
        "reasons": list(scene.heard.reasons),
        "step": type(step).__name__,
        "topic": step.topic if isinstance(step, Answer) else None,
        "missed": scene.missed,
        "fact": conversation.asked,
        "reply": {"text": reply.text, "choices": reply.choices, "card": reply.card},
    }
    if case and case.first_reply_at is None:
        case.first_reply_at = scene.now
    if conversation.channel == DEV:
        conversation.last_seq += 1
        said = Message(f"{message.id}-reply", conversation.id, conversation.last_seq, Author.ASSISTANT, reply.text, scene.now)
        said.case_id = case.id if case else None
        scene.uow.add(said)


def _decide(scene: Scene) -> Step:
    """What comes next; where we asked whether it was put right, what the answer means."""
    asked = scene.conversation.asked
    if asked not in FOLLOW_UP or listening.with_people(scene):
        return _decide_matter(scene)
    step = (None if _needs_person_now(scene) else follow_up_answers.take_answer(scene)) or _decide_matter(scene)
    # A word beside it is answered, and the question stays as it was.
    return replace(step, then=None) if isinstance(step, Answer) and scene.conversation.asked == asked else step


def _decide_matter(scene: Scene) -> Step:
    """What comes next in a matter. The order of these lines is the order of importance."""
    if listening.with_people(scene):
        listening.note_facts(scene)
        return Answer("with_person")
    if scene.has_files_alone:
        return claims.receipt_shown(scene) or asides.files_alone(scene)
    is_aside = asides.is_aside(scene)
    claimed = None if is_aside or _needs_person_now(scene) else claims.step(scene)
    if claimed:
        return claimed
    is_anew = not is_aside and _start_case(scene)
    brought = not is_aside and listening.note_facts(scene)
    if not is_aside:
        claims.note(scene)
    reason = _reason_for_a_person(scene)
    if reason:
        return HandOff(reason)
    beside = asides.aside(scene, brought)
    return beside or _within_the_matter(scene, brought, is_anew)


def _within_the_matter(scene: Scene, brought: bool, is_anew: bool) -> Step:
    """A message on the matter itself: proof, an answer, a yes, more facts; what is none of these is beside it."""
    conversation = scene.conversation
    is_offered = conversation.asked in items.OFFERED
    is_agreed = conversation.asked == "confirmation" and listening.says_yes(scene)  # whatever it names besides comes after it
    if not is_agreed and items.change_items(scene):
        dividing.divide(scene, is_offered)
        return next_of_case(scene)
    listening.prove(scene, brought or is_anew)
    if not is_agreed and dividing.divide(scene, is_offered):
        conversation.misunderstood = 0
        return next_of_case(scene)
    if moving.goes_on(scene) and listening.with_people(scene):
        return Answer("with_person")
    if listening.failed_before(scene):
        return HandOff("second_failure")
    if scene.present_case and scene.present_case.wrong_proofs >= TRIES and scene.proof_was_wrong:
        return HandOff("proof_failed")
    if conversation.asked == "confirmation" and conversation.asked_remedy:
        decided = _take_confirmation(scene)
        if decided:
            return decided
    if conversation.asked == "settled":
        return _take_verdict(scene) or asides.beside_the_matter(scene)
    answered = listening.take_answer(scene)
    if answered or brought or scene.just_proven or scene.loss or _opens_matter(scene):
        conversation.misunderstood = 0
        return next_of_case(scene)
    return asides.beside_the_matter(scene)


def _reason_for_a_person(scene: Scene) -> str | None:
    """What brings a person at once: something grave, the wish for one, a failure told as repeated, a matter not settled."""
    heard, at_once = scene.heard, _needs_person_now(scene)
    if at_once:
        return at_once
    if "repeated_failure" in heard.reasons and (heard.issue or heard.told):
        return "repeated_failure"  # however calmly it is told: words alone do not mend a second failure (Maxham 2002)
    if listening.wants_it_otherwise(scene):
        return "changed_mind"
    if not _complains_again(scene):
        return None
    return "promise_missed" if _promise_missed(scene) else "not_settled"


def _needs_person_now(scene: Scene) -> str | None:
    """Something grave, or the wish for a person: it comes before all else."""
    heard = scene.heard
    severe = next((reason for reason in heard.reasons if reason in scene.shop.policy.severe_reasons), None)
    gives_number = scene.conversation.asked == "phone" and heard.values("phone")  # "you can reach me on ..." asks for nobody
    return severe or ("asked" if heard.wants_person and not gives_number else None)


def _start_case(scene: Scene) -> bool:
    """A complaint, a fact, a question about an order: each opens a case, and the first issue named becomes its own.

    Whether it opened one for another matter. Who writes, and about which order, is not asked again there.
    """
    heard = scene.heard
    others = dividing.other_items(scene)
    is_anew = bool(others) or (_is_another_matter(scene) and not listening.wants_it_otherwise(scene))
    if others:
        matters.open_items(scene, first_issue(scene) or scene.case.issue, others)
        scene.write("what_happened", scene.heard.text[: listening.LONGEST_ACCOUNT])
        scene.resumes = scene.is_apart = True
    elif is_anew:
        matters.open_another(scene)
    case = scene.present_case
    if case is None or case.issue is None:
        issue = first_issue(scene)
        if issue:
            scene.case.issue = issue
            matters.keep_beside(scene)
            _note_enquiry(scene, issue)
        elif case is None and (heard.sounds_like_complaint or (scene.is_first and heard.hints_at_complaint)):
            scene.write("what_happened", heard.text[: listening.LONGEST_ACCOUNT])
        elif case is None and (heard.intent == "order_status" or (heard.intent == "inform" and asks_where(heard.text))):
            scene.write("enquiry", "order_status")
    elif heard.issue and heard.issue is not case.issue and not _is_about_remedy(scene) and is_told(scene):
        hear_other_issue(scene, heard.issue)
    return is_anew


def _note_enquiry(scene: Scene, issue: Issue) -> None:
    """An order that is only to be cancelled is no complaint, and what is wished for is clear."""
    if issue is Issue.CANCELLATION_PROBLEM and asks_to_cancel(scene.heard.text):
        scene.write("enquiry", CANCELLATION)
        scene.write("wish", RemedyKind.REFUND)


def _is_about_remedy(scene: Scene) -> bool:
    """A wish where remedies are on the table, whatever issue the parse took it for."""
    return scene.conversation.asked in ("remedy", "confirmation") and bool(wishes(scene.heard.text))


def _is_another_matter(scene: Scene) -> bool:
    """Clearly a different issue, after the first one's remedy was filed."""
    heard, case = scene.heard, scene.present_case
    is_other = case is not None and heard.issue is not None and case.issue not in (None, heard.issue)
    asks = is_question(heard.text) and asks_for_detail(heard.text)  # of what is filed
    return is_other and heard.confidence >= SURE and filed_of(scene) is not None and not asks


def _complains_again(scene: Scene) -> bool:
    """The same matter again after its remedy was filed: no second round with the assistant."""
    return bool(scene.present_case and scene.heard.issue and filed_of(scene)) and not is_question(scene.heard.text)


def _promise_missed(scene: Scene) -> bool:
    """Whether the day we named has passed. Who complains then is told of the failure, not asked about it (rule 13)."""
    promises = scene.uow.cases.promises(scene.case.id)
    missed = [one for one in promises if one.remedy_id and one.state is PromiseState.OPEN and one.due_at < scene.now]
    for one in missed:
        one.end(PromiseState.BROKEN, scene.now)
        one.told_at = one.told_at or scene.now  # this reply owns it
    return bool(missed)


def _opens_matter(scene: Scene) -> bool:
    """A complaint or an enquiry that no question stands in front of."""
    case, heard = scene.present_case, scene.heard
    is_begun = scene.is_first and case is not None and case.issue is not None
    return scene.conversation.asked in (None, "issue") and (heard.issue is not None or heard.intent == "order_status" or is_begun)


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
            scene.write("wish", TAKEN_BACK)
        return next_of_case(scene)
    if listening.says_yes(scene):
        conversation.asked_remedy = None
        conversation.ask(None)
        conversation.misunderstood = 0
        if not offering.still_stands(scene, remedy):
            return next_of_case(scene)
        call_times.note_time(scene)
        note = delivery_note(scene.heard.text) if remedy.kind in OF_WORTH else ""
        if note:
            scene.write(DELIVERY_NOTE, note)
        remedies.file_remedy(scene.shop, scene.uow, scene.case, remedy, scene.now, scene.message.id)
        dividing.keep_others(scene)
        return Close(remedy.id)
    return None


def _take_verdict(scene: Scene) -> Step | None:
    """Whether what was filed puts it right: a yes closes the talk, anything less brings a person at once."""
    verdict = listening.verdict(scene)
    if verdict is None:
        return None
    scene.conversation.ask(None)
    scene.conversation.misunderstood = 0
    scene.write("settled", verdict)
    scene.uow.note(scene.case.id, "customer", "case.judged", scene.now, settled=verdict)
    if verdict != "yes":
        return HandOff("not_settled")
    return Answer("settled_and_asked" if holds_question(scene.heard.text) else "settled")


def _with_next_matter(scene: Scene, reply: Reply) -> Reply:
    """The reply, going on to the next thing the customer told us, now that a remedy is filed for the one before."""
    if listening.with_people(scene) or not matters.take_up_next(scene):
        return reply
    listening.prove(scene, True)
    following = replies.compose(scene, next_of_case(scene))
    card = following.card and {**following.card, "text": f"{reply.text} {following.card['text']}".strip()}
    return Reply(f"{reply.text} {following.text}", following.choices, card)
