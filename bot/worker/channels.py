"""Messaging channels: looks into mailboxes, takes in what was left over, and sends what waits, each channel at its own pace."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.cases.way_back import Links
from bot.errors import SendFailed
from bot.handling import arrivals, sending
from bot.handling.shop import Shop
from bot.ports import Channel, FileMaker
from bot.worker.crew import Crew
from bot.worker.pace import Pace

LOOKS_EVERY, TIDIES_EVERY = timedelta(seconds=2), timedelta(hours=1)
LOOK_LEASE = timedelta(minutes=2)  # a collector that died lets the next one in after it
REST_AFTER_FAILURE = timedelta(seconds=15)
SEND_LEASE = timedelta(minutes=5)  # longer than all parts of a message may take
AT_ONCE, OF_ONE_CHANNEL = 12, 6
LANES, TAKEN_AT_ONCE = 50, 4
Channels = Mapping[str, Channel]
log = structlog.get_logger(__name__)


class Collecting:
    """Looks into mailboxes and timelines: one process at a time for a channel, each look in a thread of its own."""

    def __init__(self, shop: Shop, channels: Channels, now: Callable[[], datetime]) -> None:
        self.shop, self.now = shop, now
        self.channels = {name: one for name, one in channels.items() if one.can.collects}
        self.crew, self.pace = Crew("collect", max(1, len(self.channels))), Pace(LOOKS_EVERY)
        self.resting: dict[str, datetime] = {}

    def run(self, now: datetime) -> int:
        """None is counted here: what came shows when it is taken in."""
        if self.pace.is_due(now):
            for name, channel in self.channels.items():
                rests = now < self.resting.get(name, now) <= now + REST_AFTER_FAILURE
                if not rests and self.crew.free(name, share=1):
                    self.crew.begin(name, self._look, channel)
        return 0

    def _look(self, channel: Channel) -> None:
        now = self.now()
        with self.shop.begin(True) as uow:
            is_free, cursor = uow.arrivals.cursor(channel.name, now, LOOK_LEASE)
        if not is_free:
            return
        found = None
        try:
            found = channel.collect(cursor, now)
        except SendFailed as failure:
            self.resting[channel.name] = now + REST_AFTER_FAILURE
            log.warning("channel.not_collected", channel=channel.name, why=str(failure))
        with self.shop.begin(True) as uow:  # together: what was kept is not read again, and what was not kept is
            if found:
                uow.arrivals.keep(channel.name, found.arrivals, now, now)
            uow.arrivals.move_cursor(channel.name, found.cursor if found else None)

    def close(self) -> None:
        self.crew.close()


class TakingIn:
    """Arrivals that nobody took in when they came, a few customers' at once; a file that is slow to fetch keeps nothing else waiting."""

    def __init__(self, shop: Shop, channels: Channels, maker: FileMaker, now: Callable[[], datetime]) -> None:
        self.shop, self.channels, self.maker, self.now = shop, channels, maker, now
        self.crew, self.tidying = Crew("arrival", TAKEN_AT_ONCE), Pace(TIDIES_EVERY)

    def run(self, now: datetime) -> int:
        """Of how many customers something is taken in from now on."""
        if self.tidying.is_due(now):
            with self.shop.begin(True) as uow:
                uow.arrivals.forget(now - arrivals.KEPT)
        with self.shop.begin(False) as uow:
            due = uow.arrivals.due(now, [*self.channels], LANES)
        begun = [at for at in due if not self.crew.is_at(at)][: self.crew.free()]
        for at in begun:
            self.crew.begin(at, self._take, *at)
        return len(begun)

    def _take(self, name: str, lane: str) -> None:
        """All that waits of one customer. What crashes is tried again, and put aside in the end."""
        while arrivals.take_next(self.shop, self.channels[name], self.maker, lane, self.now()):
            pass

    def wait(self) -> None:
        self.crew.wait()

    def close(self) -> None:
        self.crew.close()


class Sending:
    """Messages that wait to go out: in order within a conversation, several conversations at once, no channel in another's way."""

    def __init__(self, shop: Shop, channels: Channels, links: Links | None, now: Callable[[], datetime]) -> None:
        self.shop, self.channels, self.links, self.now = shop, channels, links, now
        self.crew = Crew("message", AT_ONCE)
        self.resting: dict[str, datetime] = {}  # channels whose provider asked to be left alone, and until when

    def run(self, now: datetime) -> int:
        """How many were taken; they are finished in their own time."""
        with self.shop.begin(False) as uow:  # a look first: it keeps nobody who writes waiting
            due = uow.sendings.channels_due(now, [*self.channels])
        return sum(self._send_some(name, now) for name in due if not now < self.resting.get(name, now))

    def _send_some(self, name: str, now: datetime) -> int:
        free = self.crew.free(name, OF_ONE_CHANNEL)
        if free == 0:
            return 0
        with self.shop.begin(True) as uow:
            rows = uow.sendings.claim_messages(now, SEND_LEASE, [name], free)
        for row in rows:
            self.crew.begin(name, self._send, self.channels[name], row)
        return len(rows)

    def _send(self, channel: Channel, row: dict[str, Any]) -> None:
        wait_s = sending.send(self.shop, channel, row, self.links, self.now)
        if wait_s:
            self.resting[channel.name] = self.now() + timedelta(seconds=wait_s)

    def wait(self) -> None:
        self.crew.wait()

    def close(self) -> None:
        self.crew.close()
