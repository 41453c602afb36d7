"""What other systems have here: tokens, and hooks with their deliveries; and cases page by page."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, Text, and_, cast, delete, func, insert, literal, null, or_, select, update
from sqlalchemy.orm import Session

from bot.cases.api import ApiToken, Delivery, Event, Hook
from bot.cases.case import Case, CaseStatus
from bot.cases.conversation import DEV, Handler, Message
from bot.errors import NotFound
from bot.store import tables
from bot.store.api_tables import api_tokens, hook_deliveries, hooks
from bot.store.types import Instant

WAITING, SENT, DEAD, DROPPED = "waiting", "sent", "dead", "dropped"


class Tokens:
    """The tokens of other systems."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def find(self, digest: str) -> ApiToken | None:
        found: ApiToken | None = self.session.get(ApiToken, digest)
        return found

    def all(self) -> list[ApiToken]:
        """Oldest first, those that were revoked among them."""
        return [*self.session.execute(select(ApiToken).order_by(api_tokens.c.created_at, api_tokens.c.name)).scalars()]

    def used(self, digest: str, now: datetime) -> None:
        self.session.execute(update(api_tokens).where(api_tokens.c.id == digest).values(last_used_at=now))


class Hooks:
    """Who is told of what. What is to be told is written in the transaction of what it tells of: so none is lost, and none untrue."""

    def __init__(self, session: Session, lock: bool) -> None:
        self.session, self.lock = session, lock
        self.changed: set[str] = set()  # cases whose change this transaction tells already

    def find(self, hook_id: str) -> Hook | None:
        found: Hook | None = self.session.get(Hook, hook_id, with_for_update=self.lock)
        return found

    def get(self, hook_id: str) -> Hook:
        found = self.find(hook_id)
        if found is None or found.disabled_at:
            raise NotFound(f"There is no hook {hook_id}.")
        return found

    def standing(self) -> list[Hook]:
        """Those that were not removed, oldest first."""
        return [*self.session.execute(select(Hook).where(hooks.c.disabled_at.is_(None)).order_by(hooks.c.created_at, hooks.c.id)).scalars()]

    def tell_message(self, message: Message) -> None:
        """Queues that something was said, for every hook that asked for it."""
        c = tables.conversations.c
        of = and_(c.id == message.conversation_id, c.channel != DEV)
        case_id = literal(message.case_id, String) if message.case_id else null()
        self._queue(Event.MESSAGE_CREATED, message.id, message.at, tables.conversations, of, case_id, c.id, message.id, message.agent)

    def tell_act(self, event: Event, case_id: str, number: int, who: str, subject: str | None, now: datetime) -> None:
        """Queues what a line of a case's audit tells. A case that changes several times in a transaction has changed once."""
        if event is Event.CASE_CHANGED:
            if case_id in self.changed:
                return
            self.changed.add(case_id)
        k = tables.cases.c
        of = and_(k.id == case_id, k.channel != DEV)
        self._queue(event, f"{case_id}:{number}", now, tables.cases, of, k.id, k.conversation_id, subject, who)

    def _queue(
        self,
        event: Event,
        key: str,
        now: datetime,
        table: Any,
        of: Any,
        case_id: Any,
        conversation: Any,
        subject: str | None,
        who: str | None,
    ) -> None:
        """One row for each hook, made by one statement: none where there is no hook."""
        asked_for = cast(hooks.c.events, Text).like(f'%"{event.value}"%')
        instant = literal(now, Instant)
        named = {
            "hook_id": hooks.c.id,
            "event": literal(event.value, String),
            "case_id": case_id,
            "conversation_id": conversation,
            "subject_id": literal(subject, String) if subject else null(),
            "who": literal(who, Text) if who else null(),
            "dedupe_key": hooks.c.id + literal(f":{key}", String),
            "state": literal(WAITING, String),
            "attempts": literal(0),
            "due_at": instant,
            "at": instant,
        }
        rows = select(*named.values()).select_from(hooks.join(table, of)).where(hooks.c.disabled_at.is_(None), asked_for)
        self.session.execute(insert(hook_deliveries).from_select(list(named), rows, include_defaults=False))

    def due(self, now: datetime) -> list[str]:
        """Hooks for which something is due."""
        d = hook_deliveries.c
        asked = select(d.hook_id).where(d.state == WAITING, d.due_at <= now).distinct()
        return [*self.session.execute(asked).scalars()]

    def claim_due(self, hook_id: str, now: datetime, lease: timedelta, limit: int) -> list[int]:
        """Rows of this hook whose turn has come, reserved until the lease ends: in a conversation, the next waits for the one before."""
        d, e = hook_deliveries.c, hook_deliveries.alias("earlier")
        before = select(e.c.id).where(
            e.c.hook_id == d.hook_id, e.c.conversation_id == d.conversation_id, e.c.id < d.id, e.c.state == WAITING
        )
        asked = (
            select(d.id)
            .where(d.hook_id == hook_id, d.state == WAITING, d.due_at <= now, ~before.exists())
            .order_by(d.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        found = [*self.session.execute(asked).scalars()]
        if found:
            taken = update(hook_deliveries).where(d.id.in_(found)).values(due_at=now + lease, attempts=d.attempts + 1)
            self.session.execute(taken)
        return found

    def delivery(self, delivery_id: int) -> Delivery:
        found: Delivery | None = self.session.get(Delivery, delivery_id, with_for_update=self.lock)
        if found is None:
            raise NotFound("There is no such delivery.")
        return found

    def drop_waiting(self, hook_id: str) -> int:
        """Takes back what was not sent yet; how much."""
        d = hook_deliveries.c
        dropped = update(hook_deliveries).where(d.hook_id == hook_id, d.state == WAITING).values(state=DROPPED, body=None)
        return int(self.session.execute(dropped).rowcount)

    def revive(self, hook_id: str, now: datetime) -> int:
        """Sends what was given up once more, from the first try on; how much."""
        d = hook_deliveries.c
        again = update(hook_deliveries).where(d.hook_id == hook_id, d.state == DEAD).values(state=WAITING, attempts=0, due_at=now)
        return int(self.session.execute(again).rowcount)

    def counts(self) -> dict[str, dict[str, int]]:
        """How many deliveries of each hook are in which state."""
        d, found = hook_deliveries.c, dict[str, dict[str, int]]()
        for hook_id, state, count in self.session.execute(select(d.hook_id, d.state, func.count()).group_by(d.hook_id, d.state)):
            found.setdefault(hook_id, {})[state] = count
        return found

    def forget(self, done_before: datetime, dead_before: datetime) -> int:
        """Removes what arrived or was dropped long ago, and what was given up still longer ago; how much."""
        d = hook_deliveries.c
        old = or_(and_(d.state.in_((SENT, DROPPED)), d.at < done_before), and_(d.state == DEAD, d.at < dead_before))
        return int(self.session.execute(delete(hook_deliveries).where(old)).rowcount)


class CasePages:
    """Cases in the order in which they were opened, some at a time."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def after(
        self,
        place: tuple[datetime, str] | None,
        limit: int,
        *,
        statuses: Collection[CaseStatus] = (),
        is_waiting: bool | None = None,
        since: datetime | None = None,
    ) -> list[Case]:
        """Those after this place (when it was opened, and its id). Chats of developers stay out."""
        k, v = tables.cases.c, tables.conversations.c
        asked = select(Case).where(k.channel != DEV).order_by(k.created_at, k.id).limit(limit)
        if place:
            asked = asked.where(or_(k.created_at > place[0], and_(k.created_at == place[0], k.id > place[1])))
        if statuses:
            asked = asked.where(k.status.in_([*statuses]))
        if since:
            asked = asked.where(k.created_at >= since)
        if is_waiting is not None:
            queued = and_(
                k.id.in_(select(v.case_id).where(v.handler == Handler.QUEUE, v.case_id.is_not(None))), k.status != CaseStatus.CLOSED
            )
            asked = asked.where(queued if is_waiting else ~queued)
        return [*self.session.execute(asked).scalars()]
