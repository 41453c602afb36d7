"""`amends tokens add`, `list` and `revoke`."""

from rich.markup import escape
from rich.table import Table

from bot import clock
from bot.commands.shop import ready_shop
from bot.commands.tables import console, moment
from bot.handling import tokens


def add_one(name: str, scopes: tuple[str, ...]) -> None:
    made, words = tokens.add(ready_shop(), name, scopes, clock.now())
    print(f"{made.name} may {', '.join(made.scopes)}.")
    print(f"Token: {words}  (shown this once)")


def show_list() -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("name", "scopes", "made", "used", "state"):
        table.add_column(head)
    for one in tokens.listed(ready_shop()):
        state = f"revoked {moment(one.revoked_at)}" if one.revoked_at else "in use"
        table.add_row(escape(one.name), ", ".join(one.scopes), moment(one.created_at), moment(one.last_used_at), state)
    console().print(table if table.row_count else "No tokens: make one with `amends tokens add NAME --scope read`.")


def revoke_one(name: str) -> None:
    found = tokens.revoke(ready_shop(), name, clock.now())
    print(f"The token of {found.name} opens nothing any more.")
