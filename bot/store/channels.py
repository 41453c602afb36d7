"""What came in from messaging channels and waits to be taken in, who writes there, and what went out."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from bot.cases.channel import LONGEST_ADDRESS, Arrival, arrival_of
from bot.cases.contact import ASKING, Contact, Sending
from bot.store import tables
from bot.store.channel_tables import arrivals, contacts, cursors, sendings
from bot.store.inserts import insert_into

HOME = "home"  # in the kept body of an arrival
WAITING, TAKEN, DROPPED, FAILED = "waiting", "taken", "dropped", "failed"


@dataclass(frozen=True)
class Waiting:
    """An arrival that its caller has to itself until its lease ends."""

    id: int
    arrival: Arrival
    attempts: int
    at: datetime
    home: str | None = None  # the conversation into which it goes, once that is known


def lane_of(arrival: Arrival) -> str:
    """What is taken in one after the other: all of one customer; else all about one message."""
    return (arrival.sender or f"about {arrival.about or arrival.id}")[:LONGEST_ADDRESS]


def key_of(arrival: Arrival) -> str:
    return hashlib.sha256(f"{arrival.kind}:{arrival.id}".encode()).hexdigest()


class Arrivals:
    """Over one session."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def keep(self, channel: str, came: Iterable[Arrival], now: datetime, due_at: datetime) -> list[str]:
        """Keeps each once, however often it is delivered; the lanes in which there is something new."""
        lanes: dict[str, None] = {}
        for one in came:
            lane = lane_of(one)
            row: dict[str, Any] = {"channel": channel, "key": key_of(one), "kind": str(one.kind), "lane": lane, "body": one.as_json()}
            row |= {"sent_at": one.at or now, "at": now, "state": WAITING, "attempts": 0, "due_at": due_at}
            if self.session.execute(insert_into(self.session, arrivals).values(**row).on_conflict_do_nothing()).rowcount:
                lanes[lane] = None
        return [*lanes]

    def due(self, now: datetime, channels: Sequence[str], limit: int) -> list[tuple[str, str]]:
        """Channels and lanes in which something waits that nobody is at."""
        a = arrivals.c
        asked = select(a.channel, a.lane).where(a.state == WAITING, a.due_at <= now, a.channel.in_(channels)).distinct().limit(limit)
        return [(row.channel, row.lane) for row in self.session.execute(asked)]

    def claim(self, channel: str, lane: str, now: datetime, lease: timedelta, at_once: bool = False) -> Waiting | None:
        """The oldest of a lane, reserved; None where nothing waits, or somebody is at one before it.

        `at_once`: also one that has just come in. The caller holds the lane's lock.
        """
        a = arrivals.c
        asked = select(arrivals).where(a.channel == channel, a.lane == lane, a.state == WAITING).order_by(a.sent_at, a.id).limit(1)
        row = self.session.execute(asked).first()
        if row is None or (row.due_at > now and not (at_once and row.attempts == 0)):
            return None
        self.session.execute(update(arrivals).where(a.id == row.id).values(due_at=now + lease, attempts=a.attempts + 1))
        return Waiting(row.id, arrival_of(row.body), row.attempts + 1, row.at, row.body.get(HOME))

    def remember(self, waiting: Waiting, conversation_id: str) -> None:
        """Into which conversation it goes."""
        body = {**waiting.arrival.as_json(), HOME: conversation_id}
        self.session.execute(update(arrivals).where(arrivals.c.id == waiting.id).values(body=body))

    def end(self, row_id: int, state: str) -> None:
        """It is dealt with. Of what was taken in, nothing is kept here but that it came."""
        gone: dict[str, Any] = {} if state == FAILED else {"body": None, "lane": ""}
        self.session.execute(update(arrivals).where(arrivals.c.id == row_id).values(state=state, **gone))

    def postpone(self, row_id: int, due_at: datetime) -> None:
        self.session.execute(update(arrivals).where(arrivals.c.id == row_id).values(due_at=due_at))

    def forget(self, before: datetime) -> int:
        """Removes what was dealt with before then; no provider delivers it again after so long."""
        old = delete(arrivals).where(arrivals.c.state.in_((TAKEN, DROPPED)), arrivals.c.at < before)
        return int(self.session.execute(old).rowcount)

    def cursor(self, channel: str, now: datetime, lease: timedelta) -> tuple[bool, str | None]:
        """Whether the caller may look into the channel's mailbox now, and from where on."""
        k = cursors.c
        self.session.execute(insert_into(self.session, cursors).values(channel=channel).on_conflict_do_nothing())
        free = or_(k.lease_until.is_(None), k.lease_until <= now)
        got = self.session.execute(update(cursors).where(k.channel == channel, free).values(lease_until=now + lease)).rowcount
        return bool(got), self.session.execute(select(k.cursor).where(k.channel == channel)).scalar()

    def move_cursor(self, channel: str, cursor: str | None) -> None:
        """Goes on from there, and lets go; None: lets go only."""
        values: dict[str, Any] = {"lease_until": None, **({"cursor": cursor} if cursor is not None else {})}
        self.session.execute(update(cursors).where(cursors.c.channel == channel).values(**values))


