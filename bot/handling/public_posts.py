"""Public answers on their way: written after the private turn, read by a person first where the shop wants that, and then posted."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.cases.acts import public_flaws
from bot.cases.case import Alert
from bot.cases.contact import DROPPED
from bot.cases.conversation import Author, Conversation, Message
from bot.cases.desk import Agent
from bot.cases.instants import instant
from bot.cases.public import is_fit
from bot.errors import BadInput, Conflict
from bot.handling.accept import add_reply, visible_reply
from bot.handling.desk_cases import opened
from bot.handling.public_replies import compose, needs_approval
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

HELD = "held"
WITHIN = timedelta(hours=3)  # one answer within one to three hours does most (rule 35: Istanbulluoglu 2017)


def answer_in_public(shop: Shop, uow: "UnitOfWork", conversation: Conversation, message: Message, now: datetime) -> None:
    """One public answer to a public complaint, where one is to be given; a person hears of it where it waits for their yes."""
    if not message.is_public:
        return
    case = uow.cases.find(conversation.case_id)
    text = compose(shop, uow, conversation, case, message, now, turns=len(_said(uow, conversation)))
    if text is None or case is None:
        return
    said = add_reply(uow, conversation, Author.ASSISTANT, text, now, is_public=True)
    if needs_approval(shop):
        uow.outbox.mark([said.id], HELD, now)
        to = case.assignee or shop.policy.escalation("unsettled").team
        told: dict[str, object] = {"case": case.reference, "by": instant(now + WITHIN)}
        uow.alerts.raise_once(Alert("public_reply_waits", to, now, f"public_reply:{said.id}", case.id, told))
    uow.note(case.id, "assistant", "public_reply.written", now, message=said.id, waits=needs_approval(shop))


def _said(uow: "UnitOfWork", conversation: Conversation) -> list[Message]:
    """The public answers there are, or that wait."""
    ours = [one for one in uow.messages.of(conversation.id) if one.is_public and one.author is not Author.CUSTOMER]
    return [one for one in ours if uow.outbox.state_of(one.id) != DROPPED]


def decide(shop: Shop, agent: Agent, reference: str, body: dict[str, Any], now: datetime) -> dict[str, Any]:
    """{message, post, text}: a person posts a public answer that waits, in other words if they give some, or leaves it unsaid.

    Raises NotFound, NotAllowed, BadInput where the words may not stand in public, Conflict where somebody decided before.
    """
    with shop.begin(True) as uow:
        case, conversation = opened(shop, uow, agent, reference)
        message = next((one for one in _said(uow, conversation) if one.id == body.get("message")), None)
        if message is None or uow.outbox.state_of(message.id) != HELD:
            raise Conflict("This public answer does not wait any more.")
        if body.get("post") is not True:
            uow.outbox.mark([message.id], DROPPED, now)
            uow.note(case.id, agent.name, "public_reply.refused", now, message=message.id)
            return {"state": DROPPED}
        if body.get("text"):
            message.text = _fit(visible_reply(str(body["text"])))
            message.author, message.agent = Author.AGENT, agent.name
        uow.outbox.again(message.id, now)
        uow.note(case.id, agent.name, "public_reply.approved", now, message=message.id)
        return {"state": "waiting"}


def _fit(text: str) -> str:
    """The words, where they may stand in public. Raises BadInput, with what is wrong."""
    if not is_fit(text):
        wrong = "; ".join(dict.fromkeys(one.better or one.words for one in public_flaws(text))) or "it breaks a wording rule"
        raise BadInput(f"That can't be posted where everybody reads it: {wrong}.")
    return text
