"""`amends tokens`: what other systems show to use the API."""

from typing import Annotated

import typer

app = typer.Typer(help="Tokens of other systems for the API (docs/api.md).", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The system that uses it.", metavar="NAME")]


@app.command("add")
def add_token(
    name: Name,
    scope: Annotated[list[str], typer.Option("--scope", help="read, write or hooks; can be given more than once.", metavar="SCOPE")],
) -> None:
    """Makes a token and shows it once."""
    from bot.commands.tokens import add_one

    add_one(name, tuple(scope))


@app.command("list")
def list_tokens() -> None:
    """Shows which there are, what they may do and when they were last used."""
    from bot.commands.tokens import show_list

    show_list()


@app.command("revoke")
def revoke_token(name: Name) -> None:
    """From now on it opens nothing."""
    from bot.commands.tokens import revoke_one

    revoke_one(name)
