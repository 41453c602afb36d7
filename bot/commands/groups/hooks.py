"""`amends hooks`: who is told of what happens."""

from typing import Annotated

import typer

app = typer.Typer(help="Addresses of other systems that are told of what happens (docs/api.md).", no_args_is_help=True)
Hook = Annotated[str, typer.Argument(help="The hook's id, such as H-3f2a9c1e.", metavar="ID")]


@app.command("add")
def add_hook(
    url: Annotated[str, typer.Argument(help="Where to post to.", metavar="URL")],
    event: Annotated[
        list[str] | None, typer.Option("--event", help="Such as message.created; can be given more than once; all without.")
    ] = None,
) -> None:
    """Tells this address from now on, and shows the secret that signs it, once."""
    from bot.commands.hooks import add_one

    add_one(url, tuple(event or ()))


@app.command("list")
def list_hooks() -> None:
    """Shows each hook, how much waits and how much was given up."""
    from bot.commands.hooks import show_list

    show_list()


@app.command("remove")
def remove_hook(hook: Hook) -> None:
    """Tells it nothing more."""
    from bot.commands.hooks import remove_one

    remove_one(hook)


@app.command("test")
def test_hook(hook: Hook) -> None:
    """Posts an event that says nothing, at once, and says what came back."""
    from bot.commands.hooks import try_one

    try_one(hook)


@app.command("resend")
def resend_hook(hook: Hook) -> None:
    """Sends once more what was given up."""
    from bot.commands.hooks import resend_one

    resend_one(hook)
