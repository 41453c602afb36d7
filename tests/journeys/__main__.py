"""Runs the journeys through the public door: all of them, or those whose name or file begins with the words given.

With --channel they are had over a messaging channel, against a stand-in of its provider.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.settings import ROOT
from tests.channels.world import opened
from tests.journeys import picture, report
from tests.journeys.by_nature import CHANNELS
from tests.journeys.customer import IDENTITY_SECRET, talk
from tests.journeys.journey import Journey, journeys
from tests.journeys.judge import Judged, judge
from tests.journeys.over_channel import AT_ONCE, go, trips
from tests.journeys.shop import open_shop
from tests.journeys.store import Store
from tests.product import Product, running

PICTURE = ROOT / "results" / "journeys.svg"


def main() -> int:
    """The exit code: 0 where nothing failed that is not known to fail."""
    given = _given()
    console = Console() if sys.stdout.isatty() else Console(width=170)
    chosen = [(place, one) for place, one in enumerate(journeys(), start=1) if _is_chosen(one, given.names)]
    if not chosen:
        console.print("No journey has such a name.", style="red")
        return 1
    with tempfile.TemporaryDirectory() as folder, _progress(console) as progress:
        starting = progress.add_task("Starting Amends", total=None)
        if given.channel:
            judged = list(_over(Path(folder), given, [one.name for _, one in chosen], progress))
        else:
            with running(Path(folder), AMENDS_IDENTITY_SECRET=IDENTITY_SECRET) as product:
                open_shop(product, len(journeys()))
                progress.remove_task(starting)
                judged = list(_went(product, chosen, progress))
    if given.words:
        for one in judged:
            if given.names or not one.is_ok:
                console.print(report.transcript(one), markup=False)
    report.print_all(console, judged)
    if not given.names and not given.channel:
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_text(picture.ends(judged), encoding="utf-8")
        console.print(f"Written: {PICTURE.relative_to(ROOT)}")
    return int(any(not one.is_ok and not one.talk.journey.fails for one in judged))


def _given() -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="python -m tests.journeys", description=__doc__)
    reader.add_argument("names", nargs="*", help="beginnings of names of journeys or files")
    reader.add_argument("--words", action="store_true", help="print what was said in those that differ, or in all that were named")
    reader.add_argument("--channel", choices=(*CHANNELS, "all"), action="append", help="a messaging channel over which they are had")
    reader.add_argument("--at-once", type=int, default=AT_ONCE, help="how many customers of channels write at a time")
    return reader.parse_args()


def _is_chosen(one: Journey, names: list[str]) -> bool:
    return not names or any(one.name.startswith(name) or one.theme.startswith(name) for name in names)


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console, transient=True
    )


def _went(product: Product, chosen: list[tuple[int, Journey]], progress: Progress) -> Iterator[Judged]:
    store, task = Store(product), progress.add_task("Journeys", total=len(chosen))
    for place, journey in chosen:
        progress.update(task, description=journey.name)
        yield judge(talk(product, store, journey, place))
        progress.advance(task)


def _over(folder: Path, given: argparse.Namespace, names: list[str], progress: Progress) -> Iterator[Judged]:
    """Over messaging channels; whatever differs is told when it is seen, and Ctrl-C leaves what is done by then."""
    chosen = CHANNELS if "all" in given.channel else given.channel
    task = progress.add_task("", total=sum(len(trips([one], names)) for one in chosen))
    with suppress(KeyboardInterrupt):
        for channel in chosen:  # each in a shop of its own: what the assistant may grant in a day is soon granted by so many
            progress.update(task, description=f"Journeys over {channel}")
            (folder / channel).mkdir()
            with opened(folder / channel) as world:
                for one in go(world, trips([channel], names), given.at_once):
                    if not one.is_ok:
                        progress.console.print(f"{one.channel}: {one.talk.journey.name}: {'; '.join(one.differs)}", markup=False)
                    yield one
                    progress.advance(task)


if __name__ == "__main__":
    raise SystemExit(main())
