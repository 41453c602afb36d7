"""`amends vouchers`: codes with a value, looked at, used and taken back."""

from typing import Annotated

import typer

app = typer.Typer(help="Vouchers: look at one, use it, take it back.", no_args_is_help=True)
Code = Annotated[str, typer.Argument(help="The voucher's code, with or without dashes.", metavar="CODE")]
Agent = Annotated[str, typer.Option("--agent", help="Who you are.", metavar="NAME")]


@app.command("show")
def show_voucher(code: Code, as_json: Annotated[bool, typer.Option("--json", help="For a program to read.")] = False) -> None:
    """Prints its value, until when it is good, and whether it was used."""
    from bot.commands.vouchers import show_one

    show_one(code, as_json)


@app.command("redeem")
def redeem_voucher(
    code: Code, order: Annotated[str, typer.Option("--order", help="The order it pays for.", metavar="N")], agent: Agent
) -> None:
    """Uses it for an order, once."""
    from bot.commands.vouchers import redeem_one

    redeem_one(code, order, agent)


@app.command("void")
def void_voucher(code: Code, agent: Agent) -> None:
    """Makes it worthless. To take back its remedy too, use: amends remedies undo."""
    from bot.commands.vouchers import void_one

    void_one(code, agent)
