"""Messages beside the matter: questions back, changes, insults, small talk, and what is not understood."""

from collections.abc import Sequence

from bot.cases.asking import asks_for_detail, holds_question, is_question
from bot.cases.beside import control, drops, topic_asked
from bot.cases.case import TAKEN_BACK
from bot.cases.choice import named_remedies, wishes
from bot.cases.heard import wants_nobody
from bot.cases.remedy import RemedyKind
from bot.cases.step import Answer, Ask, HandOff, Step
from bot.handling import learning, listening, remedies
from bot.handling.items import OFFERED
from bot.handling.letters import TRANSCRIPT, address_of
from bot.handling.progress import filed_of, next_of_case
from bot.handling.scene import Scene

MISUNDERSTANDINGS = 2  # in a row, until a person is brought (Ashktorab 2019; the numbers are our choice)
SURELY_TOLD = 0.95  # of an issue, from which a statement is no question about us
IN_ALL = 3  # misunderstandings in a conversation, until a person is brought
SMALL_TALK = ("greet", "thanks", "goodbye", "ask_if_bot", "never_mind")
EDIT, REVIEW, NOTHING = "edit:", "review", "edit:nothing"
EDITABLE = ("order_number", "items", "what_happened", "phone")


def is_aside(scene: Scene) -> bool:
    """Whether a message is beside the matter by its own plain words, whatever else the parse took it for."""
    heard = scene.heard
    if heard.unreadable:
        return not listening.is_plain_answer(scene)
    holds_facts = any(heard.values(name) for name in ("order_number", "email", "phone"))
    return not heard.choice and not holds_facts and not _is_surely_told(scene) and bool(topic_asked(heard.text) or control(heard.text))


def _is_surely_told(scene: Scene) -> bool:
    """Whether it complains and asks nothing, whatever words are in it: "it was torn, and no return policy"."""
    heard = scene.heard
    return bool(heard.issue) and heard.confidence >= SURELY_TOLD and not is_question(heard.text)


def files_alone(scene: Scene) -> Step:
    """Pictures without a word are no misunderstanding: they are kept with the case, and what is asked stays asked."""
    case = scene.case  # opened for them where there is none
    return Answer("files_alone", _pending(scene) or (Ask("issue") if case.issue is None else None))


def aside(scene: Scene, brought: bool) -> Step | None:
    """The answer to a message that is no answer: unreadable, an insult, a change, a question back; None for any other."""
    if scene.heard.unreadable:
        return None if listening.is_plain_answer(scene) else _unreadable(scene)
    if scene.heard.abuse and not scene.heard.issue and not brought:
        return _boundary(scene)
    return _controlled(scene) or _digression(scene, brought)


def _controlled(scene: Scene) -> Step | None:
    """A fresh start, a look at what is known, or a change of it."""
    choice = scene.heard.choice or ""
    wanted = choice if choice.startswith((EDIT, REVIEW, TRANSCRIPT)) else None if choice else control(scene.heard.text)
    if wanted == TRANSCRIPT:
        return _mailed(scene)
    if wanted == "erase":
        return HandOff("erasure")
    if wanted == "start_again":
        return _stop(scene, "start_again", Ask("issue"))
    if wanted == "not_asked":
        return missed(scene) or Answer("not_asked", _pending(scene))
    if scene.present_case is None or filed_of(scene):
        return None
    if wanted == REVIEW:
        return Answer(REVIEW)
    if wanted == NOTHING:
        return next_of_case(scene)
    return _edited(scene, wanted.removeprefix(EDIT)) if wanted and wanted.startswith(EDIT) else None


def _mailed(scene: Scene) -> Step:
    """The whole chat by e-mail: to the address on a proven order, and to no other."""
    is_known = bool(address_of(scene.shop, scene.uow, scene.conversation.id))
    if scene.shop.mails and is_known:
        scene.uow.outbox.add(TRANSCRIPT, "email", scene.message.id, scene.now, scene.conversation.id)
        return Answer(TRANSCRIPT, _pending(scene))
    return Answer("transcript_unproven" if scene.shop.mails else "transcript_off", _pending(scene))


