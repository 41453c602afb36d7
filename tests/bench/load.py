"""Many chats open at once: how soon a message is accepted, and whether any is lost or doubled. The clients are a process of their own.

`make bench` runs it; `python -m tests.bench load` alone. `python -m tests.bench.load` prints its table and writes nothing.
"""

import argparse
import asyncio
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import aiohttp
import pytest
from rich.console import Console
from rich.table import Table

from bot.progress import Progress
from tests import postgres
from tests.bench.contestants import complaints
from tests.product import ROOT, running

ACCEPT_LIMIT_MS = 100.0  # p95, from the first byte sent to the answer that it is kept
OPENED_AT_ONCE = 25
SETTLE_S = 300.0  # for the last answers, after the last message
LOOK_S = 1.0
PLAIN_WORDS = ("Still nothing.", "Thanks.", "Can you look into it?", "I wrote to you before about this.", "Hello?")


@dataclass(frozen=True)
class Load:
    """How much is said."""

    chats: int = 500
    a_second: float = 20.0  # messages, in all chats together
    seconds: float = 60.0


QUICK = Load(chats=50, a_second=5, seconds=5)
PAGE = """\
# The website chat under load

`python -m tests.bench load` measures this alone. {day}, {cores} cores, Python {python}.

{table}

All parts and the clients share the machine; the clients are a process of their own. Messages come at even distances whatever the answers,
as customers write. Accepted: from the first byte sent until the answer that the message is kept. Lost, doubled and never answered are
counted afterwards in every conversation.
"""


@dataclass
class Seen:
    """What the clients saw."""

    chats: int
    a_second: float
    sent: int = 0
    accepts: list[float] = field(default_factory=list)  # seconds, one a message
    lost: int = 0  # accepted, and not in the conversation
    doubled: int = 0  # more than once in it
    unanswered: int = 0  # accepted, and never dealt with
    streams_cut: int = 0
    settled_after: float = 0.0  # seconds from the last message until nothing was under way

    def p95_ms(self) -> float:
        return quantiles(self.accepts, n=100)[94] * 1e3

    def rows(self) -> list[tuple[str, str, str]]:
        """What, how much, and the verdict."""
        p95 = self.p95_ms()
        return [
            ("open chats, each with its stream", f"{self.chats}", ""),
            ("messages a second, in all", f"{self.a_second:g}", ""),
            ("messages sent", f"{self.sent:,}", ""),
            ("accepted, p50", f"{median(self.accepts) * 1e3:.1f} ms", ""),
            ("accepted, p95", f"{p95:.1f} ms", "met" if p95 < ACCEPT_LIMIT_MS else f"missed: {ACCEPT_LIMIT_MS:g} ms"),
            ("lost", f"{self.lost}", "met" if not self.lost else "missed: 0"),
            ("doubled", f"{self.doubled}", "met" if not self.doubled else "missed: 0"),
            ("never answered", f"{self.unanswered}", "met" if not self.unanswered else "missed: 0"),
            ("streams cut", f"{self.streams_cut}", ""),
            ("all dealt with, after the last message", f"{self.settled_after:.0f} s", ""),
        ]


class Visitor:
    """One open chat: a stream that stays open, and words now and then."""

    def __init__(self, http: aiohttp.ClientSession, url: str, seen: Seen) -> None:
        self.http, self.url, self.seen = http, url, seen
        self.headers: dict[str, str] = {}
        self.sent: list[tuple[str, int]] = []  # text and the seq it was accepted under
        self.lost = self.doubled = self.unanswered = 0

    async def begin(self) -> None:
        async with self.http.post(f"{self.url}/api/conversations", json={}) as answer:
            answer.raise_for_status()
            self.headers = {"Authorization": f"Bearer {(await answer.json())['token']}"}

    async def listen(self) -> None:
        """Holds a stream open; opens it again when it ends."""
        while True:
            try:
                async with self.http.get(f"{self.url}/api/stream", params={"after": "0"}, headers=self.headers) as stream:
                    async for _line in stream.content:
                        pass
            except (aiohttp.ClientError, ValueError):
                self.seen.streams_cut += 1
                await asyncio.sleep(1)

    async def say(self, text: str) -> None:
        begun = time.perf_counter()
        body = {"client_id": uuid.uuid4().hex, "text": text}
        kept = await self._send(body)
        self.seen.accepts.append(time.perf_counter() - begun)
        self.sent.append((text, kept["seq"]))

    async def _send(self, body: dict[str, str]) -> dict[str, int]:
        """Once more under the same id where the line broke, as the widget does."""
        try:
            return await self._post(body)
        except aiohttp.ClientConnectionError:
            return await self._post(body)

    async def _post(self, body: dict[str, str]) -> dict[str, int]:
        async with self.http.post(f"{self.url}/api/messages", json=body, headers=self.headers) as answer:
            answer.raise_for_status()
            return dict(await answer.json())

    async def page(self) -> dict[str, Any]:
        async with self.http.get(f"{self.url}/api/messages", params={"after": "0"}, headers=self.headers) as answer:
            answer.raise_for_status()
            return dict(await answer.json())

    async def check(self) -> bool:
        """Counts what was lost, doubled or left without an answer; whether all is dealt with. Who waits for a person reads that once,
        then that what they write is noted, and then nothing more: nothing is due there."""
        looked = await self.page()
        page = looked["messages"]
        kept = Counter((one["text"], one["seq"]) for one in page if one["author"] == "customer")
        self.lost = sum(kept[one] == 0 for one in self.sent)
        self.doubled = sum(kept.values()) - len(kept) + len(kept.keys() - set(self.sent))
        last_word = max((int(str(one["seq"])) for one in page if one["author"] != "customer"), default=0)
        waits = looked["handler"] == "queue" and not looked["typing"] and last_word
        self.unanswered = 0 if waits else sum(seq > last_word for _text, seq in self.sent)
        return not self.unanswered


