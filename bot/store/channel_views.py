"""What people see of messaging channels: why a message is not there yet, how each channel does, and what could not be taken in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.cases.channel import Arrival, arrival_of
from bot.cases.contact import ASKING
from bot.store import ledger_tables, tables
from bot.store.channel_tables import arrivals, sendings
from bot.store.channels import FAILED, WAITING


@dataclass(frozen=True)
class Doing:
    """How one channel does. Numbers are of messages."""

    last_in: datetime | None = None
    last_out: datetime | None = None
    to_take_in: int = 0
    put_aside: int = 0
    to_send: int = 0
    not_arrived: int = 0


@dataclass(frozen=True)
class PutAside:
    """An arrival that could not be taken in; all of it is kept."""

    id: int
    channel: str
    at: datetime
    attempts: int
    arrival: Arrival


class ChannelViews:
    """Over one session."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def tried(self, conversation_id: str) -> set[str]:
        """The messages that wait and were tried before."""
        o = tables.outbox.c
        asked = select(o.subject_id).where(o.conversation_id == conversation_id, o.kind == "message", o.state == WAITING, o.attempts > 1)
        return {*self.session.execute(asked).scalars()}

    def told_why(self, message_ids: Sequence[str]) -> dict[str, str]:
        """Why these did not arrive, or wait, as people were told; of both, why they did not arrive."""
        a = ledger_tables.alerts.c
        found: dict[str, str] = {}
        for what in ("message_waits", "message_failed"):
            keys = {f"{what}:{one}": one for one in message_ids}
            for row in self.session.execute(select(a.key, a.detail).where(a.key.in_([*keys]))) if keys else ():
                found[keys[row.key]] = str(row.detail.get("why") or "")
        return {message: why for message, why in found.items() if why}

    def doing(self) -> dict[str, Doing]:
        """How every channel does that has done anything, by name."""
        found: dict[str, Doing] = {}
        for name, values in [*self._came(), *self._went(), *self._to_send()]:
            found[name] = replace(found.get(name, Doing()), **values)
        return found

    def _came(self) -> Iterable[tuple[str, dict[str, Any]]]:
        a = arrivals.c
        asked = select(a.channel, a.state, func.count().label("count"), func.max(a.at).label("at")).group_by(a.channel, a.state)
        newest: dict[str, datetime] = {}
        for row in self.session.execute(asked):
            newest[row.channel] = max(row.at, newest.get(row.channel, row.at))
            yield row.channel, {"last_in": newest[row.channel]}
            if row.state in (WAITING, FAILED):
                yield row.channel, {"to_take_in" if row.state == WAITING else "put_aside": row.count}

    def _went(self) -> Iterable[tuple[str, dict[str, Any]]]:
        s = sendings.c
        asked = select(s.channel, func.max(s.at).label("at")).where(s.state != ASKING).group_by(s.channel)
        return [(row.channel, {"last_out": row.at}) for row in self.session.execute(asked)]

    def _to_send(self) -> Iterable[tuple[str, dict[str, Any]]]:
        o = tables.outbox.c
        asked = select(o.channel, o.state, func.count().label("count")).where(o.kind == "message", o.state.in_((WAITING, FAILED)))
        for row in self.session.execute(asked.group_by(o.channel, o.state)):
            yield row.channel, {"to_send" if row.state == WAITING else "not_arrived": row.count}

    def put_aside(self) -> list[PutAside]:
        """The oldest first."""
        rows = self.session.execute(select(arrivals).where(arrivals.c.state == FAILED).order_by(arrivals.c.id))
        return [PutAside(row.id, row.channel, row.at, row.attempts, arrival_of(row.body)) for row in rows]

    def take_in_again(self, arrival_id: int, now: datetime) -> str | None:
        """Has it taken in from the first try on; its channel, or None where no such one was put aside."""
        a = arrivals.c
        again = update(arrivals).where(a.id == arrival_id, a.state == FAILED).values(state=WAITING, attempts=0, due_at=now)
        if not self.session.execute(again).rowcount:
            return None
        return str(self.session.execute(select(a.channel).where(a.id == arrival_id)).scalar())
