"""`amends cases list`, `show` and `export`."""

import json
import sys
from collections.abc import Iterable
from datetime import datetime

from rich.console import Console, Group
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from bot import clock
from bot.cases.finding import Finding, examine
from bot.commands.shop import ready_shop
from bot.handling.export import Whole, as_json, export, names_of, transcript_json, whole
from bot.handling.shop import Shop

WIDTH = 110  # where there is no terminal


def show_list(waiting: bool, as_json: bool, dev: bool) -> None:
    """The cases, as a table or as JSON Lines."""
    rows = export(ready_shop(), waiting=waiting, with_dev=dev)
    if as_json:
        for row in rows:
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("case", "issue", "order", "severity", "status", "with", "reason", "since"):
        table.add_column(head, no_wrap=True)
    for row in rows:
        reason = (row["escalation"] or {}).get("reason") or ""
        cells = (row["issue"], row["order_number"], row["severity"], row["status"], row["assignee"] or row["handler"], reason)
        table.add_row(row["reference"], *(escape(str(cell or "-")) for cell in cells), _short(datetime.fromisoformat(row["created_at"])))
    _console().print(table if table.row_count else "No cases.")


def show_one(reference: str, as_json_: bool) -> None:
    """One case with all that is known of it."""
    shop = ready_shop()
    found = whole(shop, reference)
    if as_json_:
        print(json.dumps({**as_json(found), "transcript": transcript_json(found)}, ensure_ascii=False, indent=2))
        return
    console = _console()
    for title, part in _parts(shop, found):
        console.print(f"[bold]{title}[/bold]")
        console.print(Padding(part, (0, 0, 1, 2)))


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)


def _parts(shop: Shop, found: Whole) -> list[tuple[str, Table | Group]]:
    parts: list[tuple[str, Table | Group]] = [(found.case.reference, _head(found))]
    if found.facts:
        parts.append(("What the customer said", _facts(found)))
    if found.order:
        parts.append((f"Order {escape(found.order.number)}", _order(found)))
        if found.case.issue:
            known = examine(found.case.issue, found.order, shop.orders.incidents(), clock.now())
            parts.append(("What the record says", _finding(known)))
    if found.remedies:
        parts.append(("Remedies", _remedies(found)))
    if found.promises:
        parts.append(("Promises", _rows((p.what, p.by_whom, f"by {_at(p.due_at)}", p.state) for p in found.promises)))
    if found.escalations:
        parts.append(("People", _escalations(found)))
    parts.append(("Transcript", _transcript(found)))
    return parts


def _head(found: Whole) -> Table:
    case, conversation = found.case, found.conversation
    proven = "proven" if case.proven else "not proven"
    return _pairs(
        ("issue", case.issue or "not known yet"),
        ("severity, fault", f"{case.severity}, {case.fault}"),
        ("status", case.status),
        ("who answers", f"{conversation.agent} (a person)" if conversation.agent else conversation.handler),
        ("responsible", case.assignee or "-"),
        ("customer", f"{case.customer_id or 'unknown'}, {proven}"),
        ("opened", f"{_at(case.created_at)} on {case.channel}"),
        ("first reply", _at(case.first_reply_at)),
        ("closed", _at(case.closed_at)),
        ("note at hand-back", conversation.note or "-"),
    )


def _facts(found: Whole) -> Table:
    return _rows((fact.name, fact.value, f"from {fact.source}", _at(fact.at)) for fact in found.facts)


def _order(found: Whole) -> Group:
    order = found.order
    assert order is not None
    items = _rows((f"{item.line}.", f"{item.quantity} x {item.name}", ", ".join(item.options.values()), item.price) for item in order.items)
    paid = "; ".join(f"{one.kind} {one.amount} by {one.method}" for one in order.payments) or "nothing"
    head = _pairs(
        ("status", order.status),
        ("placed", _at(order.placed_at)),
        ("promised by", _at(order.promised_by)),
        ("delivered", _at(order.delivered_at)),
        ("buyer", f"{order.buyer.name}, {order.buyer.email}"),
        ("carrier", ", ".join([order.carrier or "-", *order.tracking_numbers])),
        ("total, paid", f"{order.total}; {paid}"),
    )
    return Group(head, items)


def _finding(known: Finding) -> Table:
    incident = known.incident
    return _pairs(
        ("the complaint is", f"{known.verdict}{f' ({known.note})' if known.note else ''}"),
        ("fault", known.fault),
        ("incident", f"{incident.code}: {incident.title}" if incident else "-"),
        ("days late", known.days_late or "-"),
        ("owed", known.owed or "-"),
    )


def _remedies(found: Whole) -> Table:
    return _rows(
        (one.reference, one.kind, one.amount or "no money", one.state, f"due {_at(one.due_at)}" if one.due_at else "-", one.reasons)
        for one in found.remedies
    )


def _escalations(found: Whole) -> Table:
    rows = (
        (e.reason, e.priority, e.team, _at(e.at), f"answers by {_at(e.due_at)}", f"answered {_at(e.answered_at)}")
        for e in found.escalations
    )
    return _rows(rows)


def _transcript(found: Whole) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for one in found.messages:
        files = "".join(f"\n\\[file: {escape(name)}]" for name in names_of(found, one))
        choices = " ".join(f"\\[{escape(choice['label'])}]" for choice in one.choices)
        table.add_row(
            f"{one.at:%d %b %H:%M:%S}",
            escape(one.agent or one.author.value),
            (escape(one.text) + files + (f"\n{choices}" if choices else "")).lstrip(),
        )
    return table


def _pairs(*pairs: tuple[str, object]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, value in pairs:
        if str(value) != "-":
            table.add_row(name, escape(str(value)))
    return table


def _rows(rows: Iterable[Iterable[object]]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    return table


def _at(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC" if instant else "-"


def _short(instant: datetime) -> str:
    return f"{instant:%d %b %H:%M}"
