"""Vouchers: made when a remedy says so, told to the customer, used once, taken back when the remedy is."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.cases.case import Alert, Case
from bot.cases.dates import Clock, clock_of
from bot.cases.instants import instant
from bot.cases.remedy import Remedy
from bot.cases.voucher import Voucher, VoucherSpent, VoucherState, months_after, new_code, plain_code
from bot.errors import BadInput, Conflict
from bot.handling import ledger
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

LONGEST_ORDER = 64


@dataclass(frozen=True)
class Shown:
    """A voucher with the remedy it came from."""

    voucher: Voucher
    remedy: str
    case: str


def issue(shop: Shop, uow: "UnitOfWork", case: Case, remedy: Remedy, now: datetime) -> bool:
    """Makes the code, settles the remedy and tells the customer, in the caller's transaction. False where it was done before."""
    if remedy.amount is None:
        return ledger.fail(shop, uow, remedy, "a voucher needs a value", now)
    if not ledger.begin(shop, uow, remedy, now):
        return False
    clock = clock_of(uow.conversations.get(case.conversation_id).time_zone, shop.policy.hours.zone, now)
    expires_at = _expiry(clock, shop.policy.voucher_months)
    standing = uow.vouchers.of(remedy.id)
    voucher = standing or Voucher(new_code(), remedy.id, remedy.amount.minor, remedy.amount.currency, now, expires_at)
    uow.add(voucher)
    ledger.attempt(uow, remedy, "settled", now)
    uow.note(case.id, "worker", "voucher.issued", now, remedy=remedy.reference)  # never the code: whoever has it can use it
    return ledger.settle(shop, uow, remedy, now, code=voucher.code, until=_last_day(clock, voucher.expires_at))


def _expiry(clock: Clock, months: int) -> datetime:
    """The end of the last day, by the clock its date is said by: that whole day it is still good."""
    last = months_after(clock.now.astimezone(clock.zone), months).date()
    return datetime.combine(last + timedelta(days=1), time(), clock.zone)


def _last_day(clock: Clock, expires_at: datetime) -> str:
    """Such as "Tuesday 30 May 2028": more than a year ahead a date needs its year."""
    last = expires_at - timedelta(seconds=1)
    return f"{clock.day(last)} {last.astimezone(clock.zone).year}"


def take_back(shop: Shop, uow: "UnitOfWork", back: Remedy, now: datetime) -> bool:
    """Carries out the record that takes a voucher back: void it, unless it was used meanwhile."""
    if not ledger.begin(shop, uow, back, now):
        return False
    voucher = uow.vouchers.of(back.undoes or "")
    try:
        if voucher is None:
            raise VoucherSpent("There is no voucher to take back.")
        uow.vouchers.get(voucher.code).void(now)
    except VoucherSpent as spent:
        ledger.attempt(uow, back, "failed", now, str(spent))
        return ledger.fail(shop, uow, back, str(spent), now)
    ledger.attempt(uow, back, "settled", now)
    uow.note(back.case_id, "worker", "voucher.voided", now, remedy=back.reference)
    return ledger.settle(shop, uow, back, now)


def look(shop: Shop, code: str) -> Shown:
    """The voucher of this code, however it is typed. Raises NotFound."""
    with shop.begin(False) as uow:
        return _shown(uow, uow.vouchers.get(plain_code(code)))


def redeem(shop: Shop, code: str, order: str, who: str, now: datetime) -> Shown:
    """Uses it for one order, once; the same order again is the same use. Raises NotFound, BadInput, or Conflict with the reason."""
    number = order.strip()
    if not number or len(number) > LONGEST_ORDER or not number.isprintable():
        raise BadInput(f"Say which order it pays for, in 1 to {LONGEST_ORDER} signs.")
    remedy_id = _remedy_of(shop, code)
    with shop.begin(True) as uow:
        case_id = uow.remedies.get(remedy_id).case_id  # locked before its voucher, as where it is taken back
        voucher = uow.vouchers.get(plain_code(code))
        before = voucher.state
        try:
            voucher.redeem(number, now)
        except VoucherSpent as spent:
            raise Conflict(str(spent)) from spent
        shown = _shown(uow, voucher)
        if before is not VoucherState.REDEEMED:
            uow.note(case_id, who, "voucher.redeemed", now, remedy=shown.remedy)
        return shown


def void(shop: Shop, code: str, who: str, now: datetime) -> Shown:
    """Makes it worthless; a person hears of it, since its customer may not know. Raises NotFound, or Conflict where it was used."""
    remedy_id = _remedy_of(shop, code)
    with shop.begin(True) as uow:
        case_id = uow.remedies.get(remedy_id).case_id
        voucher = uow.vouchers.get(plain_code(code))
        before = voucher.state
        try:
            voucher.void(now)
        except VoucherSpent as spent:
            raise Conflict(str(spent)) from spent
        shown = _shown(uow, voucher)
        if before is not VoucherState.VOID:
            uow.note(case_id, who, "voucher.voided", now, remedy=shown.remedy)
            team = shop.policy.escalation("asked").team
            key = f"voucher_voided:{voucher.remedy_id}"
            uow.alerts.raise_once(Alert("voucher_voided", team, now, key, case_id, {"remedy": shown.remedy}))
        return shown


def _remedy_of(shop: Shop, code: str) -> str:
    with shop.begin(False) as uow:
        return uow.vouchers.get(plain_code(code)).remedy_id


def _shown(uow: "UnitOfWork", voucher: Voucher) -> Shown:
    remedy = uow.remedies.get(voucher.remedy_id)
    case = uow.cases.find(remedy.case_id)
    return Shown(voucher, remedy.reference, case.reference if case else "-")


def voucher_json(shown: Shown) -> dict[str, str | None]:
    """For a program."""
    one = shown.voucher
    return {
        "code": one.code,
        "state": str(one.state),
        "value": str(one.value.amount),
        "currency": one.currency,
        "expires_at": instant(one.expires_at),
        "order": one.used_for,
        "remedy": shown.remedy,
    }