async def visit(url: str, load: Load) -> Seen:
    """Opens all chats, talks, waits until all is answered, and counts."""
    seen = Seen(load.chats, load.a_second)
    connector, patience = aiohttp.TCPConnector(limit=0), aiohttp.ClientTimeout(total=None, sock_connect=30)
    async with aiohttp.ClientSession(connector=connector, timeout=patience) as http:
        visitors = [Visitor(http, url, seen) for _ in range(load.chats)]
        for some in range(0, len(visitors), OPENED_AT_ONCE):
            await asyncio.gather(*(one.begin() for one in visitors[some : some + OPENED_AT_ONCE]))
        streams = [asyncio.create_task(one.listen()) for one in visitors]
        await asyncio.sleep(5)  # until all streams stand
        await talk(visitors, load)
        seen.sent = len(seen.accepts)
        seen.settled_after = await settle(visitors)
        seen.lost, seen.doubled, seen.unanswered = (sum(getattr(one, key) for one in visitors) for key in ("lost", "doubled", "unanswered"))
        for one in streams:
            one.cancel()
        await asyncio.gather(*streams, return_exceptions=True)
    return seen


async def talk(visitors: list[Visitor], load: Load) -> None:
    """Messages at even distances whatever the answers, as customers write: a server that is slow is not spared."""
    chance, first_words = random.Random(1), complaints(150)
    begun, words = time.perf_counter(), []
    for turn in range(int(load.a_second * load.seconds)):
        await asyncio.sleep(max(0.0, begun + turn / load.a_second - time.perf_counter()))
        who = visitors[turn % len(visitors)] if turn < len(visitors) else chance.choice(visitors)
        text = chance.choice(first_words) if turn < len(visitors) else f"{chance.choice(PLAIN_WORDS)} ({turn})"
        words.append(asyncio.create_task(who.say(text)))
    await asyncio.gather(*words)


async def settle(visitors: list[Visitor]) -> float:
    """Waits for the last answers; the seconds it took."""
    begun, left = time.perf_counter(), [*visitors]
    while left and time.perf_counter() - begun < SETTLE_S:
        left = [one for one in left if not await one.check()]
        await asyncio.sleep(LOOK_S if left else 0)
    took = time.perf_counter() - begun
    for one in visitors:  # once more, all: what came doubled may have come late
        await one.check()
    return took


def measure(load: Load, console: Console, **env: str) -> Seen:
    """Starts Amends with a database of its own, and the clients beside it."""
    with tempfile.TemporaryDirectory() as folder, Progress(console, "Loading") as progress:
        progress.tell(f"{load.chats} open chats, {load.a_second:g} messages a second")
        with running(Path(folder) / "var", **env) as product:
            command = [sys.executable, "-m", "tests.bench.load", "--at", product.url, *_as_arguments(load)]
            done = subprocess.run(command, cwd=ROOT, env={**os.environ}, stdout=subprocess.PIPE, check=True, text=True)
    return Seen(**json.loads(done.stdout.splitlines()[-1]))


def measure_both(load: Load, console: Console) -> dict[str, Seen]:
    """On SQLite, which has one writer, and on PostgreSQL, where there is one."""
    seen = {"SQLite": measure(load, console)}
    with ExitStack() as stack:
        try:
            url = stack.enter_context(postgres.empty_database(stack.enter_context(postgres.server())))
        except pytest.skip.Exception as missing:
            console.print(str(missing), style="yellow")
        else:
            seen["PostgreSQL"] = measure(load, console, AMENDS_DATABASE_URL=url)
    return seen


def on_terminal(seen: dict[str, Seen]) -> Table:
    """For rich to print."""
    table = Table("the website chat under load", *(cell for name in seen for cell in (name, "")))
    for cells in lines(seen):
        table.add_row(*cells)
    return table


def lines(seen: dict[str, Seen]) -> list[tuple[str, ...]]:
    """The cells of each row: what, then how much and the verdict on each database."""
    return [(rows[0][0], *(cell for row in rows for cell in row[1:])) for rows in zip(*(one.rows() for one in seen.values()), strict=True)]


def page(seen: dict[str, Seen], day: date) -> str:
    """Its part of docs/bench.md."""
    names = [cell for name in seen for cell in (name, "")]
    rows = [("", *names), tuple("-" for _ in range(len(names) + 1)), *lines(seen)]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
    return PAGE.format(table=table, day=day, cores=os.cpu_count(), python=platform.python_version())


def _as_arguments(load: Load) -> list[str]:
    return ["--chats", str(load.chats), "--a-second", str(load.a_second), "--seconds", str(load.seconds)]


def main() -> int:
    """The exit code: 0 where all was measured, whatever the figures."""
    reader = argparse.ArgumentParser(prog="python -m tests.bench.load", description=__doc__)
    reader.add_argument("--at", help="a running Amends; without it one is started")
    for name, default in asdict(Load()).items():
        reader.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    given = vars(reader.parse_args())
    at, load = given.pop("at"), Load(**given)
    if at:
        print(json.dumps(asdict(asyncio.run(visit(at, load)))))
        return 0
    console = Console() if sys.stdout.isatty() else Console(width=120)
    console.print(on_terminal(measure_both(load, console)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