def _edited(scene: Scene, fact: str) -> Step | None:
    """Takes one fact back and asks for it anew; what hung on it is taken back too."""
    if fact not in EDITABLE or not (scene.known.get(fact) or fact == "order_number"):
        return None
    scene.write(fact, TAKEN_BACK)
    if fact in ("order_number", "items"):
        scene.write("items", TAKEN_BACK)
        scene.write("product", TAKEN_BACK)
        remedies.withdraw(scene.uow, scene.case, scene.now)
    if fact == "order_number":
        scene.case.proven, scene.case.order_number = False, None
    scene.conversation.ask(None)
    return next_of_case(scene) if fact != "what_happened" else Ask(fact)


def _digression(scene: Scene, brought: bool) -> Step | None:
    topic = None if brought or scene.heard.choice or _is_surely_told(scene) else topic_asked(scene.heard.text)
    return Answer(topic, _pending(scene)) if topic else None


def _boundary(scene: Scene) -> Step:
    """One plain boundary against insults, with the way on; after it a person answers in writing. The complaint stays open."""
    if any((one.heard or {}).get("topic") == "boundary" for one in scene.uow.messages.of(scene.conversation.id)):
        return HandOff("abuse")
    return Answer("boundary", _pending(scene) or Ask("issue"))


def _pending(scene: Scene) -> Step | None:
    return next_of_case(scene) if scene.conversation.asked and scene.present_case else None


def beside_the_matter(scene: Scene) -> Step:
    """A message that was no answer: small talk is answered and the question asked again; what is not understood is counted."""
    heard, pending = scene.heard, scene.conversation.asked is not None
    if wants_nobody(heard.text):
        return Answer("no_person", _goes_on(scene))
    if scene.conversation.asked in OFFERED and asks_for_detail(heard.text) and holds_question(heard.text):
        return _question_at_the_offer(scene)
    if heard.intent == "never_mind" or (pending and drops(heard.text) and scene.conversation.asked != "settled"):
        return _stop(scene, "never_mind")
    if scene.is_first and heard.hints_at_complaint:
        return Ask("issue")
    if scene.conversation.asked in (None, "settled") and filed_of(scene) and holds_question(heard.text) and heard.intent != "ask_if_bot":
        return Answer("question_filed")
    if heard.intent in SMALL_TALK:
        if scene.conversation.asked == "settled":
            scene.conversation.ask(None)
            pending = False
        return Answer(heard.intent, next_of_case(scene) if pending and heard.intent != "goodbye" else None)
    step = _beside_a_question(scene) if pending else _beside_nothing(scene)
    return step or _not_understood(scene, pending)


def _beside_a_question(scene: Scene) -> Step | None:
    """The customer cannot give what was asked, wants none of what was offered, or complains on."""
    heard, asked = scene.heard, scene.conversation.asked
    lacks_it = heard.has_not_got_it or heard.intent == "deny"
    if asked in ("order_number", "proof") and lacks_it and scene.conversation.asked_tries > 1:
        return HandOff("no_proof")
    if scene.keeps:
        return Answer("kept_beside", next_of_case(scene))
    if asked in OFFERED and holds_question(heard.text):
        return _question_at_the_offer(scene)
    wanted = wishes(heard.text) if asked in OFFERED else []
    if wanted:  # the one that waits for a yes, named once more, is no yes: it is asked for again
        return next_of_case(scene) if _meets(scene, wanted) else _refused(scene, wanted[0])
    if asked == "remedy" and listening.says_no(scene):
        return HandOff("no_option_chosen")
    # The same offer is not made without end: what is no answer to it counts as not understood.
    return next_of_case(scene) if heard.issue and asked not in (*OFFERED, "settled") else None


