"""Webhooks for other systems: made and removed, and what each delivery says, becomes of it and is tried again."""

import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.cases.api import LONGEST_URL, SUBSCRIBED, Delivery, Event, Hook
from bot.cases.case import Alert
from bot.cases.instants import instant
from bot.cases.reachable import is_address, is_public
from bot.errors import BadInput, NotFound
from bot.handling.case_api import case_json, handoff_json, message_json
from bot.handling.pauses import growing
from bot.handling.remedy_views import Row, row_json
from bot.handling.shop import Shop
from bot.ports import Poster

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

TRIES = 12
FIRST_PAUSE = timedelta(seconds=5)  # doubled at every try: the last comes after about three hours
ALERTED = "assistant_failed"  # the reason in escalation.yml whose team hears of it


def add(shop: Shop, url: str, events: tuple[str, ...], now: datetime, *, with_private: bool, by: str = "command") -> Hook:
    """A new hook, for these events or for all; its secret is shown once. Raises BadInput."""
    words = fit_url(url, with_private)
    chosen = [str(_event(one)) for one in dict.fromkeys(events)] or [str(one) for one in SUBSCRIBED]
    made = Hook(f"H-{secrets.token_hex(4)}", words, secrets.token_urlsafe(32), chosen, now)
    with shop.begin(True) as uow:
        uow.add(made)
        uow.note(None, by, "hook.added", now, hook=made.id, host=urlsplit(words).hostname, events=chosen)
    return made


def fit_url(url: str, with_private: bool) -> str:
    """The address, where one can be told there. In production it must be https and not of a private network. Raises BadInput."""
    words = url.strip()
    try:
        parts = urlsplit(words)
        port, host = parts.port, parts.hostname or ""
        host.encode("idna")
    except ValueError:
        raise BadInput("The address of a hook must be https://HOST/PATH.") from None
    is_plain = re.fullmatch(r"[!-~]+", words) and not parts.username and not parts.fragment and port != 0
    if parts.scheme not in ("http", "https") or not host or not is_plain or len(words) > LONGEST_URL:
        raise BadInput("The address of a hook must be https://HOST/PATH, in plain letters, without a user and without a #.")
    if not with_private and parts.scheme != "https":
        raise BadInput("The address of a hook must begin with https://: what is told holds what customers wrote.")
    if not with_private and (host == "localhost" or (is_address(host) and not is_public(host))):
        raise BadInput("The address of a hook must be on the public internet, not in a private network.")
    return words


def _event(word: str) -> Event:
    found = next((one for one in SUBSCRIBED if one == word.strip().lower()), None)
    if found is None:
        raise BadInput(f"There is no event {word!r}: use {', '.join(SUBSCRIBED)}.")
    return found


def remove(shop: Shop, hook_id: str, now: datetime, by: str = "command") -> int:
    """Nothing is told there any more; how many deliveries were taken back. Raises NotFound."""
    with shop.begin(True) as uow:
        found = uow.hooks.get(hook_id)
        found.disabled_at = now
        uow.note(None, by, "hook.removed", now, hook=found.id)
        return uow.hooks.drop_waiting(found.id)


def ping(shop: Shop, hook_id: str, now: datetime) -> int:
    """Queues a delivery that says nothing; its number. Raises NotFound."""
    with shop.begin(True) as uow:
        hook = uow.hooks.get(hook_id)
        sent = Delivery(hook.id, str(Event.PING), f"{hook.id}:ping:{secrets.token_hex(8)}", now, now)
        uow.add(sent)
        uow.flush()
        assert sent.id is not None
        return sent.id


def try_now(shop: Shop, post: Poster, hook_id: str, now: datetime) -> int:
    """Posts an event that says nothing, at once; the status that comes back. Raises NotFound, NotReached or NoAnswer."""
    with shop.begin(False) as uow:
        hook = uow.hooks.get(hook_id)
    said = {"id": f"ping-{secrets.token_hex(8)}", "event": str(Event.PING), "at": instant(now), "conversation_id": None}
    return post.post(hook.url, hook.secret, json.dumps(said).encode(), headers_of(str(said["id"]), Event.PING))


def headers_of(delivery_id: object, event: str) -> dict[str, str]:
    """What is said beside the body; the signature comes with the posting."""
    return {"amends-event": str(event), "idempotency-key": str(delivery_id), "user-agent": "Amends"}


def resend(shop: Shop, hook_id: str, now: datetime) -> int:
    """Sends what was given up once more; how much. Raises NotFound."""
    with shop.begin(True) as uow:
        return uow.hooks.revive(uow.hooks.get(hook_id).id, now)


def listed(shop: Shop) -> list[tuple[Hook, dict[str, int]]]:
    """Each hook with how many deliveries are in which state."""
    with shop.begin(False) as uow:
        counts = uow.hooks.counts()
        return [(one, counts.get(one.id, {})) for one in uow.hooks.standing()]


