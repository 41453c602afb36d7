"""`amends audit`: whether what was written down is still what was written down."""

from typing import Annotated

import typer

app = typer.Typer(help="What was done, by whom, when: checked and read.", no_args_is_help=True)


@app.command("verify")
def verify_chains(
    case: Annotated[str | None, typer.Argument(help="One case only; all by default.", metavar="[CASE]")] = None,
) -> None:
    """Walks the chains of the audit and says of each broken one what is wrong; exit code 1 where any is."""
    from bot.commands.audit import show_verified

    if not show_verified(case):
        raise typer.Exit(1)


@app.command("show")
def show_trail(
    case: Annotated[str, typer.Argument(help='The case\'s reference, or "shop" for what belongs to no case.', metavar="CASE")],
    as_json: Annotated[bool, typer.Option("--json", help="For a program to read.")] = False,
) -> None:
    """Prints what was done in a case, line by line."""
    from bot.commands.audit import show_trail

    show_trail(case, as_json)
