"""The ledger as people read it: which remedies stand where, and all that is known of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.cases.authority import Approval, still_lacking
from bot.cases.callback import Callback
from bot.cases.case import Case
from bot.cases.conversation import DEV
from bot.cases.instants import instant
from bot.cases.remedy import Attempt, Remedy, RemedyState
from bot.cases.voucher import Voucher
from bot.handling.carrying_out import BY_HAND
from bot.handling.ledger import digest_of
from bot.handling.shop import Shop

UNDER_WAY = (
    RemedyState.NEEDS_APPROVAL,
    RemedyState.APPROVED,
    RemedyState.QUEUED,
    RemedyState.SENT,
    RemedyState.UNKNOWN,
    RemedyState.FAILED,
)


@dataclass(frozen=True)
class Row:
    """A remedy with its case; `sending` is the state of its outbox row."""

    remedy: Remedy
    case: Case
    sending: str | None


@dataclass(frozen=True)
class Whole:
    """One remedy with everything that hangs on it. `lacking`: how many more people must agree."""

    row: Row
    digest: str
    lacking: int
    approvals: tuple[Approval, ...]
    attempts: tuple[Attempt, ...]
    voucher: Voucher | None
    call: Callback | None
    undoes: str | None


def listed(
    shop: Shop, states: Sequence[RemedyState] = (), *, by_hand: bool = False, dead: bool = False, with_dev: bool = False
) -> list[Row]:
    """Those under way, or in these states; only people's work, or only what failed, where asked. Longest there first."""
    wanted = (RemedyState.FAILED,) if dead else states or UNDER_WAY
    with shop.begin(False) as uow:
        found = [(one, uow.cases.find(one.case_id), uow.outbox.state_of(one.id)) for one in uow.remedies.in_states(*wanted)]
    rows = [Row(one, case, sending) for one, case, sending in found if case and (with_dev or case.channel != DEV)]
    return [row for row in rows if not by_hand or row.sending == BY_HAND]


def whole(shop: Shop, reference: str) -> Whole:
    """One remedy. Raises NotFound."""
    with shop.begin(False) as uow:
        remedy = uow.remedies.by_reference(reference)
        case = uow.cases.find(remedy.case_id)
        assert case is not None  # a remedy is always of a case: the database demands it
        approvals = tuple(uow.remedies.approvals(remedy.id))
        digest = digest_of(remedy, case)
        return Whole(
            Row(remedy, case, uow.outbox.state_of(remedy.id)),
            digest,
            still_lacking(shop.policy.authority, remedy, digest, approvals),
            approvals,
            tuple(uow.remedies.attempts(remedy.id)),
            uow.vouchers.of(remedy.id),
            uow.callbacks.of(remedy.id),
            uow.remedies.get(remedy.undoes).reference if remedy.undoes else None,
        )


def row_json(row: Row) -> dict[str, Any]:
    """For a program."""
    one = row.remedy
    return {
        "reference": one.reference,
        "case": row.case.reference,
        "order_number": row.case.order_number,
        "kind": str(one.kind),
        "amount": str(one.amount.amount) if one.amount else None,
        "currency": one.currency,
        "state": str(one.state),
        "by_hand": row.sending == BY_HAND,
        "granted_by": one.granted_by,
        "due_at": instant(one.due_at),
        "changed_at": instant(one.changed_at),
        "settled_at": instant(one.settled_at),
        "provider_reference": one.provider_reference,
        "why": one.why,
        "key": one.key,
    }


def whole_json(found: Whole) -> dict[str, Any]:
    """For a program."""
    return {
        **row_json(found.row),
        "digest": found.digest,
        "lacking": found.lacking if found.row.remedy.state is RemedyState.NEEDS_APPROVAL else 0,
        "undoes": found.undoes,
        "policy_version": found.row.remedy.policy_version,
        "reasons": found.row.remedy.reasons,
        "approvals": [{"who": one.who, "verdict": one.verdict, "at": instant(one.at), "digest": one.digest} for one in found.approvals],
        "attempts": [{"at": instant(one.at), "outcome": one.outcome, "detail": one.detail} for one in found.attempts],
        "voucher": found.voucher.code if found.voucher else None,
        "call": {"starts_at": instant(found.call.starts_at), "state": str(found.call.state)} if found.call else None,
    }
