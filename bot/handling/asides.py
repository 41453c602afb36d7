"""Messages beside the matter: small talk, a wish to stop, what is not understood, and what holds no words at all."""

from bot.cases.choice import wishes
from bot.cases.step import Answer, Ask, HandOff, Step
from bot.handling import listening, remedies
from bot.handling.progress import filed_of, next_of_case
from bot.handling.scene import Scene

MISUNDERSTANDINGS = 2  # in a row, until a person is brought
SMALL_TALK = ("greet", "thanks", "goodbye", "ask_if_bot", "never_mind")


def beside_the_matter(scene: Scene) -> Step:
    """A message that was no answer: small talk is answered and the question asked again; what is not understood is counted."""
    heard, pending = scene.heard, scene.conversation.asked is not None
    if heard.intent == "never_mind":
        return _stop(scene)
    if heard.intent in SMALL_TALK:
        return Answer(heard.intent, next_of_case(scene) if pending and heard.intent != "goodbye" else None)
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
    return next_of_case(scene) if heard.issue and asked not in ("remedy", "confirmation") else None


def _beside_nothing(scene: Scene) -> Step | None:
    """Nothing was asked: a yes or no in the air, another topic, or a complaint of no clear kind."""
    heard, case = scene.heard, scene.present_case
    if heard.intent in ("affirm", "deny", "order_status"):
        return Answer("filed" if filed_of(scene) else "nothing_open")
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
    return Answer("out_of_scope" if scene.heard.intent == "out_of_scope" else "not_understood", next_of_case(scene))


def unreadable(scene: Scene) -> Step:
    """Nothing in it can be understood: says why, once, and asks on; the second time in a row a person looks at it."""
    conversation, why = scene.conversation, scene.heard.unreadable
    assert why is not None
    conversation.misunderstood += 1
    if conversation.misunderstood >= MISUNDERSTANDINGS:
        scene.write("language", why.language or "")
        return HandOff("other_language" if why.why == "language" else "not_understood")
    return Answer(f"unreadable_{why.why}", next_of_case(scene) if conversation.asked else Ask("issue"))


def _stop(scene: Scene) -> Step:
    """The customer drops the matter: nothing is filed, and what is filed stays."""
    case = scene.present_case
    scene.conversation.ask(None)
    scene.conversation.asked_remedy = None
    if case and not filed_of(scene):
        remedies.withdraw(scene.uow, case, scene.now)
        case.close(scene.now)
        scene.uow.note(case.id, "customer", "case.dropped", scene.now)
    return Answer("never_mind")
