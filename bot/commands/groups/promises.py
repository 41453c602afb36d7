"""`amends promises`: whether we keep our word."""

from typing import Annotated

import typer

app = typer.Typer(help="What was promised to customers, and how it was kept.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="For a program to read.")]


@app.command("list")
def list_promises(
    due: Annotated[bool, typer.Option("--due", help="Only open ones that are overdue, or near enough to be warned of.")] = False,
    broken: Annotated[bool, typer.Option("--broken", help="Only those that were missed.")] = False,
    kept: Annotated[bool, typer.Option("--kept", help="Only those that were kept.")] = False,
    as_json: AsJson = False,
) -> None:
    """Lists promises, the next due first; those still open by default."""
    from bot.commands.promises import show_list
    from bot.errors import BadInput

    chosen = [name for name, wanted in (("due", due), ("broken", broken), ("kept", kept)) if wanted]
    if len(chosen) > 1:
        raise BadInput("Use one of --due, --broken and --kept.")
    show_list(chosen[0] if chosen else "open", as_json)


@app.command("report")
def report_promises(
    days: Annotated[int, typer.Option("--days", min=1, max=3660, help="Those that fell due in so many days.", metavar="N")] = 30,
    as_json: AsJson = False,
) -> None:
    """Counts how many were kept, missed, and told of before they were missed; by kind."""
    from bot.commands.promises import show_report

    show_report(days, as_json)
