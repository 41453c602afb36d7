"""`amends remedies`."""

import json
from collections.abc import Iterable, Sequence
from typing import TypeVar

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot import clock
from bot.cases.money import Money
from bot.cases.remedy import RemedyKind, RemedyState
from bot.commands.shop import ready_shop
from bot.commands.tables import console, moment
from bot.errors import BadInput
from bot.handling import ledger, sums
from bot.handling.carrying_out import BY_HAND, settle_by_hand
from bot.handling.remedy_views import Row, Whole, listed, row_json, whole, whole_json

Known = TypeVar("Known", RemedyKind, RemedyState)


def show_list(states: Sequence[str], by_hand: bool, dead: bool, as_json: bool, dev: bool) -> None:
    """The remedies, as a table or as JSON Lines."""
    wanted = [_word(RemedyState, one, "state") for one in states]
    rows = listed(ready_shop(), wanted, by_hand=by_hand, dead=dead, with_dev=dev)
    if as_json:
        for row in rows:
            print(json.dumps(row_json(row), ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("remedy", "case", "order", "kind", "amount", "state", "by", "due", "why"):
        table.add_column(head, no_wrap=head != "why")
    for row in rows:
        table.add_row(*(escape(str(cell or "-")) for cell in _cells(row)))
    console().print(table if table.row_count else "No remedies.")


def _cells(row: Row) -> tuple[object, ...]:
    one = row.remedy
    state = f"{one.state}, by hand" if row.sending == BY_HAND else one.state
    return (
        one.reference,
        row.case.reference,
        row.case.order_number,
        one.kind,
        one.amount,
        state,
        one.granted_by,
        moment(one.due_at),
        one.why,
    )


def show_one(reference: str, as_json: bool) -> None:
    """One remedy with all that is known of it."""
    found = whole(ready_shop(), reference)
    if as_json:
        print(json.dumps(whole_json(found), ensure_ascii=False, indent=2))
        return
    out = console()
    out.print(_pairs(_head(found)))
    _section(out, "Who agreed", ((one.who, one.verdict, moment(one.at), one.reason, _same(one.digest, found)) for one in found.approvals))
    _section(out, "Tries", ((moment(one.at), one.outcome, one.detail) for one in found.attempts))


def _head(found: Whole) -> Iterable[tuple[str, object]]:
    one, case = found.row.remedy, found.row.case
    waits = f" ({found.lacking} more must agree)" if one.state is RemedyState.NEEDS_APPROVAL else ""
    return (
        ("remedy", one.reference),
        ("what", f"{one.kind} {one.amount or ''}".strip()),
        ("state", f"{one.state}{waits}"),
        ("case, order", f"{case.reference}, {case.order_number or '-'}"),
        ("lines, quantity", f"{one.lines or '-'}, {one.quantity or '-'}"),
        ("takes back", found.undoes or "-"),
        ("granted by", one.granted_by),
        ("reasons", one.reasons),
        ("policy", one.policy_version),
        ("due", moment(one.due_at)),
        ("sending", found.row.sending or "-"),
        ("shop's reference", one.provider_reference or "-"),
        ("why", one.why or "-"),
        ("settled", moment(one.settled_at)),
        ("voucher", found.voucher.code if found.voucher else "-"),
        ("call", f"{moment(found.call.starts_at)}, {found.call.state}" if found.call else "-"),
        ("key", one.key),
        ("act", found.digest),
    )


def _same(digest: str, found: Whole) -> str:
    return "" if digest == found.digest else "of the act as it was before: void"


def approve_one(reference: str, agent: str, reason: str, digest: str | None) -> None:
    done = ledger.approve(ready_shop(), reference, agent, reason, clock.now(), digest)
    left = f"{done.lacking} more must agree." if done.lacking else "It is on its way."
    print(f"{done.remedy.reference} is agreed to by {agent}. {left}")


def refuse_one(reference: str, agent: str, reason: str) -> None:
    refused = ledger.refuse(ready_shop(), reference, agent, reason, clock.now())
    print(f"{refused.reference} is refused; the customer has read why.")


def grant_one(case: str, kind: str, agent: str, reason: str, amount: str | None, currency: str | None, lines: Sequence[int]) -> None:
    worth, what = money_of(amount, currency), _word(RemedyKind, kind, "kind")
    given = ledger.grant(ready_shop(), case, agent, what, clock.now(), amount=worth, lines=lines, reason=reason)
    print(f"{given.reference} is {given.state}.")


def undo_one(reference: str, agent: str, reason: str) -> None:
    undone = ledger.undo(ready_shop(), reference, agent, reason, clock.now())
    if undone.undoes:
        print(f"{undone.reference} takes it back once somebody else has approved it.")
    else:
        print(f"{undone.reference} is taken back: it had not gone out.")


def redrive_one(reference: str, agent: str) -> None:
    print(f"{ledger.redrive(ready_shop(), reference, agent, clock.now()).reference} is on its way again.")


def settle_one(reference: str, agent: str, note: str) -> None:
    print(f"{settle_by_hand(ready_shop(), reference, agent, note, clock.now()).reference} is settled; the customer has read so.")


def money_of(amount: str | None, currency: str | None) -> Money | None:
    """Such as 12.00 and USD. Raises BadInput."""
    return sums.money_of(amount, currency, "--amount and --currency together, such as --amount 12.00 --currency USD")


def _word(words: type[Known], given: str, what: str) -> Known:
    try:
        return words(given)
    except ValueError:
        raise BadInput(f"{given} is no {what}: use one of {', '.join(map(str, words))}.") from None


def _pairs(pairs: Iterable[tuple[str, object]]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, value in pairs:
        if str(value) != "-":
            table.add_row(name, escape(str(value)))
    return table


def _section(out: Console, title: str, rows: Iterable[Iterable[object]]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 2))
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    if table.row_count:
        out.print(f"\n[bold]{title}[/bold]")
        out.print(table)
