"""Whether two remedies would give the same twice: goods or money for the same lines of one order."""

from typing import TYPE_CHECKING

from bot.cases.case import Case
from bot.cases.remedy import Remedy, RemedyKind

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

FOR_LINES = (RemedyKind.REPLACEMENT, RemedyKind.REDELIVERY, RemedyKind.REPAIR, RemedyKind.REFUND, RemedyKind.PARTIAL_REFUND)


def doubles(one: Remedy, other: Remedy) -> bool:
    """Without lines a remedy is for the whole order."""
    if one.undoes or other.undoes or one.kind not in FOR_LINES or other.kind not in FOR_LINES:
        return False
    ours, theirs = set(one.line_numbers), set(other.line_numbers)
    return not ours or not theirs or bool(ours & theirs)


def given_elsewhere(uow: "UnitOfWork", case: Case, remedy: Remedy) -> Remedy | None:
    """What another case of this order has filed for the same lines."""
    others = [one.id for one in uow.cases.of_order(case.order_number or "") if one.id != case.id]
    return next((one for one in uow.remedies.of(*others) if one.is_filed and doubles(one, remedy)), None)
