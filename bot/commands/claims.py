"""`amends claims list`, `show`, `accept` and `refuse`."""

import json
import sys
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot import clock
from bot.commands.shop import ready_shop
from bot.handling import claim_decisions

WIDTH = 110  # where there is no terminal


def show_list(waiting: bool, as_json: bool) -> None:
    """Claims, as a table or as JSON Lines."""
    rows: list[Any] = claim_decisions.listed(ready_shop(), waiting)
    if as_json:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
        return
    table = _table("claim", "case", "state", "total", "decide by", "decided by")
    for row in rows:
        cells = (row["reference"], row["case"], row["state"], ", ".join(row["total"]), row["decide_by"], row["decided_by"])
        table.add_row(*(escape(str(cell or "-")) for cell in cells))
    _console().print(table if table.row_count else "No claims.")


def show_one(reference: str, as_json: bool) -> None:
    """One claim, item by item."""
    row: Any = claim_decisions.shown(ready_shop(), reference)
    if as_json:
        print(json.dumps(row, ensure_ascii=False, indent=2))
        return
    console = _console()
    console.print(
        f"[bold]{row['reference']}[/bold] of case {row['case']}: {row['state']}, in all {', '.join(row['total']) or 'no known sum'}"
    )
    table = _table("what", "amount", "receipt")
    for one in row["items"]:
        amount = f"{one['amount']} {one['currency']}" if one["amount"] else "not known"
        table.add_row(escape(one["what"]), amount, escape(one["receipt"] or "none"))
    console.print(table)
    for name, value in (
        ("decide by", row["decide_by"]),
        ("decided by", row["decided_by"]),
        ("reason", row["reason"]),
        ("paid as", row["remedy"]),
    ):
        if value:
            console.print(f"{name}: {escape(str(value))}")


def accept_one(reference: str, agent: str, amount: str, reason: str) -> None:
    decided = claim_decisions.accept(ready_shop(), reference, agent, clock.now(), amount, reason)
    _warn(decided)
    remedy = decided.remedy
    assert remedy is not None  # an accepted claim is paid
    state = "waits for approval" if str(remedy.state) == "needs_approval" else "is on its way"
    print(f"{decided.claim.reference}: {remedy.amount} {state}, as {remedy.reference}. The customer has been told.")


def refuse_one(reference: str, agent: str, reason: str) -> None:
    decided = claim_decisions.refuse(ready_shop(), reference, agent, reason, clock.now())
    _warn(decided)
    print(f"{decided.claim.reference} is refused. The customer has been told why, and how to have it looked at again.")


def _warn(decided: claim_decisions.Decided) -> None:
    for warning in decided.warnings:
        print(f"amends: wording: {warning}", file=sys.stderr)


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for head in heads:
        table.add_column(head, overflow="fold")
    return table


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
