"""`amends claims`: claims for damages, decided by a person."""

from typing import Annotated

import typer

app = typer.Typer(help="Claims for damages: what else was lost, decided by a person.", no_args_is_help=True)
Reference = Annotated[str, typer.Argument(help="The claim's reference.", metavar="REF")]
Agent = Annotated[str, typer.Option("--agent", help="Who you are; the customer reads this name.", metavar="NAME")]
AsJson = Annotated[bool, typer.Option("--json", help="For a program to read.")]


@app.command("list")
def list_claims(
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that wait for a decision, the one due first at the top.")] = False,
    as_json: AsJson = False,
) -> None:
    """Lists claims, oldest first."""
    from bot.commands.claims import show_list

    show_list(waiting, as_json)


@app.command("show")
def show_claim(reference: Reference, as_json: AsJson = False) -> None:
    """Prints one claim: what was lost, what it cost, what shows it."""
    from bot.commands.claims import show_one

    show_one(reference, as_json)


@app.command("accept")
def accept_claim(
    reference: Reference,
    agent: Agent,
    amount: Annotated[str, typer.Option("--amount", help='What is paid, such as 80.00 or "80.00 EUR"; all of it by default.')] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why, needed where less is paid; the customer reads it.")] = "",
) -> None:
    """Pays it, in full or in part: a refund on the ledger, within your limit."""
    from bot.commands.claims import accept_one

    accept_one(reference, agent, amount, reason)


@app.command("refuse")
def refuse_claim(
    reference: Reference, agent: Agent, reason: Annotated[str, typer.Option("--reason", help="Why; the customer reads it.")]
) -> None:
    """Refuses it, with the reason."""
    from bot.commands.claims import refuse_one

    refuse_one(reference, agent, reason)
