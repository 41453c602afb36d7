"""A customer who goes on elsewhere, from the chat to e-mail, say: after proof their case comes along, and nothing is asked again.

Only for the same person: what proved the order there, their e-mail address or phone number, was given here too. An order may be proven
by two, whoever bought it and whoever got it, and neither reads what the other one said.
"""

from bot.cases.case import UNDER_WAY, Case, known
from bot.cases.clock_facts import WITH_PEOPLE
from bot.cases.conversation import DEV, Author, Conversation, Handler
from bot.cases.proof import same_phone, same_text
from bot.handling import remedies
from bot.handling.accept import add_reply
from bot.handling.case_joins import MERGED
from bot.handling.cases import write_fact
from bot.handling.handoff import who_and_when
from bot.handling.scene import Scene


def goes_on(scene: Scene) -> bool:
    """Whether a case of another conversation goes on in this one from now on: the order was just proven, and the case is about it."""
    case, here = scene.present_case, scene.conversation
    if case is None or not scene.just_proven or here.channel == DEV:
        return False
    others = [one for one in scene.uow.cases.of_order(case.order_number or "") if _is_the_same(scene, case, one)]
    if not others or any(one.is_filed for one in scene.uow.remedies.of(case.id)):
        return False
    left = scene.uow.conversations.get(others[-1].conversation_id)
    if left.channel == here.channel:
        return False
    _carry_on(scene, case, others[-1], left)
    return True


def _is_the_same(scene: Scene, case: Case, other: Case) -> bool:
    """Under way, proven, of the same matter and the same person; one for which something is filed already stays where it is."""
    if other.id == case.id or other.conversation_id == scene.conversation.id or not other.proven or other.status not in UNDER_WAY:
        return False
    if case.issue not in (None, other.issue) or any(one.is_filed for one in scene.uow.remedies.of(other.id)):
        return False
    there = known(scene.uow.cases.facts(other.id))
    mail, phone = (scene.known.get("email"), there.get("email")), (scene.known.get("phone"), there.get("phone"))
    order = scene.order
    is_mail = bool(order and all(mail) and all(same_text(one or "", order.buyer.email) for one in mail))
    return is_mail or bool(order and all(phone) and all(same_phone(one or "", order.buyer.phone) for one in phone))


def _carry_on(scene: Scene, case: Case, other: Case, left: Conversation) -> None:
    """The other case becomes this conversation's; the one that was just begun is part of it."""
    uow, here, now = scene.uow, scene.conversation, scene.now
    for fact in uow.cases.facts(case.id):
        if not known(uow.cases.facts(other.id)).get(fact.name):
            write_fact(uow, other, fact.name, fact.value, fact.source, now, fact.message_id)
    remedies.withdraw(uow, case, now)
    remedies.withdraw(uow, other, now)
    uow.case_views.link(case.id, other.id, MERGED, scene.shop.name, now)
    case.close(now)
    other.apologised = other.apologised or case.apologised
    other.conversation_id, here.case_id = here.id, other.id
    if left.case_id == other.id:
        _leave(left, here)
    uow.follow_ups.move(other.id, here.id)
    uow.note(case.id, "assistant", "case.merged", now, into=other.reference)
    uow.note(other.id, "assistant", "case.moved", now, channel=here.channel, chat=left.id)
    scene.moved_from = left.channel
    scene.new_case(other)
    here.ask(None)
    here.asked_remedy = None
    if here.handler in WITH_PEOPLE:
        _say_who_has_it(scene, other)


def _leave(left: Conversation, here: Conversation) -> None:
    """Whoever has it there has it here; there, nothing is open any more."""
    if left.handler in WITH_PEOPLE:
        here.give_to(left.handler, left.agent)
        left.give_to(Handler.NOBODY)
    left.case_id = None
    left.ask(None)
    left.asked_remedy = None


def _say_who_has_it(scene: Scene, case: Case) -> None:
    """The assistant's own words of this turn are not sent: people answer."""
    brought = scene.uow.cases.escalations(case.id)
    if brought:
        values = who_and_when(scene.shop, scene.conversation, case, brought[-1], scene.now)
        text = scene.shop.wording.say("inform_moved_person", scene.conversation.id, **values)
        add_reply(scene.uow, scene.conversation, Author.SYSTEM, text, scene.now)
