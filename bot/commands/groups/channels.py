"""`amends channels`: where customers write besides the website."""

from typing import Annotated

import typer

app = typer.Typer(help="Messaging channels: what is set up, how it does, what failed (docs/channels.md).", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="For a program to read.")]


@app.command("list")
def list_channels(as_json: AsJson = False) -> None:
    """Shows each channel: whether it is set up, what it needs, its door and window, and how it does."""
    from bot.commands.channels import show_list

    show_list(as_json)


@app.command("register")
def register_channel(
    name: Annotated[str, typer.Argument(help="telegram; the others are set at their provider.", metavar="CHANNEL")],
) -> None:
    """Tells the provider where to send what customers write."""
    from bot.commands.channels import register

    register(name)


@app.command("failed")
def list_failed(as_json: AsJson = False) -> None:
    """Shows what came in and could not be taken in; all of it is kept."""
    from bot.commands.channels import show_failed

    show_failed(as_json)


@app.command("retry")
def retry_arrival(
    arrival: Annotated[int, typer.Argument(help="As `failed` shows it.", metavar="ID")],
    by: Annotated[str, typer.Option("--by", help="Who does it; you by default.", metavar="NAME")] = "",
) -> None:
    """Has it taken in again."""
    from bot.commands.channels import retry

    retry(arrival, by)
