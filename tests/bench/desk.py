"""The desk with many open cases and people: how soon a change is on everybody's screen, and how long a page takes.

`make bench` runs it; `python -m tests.bench desk` alone. The server is a process of its own, started as in production.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from statistics import median, quantiles

import aiohttp
import psutil
from rich.console import Console
from rich.table import Table

from bot import clock, settings
from bot.bootstrap import open_database, open_passwords, open_shop, prepare
from bot.cases.conversation import Author, Conversation
from bot.handling import agents, people
from bot.handling.accept import add_reply
from bot.handling.cases import case_of
from bot.handling.handoff import hand_off
from bot.handling.person_words import write_words
from bot.handling.shop import Shop
from bot.progress import Progress
from bot.store.unit_of_work import UnitOfWork
from bot.web import session
from tests.bench import document
from tests.product import ROOT, free_ports

UPDATE_LIMIT_MS, PAGE_LIMIT_MS = 1_000.0, 200.0  # p95
PASSWORD = "four-words-are-good"
REASONS = ("asked", "legal", "not_understood", "vulnerable", "no_remedy_fits")
START_S, SETTLE_S = 60.0, 10.0
AT_ONCE = 50  # chats written in one go
PAGE = """\
# The desk with many cases and people

`python -m tests.bench desk` measures this alone. {day}, {cores} cores, Python {python}, others used {busy:.0f} % of the machine before it.

{table}

Half of the cases wait, half are with the people who are signed in; each has {said} messages. Every person holds the stream of the queue
open. Customers write at even distances whatever the answers. An update: from the first byte a customer sends until the changed row has
come to one person; one value for each message and person. A page: the shell, who sits there and the whole queue, one after the other.
The server, the worker and the clients share the machine.
"""


@dataclass(frozen=True)
class Size:
    """How much there is of all."""

    cases: int = 300
    people: int = 30
    messages: int = 120  # customers' words while it is measured
    a_second: float = 3.0
    said: int = 10  # messages in each chat before


QUICK = Size(cases=20, people=3, messages=6)


@dataclass
class Seen:
    """What the clients saw. Seconds."""

    size: Size
    busy: float = 0.0
    updates: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    chats: list[float] = field(default_factory=list)
    missed: int = 0  # updates that never came

    def rows(self) -> list[tuple[str, str, str]]:
        """What, how much, and the verdict."""
        update, page, chat = (_p95_ms(one) for one in (self.updates, self.pages, self.chats))
        return [
            ("open cases", f"{self.size.cases}", ""),
            ("people signed in, each with the queue open", f"{self.size.people}", ""),
            ("customers' messages a second", f"{self.size.a_second:g}", ""),
            ("update on a screen, p50", f"{median(self.updates) * 1e3:.0f} ms", ""),
            ("update on a screen, p95", f"{update:.0f} ms", _verdict(update, UPDATE_LIMIT_MS)),
            ("updates that never came", f"{self.missed}", "met" if not self.missed else "missed: 0"),
            ("page with the queue, p95", f"{page:.0f} ms", _verdict(page, PAGE_LIMIT_MS)),
            ("a chat opened, p95", f"{chat:.0f} ms", _verdict(chat, PAGE_LIMIT_MS)),
        ]


@dataclass
class Filled:
    """The shop as it was filled: its cases with their conversations, and the customers' tokens."""

    url: str
    cases: list[tuple[str, str]]  # reference, conversation
    tokens: dict[str, str]  # by conversation


def measure(size: Size, console: Console) -> Seen:
    """Fills a shop of its own, starts the server and watches."""
    seen = Seen(size, busy=psutil.cpu_percent(interval=1))
    with tempfile.TemporaryDirectory() as folder, Progress(console, f"The desk: {size.cases} cases, {size.people} people"):
        with _served(Path(folder), size) as filled:
            asyncio.run(_watch(filled, seen))
    return seen


@contextmanager
def _served(var: Path, size: Size) -> Iterator[Filled]:
    (port,) = free_ports(1)
    plain = {name: value for name, value in os.environ.items() if not name.startswith("AMENDS_")}
    environment = {**plain, "AMENDS_VAR": str(var), "AMENDS_ENV": "development", "AMENDS_PORT": str(port)}
    chosen = settings.read(environment)
    database = open_database(chosen)
    prepare(chosen, database)
    shop = open_shop(chosen, database)
    cases = _fill(shop, size)
    tokens = {chat: session.sign(chosen.secret("session"), chat, clock.now()) for _, chat in cases}
    database.close()
    running = []
    try:
        for part in ("bot.web", "bot.worker"):
            with (var / f"{part}.log").open("wb") as log:
                running.append(subprocess.Popen([sys.executable, "-m", part], cwd=ROOT, env=environment, stdout=log, stderr=log))
        yield Filled(f"http://127.0.0.1:{port}", cases, tokens)
    finally:
        for one in running:
            one.terminate()
        for one in running:
            one.wait(20)


def _fill(shop: Shop, size: Size) -> list[tuple[str, str]]:
    now, names = clock.now(), [f"Person {number}" for number in range(size.people)]
    for number, name in enumerate(names):
        agents.add(shop, open_passwords(), name, f"p{number}@example.com", "agent", PASSWORD, now, capacity=50)
    cases = []
    for some in range(0, size.cases, AT_ONCE):
        with shop.begin(True) as uow:
            cases += [_chat(shop, uow, number, names, size, now) for number in range(some, min(some + AT_ONCE, size.cases))]
    return cases


