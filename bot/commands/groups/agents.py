"""`amends agents`: who has what, and who takes it over."""

from typing import Annotated

import typer

Name = Annotated[str, typer.Argument(help="The name that customers read.", metavar="NAME")]
FromInput = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input; else one is made and printed.")]

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


@app.command("add")
def add_agent(
    name: Name,
    email: Annotated[str, typer.Option("--email", help="Their e-mail address.", metavar="ADDRESS")],
    role: Annotated[str, typer.Option("--role", help="agent, lead, owner or auditor.", metavar="ROLE")] = "agent",
    team: Annotated[list[str] | None, typer.Option("--team", help="A team of escalation.yml they answer for; all without.")] = None,
    language: Annotated[list[str] | None, typer.Option("--language", help="A language they write, such as es.")] = None,
    capacity: Annotated[int, typer.Option("--capacity", help="How many chats at once.")] = 5,
    password_stdin: FromInput = False,
) -> None:
    """Makes an account for the desk."""
    from bot.commands.accounts import add_one

    add_one(name, email, role, tuple(team or ()), tuple(language or ("en",)), capacity, password_stdin)


@app.command("list")
def list_agents() -> None:
    """Shows the accounts."""
    from bot.commands.accounts import show_list

    show_list()


@app.command("password")
def set_password(name: Name, password_stdin: FromInput = False) -> None:
    """Gives somebody a new password, lifts a lock, and signs them out everywhere."""
    from bot.commands.accounts import new_password

    new_password(name, password_stdin)


@app.command("disable")
def disable_agent(name: Name) -> None:
    """Closes an account and signs it out; hand over what is open with `amends agents leave` first."""
    from bot.commands.accounts import close_one

    close_one(name)
