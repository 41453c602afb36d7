"""Incidents: opened, told of, closed. What customers read of them waits in notices and is said by `telling`."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.cases.case import Alert, Case
from bot.cases.incident import Incident
from bot.cases.issue import Issue
from bot.cases.wording import apologies, faults, flaws
from bot.errors import BadInput, Conflict
from bot.handling.reach import concerned, touched
from bot.handling.shop import Shop
from bot.handling.telling import CLOSED, NEWS, OPENED, queue_letters

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

WITHIN = timedelta(hours=1)  # so many complaints of one kind in so much time suggest one cause


@dataclass(frozen=True)
class Reached:
    """How many customers will read of a change: in their chats, and by mail."""

    chats: int
    letters: int = 0


def open_incident(shop: Shop, incident: Incident, who: str, now: datetime) -> Reached:
    """Opens it. Customers with an open case that it explains read it in their chats.

    Raises BadInput for what cannot be told or offered, Conflict where the code is taken; then nothing is changed.
    """
    check(shop, incident, now)
    orders = {order.number: order for order in touched(shop, incident, now)}
    with shop.begin(True) as uow:
        uow.incidents.add(incident)
        known = [one for one in uow.incidents.cases(incident.code, list(orders)) if one.proven and one.incident_code is None]
        chats = _queue(uow, incident, OPENED, 0, concerned(incident, known, orders, now), now)
        uow.note(None, who, "incident.opened", now, incident=incident.code, told=chats)
        return Reached(chats)


def check(shop: Shop, incident: Incident, now: datetime) -> None:
    """Raises BadInput for what cannot be told, promised or offered."""
    check_words(incident.explanation, "explanation")
    check_words(incident.action, "action")
    _check_news(incident.next_update_at, now)
    _check_offer(shop, incident)
    if incident.ended_at is not None:
        raise BadInput("ended_at: what is over is brought in by `amends incidents import`.")
    if incident.started_at > now:
        raise BadInput("started_at: it lies ahead; an incident is opened once it has begun.")


def tell_news(
    shop: Shop,
    code: str,
    who: str,
    now: datetime,
    *,
    explanation: str | None = None,
    action: str | None = None,
    next_news: datetime | None = None,
) -> Reached:
    """Changes what is known; whoever waits in an open case reads it. Raises NotFound, BadInput, or Conflict where it is over."""
    if not (explanation or action):
        raise BadInput("Give --explanation or --action: news says something new.")
    check_words(explanation, "explanation")
    check_words(action, "action")
    _check_news(next_news, now)
    with shop.begin(True) as uow:
        old = lasting(uow, code)
        new = replace(old, explanation=explanation or old.explanation, action=action or old.action, next_update_at=next_news)
        uow.incidents.change(new)
        uow.notices.drop_waiting(new.code, chats_only=True)  # what was not said yet is said in the newest words
        chats = _queue(uow, new, NEWS, uow.notices.last_round(new.code) + 1, _waiting(uow, new), now)
        uow.note(None, who, "incident.news", now, incident=new.code, told=chats)
        return Reached(chats)


def close(shop: Shop, code: str, who: str, words: str, ended_at: datetime, now: datetime) -> Reached:
    """Ends it, and tells those who waited: in their open chats, and by mail those who were told first. Raises as `tell_news`."""
    check_words(words, "words")
    with shop.begin(False) as uow:
        first = [number for number, state in uow.notices.told(code.strip(), OPENED).items() if state == "sent"]
    orders = shop.orders.within(replace(_read(shop, code), scope={"order_numbers": tuple(first)})) if first else ()
    with shop.begin(True) as uow:
        old = lasting(uow, code)
        if not old.started_at <= ended_at <= now:
            raise BadInput("at: it ended after it started, and not later than now.")
        new = replace(old, action=words.strip(), ended_at=ended_at, next_update_at=None)
        uow.incidents.change(new)
        for letter in uow.notices.drop_waiting(new.code):
            uow.outbox.mark([letter], "cancelled", now)
        chats = _queue(uow, new, CLOSED, 0, _waiting(uow, new), now)
        letters = queue_letters(shop, uow, new.code, CLOSED, orders, now)
        uow.note(None, who, "incident.closed", now, incident=new.code, told=chats, letters=letters)
        return Reached(chats, letters)


def _queue(uow: "UnitOfWork", incident: Incident, kind: str, round_: int, cases: list[Case], now: datetime) -> int:
    return sum(uow.notices.add(incident.code, case.id, kind, round_, now, now) for case in cases if not case.is_closed)


def _waiting(uow: "UnitOfWork", incident: Incident) -> list[Case]:
    """Those who were told it in their chat, or still are to be."""
    return uow.incidents.cases(incident.code, with_noticed=True)


def _read(shop: Shop, code: str) -> Incident:
    with shop.begin(False) as uow:
        return uow.incidents.get(code)


def lasting(uow: "UnitOfWork", code: str) -> Incident:
    """One that is not over, locked. Raises NotFound or Conflict."""
    incident = uow.incidents.get(code)
    if incident.ended_at is not None:
        raise Conflict(f"{incident.code} is over since {incident.ended_at:%Y-%m-%d %H:%M} UTC.")
    return incident


def check_words(text: str | None, name: str) -> None:
    """Customers read this sentence as it is, beside an apology that stands already."""
    if text is None:
        return
    kinds = faults(text)
    found = [f"{one.kind} “{one.words}”: {one.better}" for one in flaws(text) if one.kind in kinds]
    if apologies(text):
        found.append("second_apology: leave it out, for the reply says sorry once already.")
    if not re.search(r"\w.*[.?]\s*$", text, re.DOTALL):
        found.append("not a whole sentence: end it with a full stop.")
    if found or kinds:
        raise BadInput(f"{name}: wording that is not sent to customers: {' '.join(found or kinds)}")


def _check_news(at: datetime | None, now: datetime) -> None:
    if at is not None and at <= now:
        raise BadInput("next_update_at: the time of the next news is past.")


def _check_offer(shop: Shop, incident: Incident) -> None:
    """It must be a way that policy knows for every complaint the incident explains, or it could not be offered to all alike."""
    for issue in incident.issues if incident.offer else ():
        known = [rule.wording for rule in shop.policy.issues[issue].rules]
        if incident.offer not in known:
            ways = ", ".join(dict.fromkeys(known))
            raise BadInput(f"offer: {incident.offer} is no way of data/policy/remedies.yml for {issue}: use one of {ways}.")


def suggestions(shop: Shop, now: datetime) -> dict[Issue, int]:
    """The kinds of which so many complaints came within an hour, not explained yet, that they may have one cause."""
    with shop.begin(False) as uow:
        counts = uow.incidents.complaints(now - WITHIN)
    return {issue: count for issue, count in counts.items() if count >= shop.policy.incident_from}


def suggest(shop: Shop, now: datetime) -> int:
    """Raises an alert for each such kind, once an hour; how many were new."""
    found = suggestions(shop, now)
    if not found:
        return 0
    team, hour, raised = shop.policy.escalation("promise_missed").team, now.replace(minute=0, second=0, microsecond=0), 0
    with shop.begin(True) as uow:
        for issue, count in sorted(found.items()):
            key = f"incident_suggested:{issue}:{hour.isoformat()}"
            if uow.alerts.raise_once(Alert("incident_suggested", team, now, key, None, {"issue": str(issue), "complaints": count})):
                uow.note(None, "worker", "incident.suggested", now, issue=str(issue), complaints=count)
                raised += 1
    return raised
