"""Measures Amends, and where there is something to compare it with, that too; prints the tables and writes docs/bench.md.

The parts: `rasa` trains ours and stock Rasa, starts both and measures them in turn; `load` opens many chats; `page` loads the demo page;
`desk` has many people look at one queue; `report` tells a month over many cases; `connectors` shows what Rasa's own do with five cases.
Parts that are named are measured alone, and what docs/bench.md holds of the others stays. `--quick` only tries whether all of it works.
"""

import argparse
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version

import psutil
from rich.console import Console

from bot import clock
from bot.errors import AmendsError
from bot.progress import Progress
from bot.settings import ROOT
from tests.bench import connectors, desk, document, load, page, report, table
from tests.bench.contestants import OURS, STOCK, Contestant, complaints, prepare
from tests.bench.measure import Measured, measure_round, warm_up
from tests.bench.servers import BenchFailed, Servers, train

DOCUMENT = ROOT / "docs" / "bench.md"
QUIET = 15.0  # percent of the machine that others may use while something is measured


@dataclass(frozen=True)
class Size:
    """How much is done."""

    sentences: int  # of each intent, to train on
    starts: int
    warm: int  # first turns that are not measured
    said: int  # complaints parsed and said in a round
    rounds: int
    patience: float  # seconds to wait for a quiet machine, before each start and round


FULL = Size(sentences=40, starts=3, warm=20, said=150, rounds=3, patience=120)
QUICK = Size(sentences=5, starts=1, warm=5, said=20, rounds=1, patience=0)


PARTS = ("rasa", "load", "page", "desk", "report", "connectors")


def main() -> int:
    """The exit code: 0 where all was measured, whatever the figures."""
    reader = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    reader.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all without it")
    reader.add_argument("--quick", action="store_true", help="few sentences and epochs: figures that mean nothing, in a few minutes")
    given = reader.parse_args()
    if unknown := {*given.parts} - {*PARTS}:
        reader.error(f"there is no part {', '.join(sorted(unknown))}: {', '.join(PARTS)}")
    console = Console() if sys.stdout.isatty() else Console(width=120)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    code = 0
    try:
        for part in [one for one in PARTS if one in (given.parts or PARTS)]:
            code |= measure_part(part, given.quick, console)
    except KeyboardInterrupt:
        return 130
    return code


def measure_part(part: str, is_quick: bool, console: Console) -> int:
    """One part, on the terminal and in docs/bench.md: 1 where it could not be measured, in words. The other parts go on."""
    try:
        section = MEASURES[part](is_quick, console)
    except AmendsError as error:
        console.print(str(error), style="red")
        return 1
    if section and not is_quick:
        document.put(DOCUMENT, section)
        console.print(f"Written: {DOCUMENT.relative_to(ROOT)}")
    return 0


def beside_rasa(is_quick: bool, console: Console) -> str:
    """Ours and stock Rasa."""
    measured = run(QUICK if is_quick else FULL, is_quick, console)
    console.print(table.on_terminal(measured))
    if not is_quick:
        table.write_json(ROOT / "results" / "bench.json", measured)
    return table.page(measured, clock.now().date(), version("rasa"), vars(FULL))


def under_load(is_quick: bool, console: Console) -> str:
    """The chat with many visitors."""
    seen = load.measure_both(load.QUICK if is_quick else load.Load(), console)
    console.print(load.on_terminal(seen))
    return load.page(seen, clock.now().date())


def on_page(is_quick: bool, console: Console) -> str:
    """The chat in a browser."""
    seen = page.measure(console, 1 if is_quick else page.ROUNDS)
    console.print(page.on_terminal(seen))
    return page.page(seen, clock.now().date())


def at_desk(is_quick: bool, console: Console) -> str:
    """The desk with many cases and people."""
    seen = desk.measure(desk.QUICK if is_quick else desk.Size(), console)
    console.print(desk.on_terminal(seen))
    return desk.page(seen, clock.now().date())


def on_report(is_quick: bool, console: Console) -> str:
    """The report over many cases."""
    seen = report.measure(report.QUICK if is_quick else report.Size(), console)
    console.print(report.on_terminal(seen))
    return report.page(seen, clock.now().date())


def over_channels(_is_quick: bool, console: Console) -> str:
    """Stock Rasa's connectors. Nothing is written: it is not a matter of speed."""
    try:
        for cells in connectors.measure():
            console.print(" | ".join(cells), soft_wrap=True, markup=False, highlight=False)
    except AssertionError as error:
        raise BenchFailed(f"Stock Rasa does not run: {error}") from error
    return ""


MEASURES = {"rasa": beside_rasa, "load": under_load, "page": on_page, "desk": at_desk, "report": on_report, "connectors": over_channels}


def run(size: Size, is_quick: bool, console: Console) -> dict[str, Measured]:
    """Everything, with progress."""
    both = [prepare(name, size.sentences, is_quick) for name in (OURS, STOCK)]
    measured = {one.name: trained(one, console) for one in both}
    said = complaints(size.said)
    with ExitStack() as stack:
        servers = [stack.enter_context(Servers(one)) for one in both]
        for start in range(size.starts):
            for one in servers:
                wait_for_quiet(size.patience, console, measured[one.contestant.name])
                with telling(console, "Starting", one.contestant, f"{start + 1} of {size.starts}"):
                    measured[one.contestant.name].start_up.append(one.start_assistant())
        for one in servers:
            warm_up(one.port, said[: size.warm])
            measured[one.contestant.name].memory = one.memory()
        for turn in range(size.rounds):
            for one in servers:
                wait_for_quiet(size.patience, console, measured[one.contestant.name])
                with telling(console, "Asking", one.contestant, f"round {turn + 1} of {size.rounds}"):
                    measure_round(one.port, said, measured[one.contestant.name])
    return measured


def trained(contestant: Contestant, console: Console) -> Measured:
    """Its model, made now unless the same was made before."""
    with telling(console, "Training", contestant, "once for these sentences and this configuration"):
        told = train(contestant)
    console.print(f"{contestant.name}: trained in {told['seconds']} s (load before: {told['load_before']})")
    return Measured(told["seconds"], told["load_before"], contestant.model.stat().st_size)


def wait_for_quiet(patience: float, console: Console, into: Measured) -> None:
    """Until others leave the machine alone, for a while; how busy it was before each measurement is part of the result."""
    busy = psutil.cpu_percent(interval=1)
    begun = time.monotonic()
    while busy > QUIET and time.monotonic() - begun < patience:
        busy = psutil.cpu_percent(interval=1)
    if busy > QUIET:
        console.print(f"Others use {busy:.0f} % of the machine: what is measured next is not to be trusted.", style="yellow")
    into.busy.append(busy)


@contextmanager
def telling(console: Console, what: str, contestant: Contestant, detail: str) -> Iterator[None]:
    """Shows what is being done to whom."""
    with Progress(console, what) as progress:
        progress.tell(f"{contestant.name}, {detail}")
        yield


if __name__ == "__main__":
    sys.exit(main())
