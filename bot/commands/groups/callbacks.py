"""`amends callbacks`: calls that are owed to customers."""

from typing import Annotated

import typer

app = typer.Typer(help="Calls owed to customers: the next ones, made or missed.", no_args_is_help=True)
Reference = Annotated[str, typer.Argument(help="The remedy's reference.", metavar="REF")]
Agent = Annotated[str, typer.Option("--agent", help="Who you are.", metavar="NAME")]


@app.command("list")
def list_callbacks(
    as_json: Annotated[bool, typer.Option("--json", help="For a program to read.")] = False,
    dev: Annotated[bool, typer.Option("--dev", help="With the chats of developers (rasa shell, REST).")] = False,
) -> None:
    """Lists the calls still to be made, the next first, with the numbers to ring."""
    from bot.commands.callbacks import show_list

    show_list(as_json, dev)


@app.command("done")
def done_callback(reference: Reference, agent: Agent) -> None:
    """Says that you have rung."""
    from bot.commands.callbacks import done_one

    done_one(reference, agent)


@app.command("missed")
def missed_callback(reference: Reference, agent: Agent) -> None:
    """Says that nobody rang: the customer is told, and a lead takes it up. To book another slot: amends remedies redrive."""
    from bot.commands.callbacks import missed_one

    missed_one(reference, agent)
