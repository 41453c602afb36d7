"""`amends customers`: what is held about a person, for them, and taking them out of it."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Customers: everything held about one, and erasing them.", no_args_is_help=True)
Ref = Annotated[str, typer.Argument(help="A customer's id, an order's number, an e-mail address or a case reference.", metavar="REF")]
By = Annotated[str, typer.Option("--by", help="Who does it; you by default.", metavar="NAME")]


@app.command("export")
def export_customer(
    ref: Ref,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="A new file: .json, or .zip with photos and documents; the screen by default.", dir_okay=False),
    ] = None,
    by: By = "",
) -> None:
    """Writes everything that is held about a customer, as JSON."""
    from bot.commands.customers import export_one

    export_one(ref, to, by)


@app.command("erase")
def erase_customer(
    ref: Ref,
    yes: Annotated[bool, typer.Option("--yes", help="Without asking once more.")] = False,
    also_open: Annotated[bool, typer.Option("--also-open", help="Ends cases that are under way, and says so in the chat.")] = False,
    by: By = "",
) -> None:
    """Erases a customer, after showing what goes and what stays. It cannot be undone."""
    from bot.commands.customers import erase_one

    erase_one(ref, yes, also_open, by)
