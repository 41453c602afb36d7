"""Erasing a person: in the store in one transaction, then in the assistant's memory and in the pages of the files.

What lies outside of the transaction stands in a row of it until it is done: a crash in between loses nothing.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.cases.case import UNDER_WAY, Case, PromiseState
from bot.cases.claim import ClaimState
from bot.cases.conversation import Author, Conversation, Handler
from bot.cases.erasing import SETTLES, Erasure, Person, Preview, Why, is_open
from bot.cases.follow_up import FollowUpState
from bot.cases.remedy import Remedy, RemedyKind, RemedyState
from bot.errors import BadInput, Conflict
from bot.handling.accept import add_reply
from bot.handling.persons import AlreadyErased, find
from bot.handling.shop import Shop
from bot.ports import Memory

if TYPE_CHECKING:
    from bot.store.held import Whose
    from bot.store.unit_of_work import UnitOfWork

TIDIED = timedelta(days=1)  # once a day the files are written anew for all that was old; for a person at once
ENDED = "erased"  # why a question is not put any more
TO_THE_PERSON = (RemedyKind.CALLBACK, RemedyKind.APOLOGY_LETTER)  # nothing of these can be done for somebody who is not known
STILL_TO_COME = (RemedyState.QUEUED, RemedyState.NEEDS_APPROVAL, RemedyState.FAILED, RemedyState.PROPOSED)


def preview(shop: Shop, said: str) -> Preview:
    """What an erasure would do; nothing is changed. Raises NotFound, AlreadyErased or BadInput."""
    with shop.begin(False) as uow:
        person = find(uow, said)
        whose = _whose(uow, person)
        counts = [*uow.holdings.counts(whose)]
        goes = {held.name: changed for held, changed, _ in counts if changed}
        stays = {held.name: (every - changed if held.goes else every, held.why) for held, changed, every in counts if held.why}
        every = tuple(uow.customers.references_in(person.reachable))
        others = tuple(uow.customers.references_in(person.others))
        return Preview(person, goes, stays, tuple(case.reference for case in _open(uow, _cases(uow, whose))), every, others)


def erase(shop: Shop, said: str, who: str, now: datetime, *, also_open: bool = False) -> Erasure:
    """Erases a person in the store. Raises as `preview`, and Conflict where something of theirs is open and `also_open` is not said."""
    if not who.strip():
        raise BadInput("Say who you are: the name is kept.")
    with shop.begin(True) as uow:
        uow.holdings.hold_imports()
        person = find(uow, said)
        if any(uow.conversations.get(one).erased_at for one in person.reachable):  # locked before its cases, as everywhere
            raise AlreadyErased(f"Somebody else has just erased {said}.")
        whose = _whose(uow, person)
        still = _open(uow, _cases(uow, whose))
        if still and not also_open:
            named = ", ".join(case.reference for case in still)
            raise Conflict(f"{named} is still open. Settle it first, or end it with the erasure.")
        done = erase_chats(shop, uow, whose, person.marks, who, Why.ASKED, now)
        uow.note(
            None, who, "customer.erased", now, erasure=done.id, chats=len(whose.chats), cases=len(whose.cases), orders=len(whose.orders)
        )
        return done


def erase_chats(shop: Shop, uow: "UnitOfWork", whose: "Whose", marks: Sequence[str], who: str, why: Why, now: datetime) -> Erasure:
    """Takes all that was said out of these chats, in the caller's transaction, and notes what is left to do outside of it."""
    due = now + (TIDIED if why is Why.RETENTION else timedelta())
    done = Erasure(secrets.token_hex(12), now, who, why, [*whose.chats], {}, due)
    chats = [uow.conversations.get(one) for one in sorted(whose.chats)]
    ended: dict[str, list[str]] = {}
    for case in _cases(uow, whose):
        if _end(uow, case, now):
            ended.setdefault(case.conversation_id, []).append(case.reference)
        uow.note(case.id, who, "case.erased", now, erasure=done.id)
    for chat in chats:
        _close(uow, chat, now)
    uow.flush()
    done.counts = uow.holdings.erase(whose, marks, now)
    for chat in chats:
        if why is Why.ASKED:
            _say_so(shop, uow, chat, ended.get(chat.id, []), now)
        chat.erased_at = now
    uow.add(done)
    return done


