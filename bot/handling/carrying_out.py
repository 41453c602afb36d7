"""Carrying a filed remedy out: by the shop's own system, by people, or by Amends itself (vouchers, calls).

Whatever goes out is marked as sent, and that is committed, before the call; the call is outside any unit of work; what
came of it is one transaction. So a crash leaves a remedy "sent" whose fate nobody knows: the shop is asked what became
of it before it is sent again, and the act's key never changes. Only where the shop was surely not reached is it queued
again without asking.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.cases.case import Alert, Case
from bot.cases.claim import DAMAGES
from bot.cases.conversation import DEV
from bot.cases.instants import instant
from bot.cases.issue import Word
from bot.cases.remedy import Remedy, RemedyKind, RemedyState
from bot.errors import BadInput, Conflict, NoAnswer, NotFound, NotReached
from bot.handling import callbacks, ledger, vouchers
from bot.handling.pauses import growing
from bot.handling.shop import Shop
from bot.ports import Act, Answer, RemedyProvider

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

KIND = "remedy"  # of outbox rows
WAITING, BY_HAND = "waiting", "by_hand"  # states of an outbox row
LEASE = timedelta(minutes=2)  # longer than the two calls of one try may take
TRIES = 8  # without reaching the shop; the last comes about an hour after the first
FIRST_PAUSE = timedelta(seconds=30)
SENT_OUT = frozenset(
    {RemedyState.QUEUED, RemedyState.SENT, RemedyState.UNKNOWN, RemedyState.SETTLED, RemedyState.FAILED, RemedyState.COMPENSATED}
)
ENDED = {RemedyState.SETTLED: "delivered", RemedyState.COMPENSATED: "delivered", RemedyState.FAILED: "failed"}


class Way(Word):
    """Who carries a remedy out."""

    SHOP = "shop"
    PEOPLE = "people"
    VOUCHER = "voucher"
    CALL = "call"


@dataclass(frozen=True)
class Errand:
    """One try: what is to be done, whether the shop is asked first what became of it, and which try it is."""

    remedy_id: str
    row_id: int
    act: Act
    asks_first: bool
    tries: int


def way_of(remedy: Remedy, has_shop: bool) -> Way:
    """Vouchers and calls are built in; letters and corrections are people's work, as is all else where no shop's system is set."""
    if remedy.kind is RemedyKind.VOUCHER:
        return Way.VOUCHER
    if remedy.kind is RemedyKind.CALLBACK and not remedy.undoes:
        return Way.CALL
    if remedy.kind in (RemedyKind.CALLBACK, RemedyKind.CORRECTION, RemedyKind.APOLOGY_LETTER) or not has_shop:
        return Way.PEOPLE
    return Way.SHOP


def pause(tries: int) -> timedelta:
    """Until the next try."""
    return growing(tries, FIRST_PAUSE)


def carry_out(shop: Shop, provider: RemedyProvider | None, row: dict[str, Any], now: Callable[[], datetime]) -> None:
    """Takes a claimed outbox row as far as it goes."""
    errand = set_out(shop, row, provider is not None, now())
    if errand is None or provider is None:
        return
    try:
        answer = provider.look_up(errand.act) if errand.asks_first else None
        if answer is None:
            if errand.asks_first and not _set_out_again(shop, errand, now()):
                return
            answer = provider.carry_out(errand.act)
    except NotReached as error:
        _not_reached(shop, errand, str(error), now())
    except NoAnswer as error:
        _no_answer(shop, errand, str(error), now())
    else:
        _answered(shop, errand, answer, now())


def set_out(shop: Shop, row: dict[str, Any], has_shop: bool, now: datetime) -> Errand | None:
    """Marks the remedy as sent, before anything goes out; does at once what needs nobody else. None where nothing is to be sent."""
    with shop.begin(True) as uow:
        remedy = uow.remedies.get(row["subject_id"])
        case = _case(uow, remedy)
        if remedy.state not in ledger.OPEN_STATES:
            uow.outbox.mark([remedy.id], ENDED.get(remedy.state, "cancelled"), now)
            return None
        way = way_of(remedy, has_shop)
        if way is Way.SHOP:
            return _errand(shop, uow, remedy, case, row, now)
        if way is Way.VOUCHER:
            vouchers.take_back(shop, uow, remedy, now) if remedy.undoes else vouchers.issue(shop, uow, case, remedy, now)
        elif way is Way.PEOPLE or not callbacks.book(shop, uow, case, remedy, now):
            _leave_to_people(shop, uow, remedy, case, now)
        return None


def _errand(shop: Shop, uow: "UnitOfWork", remedy: Remedy, case: Case, row: dict[str, Any], now: datetime) -> Errand:
    asks_first = remedy.state is not RemedyState.QUEUED
    if remedy.state is RemedyState.SENT and not _is_accepted(uow, remedy):
        ledger.doubt(uow, remedy, now)  # we were cut off: whether it went out is not known
    elif not asks_first:
        ledger.begin(shop, uow, remedy, now)
    return Errand(remedy.id, row["id"], act_of(uow, remedy, case), asks_first, row["attempts"] + 1)


def act_of(uow: "UnitOfWork", remedy: Remedy, case: Case) -> Act:
    """The remedy as it goes over the wire: nothing personal."""
    return Act(
        key=remedy.key,
        reference=remedy.reference,
        case_reference=case.reference,
        kind=str(remedy.kind),
        order_number=case.order_number,
        lines=remedy.line_numbers,
        quantity=remedy.quantity,
        amount=str(remedy.amount.amount) if remedy.amount else None,
        currency=remedy.currency,
        undoes=uow.remedies.get(remedy.undoes).key if remedy.undoes else None,
        asked_at=instant(remedy.created_at),
        pays_for=DAMAGES if remedy.wording == DAMAGES else "price",
    )


def _leave_to_people(shop: Shop, uow: "UnitOfWork", remedy: Remedy, case: Case, now: datetime) -> None:
    """It stays queued, for all to see, until somebody has done it: `amends remedies settle`."""
    uow.outbox.mark([remedy.id], BY_HAND, now)
    uow.note(case.id, "worker", "remedy.by_hand", now, remedy=remedy.reference)
    of_money = remedy.amount is not None and remedy.kind is not RemedyKind.CALLBACK
    team = shop.policy.escalation("remedy_failed").team if of_money else callbacks.team_of(shop, remedy)
    if case.channel != DEV:
        uow.alerts.raise_once(Alert("by_hand", team, now, f"by_hand:{remedy.id}", case.id, {"remedy": remedy.reference}))


def _set_out_again(shop: Shop, errand: Errand, now: datetime) -> bool:
    """The shop has never heard of it: it is sent again, unless that has been tried often enough. Whether to go on."""
    with shop.begin(True) as uow:
        remedy = uow.remedies.get(errand.remedy_id)
        if remedy.state not in (RemedyState.SENT, RemedyState.UNKNOWN):
            return False  # its answer has come meanwhile
        if errand.tries > TRIES and not _is_accepted(uow, remedy):
            ledger.fail(shop, uow, remedy, f"the shop's system does not have it after {errand.tries} tries", now)
            return False
        ledger.attempt(uow, remedy, "unknown", now, "the shop's system does not know it")
        return ledger.begin(shop, uow, remedy, now)


def _not_reached(shop: Shop, errand: Errand, why: str, now: datetime) -> None:
    """Surely nothing arrived just now. What had not gone out before either waits in the queue again, and is given up in the end."""
    with shop.begin(True) as uow:
        remedy = uow.remedies.get(errand.remedy_id)
        if remedy.state not in (RemedyState.SENT, RemedyState.UNKNOWN):
            return
        ledger.attempt(uow, remedy, "unreachable", now, why)
        if remedy.state is RemedyState.UNKNOWN or _is_accepted(uow, remedy):
            _ask_later(shop, uow, remedy, errand, now)
        elif errand.tries >= TRIES:
            ledger.fail(shop, uow, remedy, f"the shop's system was not reached in {errand.tries} tries", now)
        else:
            remedy.move(RemedyState.QUEUED, now)
            uow.note(remedy.case_id, "worker", "remedy.not_reached", now, remedy=remedy.reference)
            uow.outbox.postpone(errand.row_id, now + pause(errand.tries))


def _no_answer(shop: Shop, errand: Errand, why: str, now: datetime) -> None:
    """Nobody knows whether the shop has it: it is asked before anything else."""
    with shop.begin(True) as uow:
        remedy = uow.remedies.get(errand.remedy_id)
        if remedy.state not in (RemedyState.SENT, RemedyState.UNKNOWN):
            return
        if not _is_accepted(uow, remedy):
            ledger.doubt(uow, remedy, now)
        ledger.attempt(uow, remedy, "unknown", now, why)
        _ask_later(shop, uow, remedy, errand, now)


def _ask_later(shop: Shop, uow: "UnitOfWork", remedy: Remedy, errand: Errand, now: datetime) -> None:
    uow.outbox.postpone(errand.row_id, now + pause(errand.tries))
    if errand.tries >= TRIES and remedy.state is RemedyState.UNKNOWN:
        team = shop.policy.escalation("remedy_failed").team
        detail: dict[str, object] = {"remedy": remedy.reference}
        uow.alerts.raise_once(Alert("remedy_unknown", team, now, f"remedy_unknown:{remedy.id}", remedy.case_id, detail))


def _answered(shop: Shop, errand: Errand, answer: Answer, now: datetime) -> None:
    with shop.begin(True) as uow:
        remedy = uow.remedies.get(errand.remedy_id)
        apply_answer(shop, uow, remedy, answer, now)
        if remedy.state is RemedyState.SENT:
            uow.outbox.postpone(errand.row_id, now + pause(errand.tries))


def apply_answer(shop: Shop, uow: "UnitOfWork", remedy: Remedy, answer: Answer, now: datetime) -> bool:
    """What the shop says becomes the record. Said twice, or after the last word, it changes nothing; whether it did."""
    if answer.state == "settled":
        changed = ledger.settle(shop, uow, remedy, now, answer.reference)
    elif answer.state == "failed":
        changed = ledger.fail(shop, uow, remedy, answer.why or "the shop's system gave no reason", now)
    elif remedy.state in (RemedyState.QUEUED, RemedyState.UNKNOWN):
        changed = ledger.begin(shop, uow, remedy, now)
    else:
        changed = remedy.state is RemedyState.SENT and not _is_accepted(uow, remedy)
    if changed:
        remedy.provider_reference = answer.reference or remedy.provider_reference
        ledger.attempt(uow, remedy, answer.state, now, answer.why or "")
    return changed


def take_answer(shop: Shop, key: str, answer: Answer, now: datetime) -> Remedy:
    """The shop tells by itself what became of an act. Raises NotFound, or Conflict where it never was the shop's to do."""
    with shop.begin(True) as uow:
        remedy = uow.remedies.by_key(key)
        if remedy is None:
            raise NotFound("There is no remedy of this key.")
        if way_of(remedy, has_shop=True) in (Way.VOUCHER, Way.CALL):
            raise Conflict(f"{remedy.reference} is a {remedy.kind}: Amends carries those out itself.")
        is_known = remedy.state in SENT_OUT
        if is_known and not _is_of_an_earlier_try(uow, remedy, answer):
            apply_answer(shop, uow, remedy, answer, now)
        if remedy.state is RemedyState.CANCELLED and answer.state == "settled":
            team, detail = shop.policy.escalation("remedy_failed").team, {"remedy": remedy.reference}
            uow.alerts.raise_once(
                Alert("done_though_cancelled", team, now, f"done_though_cancelled:{remedy.id}", remedy.case_id, {**detail})
            )
    if not is_known:
        raise Conflict(f"{remedy.reference} was never sent: it is {remedy.state}.")
    return remedy


