"""Messaging channels: looks into mailboxes, takes in what was left over, and sends what waits, each channel at its own pace."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.cases.way_back import Links
from bot.errors import SendFailed
from bot.handling import arrivals, sending
from bot.handling.shop import Shop
from bot.ports import Channel, FileMaker
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
        self.shop, self.channels, self.now = shop, channels, now
        self.pool = ThreadPoolExecutor(max(1, len(channels)), thread_name_prefix="collect")
        self.pace, self.under_way = Pace(LOOKS_EVERY), dict[str, Future[None]]()
        self.resting: dict[str, datetime] = {}

    def run(self, now: datetime) -> int:
        """None is counted here: what came shows when it is taken in."""
        if self.pace.is_due(now):
            for name, channel in self.channels.items():
                is_at_it = name in self.under_way and not self.under_way[name].done()
                if not is_at_it and not now < self.resting.get(name, now) <= now + REST_AFTER_FAILURE:
                    self.under_way[name] = self.pool.submit(self._look, channel)
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
        self.pool.shutdown(wait=True)


class TakingIn:
    """Arrivals that nobody took in when they came, a few customers' at once; a file that is slow to fetch keeps nothing else waiting."""

    def __init__(self, shop: Shop, channels: Channels, maker: FileMaker, now: Callable[[], datetime]) -> None:
        self.shop, self.channels, self.maker, self.now = shop, channels, maker, now
        self.pool = ThreadPoolExecutor(TAKEN_AT_ONCE, thread_name_prefix="arrival")
        self.under_way: dict[tuple[str, str], Future[None]] = {}
        self.tidying = Pace(TIDIES_EVERY)

    def run(self, now: datetime) -> int:
        """Of how many customers something is taken in from now on."""
        if self.tidying.is_due(now):
            with self.shop.begin(True) as uow:
                uow.arrivals.forget(now - arrivals.KEPT)
        self.under_way = {lane: one for lane, one in self.under_way.items() if not one.done()}
        with self.shop.begin(False) as uow:
            due = uow.arrivals.due(now, [*self.channels], LANES)
        begun = [lane for lane in due if lane not in self.under_way][: TAKEN_AT_ONCE - len(self.under_way)]
        self.under_way |= {lane: self.pool.submit(self._take, lane) for lane in begun}
        return len(begun)

    def _take(self, at: tuple[str, str]) -> None:
        channel = self.channels[at[0]]
        try:
            while arrivals.take_next(self.shop, channel, self.maker, at[1], self.now()):
                pass
        except Exception:  # one customer's trouble must not stop the others; it is tried again, and put aside in the end
            log.exception("arrival.crashed", channel=channel.name)

    def wait(self) -> None:
        """Until all that is under way is finished."""
        wait_for(self.under_way.values())

    def close(self) -> None:
        self.pool.shutdown(wait=True)


class Sending:
    """Messages that wait to go out: in order within a conversation, several conversations at once, no channel in another's way."""

    def __init__(self, shop: Shop, channels: Channels, links: Links | None, now: Callable[[], datetime]) -> None:
        self.shop, self.channels, self.links, self.now = shop, channels, links, now
        self.pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="send")
        self.under_way: dict[Future[None], str] = {}
        self.resting: dict[str, datetime] = {}  # channels whose provider asked to be left alone, and until when

    def run(self, now: datetime) -> int:
        """How many were taken; they are finished in their own time."""
        self.under_way = {one: name for one, name in self.under_way.items() if not one.done()}
        return sum(self._send_some(name, now) for name in self.channels if not now < self.resting.get(name, now))

    def _send_some(self, name: str, now: datetime) -> int:
        free = min(AT_ONCE - len(self.under_way), OF_ONE_CHANNEL - [*self.under_way.values()].count(name))
        if free <= 0:
            return 0
        with self.shop.begin(False) as uow:  # a look first: it keeps nobody who writes waiting
            if not uow.sendings.is_any_due(now, name):
                return 0
        with self.shop.begin(True) as uow:
            rows = uow.sendings.claim_messages(now, SEND_LEASE, [name], free)
        for row in rows:
            future = self.pool.submit(self._send, self.channels[name], row)
            future.add_done_callback(_tell)
            self.under_way[future] = name
        return len(rows)

    def _send(self, channel: Channel, row: dict[str, Any]) -> None:
        wait_s = sending.send(self.shop, channel, row, self.links, self.now)
        if wait_s:
            self.resting[channel.name] = self.now() + timedelta(seconds=wait_s)

    def wait(self) -> None:
        """Until all that is under way is finished."""
        wait_for(self.under_way)

    def close(self) -> None:
        self.pool.shutdown(wait=True)


def _tell(future: "Future[None]") -> None:
    """An unforeseen error is in the log; the row's lease runs out, and it is tried again."""
    if future.exception():
        log.error("message.crashed", exc_info=future.exception())