def _question_at_the_offer(scene: Scene) -> Step:
    """What the record tells of a remedy is answered from it, and one that is not on offer is refused with the reason; what is not
    answered counts as not understood."""
    text = scene.heard.text
    named = named_remedies(text)
    if named and not _meets(scene, named):
        return _refused(scene, named[0])
    if asks_for_detail(text):
        meant = listening.asked_about(scene)
        if len(meant) == 1:  # its effect is said with the question whether it is to be done
            scene.conversation.asked_remedy = meant[0].id
            return next_of_case(scene)
        scene.explains = True
        return Answer("question_detail", next_of_case(scene))
    return missed(scene) or Answer("question", next_of_case(scene))


def _meets(scene: Scene, wanted: Sequence[RemedyKind]) -> bool:
    """Whether any of these is on offer."""
    return any(one.meets(kind) for one in listening.offered_remedies(scene) for kind in wanted)


def _refused(scene: Scene, wish: str) -> Step:
    """A wish that is not on offer: once the reason, what is possible and the way to appeal; then a person decides."""
    if any((one.heard or {}).get("topic") == "refused" for one in scene.uow.messages.of(scene.conversation.id)):
        return HandOff("no_option_chosen")
    scene.refused = wish
    scene.write("wish", TAKEN_BACK)
    scene.conversation.asked_remedy = None
    return Answer("refused", next_of_case(scene))


def _beside_nothing(scene: Scene) -> Step | None:
    """Nothing was asked: a yes or no in the air, another topic, or a complaint of no clear kind."""
    heard, case = scene.heard, scene.present_case
    if heard.intent in ("affirm", "deny", "order_status"):
        return Answer("filed" if filed_of(scene) else "agreed" if is_agreed(scene) else "nothing_open")
    if heard.intent == "out_of_scope":
        return Answer("out_of_scope")
    return Ask("issue") if case and case.issue is None and heard.sounds_like_complaint else None


def _not_understood(scene: Scene, pending: bool) -> Step:
    too_often = missed(scene)
    if too_often:
        return too_often
    if not pending and is_agreed(scene):
        return Answer("agreed")
    if not pending:
        return _goes_on(scene) or Ask("issue")
    return Answer("out_of_scope" if scene.heard.intent == "out_of_scope" else "not_understood", next_of_case(scene))


def _goes_on(scene: Scene) -> Step | None:
    """What a case that was taken back from the queue waits for: its issue is known, and nothing is filed."""
    case = scene.present_case
    return next_of_case(scene) if case and case.issue and not filed_of(scene) else None


def is_agreed(scene: Scene) -> bool:
    """A person has handed this matter back and told what was agreed: that is said again, and nothing is asked anew."""
    return bool(scene.conversation.note) and scene.present_case is not None


def missed(scene: Scene) -> Step | None:
    """Counts a misunderstanding; a person where there were too many, in a row or in all."""
    conversation, scene.missed = scene.conversation, True
    conversation.misunderstood += 1
    before = sum(bool((one.heard or {}).get("missed")) for one in scene.uow.messages.of(conversation.id))
    return HandOff("not_understood") if conversation.misunderstood >= MISUNDERSTANDINGS or before + 1 >= IN_ALL else None


def _unreadable(scene: Scene) -> Step:
    """Nothing in it can be understood: says why, once, and asks on; the second time in a row a person looks at it."""
    why = scene.heard.unreadable
    assert why is not None
    too_often = missed(scene)
    if too_often and why.why == "language":
        scene.write("language", why.language or "")
        return HandOff("other_language")
    return too_often or Answer(f"unreadable_{why.why}", _pending(scene) or Ask("issue"))


def _stop(scene: Scene, topic: str, then: Step | None = None) -> Step:
    """The customer drops the matter: nothing is filed, and what is filed stays."""
    case = scene.present_case
    scene.conversation.ask(None)
    if case and not filed_of(scene):
        remedies.withdraw(scene.uow, case, scene.now)
        case.close(scene.now)
        scene.uow.note(case.id, "customer", "case.dropped", scene.now)
        learning.ended(scene.shop, scene.uow, case, scene.now)
        scene.forget_case()
    return Answer(topic, then)
