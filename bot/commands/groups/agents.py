"""`amends agents`: who has what, and who takes it over."""

from typing import Annotated

import typer

app = typer.Typer(help="The people who answer.", no_args_is_help=True)


@app.callback()
def agents() -> None:
    """The people who answer."""


@app.command("leave")
def leave_agent(
    name: Annotated[str, typer.Argument(help="Who leaves.", metavar="NAME")],
    to: Annotated[str, typer.Option("--to", help="Who takes over.", metavar="NAME")],
) -> None:
    """Gives everything that one person has open to another; customers in a chat with them read a line of it."""
    from bot.commands.people import give_all_over

    give_all_over(name, to)
