"""`amends learn`."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="What the assistant heard wrongly, and teaching it better.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="For a program to read.")]
By = Annotated[str, typer.Option("--by", help="Who does it; you by default.", metavar="NAME")]


@app.command("list")
def list_items(done: Annotated[bool, typer.Option("--done", help="What is labelled already.")] = False, as_json: AsJson = False) -> None:
    """Lists messages that a person should look at again, the newest first."""
    from bot.commands.learn import show_list

    show_list(done, as_json)


@app.command("label")
def label_item(
    message: Annotated[str, typer.Argument(help="As `amends learn list` shows it.", metavar="MESSAGE")],
    intent: Annotated[str | None, typer.Argument(help="What it was, such as late_delivery.", metavar="[INTENT]")] = None,
    drop: Annotated[bool, typer.Option("--drop", help="It is not for training.")] = False,
    agent: Annotated[str, typer.Option("--agent", help="Whose account at the desk labels; a lead's or the owner's.", metavar="NAME")] = "",
) -> None:
    """Says what a message was."""
    from bot.commands.learn import label_one
    from bot.errors import BadInput

    if (intent is None) is not drop:
        raise BadInput("Give the intent, or --drop where it is not for training.")
    if not agent:
        raise BadInput("Say who labels: --agent NAME, as the desk knows them.")
    label_one(message, intent, agent)


@app.command("export")
def export_labels(out: Annotated[Path | None, typer.Option("--out", help="Into this file.", metavar="FILE")] = None) -> None:
    """Writes what is labelled and new as training sentences, to be read through."""
    from bot.commands.learn import export

    export(out)


@app.command("try")
def try_labels(file: Annotated[Path | None, typer.Argument(help="Of `export`; all labels by default.", metavar="[FILE]")] = None) -> None:
    """Trains a candidate apart, compares it, and keeps it only where it understands better. Exit code 1: it does not."""
    from bot.commands.learn import try_out

    if not try_out(file):
        raise typer.Exit(1)


@app.command("accept")
def accept_candidate(by: By = "") -> None:
    """Puts the kept candidate in use."""
    from bot.commands.learn import accept

    accept(by)


@app.command("rollback")
def roll_back(by: By = "") -> None:
    """Goes back to the assistant before what was accepted last."""
    from bot.commands.learn import roll_back as back

    back(by)


@app.command("drift")
def show_drift(
    picture: Annotated[Path | None, typer.Option("--picture", help="Draws it, as SVG, into this file.", metavar="FILE")] = None,
    as_json: AsJson = False,
) -> None:
    """Says whether what customers write about, or how surely it is heard, has changed."""
    from bot.commands.learn import show_drift as shown

    shown(picture, as_json)
