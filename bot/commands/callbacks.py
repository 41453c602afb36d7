"""`amends callbacks`."""

import json

from rich.markup import escape
from rich.table import Table

from bot import clock
from bot.cases.instants import instant
from bot.commands.shop import ready_shop
from bot.commands.tables import console, moment
from bot.handling import callbacks
from bot.handling.callbacks import Due


def show_list(as_json: bool, dev: bool) -> None:
    """The calls to make, as a table or as JSON Lines."""
    due = callbacks.listed(ready_shop(), dev)
    if as_json:
        for one in due:
            print(json.dumps(_json(one), ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("from", "until", "number", "remedy", "case", "by"):
        table.add_column(head, no_wrap=True)
    for one in due:
        call = one.call
        cells = (moment(call.starts_at), moment(call.ends_at), call.phone, one.remedy.reference, one.case.reference, call.assignee or "-")
        table.add_row(*map(escape, cells))
    console().print(table if table.row_count else "No calls to make.")


def _json(one: Due) -> dict[str, str | None]:
    call = one.call
    return {
        "remedy": one.remedy.reference,
        "case": one.case.reference,
        "phone": call.phone,
        "starts_at": instant(call.starts_at),
        "ends_at": instant(call.ends_at),
        "assignee": call.assignee,
    }


def done_one(reference: str, agent: str) -> None:
    print(f"{callbacks.done(ready_shop(), reference, agent, clock.now()).reference} is settled: the call has been made.")


def missed_one(reference: str, agent: str) -> None:
    missed = callbacks.missed(ready_shop(), reference, agent, clock.now())
    print(f"{missed.reference} is {missed.state}; the customer knows. To book another slot: amends remedies redrive {missed.reference}")