def _whose(uow: "UnitOfWork", person: Person) -> "Whose":
    return uow.holdings.whose(person.reachable, person.orders, person.customer_id)


def _cases(uow: "UnitOfWork", whose: "Whose") -> list[Case]:
    return [case for case in (uow.cases.find(one) for one in whose.cases) if case]


def _open(uow: "UnitOfWork", cases: Sequence[Case]) -> list[Case]:
    return [one for one in cases if is_open(one, uow.remedies.of(one.id), uow.claims.of(one.id), uow.follow_ups.of(one.id))]


def _end(uow: "UnitOfWork", case: Case, now: datetime) -> bool:
    """Nothing more is asked, promised or said in it; money that is on its way goes on. Whether it was under way."""
    for remedy in uow.remedies.of(case.id):
        _call_off(uow, remedy, now)
    for promise in uow.cases.promises(case.id):
        promise.end(PromiseState.WITHDRAWN, now)
    for found in uow.follow_ups.of(case.id):
        if found.is_standing:
            found.end(FollowUpState.WITHDRAWN, now, ENDED)
    for claim in uow.claims.of(case.id):
        if claim.state in (ClaimState.OPEN, ClaimState.RECEIVED):
            claim.state = ClaimState.DROPPED
    for escalation in uow.cases.escalations(case.id):
        escalation.answered_at = escalation.answered_at or now
    was_open = case.status in UNDER_WAY
    if was_open:
        case.close(now)
    case.customer_id = None
    return was_open


def _call_off(uow: "UnitOfWork", remedy: Remedy, now: datetime) -> None:
    """What was only offered, and what is done to the person themselves."""
    is_personal = remedy.kind in TO_THE_PERSON
    if is_personal and remedy.state is RemedyState.SENT:
        remedy.move(RemedyState.FAILED, now)
    if remedy.state is RemedyState.PROPOSED or (is_personal and remedy.state in STILL_TO_COME):
        remedy.move(RemedyState.CANCELLED, now)
        uow.outbox.mark([remedy.id], "cancelled", now)


def _close(uow: "UnitOfWork", chat: Conversation, now: datetime) -> None:
    """Its session, its turn and whoever answers end; what comes too late is not written any more."""
    for message in uow.messages.unanswered(chat.id):
        message.answered_at = now
    chat.give_to(Handler.NOBODY)
    chat.tracker += 1
    chat.customer_id = chat.time_zone = chat.note = None
    chat.turn_lease_until = chat.held_at = None
    chat.ask(None)


def _say_so(shop: Shop, uow: "UnitOfWork", chat: Conversation, ended: Sequence[str], now: datetime) -> None:
    """The last words of the chat, and all that can still be read in it."""
    name = "chat_erased_ended" if ended else "chat_erased"
    add_reply(uow, chat, Author.SYSTEM, shop.wording.say(name, chat.id, ref=", ".join(ended)), now)


def go_on(shop: Shop, memory: Memory, compact: Callable[[], None], now: datetime) -> int:
    """Does what is left of every erasure whose time has come; how many were finished. Raises StoreUnavailable: it is tried again."""
    with shop.begin(False) as uow:
        waiting = {one.id: one.chats for one in uow.erasures.unfinished()} if uow.erasures.due(now) else {}
    if not waiting:
        return 0
    for chats in waiting.values():
        memory.forget(chats)
    memory.compact()
    compact()
    with shop.begin(True) as uow:
        return sum(_gone_on(row, now) for row in uow.erasures.unfinished() if row.id in waiting)


def _gone_on(row: Erasure, now: datetime) -> bool:
    """A turn that was under way may still have written to the memory: it is looked at once more, when none can be."""
    if now < row.at + SETTLES:
        row.due_at = max(row.due_at, row.at + SETTLES)
        return False
    row.finished_at, row.chats = now, []
    return True


def left(shop: Shop, now: datetime, within: timedelta = SETTLES) -> int:
    """How many erasures are not finished, as of soon."""
    with shop.begin(False) as uow:
        return uow.erasures.due(now + within)
