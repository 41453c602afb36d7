"""`amends report` and `amends demo`."""

from pathlib import Path
from typing import Annotated

import typer

demo = typer.Typer(help="Things to try Amends out on. For development.", no_args_is_help=True)


def report(
    day: Annotated[str, typer.Option("--day", help="Such as 2026-03-09.", metavar="D")] = "",
    week: Annotated[str, typer.Option("--week", help="Such as 2026-W11; the last full week without any of these.", metavar="W")] = "",
    month: Annotated[str, typer.Option("--month", help="Such as 2026-03.", metavar="M")] = "",
    kind: Annotated[str, typer.Option("--format", help="html, md, csv or json.", metavar="FORMAT")] = "html",
    out: Annotated[Path | None, typer.Option("--out", help="The file; - or nothing writes to standard output.", metavar="FILE")] = None,
) -> None:
    """Tells what went wrong for customers in a period, and whether it was put right."""
    from bot.commands.report import write_report

    write_report(day, week, month, kind, out)


@demo.command("year")
def year(
    cases: Annotated[int, typer.Option("--cases", min=50, max=100_000, help="How many, besides what is planted.", metavar="N")] = 6000,
    seed: Annotated[int, typer.Option("--seed", help="Another number tells another year.", metavar="N")] = 1,
) -> None:
    """Plays a simulated year of the demo shop into an empty database, so that a report has something to tell."""
    from bot.commands.demo_year import play_year

    play_year(cases, seed)
