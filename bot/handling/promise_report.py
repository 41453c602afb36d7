"""Promises as people read them: which are open, due, broken or kept, and how well we keep our word."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.cases.case import Promise, PromiseState
from bot.cases.hours import due_within
from bot.cases.instants import instant
from bot.handling.shop import Shop

STATES = {
    "open": (PromiseState.OPEN,),
    "due": (PromiseState.OPEN,),
    "broken": (PromiseState.BROKEN,),
    "kept": (PromiseState.KEPT,),
}
ENDED = (PromiseState.KEPT, PromiseState.BROKEN, PromiseState.OPEN)


@dataclass(frozen=True)
class Kept:
    """Of the promises of one kind that fell due: how many were kept, missed (and told of before), or are overdue and open."""

    what: str
    due: int
    kept: int
    missed: int
    told_before: int
    overdue: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def listed(shop: Shop, which: str, now: datetime) -> list[dict[str, Any]]:
    """The promises that are open, due (overdue, or near enough to be warned of), broken or kept; next due first."""
    until = due_within(shop.policy.hours, now, shop.policy.warn_before) if which == "due" else None
    with shop.begin(False) as uow:
        found = uow.promises.listed(STATES[which], until=until)
    return [_row(promise, reference) for promise, reference in found]


def report(shop: Shop, now: datetime, span: timedelta) -> list[Kept]:
    """By kind, and all together as the last one. What was withdrawn had nobody waiting for it and is left out."""
    with shop.begin(False) as uow:
        found = [promise for promise, _ in uow.promises.listed(ENDED, since=now - span, until=now)]
    kinds: dict[str, list[Promise]] = defaultdict(list)
    for promise in found:
        kinds[promise.what].append(promise)
    return [_counted(what, kinds[what]) for what in sorted(kinds)] + [_counted("all", found)]


def _counted(what: str, promises: list[Promise]) -> Kept:
    missed = [one for one in promises if one.state is PromiseState.BROKEN]
    return Kept(
        what,
        due=len(promises),
        kept=sum(one.state is PromiseState.KEPT for one in promises),
        missed=len(missed),
        told_before=sum(_told_before(one) for one in missed),
        overdue=sum(one.state is PromiseState.OPEN for one in promises),
    )


def _told_before(promise: Promise) -> bool:
    return promise.told_at is not None and promise.told_at <= promise.due_at


def _row(promise: Promise, reference: str) -> dict[str, Any]:
    return {
        "case": reference,
        "what": promise.what,
        "by_whom": promise.by_whom,
        "assignee": promise.assignee,
        "made_at": instant(promise.created_at),
        "due_at": instant(promise.due_at),
        "state": str(promise.state),
        "warned_at": instant(promise.warned_at),
        "told_at": instant(promise.told_at),
        "told_before_due": _told_before(promise),
        "done_at": instant(promise.done_at),
    }
