"""People are mailed when chats wait and nobody of their team is at the desk: each once an hour at most.

The mail names references, reasons and waits, and nothing that a customer wrote or is.
"""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.cases.digest import AT_MOST_EVERY, Digest, Unlooked, told
from bot.handling.offers import team_key
from bot.handling.shop import Shop
from bot.ports import Mail

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

DIGEST = "digest"  # the kind of its outbox rows
DROPPED = "dropped"
HOURS_FROM = timedelta(hours=2)  # a shorter wait is said in minutes


def asking(shop: Shop, now: datetime) -> list[str]:
    """Who is to be mailed now."""
    with shop.begin(False) as uow:
        found = _told(shop, uow, now)
        return [name for name in found if name not in uow.digests.mailed_since(now - AT_MOST_EVERY)]


def queue(shop: Shop, name: str, now: datetime) -> bool:
    """Queues one mail, once however many workers look. False where there is nothing to tell any more."""
    with shop.begin(True) as uow:
        uow.hold(f"digest:{name}")
        found = _told(shop, uow, now).get(name, [])
        if not found or name in uow.digests.mailed_since(now - AT_MOST_EVERY):
            return False
        digest = Digest(secrets.token_hex(16), name, now, [one.case_id for one in found])
        uow.add(digest)
        uow.outbox.add(DIGEST, "email", digest.id, now)
        uow.note(None, "worker", "digest.queued", now, to=name, chats=len(found))
        return True


def mail(shop: Shop, digest_id: str, desk: str | None, now: datetime) -> Mail | None:
    """As it goes out now, of what still waits; None where that is nothing. `desk`: the address of the desk, where browsers reach it."""
    with shop.begin(False) as uow:
        digest = uow.digests.find(digest_id)
        agent = next((one for one in uow.agents.all() if digest and one.name == digest.agent), None)
        if digest is None or agent is None or not agent.may_act:
            return None
        found = [one for one in _told(shop, uow, now).get(agent.name, []) if one.case_id in digest.cases]
    if not found:
        return None
    say = shop.wording.say
    subject = say("letter_digest_subject", digest.id, shop=shop.name, count=len(found))
    lines = [_line(shop, one, desk, now) for one in found]
    return Mail(
        digest.id, agent.email, subject, "\n".join([say("letter_digest", digest.id), "", *lines, say("letter_digest_end", digest.id)])
    )


def ended(shop: Shop, digest_id: str, state: str, now: datetime) -> None:
    """It has gone out, cannot, or is not wanted any more."""
    with shop.begin(True) as uow:
        digest = uow.digests.find(digest_id)
        uow.outbox.mark([digest_id], state, now)
        if digest:
            uow.note(None, "worker", f"digest.{state}", now, to=digest.agent)


def _told(shop: Shop, uow: "UnitOfWork", now: datetime) -> dict[str, list[Unlooked]]:
    waiting = [
        Unlooked(one.case_id, one.reference, one.reason, one.priority, team_key(shop, one.team), one.since)
        for one in uow.offers.waiting(now)
    ]
    after = timedelta(minutes=shop.policy.digest_after)
    return told(waiting, uow.agents.all(), shop.policy.hours, after, now)


def _line(shop: Shop, one: Unlooked, desk: str | None, now: datetime) -> str:
    waited = now - one.since
    long = f"{waited // timedelta(hours=1)} hours" if waited >= HOURS_FROM else f"{waited // timedelta(minutes=1)} minutes"
    words = shop.wording.say("letter_digest_line", one.reference, ref=one.reference, reason=one.reason.replace("_", " "), long=long)
    return f"{words}\n{desk}#/chat/{one.reference}\n" if desk else words