class Contacts:
    """Over one session."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def of(self, conversation_id: str) -> Contact | None:
        found: Contact | None = self.session.get(Contact, conversation_id)
        return found

    def at(self, channel: str, address: str) -> Contact | None:
        """The newest one at this address whose conversation was not erased."""
        return self._newest(contacts.c.channel == channel, contacts.c.address == address)

    def answering(self, channel: str, address: str, refers: Sequence[str]) -> Contact | None:
        """The one at this address whose conversation holds one of the messages of ours that are named."""
        named = exists().where(sendings.c.conversation_id == contacts.c.conversation_id, sendings.c.provider_id.in_(refers))
        return self._newest(contacts.c.channel == channel, contacts.c.address == address, named) if refers else None

    def _newest(self, *where: Any) -> Contact | None:
        v = tables.conversations.c
        asked = select(Contact).join(tables.conversations, v.id == contacts.c.conversation_id).where(*where, v.erased_at.is_(None))
        found: Contact | None = self.session.execute(asked.order_by(v.created_at.desc()).limit(1)).scalar()
        return found

    def vouched(self, conversation_id: str) -> list[tuple[str, str]]:
        """What the channel's provider says of its customer: names and values of facts."""
        c = contacts.c
        row = self.session.execute(select(c.phone, c.email).where(c.conversation_id == conversation_id)).first()
        return [(name, value) for name, value in (("phone", row.phone), ("email", row.email)) if value] if row else []


class Sendings:
    """Over one session."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def of(self, message_id: str) -> list[Sending]:
        """The parts of a message, in order."""
        found = select(Sending).where(sendings.c.message_id == message_id).order_by(sendings.c.part)
        return [*self.session.execute(found).scalars()]

    def by_provider_id(self, channel: str, provider_id: str) -> Sending | None:
        """The part that the provider knows by this id."""
        asked = select(Sending).where(sendings.c.provider_id == provider_id, sendings.c.channel == channel).limit(1)
        found: Sending | None = self.session.execute(asked).scalar()
        return found

    def by_key(self, channel: str, key: str) -> Sending | None:
        """The part that was handed over under this key while nobody knows whether it went out."""
        message_id, _, place = key.rpartition("-")
        if not (place.isascii() and place.isdigit() and len(place) < 4):
            return None
        named = (sendings.c.message_id == message_id, sendings.c.part == int(place), sendings.c.channel == channel)
        asked = select(Sending).where(*named, sendings.c.state == ASKING).limit(1)
        found: Sending | None = self.session.execute(asked).scalar()
        return found

    def failures(self, conversation_id: str) -> dict[str, str]:
        """Why messages of a conversation did not arrive, or do not go out yet, by message."""
        s = sendings.c
        asked = select(s.message_id, s.why).where(s.conversation_id == conversation_id, s.why.is_not(None), s.state.in_((FAILED, ASKING)))
        return {row.message_id: row.why for row in self.session.execute(asked)}

    def channels_due(self, now: datetime, channels: Sequence[str]) -> list[str]:
        """Those of these channels on which a message waits to go out."""
        o = tables.outbox.c
        due = select(o.channel).where(o.kind == "message", o.state == WAITING, o.due_at <= now, o.channel.in_(channels)).distinct()
        return [*self.session.execute(due).scalars()]

    def claim_messages(self, now: datetime, lease: timedelta, channels: Sequence[str], limit: int) -> list[dict[str, Any]]:
        """Messages to send, reserved: of each conversation only the first, so that none overtakes another."""
        o, before = tables.outbox.c, tables.outbox.alias()
        is_under_way = or_(before.c.attempts > 0, before.c.due_at <= now)
        held_up = exists().where(
            and_(before.c.conversation_id == o.conversation_id, before.c.kind == "message", before.c.state == WAITING),
            before.c.id < o.id,
            is_under_way,
        )
        due = select(tables.outbox).where(o.kind == "message", o.state == WAITING, o.due_at <= now, o.channel.in_(channels), ~held_up)
        rows = [dict(one._mapping) for one in self.session.execute(due.order_by(o.id).limit(limit).with_for_update(skip_locked=True))]
        for row in rows:
            self.session.execute(update(tables.outbox).where(o.id == row["id"]).values(due_at=now + lease, attempts=o.attempts + 1))
        return rows

    def take_back(self, sending: Sending) -> None:
        """It surely did not go out."""
        self.session.delete(sending)

    def drop(self, conversation_id: str) -> None:
        """What waits to go out in a conversation is not sent any more."""
        o = tables.outbox.c
        waits = (o.conversation_id == conversation_id, o.kind == "message", o.state == WAITING)
        self.session.execute(update(tables.outbox).where(*waits).values(state=DROPPED))

    def release(self, conversation_id: str, now: datetime) -> None:
        """The customer has written: what waited for that, or for another try, goes out now."""
        o = tables.outbox.c
        waits = (o.conversation_id == conversation_id, o.kind == "message", o.state == WAITING, o.attempts > 0, o.due_at > now)
        leased = exists().where(sendings.c.message_id == o.subject_id, sendings.c.state == ASKING, sendings.c.why.is_(None))
        self.session.execute(update(tables.outbox).where(*waits, ~leased).values(due_at=now))