def hook_json(hook: Hook, counts: dict[str, int]) -> dict[str, Any]:
    """A hook without its secret."""
    return {
        "id": hook.id,
        "url": hook.url,
        "events": hook.events,
        "created_at": instant(hook.created_at),
        "waiting": counts.get("waiting", 0),
        "dead": counts.get("dead", 0),
    }


@dataclass(frozen=True)
class Ready:
    """One delivery as it goes out: the same bytes under the same id at every try."""

    id: int
    url: str
    secret: str
    event: str
    body: bytes


def prepare(shop: Shop, delivery_id: int) -> Ready | None:
    """What to send; None where there is nothing to tell (any more), which is noted."""
    with shop.begin(False) as uow:
        delivery = uow.hooks.delivery(delivery_id)
        hook = uow.hooks.find(delivery.hook_id)
        is_standing = hook is not None and hook.disabled_at is None and delivery.state == "waiting"
        body = (delivery.body or _body(uow, delivery)) if is_standing else None
    if body is None or hook is None:
        _end(shop, delivery_id, "dropped", None)
        return None
    if delivery.body is None:
        with shop.begin(True) as uow:
            uow.hooks.delivery(delivery_id).body = body
    return Ready(delivery_id, hook.url, hook.secret, delivery.event, body.encode())


def sent(shop: Shop, delivery_id: int, status: int) -> None:
    """It has arrived: nothing of what it said is kept."""
    _end(shop, delivery_id, "sent", status)


def failed(shop: Shop, delivery_id: int, status: int | None, now: datetime) -> bool:
    """Tries it again later; after so many tries it is given up and people are told. Whether it was given up."""
    with shop.begin(True) as uow:
        delivery = uow.hooks.delivery(delivery_id)
        if delivery.state != "waiting":
            return False
        delivery.status = status
        if delivery.attempts < TRIES:
            delivery.due_at = now + pause(delivery.attempts)
            return False
        delivery.state = "dead"
        team = shop.policy.escalation(ALERTED).team
        detail: dict[str, object] = {"hook": delivery.hook_id, "delivery": delivery.id, "status": status}
        uow.alerts.raise_once(Alert("hook_dead", team, now, f"hook_dead:{delivery.hook_id}:{now:%Y-%m-%d}", None, detail))
        uow.note(None, "worker", "hook.dead", now, **detail)
        return True


def pause(attempts: int) -> timedelta:
    """How long to wait after so many tries that failed."""
    return growing(attempts, FIRST_PAUSE)


def forget(shop: Shop, now: datetime) -> int:
    """Removes what was told long ago; how much."""
    with shop.begin(True) as uow:
        keeps = shop.policy.retention
        return uow.hooks.forget(now - timedelta(days=keeps.deliveries), now - timedelta(days=keeps.given_up))


def _end(shop: Shop, delivery_id: int, state: str, status: int | None) -> None:
    with shop.begin(True) as uow:
        delivery = uow.hooks.delivery(delivery_id)
        if delivery.state == "waiting":
            delivery.state, delivery.status, delivery.body = state, status, None


def _body(uow: "UnitOfWork", delivery: Delivery) -> str | None:
    """What is told, as JSON; None where what it is about is not there."""
    try:
        told = _told(uow, delivery)
    except NotFound:
        return None
    said = {"id": str(delivery.id), "event": delivery.event, "at": instant(delivery.at), "conversation_id": delivery.conversation_id}
    return json.dumps({**said, **told}, ensure_ascii=False, separators=(",", ":"))


def _told(uow: "UnitOfWork", delivery: Delivery) -> dict[str, Any]:
    if delivery.event == Event.PING:
        return {}
    if delivery.event == Event.MESSAGE_CREATED:
        message = uow.messages.get(delivery.subject_id or "")
        case = uow.cases.find(message.case_id)
        return {"case": case.reference if case else None, "message": message_json(message, uow.files.of_message(message.id))}
    case = uow.cases.find(delivery.case_id)
    if case is None:
        raise NotFound()
    if delivery.event == Event.REMEDY_CHANGED:
        remedy = uow.remedies.by_reference(delivery.subject_id or "")
        return {"case": case.reference, "remedy": row_json(Row(remedy, case, uow.outbox.state_of(remedy.id)))}
    if delivery.event in (Event.HANDOFF_ASKED, Event.HANDOFF_TAKEN, Event.HANDOFF_HANDED_BACK):
        escalation = next(reversed(uow.cases.escalations(case.id)), None)
        note = uow.conversations.get(case.conversation_id).note if delivery.event == Event.HANDOFF_HANDED_BACK else None
        return {"case": case.reference, "by": delivery.who, "handoff": {**handoff_json(uow, case, escalation), "note": note}}
    return {"case": case_json(uow, case)}
