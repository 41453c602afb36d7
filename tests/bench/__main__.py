"""Trains both, starts both, measures them in turn and prints the table. `--quick` only tries whether all of it works."""

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
from tests.bench import load, table
from tests.bench.contestants import OURS, STOCK, Contestant, complaints, prepare
from tests.bench.measure import Measured, measure_round, warm_up
from tests.bench.servers import Servers, train

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


def main() -> int:
    """The exit code: 0 where all was measured, whatever the figures."""
    reader = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    reader.add_argument("--quick", action="store_true", help="few sentences and epochs: figures that mean nothing, in a few minutes")
    is_quick = reader.parse_args().quick
    console = Console() if sys.stdout.isatty() else Console(width=120)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        measured = run(QUICK if is_quick else FULL, is_quick, console)
        under_load = load.measure_both(load.QUICK if is_quick else load.Load(), console)
    except AmendsError as error:
        console.print(str(error), style="red")
        return 1
    except KeyboardInterrupt:
        return 130
    console.print(table.on_terminal(measured))
    console.print(load.on_terminal(under_load))
    if not is_quick:
        table.write_json(ROOT / "results" / "bench.json", measured)
        page = table.page(measured, clock.now().date(), version("rasa"), vars(FULL))
        page += load.page(under_load)
        (ROOT / "docs" / "bench.md").write_text(page, encoding="utf-8")
        console.print("Written: docs/bench.md, results/bench.json")
    return 0


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
