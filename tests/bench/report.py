"""The report of a month over many cases: how long it takes, and how much memory.

`make bench` runs it; `python -m tests.bench report` alone. The report is made by the command, in a process of its own.
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from bot.errors import AmendsError
from bot.progress import Progress
from bot.settings import ROOT
from bot.store import bulk, schema, tables
from bot.store.database import Database
from bot.store.follow_up_tables import follow_ups
from bot.store.learning_tables import learning_records
from tests.bench import document

LIMIT_S = 10.0
MONTHS = 9  # the month of the report and those it is compared with
AT_ONCE = 5_000
ISSUES = ("late_delivery", "damaged_or_defective", "lost_or_missing", "wrong_item", "refund_not_received", "billing_dispute")
PRODUCTS = tuple((f"HH-{n:03}", f"Product {n}") for n in range(120))
PAGE = """\
# The report of a month over many cases

`python -m tests.bench report` measures this alone. {day}, {cores} cores, Python {python}, SQLite, others used {busy:.0f} % of the machine
before it.

{table}

All cases lie within the month of the report and the eight before that it is compared with, so each of them is read and counted. A case
has an order, a conversation of {said} messages, facts, promises, a remedy, a round of questions and, mostly, a learning record; a third
of them had a person. The time is that of the whole command, start-up included, in a process of its own.
"""


class NotReported(AmendsError):
    """The report could not be made."""


@dataclass(frozen=True)
class Size:
    """How much there is."""

    cases: int = 100_000
    rounds: int = 3
    said: int = 6  # messages in each conversation


QUICK = Size(cases=2_000, rounds=1)


@dataclass
class Seen:
    """Seconds and bytes."""

    size: Size
    busy: float = 0.0
    took: list[float] = field(default_factory=list)
    used: float = 0.0  # of the processor, by the longest
    memory: int = 0
    file: int = 0

    def rows(self) -> list[tuple[str, str, str]]:
        worst = max(self.took)
        return [
            ("cases", f"{self.size.cases:,}", ""),
            ("messages", f"{self.size.cases * self.size.said:,}", ""),
            (f"report as HTML, the longest of {len(self.took)}", f"{worst:.1f} s", "met" if worst < LIMIT_S else f"missed: {LIMIT_S:g} s"),
            ("of that, processor time", f"{self.used:.1f} s", ""),
            ("memory of the process, at most", f"{self.memory / 1e6:,.0f} MB", ""),
            ("the file", f"{self.file / 1e6:.1f} MB", ""),
        ]


def measure(size: Size, console: Console) -> Seen:
    """Fills a store of its own, and has the command make the report."""
    seen = Seen(size)
    with tempfile.TemporaryDirectory() as folder, Progress(console, f"The report over {size.cases:,} cases") as progress:
        url, out = f"sqlite:///{folder}/bench.db", Path(folder) / "report.html"
        month = _fill(url, size, progress)
        seen.busy = psutil.cpu_percent(interval=1)
        for turn in range(size.rounds):
            progress.tell(f"reporting, {turn + 1} of {size.rounds}")
            before = _used()
            seen.took.append(_report(url, Path(folder), month, out))
            seen.used = max(seen.used, _used() - before)
        seen.memory, seen.file = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024, out.stat().st_size
    return seen


def _used() -> float:
    """Processor seconds of the commands so far."""
    found = resource.getrusage(resource.RUSAGE_CHILDREN)
    return found.ru_utime + found.ru_stime


def _report(url: str, var: Path, month: str, out: Path) -> float:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("AMENDS_")}
    environment = {**plain, "AMENDS_VAR": str(var), "AMENDS_DATABASE_URL": url}
    begun = time.perf_counter()
    command = [sys.executable, "-m", "bot.cli", "report", "--month", month, "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    took = time.perf_counter() - begun
    if done.returncode:
        raise NotReported(f"The report could not be made: {done.stderr.strip()[-300:]}")
    return took


def _fill(url: str, size: Size, progress: Progress) -> str:
    """Rows as the product would have written them, straight into the tables; the month of the report."""
    database, chance = Database(url), random.Random(1)
    schema.upgrade(database)
    last = datetime.now(timezone.utc).replace(day=1, hour=9, minute=0, second=0, microsecond=0) - timedelta(days=40)
    first = last.replace(day=1) - timedelta(days=30 * (MONTHS - 1))
    span = (last.replace(day=1) + timedelta(days=27) - first).total_seconds()
    for some in range(0, size.cases, AT_ONCE):
        progress.tell(f"{some:,} of {size.cases:,} cases")
        rows: dict[Any, list[dict[str, Any]]] = {table: [] for table in TABLES}
        for number in range(some, min(some + AT_ONCE, size.cases)):
            _case(rows, number, first + timedelta(seconds=span * number / size.cases), size.said, chance)
        with database.begin() as uow:
            for table, found in rows.items():
                bulk.put_rows(uow.session, table, found)
    database.close()
    return f"{last:%Y-%m}"


T = tables
TABLES = (
    *(T.customers, T.orders, T.items, T.conversations, T.cases, T.messages, T.facts, T.remedies, T.promises, T.escalations),
    *(follow_ups, learning_records),
)


def _case(rows: dict[Any, list[dict[str, Any]]], n: int, at: datetime, said: int, chance: random.Random) -> None:
    case, order, chat, who = f"case-{n}", f"B{n}", f"chat-{n}", f"customer-{n}"
    (sku, name), issue, asks = chance.choice(PRODUCTS), chance.choice(ISSUES), chance.random() < 0.33
    ends, hour = at + timedelta(days=3), timedelta(hours=1)
    rows[T.customers].append({"id": who, "name": "A", "email": f"{n}@example.com", "phone": None})
    carrier = chance.choice(("Meadow Post", "Redline Parcel"))
    dates = {"placed_at": at - 9 * 24 * hour, "promised_by": at, "delivered_at": at}
    sums = {"currency": "USD", "total_minor": 4500, "tracking_numbers": [], "ship_to": {}, "digest": str(n)}
    rows[T.orders].append({"number": order, "status": "delivered", "carrier": carrier, "customer_id": who, **dates, **sums})
    rows[T.items].append({"order_number": order, "line": 1, "sku": sku, "name": name, "options": {}, "quantity": 1, "price_minor": 4500})
    counts = {"handler_version": 1, "tracker": 1, "last_seq": said, "asked_tries": 0, "misunderstood": 0, "version": 1}
    rows[T.conversations].append({"id": chat, "channel": "website", "created_at": at, "handler": "assistant", "case_id": case, **counts})
    stands = {
        "status": "closed",
        "closed_at": ends,
        "first_reply_at": at + hour / 1800,
        "proven": True,
        "apologised": True,
        "wrong_proofs": 0,
    }
    about = {"issue": issue, "order_number": order, "customer_id": f"person-{n // 2}", "severity": "S2", "fault": "ours", "version": 1}
    rows[T.cases].append(
        {"id": case, "reference": f"A-{n:06}", "conversation_id": chat, "channel": "website", "created_at": at, **stands, **about}
    )
    comes_back = chance.random() < 0.15
    for seq in range(said):
        when, by_us = at + timedelta(hours=40 * (comes_back and seq > 3), seconds=20 * seq), seq % 2
        text = "I am sorry. We send another one today, free of charge." if by_us else "My parcel came broken, what now?"
        heard = (
            None
            if by_us
            else {"intent": issue, "step": "Ask" if seq == n % 4 else "Offer", "fact": "order_number", "reply": {"text": "x" * 300}}
        )
        base = {"id": f"{case}-{seq}", "conversation_id": chat, "seq": seq, "at": when, "case_id": case, "choices": []}
        rows[T.messages].append({**base, "author": "assistant" if by_us else "customer", "text": text, "heard": heard})
    rows[T.facts] += [
        {"case_id": case, "name": fact, "value": value, "source": "customer", "at": at + hour / 60}
        for fact, value in (("order_number", order), ("items", "1"), ("what_happened", "It came broken."))
    ]
    _what_hangs_on(rows, n, case, chat, at, asks, chance)


def _what_hangs_on(
    rows: dict[Any, list[dict[str, Any]]], n: int, case: str, chat: str, at: datetime, asks: bool, chance: random.Random
) -> None:
    hour = timedelta(hours=1)
    settled, sku = at + 48 * hour, chance.choice(PRODUCTS)[0]
    worth = {"amount_minor": 4500, "currency": "USD", "worth_minor": 4500, "worth_currency": "USD", "reasons": "", "lines": "1", "rank": 0}
    dates = {"created_at": at, "changed_at": settled, "settled_at": settled, "due_days": 5, "version": 1}
    kind = {"kind": "refund", "wording": "refund_items", "state": "settled", "needs_approval": False, "policy_version": "1"}
    rows[T.remedies].append({"id": f"r-{n}", "case_id": case, "reference": f"R-{n:06}", "key": f"key-{n}", **kind, **dates, **worth})
    for what in ("refund", "person_answers")[: 1 + asks]:
        kept = {"state": "kept", "created_at": at, "done_at": settled, "due_at": settled + hour}
        rows[T.promises].append({"case_id": case, "what": what, "by_whom": "care", **kept})
    if asks:
        spans = {"at": at, "due_at": at + hour, "answered_at": at + hour / 2}
        rows[T.escalations].append({"case_id": case, "reason": "asked", "priority": "normal", "team": "care", **spans})
    answered = chance.random() < 0.45
    said = {"outcome": "yes", "satisfaction": chance.randint(2, 5)} if answered else {"outcome": None, "satisfaction": None}
    asked = {"created_at": settled, "due_at": settled + 90 * hour, "asked_at": settled + 20 * hour, "ended_at": settled + 22 * hour}
    state = {"state": "answered" if answered else "unanswered", "number": 1, "version": 1}
    rows[follow_ups].append({"id": f"f-{n}", "case_id": case, "conversation_id": chat, **asked, **state, **said})
    if chance.random() < 0.9:
        told = {
            "failure_type": "product",
            "root_cause": chance.choice(("process", "supplier", None)),
            "whys": [],
            "sku": sku,
            "product": sku,
        }
        more = {"created_at": settled, "due_at": settled, "version": 1, "customer_words": "It came broken.", "skill": "listening"}
        rows[learning_records].append({"case_id": case, **told, **more})


def on_terminal(seen: Seen) -> Table:
    """For rich to print."""
    return document.on_terminal("the report", seen.rows())


def page(seen: Seen, day: date) -> str:
    """Its section of docs/bench.md."""
    return document.section(PAGE, seen.rows(), day, busy=seen.busy, said=seen.size.said)
