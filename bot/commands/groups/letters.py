"""`amends letters`: formal apologies, read, edited and signed by a person; and the links of mails that lead back to a chat."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Formal apologies: read, edit and sign what was drafted; and the links of mails.", no_args_is_help=True)
Case = Annotated[str, typer.Argument(help="The case's reference.", metavar="CASE")]
Agent = Annotated[str, typer.Option("--agent", help="Who you are; the customer reads this name.", metavar="NAME")]
AsJson = Annotated[bool, typer.Option("--json", help="For a program to read.")]


@app.command("list")
def list_letters(as_json: AsJson = False) -> None:
    """Lists all letters, oldest first, with where each stands."""
    from bot.commands.letters import show_list

    show_list(as_json)


@app.command("show")
def show_letter(case: Case) -> None:
    """Prints the letter of a case as it is, or as it was sent."""
    from bot.commands.letters import show_one

    show_one(case)


@app.command("edit")
def edit_letter(
    case: Case,
    file: Annotated[Path, typer.Option("--file", help="The new text; - reads standard input.", metavar="FILE")],
    agent: Annotated[str, typer.Option("--agent", help="Who you are.", metavar="NAME")] = "",
) -> None:
    """Puts your text in place of the draft, until it is signed."""
    from bot.commands.letters import edit_one

    edit_one(case, file, agent)


@app.command("sign")
def sign_letter(case: Case, agent: Agent) -> None:
    """Puts your name under it. The text is frozen and goes out by mail, once."""
    from bot.commands.letters import sign_one

    sign_one(case, agent)


@app.command("say")
def say_letter(case: Case, agent: Agent) -> None:
    """Shows a signed letter in the chat, where it cannot be mailed."""
    from bot.commands.letters import say_one

    say_one(case, agent)


@app.command("drop")
def drop_letter(case: Case, agent: Agent, reason: Annotated[str, typer.Option("--reason", help="Why there is to be none.")]) -> None:
    """Decides against the letter; the case gets no other."""
    from bot.commands.letters import drop_one

    drop_one(case, agent, reason)


@app.command("end-links")
def end_links(case: Case, agent: Annotated[str, typer.Option("--agent", help="Who you are.", metavar="NAME")]) -> None:
    """Ends the links of mails that lead back to a case's chat, such as one that went astray."""
    from bot.commands.letters import end_links_of

    end_links_of(case, agent)