def _chat(shop: Shop, uow: UnitOfWork, number: int, names: list[str], size: Size, now: datetime) -> tuple[str, str]:
    """One chat that waits for a person; every second one has its person already."""
    conversation = Conversation(f"bench-{number}", "website", now)
    uow.add(conversation)
    uow.flush()
    case = case_of(uow, conversation, now)
    for turn in range(size.said):
        add_reply(uow, conversation, Author.ASSISTANT, f"I have looked at order {number}, point {turn}.", now)
    hand_off(shop, uow, conversation, REASONS[number % len(REASONS)], now)
    if number % 2:
        name = names[number % len(names)]
        people.take_over(shop, uow, case, conversation, name, now)
        write_words(uow, case, conversation, name, "I look into it now.", now)
    return case.reference, conversation.id


async def _watch(filled: Filled, seen: Seen) -> None:
    await _until_up(filled.url)
    sent: dict[tuple[str, int], float] = {}  # case and seq: when it left
    came: dict[tuple[str, str, int], float] = {}  # who, case and seq: when it was there
    patience = aiohttp.ClientTimeout(total=None, sock_connect=30)
    browsers = [aiohttp.ClientSession(timeout=patience, cookie_jar=aiohttp.CookieJar(unsafe=True)) for _ in range(seen.size.people)]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=patience) as customers:
        try:
            await asyncio.gather(*(_sign_in(one, filled.url, f"Person {number}") for number, one in enumerate(browsers)))
            streams = [asyncio.create_task(_listen(one, filled.url, str(n), came)) for n, one in enumerate(browsers)]
            await asyncio.sleep(3)
            look = asyncio.create_task(_browse(browsers[0], filled, seen))
            await _write(customers, filled, seen.size, sent)
            await _settle(sent, came, seen.size)
            for task in (look, *streams):
                task.cancel()
            await asyncio.gather(look, *streams, return_exceptions=True)
            seen.updates = [at - sent[ref, seq] for (_, ref, seq), at in came.items() if (ref, seq) in sent]
            seen.missed = len(sent) * seen.size.people - len(seen.updates)
        finally:
            await asyncio.gather(*(one.close() for one in browsers))


async def _until_up(url: str) -> None:
    begun = time.monotonic()
    async with aiohttp.ClientSession() as http:
        while True:
            try:
                async with http.get(f"{url}/healthz"):
                    return
            except aiohttp.ClientError:
                if time.monotonic() - begun > START_S:
                    raise
                await asyncio.sleep(0.1)


async def _sign_in(browser: aiohttp.ClientSession, url: str, name: str) -> None:
    async with browser.post(f"{url}/desk/sign-in", data={"name": name, "password": PASSWORD}, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()


async def _listen(browser: aiohttp.ClientSession, url: str, who: str, came: dict[tuple[str, str, int], float]) -> None:
    """One person's queue. Several words may come as one change: the later row shows them all."""
    last: dict[str, int] = {}
    async with browser.get(f"{url}/desk/api/stream", read_bufsize=2**22) as stream:
        async for line in stream.content:
            if not line.startswith(b"data: "):
                continue
            now = time.perf_counter()
            for row in json.loads(line[6:])["rows"]:
                for seq in range(last.get(row["ref"], row["seq"]) + 1, row["seq"] + 1):
                    came[who, row["ref"], seq] = now
                last[row["ref"]] = row["seq"]


async def _write(customers: aiohttp.ClientSession, filled: Filled, size: Size, sent: dict[tuple[str, int], float]) -> None:
    chance, begun, writing = random.Random(1), time.perf_counter(), []

    async def say(number: int) -> None:
        ref, chat = filled.cases[order[number]]
        left = time.perf_counter()
        body = {"client_id": f"m{number}", "text": f"Is there any news? ({number})"}
        headers = {"authorization": f"Bearer {filled.tokens[chat]}"}
        async with customers.post(f"{filled.url}/api/messages", json=body, headers=headers) as answer:
            answer.raise_for_status()
            sent[ref, (await answer.json())["seq"]] = left

    order = chance.sample(range(len(filled.cases)), min(size.messages, len(filled.cases)))
    for number in range(len(order)):
        await asyncio.sleep(max(0.0, begun + number / size.a_second - time.perf_counter()))
        writing.append(asyncio.create_task(say(number)))
    await asyncio.gather(*writing)


async def _settle(sent: dict[tuple[str, int], float], came: dict[tuple[str, str, int], float], size: Size) -> None:
    """Until all have come, or for a while."""
    begun = time.monotonic()
    while time.monotonic() - begun < SETTLE_S and sum((ref, seq) in sent for _, ref, seq in came) < len(sent) * size.people:
        await asyncio.sleep(0.2)


async def _browse(browser: aiohttp.ClientSession, filled: Filled, seen: Seen) -> None:
    """One person loads the page and opens chats, again and again."""
    chance = random.Random(2)
    while True:
        begun = time.perf_counter()
        for path in ("/desk", "/desk/api/me", "/desk/api/board"):
            async with browser.get(filled.url + path) as answer:
                answer.raise_for_status()
                await answer.read()
        seen.pages.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        async with browser.get(f"{filled.url}/desk/api/chats/{chance.choice(filled.cases)[0]}") as answer:
            await answer.read()
        seen.chats.append(time.perf_counter() - begun)
        await asyncio.sleep(0.3)


def _p95_ms(values: list[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[94] * 1e3 if len(values) > 1 else values[0] * 1e3


def _verdict(value: float, limit: float) -> str:
    return "met" if value < limit else f"missed: {limit:g} ms"


def on_terminal(seen: Seen) -> Table:
    """For rich to print."""
    return document.on_terminal("the desk", seen.rows())


def page(seen: Seen, day: date) -> str:
    """Its section of docs/bench.md."""
    return document.section(PAGE, seen.rows(), day, busy=seen.busy, said=seen.size.said)
