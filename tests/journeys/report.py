"""What came of the journeys, on the terminal: a row each, figures, and what is known to fail."""

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median, quantiles

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.journeys.by_nature import CHANNELS, WEBSITE, is_website_only, natures
from tests.journeys.journey import FACTS, journeys
from tests.journeys.judge import Judged

GOALS = {"neither order number nor proof was told": 4, "order number and proof were told": 2}
PROVING = {"order_number", "proof"}


def rows(judged: Sequence[Judged]) -> Table:
    """A row for each journey."""
    table = Table(box=None, pad_edge=False)
    for name in ("journey", "turns", "questions", "s a turn", "ends", "ok, or what differs"):
        table.add_column(name, justify="right" if name in ("turns", "questions", "s a turn") else "left", overflow="fold")
    for one in judged:
        talk = one.talk
        seconds = f"{_median([turn.seconds for turn in talk.turns]):.2f}"
        name = talk.journey.name if one.channel == WEBSITE else f"{one.channel}: {talk.journey.name}"
        table.add_row(name, str(len(talk.turns)), str(talk.questions), seconds, " + ".join(one.ends), _verdict(one))
    return table


def _verdict(one: Judged) -> str:
    known = one.talk.journey.fails
    if one.is_ok:
        return "[yellow]ok by now: take its `fails` out[/]" if known else "[green]ok[/]"
    colour = "yellow" if known else "red"
    return f"[{colour}]{escape('; '.join(one.differs))}[/]"


def _median(values: Sequence[float]) -> float:
    return median(values) if values else 0.0


def by_channel(judged: Sequence[Judged]) -> Table:
    """A row for each channel: how its journeys went."""
    table = Table(box=None, pad_edge=False)
    for name in ("channel", "right", "of", "otherwise by nature", "asked twice", "median turns", "s a turn p50", "p95"):
        table.add_column(name, justify="left" if name == "channel" else "right")
    for channel in CHANNELS:
        there = [one for one in judged if one.channel == channel]
        if not there:
            continue
        seconds = sorted(turn.seconds for one in there for turn in one.talk.turns) or [0.0]
        row = (
            sum(one.is_ok for one in there),
            len(there),
            sum(bool(natures(one.talk.journey, channel)) for one in there),
            sum(len(one.talk.asked_twice()) for one in there),
            f"{median(len(one.talk.turns) for one in there):g}",
            f"{median(seconds):.2f}",
            f"{seconds[int(len(seconds) * 0.95)]:.2f}",
        )
        table.add_row(channel, *map(str, row))
    return table


def reasons(judged: Sequence[Judged]) -> Table:
    """What is otherwise by the nature of the channels, for how many journeys, and why."""
    table = Table(box=None, pad_edge=False)
    for name in ("by nature", "journeys", "why"):
        table.add_column(name, justify="right" if name == "journeys" else "left")
    found = [nature for one in judged for nature in natures(one.talk.journey, one.channel)]
    for nature, count in Counter(found).items():
        table.add_row(nature.name, str(count), nature.why)
    left_out = [one.name for one in journeys() if is_website_only(one)]
    table.add_row("website only", str(len(left_out)), f"not had over channels: {', '.join(left_out)}")
    return table


def figures(judged: Sequence[Judged]) -> Table:
    """Medians, times and facts."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, found in questions(judged).items():
        shown = f"median {median(found):g}, at most {GOALS[name]} asked for ({len(found)} journeys)" if found else "no journey"
        table.add_row(f"questions to the filed remedy where {name}", shown)
    seconds = [turn.seconds for one in judged for turn in one.talk.turns]
    table.add_row("turns", f"{len(seconds)} in {len(judged)} journeys, median {median(len(one.talk.turns) for one in judged):g} each")
    if len(seconds) > 1:
        table.add_row(
            "time of a turn", f"p50 {median(seconds):.2f} s, p95 {quantiles(seconds, n=20)[-1]:.2f} s, longest {max(seconds):.2f} s"
        )
    asked = {fact: sum(one.talk.asked(fact) for one in judged) for fact in FACTS}
    table.add_row("facts asked for", ", ".join(f"{fact} {count}" for fact, count in asked.items()))
    twice = Counter(fact for one in judged for fact in one.talk.asked_twice())
    table.add_row("facts asked twice, or asked though told", ", ".join(f"{fact} {count}" for fact, count in twice.items()) or "none")
    return table


def questions(judged: Sequence[Judged]) -> dict[str, list[int]]:
    """Questions from the complaint to the first filed remedy, in matters about an order.

    What was asked again after a digression is not counted again.
    """
    counted = [(one.talk.journey, one.talk.questions_to_filed()) for one in judged]
    filed = [
        (set(journey.told), count)
        for journey, count in counted
        if count is not None and "order_number" in {*journey.answers, *journey.told}
    ]
    nothing = [count for told, count in filed if not told & PROVING]
    both = [count for told, count in filed if told >= PROVING]
    return dict(zip(GOALS, (nothing, both), strict=True))


def known_failures(judged: Iterable[Judged]) -> list[tuple[str, str]]:
    """The journeys that fail for a defect that is known, and it."""
    return [(one.talk.journey.name, one.talk.journey.fails) for one in judged if one.talk.journey.fails and not one.is_ok]


def print_all(console: Console, judged: Sequence[Judged]) -> None:
    """The whole report."""
    console.print(rows(judged))
    console.print()
    console.print(figures(judged))
    if any(one.channel != WEBSITE for one in judged):
        for table in (by_channel(judged), reasons(judged)):
            console.print()
            console.print(table)
    known = known_failures(judged)
    if known:
        console.print(f"\n[bold]{len(known)} known failures[/]")
        for name, reason in known:
            console.print(f"  {name}: {escape(reason)}")
    new = [one for one in judged if not one.is_ok and not one.talk.journey.fails]
    console.print(
        f"\n{sum(one.is_ok for one in judged)} of {len(judged)} as expected, {len(known)} known failures, {len(new)} new failures."
    )


def transcript(one: Judged) -> str:
    """A journey word for word."""
    lines = [f"{one.talk.journey.name} ({one.talk.journey.who})"]
    lines += [f"  > {turn.said}\n    {turn.heard}" for turn in one.talk.turns]
    return "\n".join(lines)