def _is_of_an_earlier_try(uow: "UnitOfWork", remedy: Remedy, answer: Answer) -> bool:
    """A "failed" while nothing is under way is the echo of a try before: what waits now has not been sent yet."""
    return answer.state == "failed" and remedy.state is RemedyState.QUEUED and uow.outbox.state_of(remedy.id) == WAITING


def settle_by_hand(shop: Shop, reference: str, who: str, note: str, now: datetime) -> Remedy:
    """A person has done it, or has found out that it is done. Raises NotFound, BadInput, or Conflict where it is not theirs to say."""
    if not who.strip():
        raise BadInput("Say who you are: the name is kept with the remedy.")
    with shop.begin(True) as uow:
        remedy = uow.remedies.by_reference(reference)
        case = _case(uow, remedy)
        way = way_of(remedy, has_shop=True)
        if remedy.state in (RemedyState.SETTLED, RemedyState.COMPENSATED):
            return remedy
        if way is Way.VOUCHER:
            raise Conflict(f"{remedy.reference} is a voucher: its code is made and sent by itself.")
        if way is Way.CALL and uow.callbacks.of(remedy.id):
            raise Conflict(f"{remedy.reference} is a call: use amends callbacks done {remedy.reference}.")
        if remedy.state is RemedyState.QUEUED and uow.outbox.state_of(remedy.id) != BY_HAND:
            raise Conflict(f"{remedy.reference} is on its way by itself: doing it by hand too would do it twice. Undo it first.")
        if remedy.state not in SENT_OUT:
            raise Conflict(f"{remedy.reference} is {remedy.state}: it was not to be carried out.")
        ledger.attempt(uow, remedy, BY_HAND, now, f"{who}: {note}" if note else who)
        uow.note(case.id, who, "remedy.settled_by_hand", now, remedy=remedy.reference)
        ledger.settle(shop, uow, remedy, now)
        return remedy


def _is_accepted(uow: "UnitOfWork", remedy: Remedy) -> bool:
    """Whether the shop has said that it will do it, and nothing since speaks against that."""
    told = [one.outcome for one in uow.remedies.attempts(remedy.id) if one.outcome != "unreachable"]
    return bool(told) and told[-1] == "accepted"


def _case(uow: "UnitOfWork", remedy: Remedy) -> Case:
    case = uow.cases.find(remedy.case_id)
    assert case is not None  # a remedy is always of a case: the database demands it
    return case
