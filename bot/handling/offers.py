"""Waiting chats are put before one person at a time, where the shop wants that; each stays in the queue for all besides.

Nothing waits for an offer: anybody may take the chat meanwhile, and when nobody is left to be asked it simply waits on.
"""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.cases.assignment import OTHER, Mode, Offer, OfferState, Waiting, choose, is_present
from bot.cases.conversation import Conversation, Handler
from bot.cases.instants import instant
from bot.errors import Conflict
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.offers import InQueue
    from bot.store.unit_of_work import UnitOfWork

HELD = "offers"  # how many chats somebody has room for is decided by one transaction at a time


def team_key(shop: Shop, name: str) -> str | None:
    """The key of a team by the name that customers read."""
    return next((key for key, one in shop.policy.teams.items() if one == name), None)


def decline(shop: Shop, reference: str, agent: str, now: datetime) -> None:
    """Passes it on to the next. Raises NotFound, or Conflict where it is not before this person (any more)."""
    with shop.begin(True) as uow:
        case = uow.cases.by_reference(reference)
        conversation = uow.conversations.get(case.conversation_id)
        offer = uow.offers.open_of(conversation.id)
        if offer is None or offer.agent != agent or _end_of(shop, uow, offer, conversation, now):
            raise Conflict(f"{case.reference} is not offered to you any more. It is in the queue, where you can take it.")
        _end(uow, offer, OfferState.DECLINED, now)


def asking(shop: Shop, now: datetime) -> list[str]:
    """The conversations whose offer may have ended, and those that wait without one."""
    with shop.begin(False) as uow:
        standing = uow.offers.open()
        waiting = uow.offers.waiting(now) if shop.policy.assignment.mode is Mode.OFFER else []
    return [*standing, *(one.conversation_id for one in waiting if one.conversation_id not in standing)]


def pass_on(shop: Shop, conversation_id: str, now: datetime) -> int:
    """Ends an offer that is over, and makes the next one where somebody fits; how many steps that took."""
    with shop.begin(True) as uow:
        conversation = uow.conversations.find(conversation_id)  # locked first, as everywhere
        if conversation is None:
            return 0
        uow.hold(HELD)
        offer, done = uow.offers.open_of(conversation.id), 0
        if offer:
            state = _end_of(shop, uow, offer, conversation, now)
            if state is None:
                return 0
            _end(uow, offer, state, now)
            uow.flush()
            done = 1
        waits = uow.offers.waiting(now, conversation.id) if shop.policy.assignment.mode is Mode.OFFER else []
        return done + sum(_offer(shop, uow, one, now) for one in waits)


def _offer(shop: Shop, uow: "UnitOfWork", waiting: "InQueue", now: datetime) -> bool:
    passed = uow.offers.passed(waiting.conversation_id, waiting.handler_version)
    language = OTHER if waiting.reason == "other_language" else None
    wanted = Waiting(team_key(shop, waiting.team), language, waiting.assignee)
    agent = choose(wanted, uow.offers.people(), passed, now)
    if agent is None:
        return False
    until = now + timedelta(seconds=shop.policy.assignment.offer_seconds)
    uow.add(Offer(secrets.token_hex(16), waiting.conversation_id, waiting.case_id, agent.name, waiting.handler_version, now, until))
    uow.note(waiting.case_id, "worker", "offer.made", now, to=agent.name, until=instant(until))
    return True


def _end_of(shop: Shop, uow: "UnitOfWork", offer: Offer, conversation: Conversation, now: datetime) -> OfferState | None:
    """How it has ended by now; None where it stands."""
    if conversation.handler is Handler.AGENT and conversation.agent == offer.agent:
        return OfferState.ACCEPTED
    if conversation.handler is not Handler.QUEUE or conversation.handler_version != offer.handler_version:
        return OfferState.WITHDRAWN
    if now >= offer.until:
        return OfferState.EXPIRED
    there = any(one.agent.name == offer.agent and is_present(one.agent, now) for one in uow.offers.people())
    return None if there and shop.policy.assignment.mode is Mode.OFFER else OfferState.WITHDRAWN


def _end(uow: "UnitOfWork", offer: Offer, state: OfferState, now: datetime) -> None:
    offer.end(state, now)
    who = offer.agent if state in (OfferState.ACCEPTED, OfferState.DECLINED) else "worker"
    uow.note(offer.case_id, who, f"offer.{state}", now, to=offer.agent)
