"""`amends remedies`: what is owed to customers, and where it stands."""

from typing import Annotated

import typer

app = typer.Typer(help="Remedies: what was given, where it stands, and what people must do.", no_args_is_help=True)
Reference = Annotated[str, typer.Argument(help="The remedy's reference.", metavar="REF")]
Agent = Annotated[str, typer.Option("--agent", help="Who you are.", metavar="NAME")]
AsJson = Annotated[bool, typer.Option("--json", help="For a program to read.")]


@app.command("list")
def list_remedies(
    state: Annotated[list[str], typer.Option("--state", help="Only in this state; can be given more than once.", metavar="STATE")] = [],  # noqa: B006
    by_hand: Annotated[bool, typer.Option("--by-hand", help="Only those that wait for people to do them.")] = False,
    dead: Annotated[bool, typer.Option("--dead", help="Only those that could not be carried out.")] = False,
    as_json: AsJson = False,
    dev: Annotated[bool, typer.Option("--dev", help="With the chats of developers (rasa shell, REST).")] = False,
) -> None:
    """Lists remedies under way, those that have stood longest first."""
    from bot.commands.remedies import show_list

    show_list(state, by_hand, dead, as_json, dev)


@app.command("show")
def show_remedy(reference: Reference, as_json: AsJson = False) -> None:
    """Prints one remedy: the act, who agreed to it, every try and what came of it."""
    from bot.commands.remedies import show_one

    show_one(reference, as_json)


@app.command("approve")
def approve_remedy(
    reference: Reference,
    agent: Agent,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with it.", metavar="TEXT")] = "",
    digest: Annotated[str | None, typer.Option("--digest", help="Of the act you saw: refused where it has changed.", metavar="HEX")] = None,
) -> None:
    """Agrees to exactly this act; with enough people agreed it is carried out."""
    from bot.commands.remedies import approve_one

    approve_one(reference, agent, reason, digest)


@app.command("refuse")
def refuse_remedy(
    reference: Reference, agent: Agent, reason: Annotated[str, typer.Option("--reason", help="Why; the customer reads it.", metavar="TEXT")]
) -> None:
    """Says no to a remedy that waits for people."""
    from bot.commands.remedies import refuse_one

    refuse_one(reference, agent, reason)


@app.command("grant")
def grant_remedy(
    case: Annotated[str, typer.Argument(help="The case's reference.", metavar="CASE")],
    kind: Annotated[str, typer.Argument(help="Such as refund, partial_refund, voucher or callback.", metavar="KIND")],
    agent: Agent,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with it.", metavar="TEXT")],
    amount: Annotated[str | None, typer.Option("--amount", help="Such as 12.00.", metavar="AMOUNT")] = None,
    currency: Annotated[str | None, typer.Option("--currency", help="Such as USD.", metavar="CODE")] = None,
    line: Annotated[list[int], typer.Option("--line", help="The order line it is for; can be given more than once.", metavar="N")] = [],  # noqa: B006
) -> None:
    """Gives a remedy yourself: within your limit at once, above it once others agree."""
    from bot.commands.remedies import grant_one

    grant_one(case, kind, agent, reason, amount, currency, line)


@app.command("undo")
def undo_remedy(
    reference: Reference, agent: Agent, reason: Annotated[str, typer.Option("--reason", help="Why; kept with it.", metavar="TEXT")] = ""
) -> None:
    """Takes a remedy back: before it goes out it is cancelled, once settled a record of its own undoes it."""
    from bot.commands.remedies import undo_one

    undo_one(reference, agent, reason)


@app.command("redrive")
def redrive_remedy(reference: Reference, agent: Agent) -> None:
    """Sends on its way again what could not be carried out."""
    from bot.commands.remedies import redrive_one

    redrive_one(reference, agent)


@app.command("settle")
def settle_remedy(
    reference: Reference,
    agent: Agent,
    note: Annotated[str, typer.Option("--note", help="What was done; kept with it.", metavar="TEXT")] = "",
) -> None:
    """Says that you have done it; the customer is told."""
    from bot.commands.remedies import settle_one

    settle_one(reference, agent, note)
