"""What is kept no longer, by the shop's own times: taken away in small batches, and the audit gets how much."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from bot.cases.case import UNDER_WAY
from bot.cases.erasing import Why
from bot.handling.erasing import erase_chats
from bot.handling.shop import Shop
from bot.ports import Memory

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

CHATS_AT_ONCE, ROWS_AT_ONCE = 10, 200
WHO = "retention"
Tidy = Callable[["UnitOfWork", datetime, int], int]


def run(shop: Shop, memory: Memory, now: datetime) -> dict[str, int]:
    """One batch of each kind; how many of each kind went. Nothing where nothing is old."""
    keeps, done = shop.policy.retention, {"chats": _chats(shop, now)}
    kinds: tuple[tuple[str, int, Tidy], ...] = (
        ("files", keeps.files, lambda uow, before, limit: uow.erasures.remove_old_files(before, limit)),
        ("drafts", keeps.drafts, lambda uow, before, limit: uow.erasures.remove_old_drafts(before, limit)),
        ("ways_back", keeps.ways_back, lambda uow, before, limit: uow.erasures.remove_old_ways_back(before, limit)),
        ("arrivals", keeps.given_up, lambda uow, before, limit: uow.erasures.remove_old_arrivals(before, limit)),
        ("sessions", keeps.sessions, lambda uow, before, limit: uow.erasures.remove_old_sessions(before, limit)),
    )
    for name, days, tidy in kinds:
        with shop.begin(True) as uow:
            done[name] = tidy(uow, now - timedelta(days=days), ROWS_AT_ONCE)
            if done[name]:
                uow.note(None, WHO, "retention.removed", now, **{name: done[name]})
    done["memory"] = _memory(shop, memory, now)
    return {name: count for name, count in done.items() if count}


def _chats(shop: Shop, now: datetime) -> int:
    """Chats whose time is over are erased as on request, and their customers need not be told: they have gone long ago."""
    before = now - timedelta(days=shop.policy.retention.chats)
    with shop.begin(False) as uow:
        old = uow.erasures.old_chats(before, CHATS_AT_ONCE)
    if not old:
        return 0
    with shop.begin(True) as uow:
        for one in sorted(old):
            uow.conversations.get(one)  # locked, and then looked at again
        still = [one for one in uow.erasures.old_chats(before, len(old)) if one in old]
        if still:
            done = erase_chats(shop, uow, uow.holdings.whose(still), uow.customers.unknown(still).marks, WHO, Why.RETENTION, now)
            uow.note(None, WHO, "retention.removed", now, chats=len(still), erasure=done.id)
        return len(still)


def _memory(shop: Shop, memory: Memory, now: datetime) -> int:
    """What the assistant remembers of quiet chats without a case under way."""
    quiet = memory.quiet_since(now - timedelta(days=shop.policy.retention.memory))
    with shop.begin(False) as uow:
        ended = (one for one in quiet if all(case.status not in UNDER_WAY for case in uow.cases.of_conversation(one)))
        old = [*islice(ended, ROWS_AT_ONCE)]
    if not old:
        return 0
    memory.forget(old)
    with shop.begin(True) as uow:
        uow.note(None, WHO, "retention.removed", now, memory=len(old))
    return len(old)
